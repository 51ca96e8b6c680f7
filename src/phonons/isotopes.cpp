#include "kamacite/phonons/isotopes.hpp"

#include <fmt/format.h>

#include <map>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::phonons {
namespace {

struct Isotope {
    double mass;  // [u]
    double part;
};

std::map<int, std::vector<Isotope>> const& natural() {
    static std::map<int, std::vector<Isotope>> const table{
        {6, {{12.0, 0.9893}, {13.003355, 0.0107}}},
        {13, {{26.981538, 1.0}}},
        {14, {{27.976927, 0.92223}, {28.976495, 0.04685}, {29.973770, 0.03092}}},
        {18, {{35.967545, 0.003365}, {37.962732, 0.000632}, {39.962383, 0.996003}}},
        {26,
         {{53.939611, 0.05845}, {55.934938, 0.91754}, {56.935394, 0.02119}, {57.933276, 0.00282}}},
        {28,
         {{57.935343, 0.680769},
          {59.930786, 0.262231},
          {60.931056, 0.011399},
          {61.928345, 0.036345},
          {63.927966, 0.009256}}},
        {29, {{62.929598, 0.6915}, {64.927790, 0.3085}}},
    };
    return table;
}

}  // namespace

double mass_variance(int element) {
    auto const found = natural().find(element);
    if (found == natural().end())
        throw InputError(fmt::format(
            "no isotopes of {} are known here (of C, Al, Si, Ar, Fe, Ni and Cu they are): set "
            "isotopes: false",
            symbol_of(element)));
    double mean = 0.0, sum = 0.0;
    for (auto const& i : found->second) mean += i.part * i.mass;
    for (auto const& i : found->second)
        sum += i.part * (1.0 - i.mass / mean) * (1.0 - i.mass / mean);
    return sum;
}

std::vector<double> mass_variances(Structure const& unit) {
    std::vector<double> all;
    for (int const element : unit.species) all.push_back(mass_variance(element));
    return all;
}

}  // namespace kamacite::phonons
