#include "kamacite/phonons/space_group.hpp"

#include <fmt/format.h>
#include <spglib.h>

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/handle.hpp"

namespace kamacite::phonons {
namespace {

struct DatasetTraits {
    using type = SpglibDataset*;
    static type null() noexcept { return nullptr; }
    static void close(type dataset) noexcept { spg_free_dataset(dataset); }
    static constexpr bool collective = false;
};

Vec3i nearest(Vec3 const& x) {
    return x.array().round().matrix().cast<int>();
}

/// Fills in onto which atom of which cell each atom goes.
void place_atoms(Operation& op, Vec3 const& translation, Structure const& crystal,
                 double tolerance) {
    for (int i = 0; i < crystal.size(); ++i) {
        Vec3 const x = op.rotation.cast<double>() *
                           crystal.cell.to_fractional(crystal.positions[std::size_t(i)]) +
                       translation;
        int found = -1;
        for (int j = 0; j < crystal.size() && found < 0; ++j) {
            if (crystal.species[std::size_t(i)] != crystal.species[std::size_t(j)]) continue;
            Vec3 const apart = x - crystal.cell.to_fractional(crystal.positions[std::size_t(j)]);
            Vec3 const rest = apart - nearest(apart).cast<double>();
            if (crystal.cell.to_cartesian(rest).norm() > 10.0 * tolerance) continue;
            found = j;
            op.shift.push_back(nearest(apart));
        }
        if (found < 0)
            throw DataError(
                fmt::format("an operation of the space group puts atom {} nowhere (within {} Å): "
                            "relax the crystal, or loosen the tolerance",
                            i + 1, 10.0 * tolerance));
        op.atom.push_back(found);
    }
}

}  // namespace

SpaceGroup find_space_group(Structure const& crystal, double tolerance) {
    if (!crystal.cell.is_periodic())
        throw DataError(
            "the cell has an open side (a crystal has none): make it periodic along all "
            "directions");
    double lattice[3][3];
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) lattice[i][j] = crystal.cell.rows()(j, i);
    std::vector<double> positions;
    for (auto const& r : crystal.positions) {
        Vec3 const x = crystal.cell.to_fractional(r);
        positions.insert(positions.end(), x.data(), x.data() + 3);
    }
    Handle<DatasetTraits> const dataset{
        spg_get_dataset(lattice, reinterpret_cast<double(*)[3]>(positions.data()),
                        crystal.species.data(), crystal.size(), tolerance)};
    if (dataset.get() == nullptr || dataset.get()->n_operations == 0)
        throw DataError(fmt::format(
            "spglib finds no space group of {} ({}): look for atoms on top "
            "of each other, or change the tolerance, {} Å",
            formula_of(crystal), spg_get_error_message(spg_get_error_code()), tolerance));
    auto const& found = *dataset.get();
    SpaceGroup group;
    group.number = found.spacegroup_number;
    group.symbol = found.international_symbol;
    group.equivalent.assign(found.equivalent_atoms, found.equivalent_atoms + found.n_atoms);

    Mat3 const columns = crystal.cell.rows().transpose();
    Mat3 const inverse = columns.inverse();
    for (int n = 0; n < found.n_operations; ++n) {
        Operation op;
        Vec3 translation;
        for (int i = 0; i < 3; ++i) {
            translation(i) = found.translations[n][i];
            for (int j = 0; j < 3; ++j) op.rotation(i, j) = found.rotations[n][i][j];
        }
        op.cartesian = columns * op.rotation.cast<double>() * inverse;
        place_atoms(op, translation, crystal, tolerance);
        group.operations.push_back(std::move(op));
    }
    // spglib: (a b c) = (a_s b_s c_s) P, vectors as columns.
    Mat3 p;
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) p(i, j) = found.transformation_matrix[i][j];
    Mat3 const rows = p.inverse().transpose();
    Mat3 const whole = rows.array().round().matrix();
    if ((rows - whole).cwiseAbs().maxCoeff() < 1e-3 && std::abs(whole.determinant()) > 0.5)
        group.conventional = whole.cast<int>();
    return group;
}

std::vector<Operation> operations_on(SpaceGroup const& group, Mat3i const& rows) {
    Mat3 const columns = rows.cast<double>().transpose();
    Mat3 const inverse = columns.inverse();
    std::vector<Operation> kept;
    for (auto const& op : group.operations) {
        Mat3 const turned = inverse * op.rotation.cast<double>() * columns;
        if ((turned - Mat3{turned.array().round().matrix()}).cwiseAbs().maxCoeff() < 1e-6)
            kept.push_back(op);
    }
    return kept;
}

}  // namespace kamacite::phonons
