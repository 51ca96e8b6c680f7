#include "kamacite/training/short_range.hpp"

namespace kamacite::training {

std::vector<Record> without(Zbl const& short_range, std::span<Record const> records) {
    std::vector<Record> rest{records.begin(), records.end()};
    for (auto& record : rest) {
        auto const& s = record.structure;
        auto const pairs = short_range.predict(s, find_neighbours(s, short_range.cutoff()));
        auto& labels = record.labels;
        if (labels.energy) *labels.energy -= pairs.energy();
        for (std::size_t i = 0; i < labels.forces.size(); ++i) labels.forces[i] -= pairs.forces[i];
        if (labels.stress) *labels.stress -= pairs.stress(s.cell.volume());
    }
    return rest;
}

}  // namespace kamacite::training
