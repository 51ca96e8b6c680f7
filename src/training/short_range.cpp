#include "kamacite/training/short_range.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "kamacite/core/element.hpp"
#include "labels.hpp"

namespace kamacite::training {
namespace {

constexpr double farthest = 3.0;  // [Å] pairs that are never nearer say nothing of repulsion
constexpr double usual_outer = 2.0, inner_part = 0.6;

/// Shortest distance of each pair of elements that has one below `farthest`.
std::map<std::pair<int, int>, double> shortest_distances(dataset::Records const& records) {
    std::map<std::pair<int, int>, double> shortest;
    for (auto const& record : records) {
        auto const& s = record.structure;
        auto const neighbours = find_neighbours(s, farthest);
        for (int i = 0; i < s.size(); ++i) {
            auto const list = neighbours.of(i);
            for (int k = 0; k < list.size(); ++k) {
                auto const slot = static_cast<std::size_t>(k);
                auto const of = [&](int atom) {
                    return element_of(s.species[static_cast<std::size_t>(atom)]);
                };
                auto const a = of(i), b = of(list.atom[slot]);
                auto const elements = std::minmax(a, b);
                auto& least = shortest.try_emplace(elements, farthest).first->second;
                least = std::min(least, list.distance[slot]);
            }
        }
    }
    return shortest;
}

}  // namespace

Zbl short_range_for(dataset::Records const& records, ShortRangeOptions const& options) {
    auto const switch_at = [&](double outer) {
        return Zbl::Switch{std::isfinite(options.inner) ? options.inner : inner_part * outer,
                           outer};
    };
    if (std::isfinite(options.outer)) return Zbl{switch_at(options.outer)};
    Zbl::Pairs pairs;
    for (auto const& [elements, distance] : shortest_distances(records))
        pairs[elements] = switch_at(distance);
    return Zbl{switch_at(usual_outer), std::move(pairs)};
}

dataset::Records without(Zbl const& short_range, dataset::Records const& records) {
    return records.changed([short_range](std::span<Record> some) {
        for (auto& record : some) {
            auto const& s = record.structure;
            subtract_prediction(short_range.predict(s, find_neighbours(s, short_range.cutoff())),
                                1.0, record);
        }
    });
}

}  // namespace kamacite::training
