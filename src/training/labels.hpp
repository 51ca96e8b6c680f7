#pragma once
// Private to the module.
#include "kamacite/potential/potential.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::training {

/// Takes a multiple of a prediction from the energy, forces and stress of a record, where it has
/// them.
inline void subtract_prediction(Prediction const& p, double factor, Record& record) {
    auto& labels = record.labels;
    if (labels.energy) *labels.energy -= factor * p.energy();
    for (std::size_t i = 0; i < labels.forces.size(); ++i) labels.forces[i] -= factor * p.forces[i];
    if (labels.stress) *labels.stress -= factor * p.stress(record.structure.cell.volume());
}

}  // namespace kamacite::training
