#include "columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/duplicates.hpp"

namespace kamacite::dataset {
namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

template <class Derived>
void append(std::vector<double>& out, Eigen::DenseBase<Derived> const& tensor) {
    for (Eigen::Index i = 0; i < tensor.rows(); ++i)
        for (Eigen::Index j = 0; j < tensor.cols(); ++j) out.push_back(tensor(i, j));
}

Mat3 mat3_at(std::vector<double> const& values, std::size_t i) {
    return Eigen::Map<Eigen::Matrix<double, 3, 3, Eigen::RowMajor> const>(values.data() + 9 * i);
}

Vec3 vec3_at(std::vector<double> const& values, std::size_t i) {
    return Eigen::Map<Vec3 const>(values.data() + 3 * i);
}

void append_atoms(Columns& columns, Record const& record) {
    auto const& labels = record.labels;
    auto const n = record.structure.positions.size();
    for (int const z : record.structure.species)
        columns.species.push_back(static_cast<std::uint8_t>(z));
    for (auto const& r : record.structure.positions) append(columns.position, r);
    for (auto const& f : labels.forces) append(columns.force, f);
    columns.moment.insert(columns.moment.end(), labels.moments.begin(), labels.moments.end());
    columns.force.resize(columns.position.size(), absent);
    columns.moment.resize(columns.species.size(), absent);
    columns.atoms.push_back(static_cast<long long>(n));
}

void append_structure(Columns& columns, Record const& record) {
    auto const& labels = record.labels;
    append(columns.cell, record.structure.cell.rows());
    for (bool const p : record.structure.cell.periodic()) columns.periodic.push_back(p ? 1 : 0);
    columns.energy.push_back(labels.energy.value_or(absent));
    append(columns.stress, labels.stress.value_or(Mat3::Constant(absent)));
    for (bool const has : {labels.energy.has_value(), !labels.forces.empty(),
                           labels.stress.has_value(), !labels.moments.empty()})
        columns.has.push_back(has ? 1 : 0);
    columns.fingerprint.push_back(fingerprint_of(record));
    columns.name.push_back(record.name);
    columns.family.push_back(record.family);
    columns.trajectory.push_back(record.trajectory);
    columns.source.push_back(record.source);
    columns.recipe.push_back(record.recipe);
    columns.level.push_back(record.level);
    for (auto const& [name, value] : labels.properties) {
        auto& column = columns.properties[name];
        column.resize(columns.name.size() - 1, absent);
        column.push_back(value);
    }
}

}  // namespace

Columns to_columns(std::span<Record const> records) {
    Columns columns;
    for (auto const& record : records) {
        append_atoms(columns, record);
        append_structure(columns, record);
    }
    for (auto& [name, column] : columns.properties) column.resize(records.size(), absent);
    return columns;
}

std::vector<Record> to_records(Columns const& c) {
    std::vector<Record> records;
    records.reserve(c.atoms.size());
    std::size_t atom = 0;
    for (std::size_t i = 0; i < c.atoms.size(); ++i) {
        Cell const cell{
            mat3_at(c.cell, i),
            {c.periodic[3 * i] != 0, c.periodic[3 * i + 1] != 0, c.periodic[3 * i + 2] != 0}};
        Record record{{cell, {}, {}},  {},          c.name[i],   c.family[i],
                      c.trajectory[i], c.source[i], c.recipe[i], c.level[i]};
        auto& labels = record.labels;
        bool const has_force = c.has[4 * i + 1] != 0;
        bool const has_moment = c.has[4 * i + 3] != 0;
        if (c.has[4 * i] != 0) labels.energy = c.energy[i];
        if (c.has[4 * i + 2] != 0) labels.stress = mat3_at(c.stress, i);
        for (std::size_t const end = atom + static_cast<std::size_t>(c.atoms[i]); atom < end;
             ++atom) {
            record.structure.species.push_back(c.species[atom]);
            record.structure.positions.push_back(vec3_at(c.position, atom));
            if (has_force) labels.forces.push_back(vec3_at(c.force, atom));
            if (has_moment) labels.moments.push_back(c.moment[atom]);
        }
        for (auto const& [name, column] : c.properties)
            if (!std::isnan(column[i])) labels.properties[name] = column[i];
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace kamacite::dataset
