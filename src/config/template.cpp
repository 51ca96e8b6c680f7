#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "kamacite/config/writers.hpp"
#include "layout.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;
using Keys = std::vector<KeyDescription>;

/// Whether a key must be written by whoever fills the template in.
bool is_needed(KeyDescription const& k) {
    if (k.key.need == Key::Need::required) return true;
    if (k.kind == Kind::section) return std::any_of(k.keys.begin(), k.keys.end(), is_needed);
    if (k.kind != Kind::choice) return false;
    auto const* chosen = chosen_of(k);
    return chosen != nullptr && std::any_of(chosen->keys.begin(), chosen->keys.end(), is_needed);
}

bool differ(Keys const& a, Keys const& b);

bool differs(KeyDescription const& a, KeyDescription const& b) {
    if (a.given != b.given || a.values != b.values || a.items.size() != b.items.size()) return true;
    for (std::size_t i = 0; i < a.items.size(); ++i)
        if (differ(a.items[i], b.items[i])) return true;
    for (std::size_t i = 0; i < a.choices.size(); ++i)
        if (differ(a.choices[i].keys, b.choices[i].keys)) return true;
    return a.kind != Kind::list && differ(a.keys, b.keys);
}

bool differ(Keys const& a, Keys const& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (differs(a[i], b[i])) return true;
    return false;
}

/// Whether there is nothing to show but how a value is written.
bool has_no_value(KeyDescription const& k) {
    bool const holds_values = k.kind != Kind::section && k.kind != Kind::optional_section &&
                              k.kind != Kind::list && k.kind != Kind::choice;
    return holds_values && (!k.given || k.values.empty());
}

enum class Show {
    chosen,     ///< keys that the example sets; the others commented out
    everything  ///< inside what is commented out as a whole
};

/// Writes the keys of an example; what it leaves as it is by default is commented out.
class Writer {
public:
    std::string out;

    void keys(Keys const& example, Keys const& defaults, std::string const& indent, Show show) {
        for (std::size_t i = 0; i < example.size(); ++i) key(example[i], defaults[i], indent, show);
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

    void key(KeyDescription const& k, KeyDescription const& by_default, std::string const& indent,
             Show show) {
        bool const set = is_needed(k) || differs(k, by_default);
        bool const on = set || (show == Show::everything && k.key.need != Key::Need::instead);
        auto const inside = set && show == Show::chosen ? Show::chosen : Show::everything;
        auto const unit_or_kind = kind_text(k);
        comment(k.key.doc + (unit_or_kind.empty() ? "" : " (" + unit_or_kind + ")"), indent);
        auto const head = indent + k.key.name + ":";
        switch (k.kind) {
            case Kind::section:
            case Kind::optional_section:
                switched(on, indent, [&] {
                    if (set && !k.given) {  // there by default, and switched off
                        out += head + " false\n";
                        return;
                    }
                    out += head + "\n";
                    keys(k.keys, by_default.keys, indent + "  ", inside);
                });
                return;
            case Kind::list:
                switched(on, indent, [&] {
                    out += head + "\n";
                    list(k, indent, inside);
                });
                return;
            case Kind::choice:
                choice(k, by_default, indent, show, on);
                return;
            default:
                switched(on, indent, [&] {
                    out += head + " " + (has_no_value(k) ? example_text(k) : value_text(k)) + "\n";
                });
        }
    }

    /// The first entry shows every key, the others what they set.
    void list(KeyDescription const& k, std::string const& indent, Show show) {
        // The dash stands on a line of its own, so that comments and keys line up.
        out += indent + "  -\n";
        keys(k.items.empty() ? k.keys : k.items.front(), k.keys, indent + "    ", show);
        for (std::size_t i = 1; i < k.items.size(); ++i) {
            Writer entry;
            entry.only_set(k.items[i], k.keys, indent + "    ");
            if (entry.out.empty()) entry.out = indent + "    {}\n";
            entry.out[indent.size() + 2] = '-';
            out += entry.out;
        }
    }

    void only_set(Keys const& example, Keys const& defaults, std::string const& indent) {
        for (std::size_t i = 0; i < example.size(); ++i) {
            auto const& k = example[i];
            if (!is_needed(k) && !differs(k, defaults[i])) continue;
            auto const head = indent + k.key.name + ":";
            if (k.kind == Kind::section || k.kind == Kind::optional_section) {
                Writer inside;
                inside.only_set(k.keys, defaults[i].keys, indent + "  ");
                out += head + (!k.given ? " false\n" : inside.out.empty() ? " {}\n" : "\n");
                if (k.given) out += inside.out;
            } else if (k.kind == Kind::list) {
                out += head + "\n";
                list(k, indent, Show::chosen);
            } else {
                out += head + " " + value_text(k) + "\n";
            }
            for (std::size_t c = 0; c < k.choices.size(); ++c)
                if (chosen_of(k) == &k.choices[c])
                    only_set(k.choices[c].keys, defaults[i].choices[c].keys, indent);
        }
    }

    void choice(KeyDescription const& k, KeyDescription const& by_default,
                std::string const& indent, Show show, bool on) {
        for (auto const& c : k.choices) comment(fmt::format("- {}: {}", c.name, c.doc), indent);
        auto const* chosen = chosen_of(k);
        if (chosen == nullptr) chosen = &k.choices.front();
        switched(on, indent, [&] { out += indent + k.key.name + ": " + chosen->name + "\n"; });
        for (std::size_t i = 0; i < k.choices.size(); ++i)
            if (&k.choices[i] == chosen)
                keys(chosen->keys, by_default.choices[i].keys, indent, show);
        if (show == Show::everything) return;
        for (std::size_t i = 0; i < k.choices.size(); ++i) {
            auto const& c = k.choices[i];
            if (&c == chosen || c.keys.empty()) continue;
            comment(fmt::format("with {}: {}", k.key.name, c.name), indent);
            switched(false, indent,
                     [&] { keys(c.keys, by_default.choices[i].keys, indent, Show::everything); });
        }
    }
};

}  // namespace

std::string input_template(std::string const& command, std::string const& summary,
                           std::vector<KeyDescription> const& example,
                           std::vector<KeyDescription> const& defaults) {
    Writer writer;
    writer.out = fmt::format(
        "# {}.\n# Run with: kamacite {} THIS_FILE; see what it means with: kamacite check "
        "THIS_FILE\n"
        "# Lines that begin with '#' show optional keys with their defaults.\nkamacite: {}\n\n",
        summary, command == "campaign" ? "campaign run" : command, command);
    writer.keys(example, defaults, "", Show::chosen);
    return writer.out;
}

}  // namespace kamacite::config
