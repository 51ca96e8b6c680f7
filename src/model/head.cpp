#include "kamacite/model/head.hpp"

#include <fmt/format.h>

#include <array>

#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

constexpr std::array kinds = {"energy", "moment", "property"};
constexpr std::array poolings = {"mean", "mean_and_variance"};

template <class T, std::size_t N>
T one_of(std::array<char const*, N> const& names, std::string const& name, char const* what) {
    for (std::size_t i = 0; i < N; ++i)
        if (name == names[i]) return static_cast<T>(i);
    std::string known;
    for (auto const* const one : names)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", one);
    throw InputError(fmt::format("{} '{}' is not known: choose one of {}", what, name, known));
}

}  // namespace

Head::Layers Head::layers_of(int element) const {
    if (!layers.empty()) return layers.at(static_cast<std::size_t>(element));
    return {hidden, std::vector<Activation>(hidden.size(), activation)};
}

std::string name_of(Head::Kind kind) {
    return kinds.at(static_cast<std::size_t>(kind));
}
std::string name_of(Head::Pooling pooling) {
    return poolings.at(static_cast<std::size_t>(pooling));
}
Head::Kind head_kind_of(std::string const& name) {
    return one_of<Head::Kind>(kinds, name, "the head");
}
Head::Pooling pooling_of(std::string const& name) {
    return one_of<Head::Pooling>(poolings, name, "pooling");
}

}  // namespace kamacite
