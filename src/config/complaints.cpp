#include "complaints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "kamacite/core/error.hpp"

namespace kamacite::config {
namespace {

struct Child {
    YAML::Node node;
    YAML::Mark mark;
};

/// The value of a key, and where the key itself stands: a mapping begins a line below.
std::optional<Child> child_of(YAML::Node const& mapping, std::string_view name) {
    if (!mapping.IsMap()) return std::nullopt;
    for (auto const& entry : mapping)
        if (entry.first.IsScalar() && entry.first.Scalar() == name)
            return Child{entry.second, entry.first.Mark()};
    return std::nullopt;
}

std::optional<Child> entry_of(YAML::Node const& list, std::string_view number) {
    std::size_t index = 0;
    auto const read = std::from_chars(number.data(), number.data() + number.size(), index);
    if (read.ec != std::errc{}) return std::nullopt;
    if (list.IsScalar() && index == 0) return Child{list, list.Mark()};  // a list of one value
    if (!list.IsSequence() || index >= list.size()) return std::nullopt;
    return Child{list[index], list[index].Mark()};
}

}  // namespace

void Complaints::add(YAML::Mark const& mark, std::string const& key, std::string const& text) {
    lines_.push_back(fmt::format("{}:{}: {}{}{}", file_, mark.line < 0 ? 1 : mark.line + 1, key,
                                 key.empty() ? "" : ": ", text));
}

void Complaints::throw_if_any() const {
    if (lines_.empty()) return;
    std::string all;
    std::size_t const most = 20;
    for (std::size_t i = 0; i < std::min(most, lines_.size()); ++i)
        all += (i == 0 ? "" : "\n") + lines_[i];
    if (lines_.size() > most) all += fmt::format("\nand {} more", lines_.size() - most);
    throw InputError(all);
}

YAML::Mark place_in(YAML::Node const& mapping, std::string_view key) {
    YAML::Node at = mapping;
    YAML::Mark mark = mapping.Mark();
    while (!key.empty()) {
        bool const in_list = key.front() == '[';
        if (in_list || key.front() == '.') key.remove_prefix(1);
        auto const end = std::min(key.size(), in_list ? key.find(']') : key.find_first_of(".["));
        auto const child =
            in_list ? entry_of(at, key.substr(0, end)) : child_of(at, key.substr(0, end));
        if (!child) return mark;
        at.reset(child->node);
        mark = child->mark;
        key.remove_prefix(std::min(key.size(), end + (in_list ? 1 : 0)));
    }
    return mark;
}

}  // namespace kamacite::config
