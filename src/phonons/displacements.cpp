#include "kamacite/phonons/displacements.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/phonons/directions.hpp"

namespace kamacite::phonons {
namespace {

/// Sums and differences of up to three of the cell's vectors, of length one; one of each pair ±d.
std::vector<Vec3> candidates(Cell const& cell) {
    std::vector<Vec3> found;
    for (auto const& n :
         {Vec3i{1, 0, 0}, Vec3i{0, 1, 0}, Vec3i{0, 0, 1}, Vec3i{1, 1, 0}, Vec3i{1, -1, 0},
          Vec3i{1, 0, 1}, Vec3i{1, 0, -1}, Vec3i{0, 1, 1}, Vec3i{0, 1, -1}, Vec3i{1, 1, 1},
          Vec3i{-1, 1, 1}, Vec3i{1, -1, 1}, Vec3i{1, 1, -1}})
        found.push_back(cell.to_cartesian(n.cast<double>()).normalized());
    return found;
}

std::vector<Mat3> site_rotations(std::vector<Operation> const& operations, int atom) {
    std::vector<Mat3> found;
    for (auto const& op : operations)
        if (op.atom[std::size_t(atom)] == atom) found.push_back(op.cartesian);
    return found;
}

bool turned_round(std::vector<Mat3> const& rotations, Vec3 const& direction) {
    return std::any_of(rotations.begin(), rotations.end(),
                       [&](Mat3 const& r) { return (r * direction + direction).norm() < 1e-6; });
}

/// Directions for one atom: the fewest displacements; of these sets the one whose images span space
/// most evenly, by the least eigenvalue of Σ d ⊗ d; of these the first.
std::vector<Vec3> directions_of(std::vector<Vec3> const& possible,
                                std::vector<Mat3> const& rotations) {
    std::vector<Mat3> sums;
    std::vector<int> costs;
    for (auto const& d : possible) {
        Mat3 sum = Mat3::Zero();
        for (auto const& r : rotations) sum += (r * d) * (r * d).transpose();
        sums.push_back(sum / static_cast<double>(rotations.size()));
        costs.push_back(turned_round(rotations, d) ? 1 : 2);
    }
    struct Best {
        int cost = 7;
        double evenness = 0.0;
        std::set<std::size_t> chosen;
    } best;
    auto const n = possible.size();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j)
            for (std::size_t k = j; k < n; ++k) {
                std::set<std::size_t> const chosen{i, j, k};
                int cost = 0;
                Mat3 sum = Mat3::Zero();
                for (auto const m : chosen) {
                    cost += costs[m];
                    sum += sums[m] / static_cast<double>(chosen.size());
                }
                double const evenness =
                    Eigen::SelfAdjointEigenSolver<Mat3>{sum, Eigen::EigenvaluesOnly}.eigenvalues()(
                        0);
                if (evenness < 1e-3 || cost > best.cost) continue;
                if (cost < best.cost || evenness > best.evenness + 1e-9)
                    best = {cost, evenness, chosen};
            }
    std::vector<Vec3> directions;
    for (auto const m : best.chosen) directions.push_back(possible[m]);
    return directions;
}

}  // namespace

std::vector<Vec3> spanning_directions(Cell const& cell, std::vector<Mat3> const& rotations) {
    std::vector<Vec3> found;
    for (auto const& d : directions_of(candidates(cell), rotations)) {
        found.push_back(d);
        if (!turned_round(rotations, d)) found.push_back(-d);
    }
    return found;
}

int image_of(Supercell const& supercell, Operation const& op, int fixed, int j) {
    int const k = supercell.unit_atom(j);
    Vec3i const cell =
        op.rotation * supercell.cell(j) + op.shift[std::size_t(k)] - op.shift[std::size_t(fixed)];
    return supercell.index(op.atom[std::size_t(k)], cell);
}

std::vector<Displacement> find_displacements(Structure const& unit,
                                             std::vector<Operation> const& operations,
                                             double distance) {
    KAMACITE_EXPECTS(distance > 0.0);
    std::set<int> reached;
    std::vector<Displacement> found;
    for (int i = 0; i < unit.size(); ++i) {
        if (reached.contains(i)) continue;
        for (auto const& op : operations) reached.insert(op.atom[std::size_t(i)]);
        for (auto const& d : spanning_directions(unit.cell, site_rotations(operations, i)))
            found.push_back({i, distance * d});
    }
    return found;
}

Structure displaced(Supercell const& supercell, Displacement const& displacement) {
    auto s = supercell.structure();
    s.positions[std::size_t(supercell.index(displacement.atom, Vec3i::Zero()))] +=
        displacement.vector;
    return s;
}

std::vector<ForceResult> compute_forces(mpi::Communicator const& comm,
                                        std::vector<ForceJob> const& jobs) {
    auto const total = static_cast<long long>(jobs.size());
    auto const mine = mpi::block_of(comm.rank(), comm.size(), total);
    std::vector<double> numbers;
    mpi::all_or_none(comm, [&] {
        for (auto n = mine.begin; n < mine.end; ++n) {
            auto const& [potential, s] = jobs[std::size_t(n)];
            auto const p = potential->predict(s, find_neighbours(s, potential->cutoff()));
            numbers.push_back(p.energy());
            Reach reach;
            reach.include(p);
            numbers.insert(numbers.end(), {reach.extrapolation, reach.grade});
            for (auto const& f : p.forces) numbers.insert(numbers.end(), f.data(), f.data() + 3);
        }
    });
    auto const all = comm.all_gather(std::span<double const>{numbers});
    std::vector<ForceResult> results;
    auto next = all.begin();
    for (auto const& job : jobs) {
        ForceResult result;
        result.energy = *next++;
        result.reach.extrapolation = *next++;
        result.reach.grade = *next++;
        for (int i = 0; i < job.structure.size(); ++i, next += 3)
            result.forces.emplace_back(next[0], next[1], next[2]);
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace kamacite::phonons
