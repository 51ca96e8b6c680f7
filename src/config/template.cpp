#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "kamacite/config/writers.hpp"
#include "layout.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;

/// Whether a key must be written by whoever fills the template in.
bool is_needed(KeyDescription const& k) {
    if (k.key.need == Key::Need::required) return true;
    auto const any = [](auto const& keys) {
        return std::any_of(keys.begin(), keys.end(), [](auto const& i) { return is_needed(i); });
    };
    if (k.kind == Kind::section) return any(k.keys);
    if (k.kind != Kind::choice) return false;
    auto const* chosen = chosen_of(k);
    return chosen != nullptr && any(chosen->keys);
}

enum class Show { needed, everything };  // everything: inside what is commented out as a whole

class Writer {
public:
    std::string out;

    void keys(std::vector<KeyDescription> const& all, std::string const& indent, Show show) {
        for (auto const& k : all) key(k, indent, show);
    }

private:
    void comment(std::string const& text, std::string const& indent) {
        if (!text.empty()) out += indent + "# " + text + "\n";
    }

    /// Writes what `write` writes, with "#" before what stands at `indent` if it is off.
    template <class F>
    void switched(bool on, std::string const& indent, F const& write) {
        if (on) {
            write();
            return;
        }
        Writer inner;
        std::swap(inner.out, out);
        write();
        std::swap(inner.out, out);
        std::istringstream lines{inner.out};
        for (std::string line; std::getline(lines, line);) {
            auto const rest = line.substr(indent.size());
            out += indent + (rest.starts_with('#') ? "" : "#") + rest + "\n";
        }
    }

    void key(KeyDescription const& k, std::string const& indent, Show show) {
        bool const on = show == Show::everything || is_needed(k);
        auto const unit_or_kind = kind_text(k);
        comment(k.key.doc + (unit_or_kind.empty() ? "" : " (" + unit_or_kind + ")"), indent);
        auto const head = indent + k.key.name + ":";
        switch (k.kind) {
            case Kind::section:
            case Kind::optional_section:
                switched(on, indent, [&] {
                    out += head + "\n";
                    keys(k.keys, indent + "  ",
                         on && show == Show::needed ? Show::needed : Show::everything);
                });
                return;
            case Kind::list:
                switched(on, indent, [&] {
                    out += head + "\n";
                    auto const inside =
                        on && show == Show::needed ? Show::needed : Show::everything;
                    if (k.items.empty()) item(k.keys, indent, inside);
                    for (auto const& i : k.items) item(i, indent, inside);
                });
                return;
            case Kind::choice:
                choice(k, indent, show, on);
                return;
            default:
                switched(on, indent, [&] {
                    bool const empty = !k.given || k.values.empty();
                    out += head + " " + (empty ? example_text(k) : value_text(k)) + "\n";
                });
        }
    }

    void item(std::vector<KeyDescription> const& entry, std::string const& indent, Show show) {
        // The dash stands on a line of its own, so that comments and keys line up.
        out += indent + "  -\n";
        keys(entry, indent + "    ", show);
    }

    void choice(KeyDescription const& k, std::string const& indent, Show show, bool on) {
        for (auto const& c : k.choices) comment(fmt::format("- {}: {}", c.name, c.doc), indent);
        auto const* chosen = chosen_of(k);
        if (chosen == nullptr) chosen = &k.choices.front();
        switched(on, indent, [&] { out += indent + k.key.name + ": " + chosen->name + "\n"; });
        keys(chosen->keys, indent, show);
        if (show == Show::everything) return;
        for (auto const& c : k.choices) {
            if (&c == chosen || c.keys.empty()) continue;
            comment(fmt::format("with {}: {}", k.key.name, c.name), indent);
            switched(false, indent, [&] { keys(c.keys, indent, Show::everything); });
        }
    }
};

}  // namespace

std::string input_template(std::string const& command, std::string const& summary,
                           std::vector<KeyDescription> const& keys) {
    Writer writer;
    writer.out = fmt::format(
        "# {}.\n# Run with: kamacite {} THIS_FILE; see what it means with: kamacite check "
        "THIS_FILE\n"
        "# Lines that begin with '#' show optional keys with their defaults.\nkamacite: {}\n\n",
        summary, command, command);
    writer.keys(keys, "", Show::needed);
    return writer.out;
}

}  // namespace kamacite::config
