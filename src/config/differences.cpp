#include "kamacite/config/differences.hpp"

#include <fmt/format.h>

#include "layout.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;
using Keys = std::vector<KeyDescription>;

std::string shown(KeyDescription const& k) {
    bool const section = k.kind == Kind::section || k.kind == Kind::optional_section;
    if (!k.given) return "not given";
    return section ? "given" : value_text(k);
}

void compare(Keys const& before, Keys const& now, std::string const& prefix,
             std::vector<std::string>& out) {
    for (std::size_t i = 0; i < now.size(); ++i) {
        auto const &a = before[i], &b = now[i];
        auto const name = prefix + b.key.name;
        if (b.kind == Kind::list) {
            if (a.items.size() != b.items.size())
                out.push_back(fmt::format("{} had {} entries and has {}", name, a.items.size(),
                                          b.items.size()));
            else
                for (std::size_t e = 0; e < b.items.size(); ++e)
                    compare(a.items[e], b.items[e], fmt::format("{}[{}].", name, e), out);
        } else if (shown(a) != shown(b)) {
            out.push_back(fmt::format("{} was {} and is {}", name, shown(a), shown(b)));
        } else if (b.kind == Kind::choice && b.given) {
            auto const *c = chosen_of(a), *d = chosen_of(b);
            if (c != nullptr && d != nullptr) compare(c->keys, d->keys, prefix, out);
        } else if (b.given) {
            compare(a.keys, b.keys, name + ".", out);
        }
    }
}

}  // namespace

std::vector<std::string> differences(Keys const& before, Keys const& now) {
    std::vector<std::string> out;
    compare(before, now, "", out);
    return out;
}

}  // namespace kamacite::config
