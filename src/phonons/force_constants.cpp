#include "kamacite/phonons/force_constants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/directions.hpp"

namespace kamacite::phonons {
namespace {

/// Φ_ij of one atom i of the unit cell from its displacements.
std::vector<Mat3> row_of(DisplacementPlan const& plan, ForceSet const& set, int i) {
    auto const n = static_cast<std::size_t>(plan.supercell.size());
    Mat3 squares = Mat3::Zero();
    std::vector<Mat3> products(n, Mat3::Zero());
    for (auto const& op : plan.operations) {
        if (op.atom[std::size_t(i)] != i) continue;
        std::vector<std::size_t> to(n);
        for (std::size_t j = 0; j < n; ++j)
            to[j] = static_cast<std::size_t>(image_of(plan.supercell, op, i, static_cast<int>(j)));
        for (std::size_t d = 0; d < plan.displacements.size(); ++d) {
            if (plan.displacements[d].atom != i) continue;
            Vec3 const u = op.cartesian * plan.displacements[d].vector;
            squares += u * u.transpose();
            for (std::size_t j = 0; j < n; ++j)
                products[to[j]] += u * (op.cartesian * set.forces[d][j]).transpose();
        }
    }
    Mat3 const inverse = squares.inverse();
    for (auto& p : products) p = -inverse * p;
    return products;
}

/// Φ_ji, of the atom of the unit cell that j is a copy of, to that copy of i.
int exchanged(Supercell const& supercell, int i, int j) {
    return supercell.index(i, -supercell.cell(j));
}

void impose(ForceConstants& fc) {
    auto const& supercell = fc.supercell;
    int const n = supercell.size(), units = supercell.unit().size();
    auto const at = [n](int i, int j) { return std::size_t(i * n + j); };
    auto symmetric = fc.blocks;
    for (int i = 0; i < units; ++i)
        for (int j = 0; j < n; ++j) {
            Mat3 const other =
                fc.blocks[at(supercell.unit_atom(j), exchanged(supercell, i, j))].transpose();
            Mat3 const apart = fc.blocks[at(i, j)] - other;
            fc.asymmetry.exchange = std::max(fc.asymmetry.exchange, apart.cwiseAbs().maxCoeff());
            symmetric[at(i, j)] -= 0.5 * apart;
        }
    std::vector<Mat3> means(std::size_t(units), Mat3::Zero());  // over j, of the symmetric ones
    Mat3 mean = Mat3::Zero();
    for (int i = 0; i < units; ++i) {
        Mat3 sum = Mat3::Zero();
        for (int j = 0; j < n; ++j) {
            means[std::size_t(i)] += symmetric[at(i, j)] / n;
            sum += fc.blocks[at(i, j)];
        }
        fc.asymmetry.sum = std::max(fc.asymmetry.sum, sum.cwiseAbs().maxCoeff());
        mean += means[std::size_t(i)] / units;
    }
    for (int i = 0; i < units; ++i)
        for (int j = 0; j < n; ++j)
            fc.blocks[at(i, j)] = symmetric[at(i, j)] - means[std::size_t(i)] -
                                  means[std::size_t(supercell.unit_atom(j))].transpose() + mean;
}

}  // namespace

DisplacementPlan plan_displacements(Structure const& unit, Mat3i const& matrix, double distance) {
    auto const operations = operations_on(find_space_group(unit), matrix);
    return {Supercell{unit, matrix}, operations, find_displacements(unit, operations, distance)};
}

std::vector<ForceJob> force_jobs(DisplacementPlan const& plan, Potential const& potential) {
    std::vector<ForceJob> jobs{{&potential, plan.supercell.structure()}};
    for (auto const& d : plan.displacements)
        jobs.push_back({&potential, displaced(plan.supercell, d)});
    return jobs;
}

ForceSet force_set(DisplacementPlan const& plan, std::span<ForceResult const> results) {
    KAMACITE_EXPECTS(results.size() == plan.displacements.size() + 1);
    auto const& at_rest = results.front().forces;
    for (std::size_t j = 0; j < at_rest.size(); ++j)
        if (!(at_rest[j].norm() < 1e-3))
            throw DataError(fmt::format(
                "a force of {:.3g} eV/Å acts on atom {} of the crystal (must be below 0.001, "
                "phonons are vibrations about rest): relax it first",
                at_rest[j].norm(), plan.supercell.unit_atom(static_cast<int>(j)) + 1));
    ForceSet set{{}, results.front().reach};
    for (auto const& r : results.subspan(1)) {
        set.forces.push_back(r.forces);
        for (std::size_t j = 0; j < at_rest.size(); ++j) set.forces.back()[j] -= at_rest[j];
        set.reach.include(r.reach);
    }
    return set;
}

ForceConstants solve_force_constants(DisplacementPlan const& plan, ForceSet const& set) {
    KAMACITE_EXPECTS(set.forces.size() == plan.displacements.size());
    auto const& supercell = plan.supercell;
    int const n = supercell.size(), units = supercell.unit().size();
    ForceConstants fc{supercell, std::vector<Mat3>(std::size_t(units * n), Mat3::Zero()), {}};
    std::vector<std::vector<Mat3>> rows(static_cast<std::size_t>(units));
    for (auto const& d : plan.displacements)
        if (auto& row = rows[std::size_t(d.atom)]; row.empty()) row = row_of(plan, set, d.atom);
    for (int i = 0; i < units; ++i) {
        // Any operation that brings a displaced atom here will do: its row has the site's symmetry.
        int from = -1;
        Operation const* way = nullptr;
        for (int k = 0; k < units && way == nullptr; ++k)
            for (auto const& op : plan.operations)
                if (!rows[std::size_t(k)].empty() && op.atom[std::size_t(k)] == i) {
                    from = k;
                    way = &op;
                    break;
                }
        KAMACITE_EXPECTS(way != nullptr);
        auto const& row = rows[std::size_t(from)];
        for (int j = 0; j < n; ++j)
            fc.blocks[std::size_t(i * n + image_of(supercell, *way, from, j))] =
                way->cartesian * row[std::size_t(j)] * way->cartesian.transpose();
    }
    impose(fc);
    return fc;
}

ForceConstants force_constants(mpi::Communicator const& comm, Potential const& potential,
                               Structure const& unit, Mat3i const& matrix, double distance) {
    auto const plan = plan_displacements(unit, matrix, distance);
    return solve_force_constants(
        plan, force_set(plan, compute_forces(comm, force_jobs(plan, potential))));
}

}  // namespace kamacite::phonons
