#include <fmt/format.h>

#include "kamacite/config/writers.hpp"
#include "layout.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;

std::string cell(std::string const& text) {
    std::string safe;
    for (char const c : text) {
        if (c == '|') safe += '\\';
        safe += c;
    }
    return safe;
}

std::string default_text(KeyDescription const& k) {
    if (k.key.need == Key::Need::required) return "**required**";
    if (k.kind == Kind::section) return "";
    if (k.kind == Kind::optional_section) return k.given ? "present" : "absent";
    if (k.kind == Kind::list)
        return k.items.empty() ? "none" : fmt::format("{} entries", k.items.size());
    if (!k.given) return "";
    if (k.values.empty()) return "none";
    return fmt::format("`{}`", value_text(k));
}

void rows(std::vector<KeyDescription> const& keys, std::string const& path, std::string const& only,
          std::string& out) {
    for (auto const& k : keys) {
        auto const name = fmt::format("{}{}{}", path, k.key.name, k.kind == Kind::list ? "[]" : "");
        auto kind = kind_text(k);
        if (k.kind == Kind::section) kind = "mapping";
        if (k.kind == Kind::optional_section) kind = "mapping, may be absent";
        auto doc = only.empty() ? k.key.doc : fmt::format("{} (with `{}`)", k.key.doc, only);
        if (k.kind == Kind::choice) {
            kind = "choice";
            for (auto const& c : k.choices) doc += fmt::format("<br>`{}`: {}", c.name, c.doc);
        }
        out += fmt::format("| `{}` | {} | {} | {} |\n", name, cell(kind), cell(default_text(k)),
                           cell(doc));
        rows(k.keys, name + ".", only, out);
        for (auto const& c : k.choices) rows(c.keys, path, k.key.name + ": " + c.name, out);
    }
}

}  // namespace

std::string input_reference(std::string const& command, std::string const& summary,
                            std::vector<KeyDescription> const& keys) {
    std::string out =
        fmt::format("## {}\n\n{}.\n\n| key | value | default | meaning |\n|---|---|---|---|\n",
                    command, summary);
    rows(keys, "", "", out);
    return out;
}

}  // namespace kamacite::config
