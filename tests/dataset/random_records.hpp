#pragma once
#include <random>
#include <vector>

#include "kamacite/structure/record.hpp"

namespace kamacite::test {

/// Record number `index` of an endless series: 1 to 6 atoms, labels that come and go, all texts.
/// The same on any rank.
inline Record random_record(int index) {
    std::mt19937_64 random{static_cast<unsigned long long>(1000 + index)};
    auto const uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0; };
    auto const vec3 = [&] { return Vec3(uniform(), uniform(), uniform()); };
    Mat3 cell = 5.0 * Mat3::Identity();
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) cell(i, j) += uniform();
    Record record{
        {Cell{cell, {index % 2 == 0, index % 3 == 0, true}}, {}, {}}, {}, {}, {}, {}, {}, {}};
    int const atoms = 1 + static_cast<int>(random() % 6);
    for (int i = 0; i < atoms; ++i) {
        record.structure.species.push_back(i % 3 == 2 ? 28 : 26);
        record.structure.positions.push_back(3.0 * vec3());
    }
    auto& labels = record.labels;
    if (index % 5 != 1) labels.energy = -8.0 * atoms + uniform();
    if (index % 5 != 2)
        for (int i = 0; i < atoms; ++i) labels.forces.push_back(vec3());
    if (index % 5 != 3) labels.stress = Mat3{vec3() * vec3().transpose()};
    if (index % 5 != 4)
        for (int i = 0; i < atoms; ++i) labels.moments.push_back(2.2 * uniform());
    if (index % 4 == 0) labels.properties["temperature"] = 300.0 + index;
    if (index % 7 == 0) labels.properties["thermal_conductivity"] = 80.0 + uniform();
    record.name = "record " + std::to_string(index);
    record.family = index % 6 == 5 ? "" : "family_" + std::to_string(index % 3);
    record.trajectory = index % 2 == 0 ? "run " + std::to_string(index / 10) : "";
    record.source = "µ.xyz frame " + std::to_string(index);
    record.recipe =
        index % 3 == 0 ? R"({"kind": "bcc", "seed": )" + std::to_string(index) + "}" : "";
    record.level = index % 4 == 1 ? "" : "PBE " + std::to_string(index % 4);
    return record;
}

inline std::vector<Record> random_records(int begin, int end) {
    std::vector<Record> records;
    for (int i = begin; i < end; ++i) records.push_back(random_record(i));
    return records;
}

/// Are two records the same, to the last bit?
inline bool same(Record const& a, Record const& b) {
    return a.structure.cell.rows() == b.structure.cell.rows() &&
           a.structure.cell.periodic() == b.structure.cell.periodic() &&
           a.structure.species == b.structure.species &&
           a.structure.positions == b.structure.positions && a.labels.energy == b.labels.energy &&
           a.labels.forces == b.labels.forces && a.labels.stress == b.labels.stress &&
           a.labels.moments == b.labels.moments && a.labels.properties == b.labels.properties &&
           a.name == b.name && a.family == b.family && a.trajectory == b.trajectory &&
           a.source == b.source && a.recipe == b.recipe && a.level == b.level;
}

}  // namespace kamacite::test
