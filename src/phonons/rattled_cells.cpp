// Fits to cells that are drawn, spread over ranks.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"
#include "kamacite/phonons/regression.hpp"

namespace kamacite::phonons {
namespace {

using Eigen::VectorXd;

constexpr int most_blocks = 16;

/// Numbers of a row: AᵀA, AᵀF, FᵀF, rows.
Eigen::Index length_of(int unknowns) {
    return Eigen::Index(unknowns) * unknowns + unknowns + 2;
}

template <class Row>
void store(NormalEquations const& e, Row row) {
    auto const n = e.products.size();
    row.head(n * n) = e.squares.reshaped().transpose();
    row.segment(n * n, n) = e.products.transpose();
    row(n * n + n) = e.forces;
    row(n * n + n + 1) = e.rows;
}

NormalEquations equations_from(double const* values, int unknowns) {
    NormalEquations e{unknowns};
    auto const n = Eigen::Index(unknowns);
    e.squares = Eigen::Map<Eigen::MatrixXd const>{values, n, n};
    e.products = Eigen::Map<VectorXd const>{values + n * n, n};
    e.forces = values[n * n + n];
    e.rows = values[n * n + n + 1];
    return e;
}

NormalEquations summed(mpi::Communicator const& comm, Matrix mine, int blocks, int unknowns) {
    return equations_from(mpi::sum_in_tree(comm, std::move(mine), blocks).data(), unknowns);
}

/// Adds one pair of opposite cells.
void add_pair(NormalEquations& equations, Reach& reach, Potential const& potential,
              ConstantsBasis const& basis, std::vector<Vec3> u) {
    for (int turn = 0; turn < 2; ++turn) {
        auto s = basis.supercell.structure();
        for (std::size_t i = 0; i < u.size(); ++i) s.positions[i] += u[i];
        auto const p = potential.predict(s, find_neighbours(s, potential.cutoff()));
        add_cell(equations, basis, u, p.forces);
        reach.include(p);
        for (auto& x : u) x = -x;
    }
}

int blocks_of(int cells) {
    return std::min(cells / 2, most_blocks);
}

/// Whether half of the blocks, or all but the largest, determine the unknowns, by counting: of each
/// pair of cells the sums of the forces of both and their differences, less what the sum rule says.
bool are_enough(ConstantsBasis const& basis, int cells) {
    int const blocks = blocks_of(cells), pairs = cells / 2;
    int const left = std::min(pairs - (pairs + blocks - 1) / blocks, blocks / 2 * (pairs / blocks));
    long long const rows = static_cast<long long>(left) * (3LL * basis.supercell.size() - 3);
    return rows >= std::max(basis.second.unknowns(), basis.third.unknowns());
}

}  // namespace

int cells_needed(ConstantsBasis const& basis) {
    int cells = 4;
    while (!are_enough(basis, cells)) cells += 2;
    return cells;
}

Regression fit_cells(mpi::Communicator const& comm, Potential const& potential,
                     ConstantsBasis const& basis, Ensemble const& ensemble, int cells,
                     std::uint64_t seed) {
    int const needed = cells_needed(basis), unknowns = basis.unknowns();
    if (cells < needed || cells % 2 != 0)
        throw InputError(fmt::format(
            "{} rattled cells of {} atoms (an even number and at least {} are needed for {} force "
            "constants of second and {} of third order): give more cells, or shorter cutoffs",
            cells, basis.supercell.size(), needed, basis.second.unknowns(),
            basis.third.unknowns()));
    int const pairs = cells / 2, blocks = blocks_of(cells);
    auto const mine = mpi::block_of(comm.rank(), comm.size(), blocks);
    Matrix rows = Matrix::Zero(mine.size(), length_of(unknowns));
    Reach reach;
    mpi::all_or_none(comm, [&] {
        for (auto b = mine.begin; b < mine.end; ++b) {
            NormalEquations equations{unknowns};
            auto const range = mpi::block_of(static_cast<int>(b), blocks, pairs);
            for (auto k = range.begin; k < range.end; ++k) {
                RandomStream random{seed, "rattled cell", static_cast<std::uint64_t>(k)};
                add_pair(equations, reach, potential, basis, ensemble.draw(random));
            }
            store(equations, rows.row(b - mine.begin));
        }
    });
    auto const total = summed(comm, rows, blocks, unknowns);
    auto const best = solve(total);
    Matrix odd = rows;
    for (auto b = mine.begin; b < mine.end; ++b)
        if (b % 2 == 0) odd.row(b - mine.begin).setZero();
    auto const one = summed(comm, std::move(odd), blocks, unknowns);
    auto other = total;
    other -= one;

    // Each block by a fit to all others.
    std::vector<double> found;  // of each of my blocks: residual, unknowns
    mpi::all_or_none(comm, [&] {
        for (auto b = mine.begin; b < mine.end; ++b) {
            auto const block = equations_from(rows.row(b - mine.begin).data(), unknowns);
            auto rest = total;
            rest -= block;
            auto const solution = solve(rest);
            found.push_back(block.residual(solution.unknowns));
            found.insert(found.end(), solution.unknowns.begin(), solution.unknowns.end());
        }
    });
    auto const all = comm.all_gather(std::span<double const>{found});

    Regression regression{constants_of(basis, best.unknowns), {}, {}};
    double missed = 0.0;
    for (int b = 0; b < blocks; ++b) {
        double const* const values = all.data() + std::ptrdiff_t(b) * (unknowns + 1);
        missed += values[0];
        regression.without.push_back(
            constants_of(basis, Eigen::Map<VectorXd const>{values + 1, unknowns}).second);
    }
    for (auto const& half : {one, other})
        regression.halves.push_back(constants_of(basis, solve(half).unknowns));
    regression.second_unknowns = basis.second.unknowns();
    regression.third_unknowns = basis.third.unknowns();
    regression.condition = best.condition;
    regression.error = std::sqrt(missed / total.rows);
    regression.determination = 1.0 - missed / total.forces;
    regression.reach = {comm.all_reduce(mpi::Op::max, reach.extrapolation),
                        comm.all_reduce(mpi::Op::max, reach.grade)};
    return regression;
}

Renormalised renormalise(mpi::Communicator const& comm, Potential const& potential,
                         Harmonic const& crystal, std::vector<Operation> const& operations,
                         RegressionSettings const& settings) {
    KAMACITE_EXPECTS(settings.iterations > 0);
    auto const& supercell = crystal.constants().supercell;
    auto const basis =
        constants_basis(supercell, operations, settings.second_cutoff, settings.third_cutoff);
    auto const points = commensurate_points(supercell);
    auto current = crystal;
    std::vector<double> changes;
    for (int iteration = 0;; ++iteration) {
        Ensemble const ensemble{current, settings.temperature, settings.statistics};
        auto fit = fit_cells(comm, potential, basis, ensemble, settings.cells, settings.seed);
        Harmonic const next{fit.constants.second};
        double change = 0.0;
        for (auto const& q : points) {
            auto const was = current.modes(q).frequencies, is = next.modes(q).frequencies;
            for (std::size_t b = 0; b < is.size(); ++b)
                change = std::max(change, std::abs(is[b] - was[b]));
        }
        changes.push_back(change);
        if (iteration + 1 == settings.iterations)
            return {std::move(fit), current.constants(), std::move(changes)};
        current = next;
    }
}

}  // namespace kamacite::phonons
