#include <fmt/format.h>

#include "kamacite/config/writers.hpp"
#include "layout.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;

void write(std::vector<KeyDescription> const& keys, std::string const& indent, std::string& out);

void write(KeyDescription const& k, std::string const& indent, std::string& out) {
    auto const head = indent + k.key.name + ":";
    switch (k.kind) {
        case Kind::section:
        case Kind::optional_section:
            if (!k.given) {
                out += head + " false\n";
                return;
            }
            {
                std::string text;
                write(k.keys, indent + "  ", text);
                out += text.empty() ? head + " {}\n" : head + "\n" + text;
            }
            return;
        case Kind::list:
            if (k.items.empty()) {
                if (k.key.need != Key::Need::required) out += head + " []\n";
                return;
            }
            out += head + "\n";
            for (auto const& item : k.items) {
                std::string text;
                write(item, indent + "    ", text);
                if (text.empty()) text = indent + "    {}\n";
                text[indent.size() + 2] = '-';
                out += text;
            }
            return;
        case Kind::choice:
            if (!k.given) return;
            out += head + " " + k.values.front() + "\n";
            if (auto const* chosen = chosen_of(k)) write(chosen->keys, indent, out);
            return;
        default:
            if (k.given && !(k.values.empty() && k.key.need == Key::Need::required))
                out += head + " " + value_text(k) + "\n";
    }
}

void write(std::vector<KeyDescription> const& keys, std::string const& indent, std::string& out) {
    for (auto const& k : keys) write(k, indent, out);
}

}  // namespace

KeyDescription::Choice const* chosen_of(KeyDescription const& k) {
    if (!k.given) return nullptr;
    for (auto const& c : k.choices)
        if (scalar_of(c.name) == k.values.front()) return &c;
    return nullptr;
}

bool is_list_of_values(Kind kind) {
    return kind == Kind::quantities || kind == Kind::numbers || kind == Kind::integers ||
           kind == Kind::texts || kind == Kind::paths;
}

std::string value_text(KeyDescription const& k) {
    bool const list = is_list_of_values(k.kind);
    bool const table = k.kind == Kind::table;
    std::string text;
    for (auto const& v : k.values) text += (text.empty() ? "" : ", ") + v;
    return table ? fmt::format("{{{}}}", text) : list ? fmt::format("[{}]", text) : text;
}

std::string resolved_input(std::string const& command, std::vector<KeyDescription> const& keys) {
    auto out = fmt::format("kamacite: {}\n", command);
    write(keys, "", out);
    return out;
}

}  // namespace kamacite::config
