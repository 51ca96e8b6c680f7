#include "kamacite/model/mean.hpp"

#include <algorithm>

namespace kamacite {

void add(Prediction& sum, Prediction const& p) {
    auto const add_all = [](auto& into, auto const& from) {
        for (std::size_t i = 0; i < from.size(); ++i) into[i] += from[i];
    };
    add_all(sum.energies, p.energies);
    add_all(sum.forces, p.forces);
    add_all(sum.virials, p.virials);
    add_all(sum.moments, p.moments);
    for (std::size_t i = 0; i < p.extrapolation.size(); ++i)
        sum.extrapolation[i] = std::max(sum.extrapolation[i], p.extrapolation[i]);
    for (std::size_t i = 0; i < sum.grade.size() && i < p.grade.size(); ++i)
        sum.grade[i] = std::max(sum.grade[i], p.grade[i]);
    for (auto& [name, value] : sum.properties)
        if (auto const found = p.properties.find(name); found != p.properties.end())
            value += found->second;
}

void divide(Prediction& sum, double n) {
    auto const divide_all = [n](auto& values) {
        for (auto& v : values) v /= n;
    };
    divide_all(sum.energies);
    divide_all(sum.forces);
    divide_all(sum.virials);
    divide_all(sum.moments);
    for (auto& [name, value] : sum.properties) value /= n;
}

}  // namespace kamacite
