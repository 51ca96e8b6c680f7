#pragma once
#include <vector>

#include "kamacite/structure/record.hpp"
#include "model/random_model.hpp"
#include "support/random_structures.hpp"

namespace kamacite::test {

/// Small structures of two elements with every kind of label, some of them missing; the labels are
/// those of `teacher`, with errors of size `noise`.
inline std::vector<Record> labelled(Model const& teacher, int n, double noise = 0.0,
                                    bool alloy = true) {
    RandomStream random{17, "noise", 0};
    auto const wrong = [&] { return noise * random.normal(); };
    std::vector<Record> records;
    for (int i = 0; i < n; ++i) {
        auto s = rattled_bcc(i % 5 == 4 ? 2 : 1, static_cast<unsigned>(i), 0.25);
        for (std::size_t k = 0; k < s.species.size(); ++k)
            if (alloy && (static_cast<int>(k) + i) % 3 == 0) s.species[k] = 28;
        if (i % 4 == 3) s = {s.cell, {s.species[0]}, {s.positions[0]}};  // one-atom cell
        double const temperature = 200.0 + 50.0 * i;
        auto const p = teacher.predict(s, find_neighbours(s, teacher.cutoff()),
                                       {{"temperature", temperature}});
        Labels labels;
        if (i % 7 != 5) labels.energy = p.energy() + s.size() * wrong();
        if (i % 6 != 4) {
            labels.forces = p.forces;
            for (auto& f : labels.forces) f += Vec3(wrong(), wrong(), wrong());
        }
        if (i % 3 != 1) {
            Mat3 error = wrong() * Mat3::Identity();
            error(0, 1) = error(1, 0) = wrong();
            labels.stress = p.stress(s.cell.volume()) + 0.01 * error;
        }
        if (i % 5 != 2) {
            labels.moments = p.moments;
            for (std::size_t k = 0; k < labels.moments.size(); ++k)
                labels.moments[k] = (k % 2 == 0 ? 1.0 : -1.0) * (labels.moments[k] + 3.0 * wrong());
        }
        for (auto const& [name, value] : p.properties)
            if (i % 2 == 0 || name != "electrical_resistivity")
                labels.properties[name] = value + wrong();
        if (i % 8 != 6) labels.properties["temperature"] = temperature;
        records.push_back(
            {std::move(s), std::move(labels), "", i % 2 == 0 ? "even" : "odd", "", "", ""});
    }
    return records;
}

}  // namespace kamacite::test
