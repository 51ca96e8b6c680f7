#include "kamacite/comparison/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::comparison {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double least_spread = 1e-6;  // of a column, beside its size: it does not vary

/// Pooled descriptors of one structure.
void pool(Descriptors const& descriptors, Structure const& s, std::span<double> row) {
    auto const g = descriptors.evaluate(find_neighbours(s, descriptors.cutoff()), s.species);
    auto const& elements = descriptors.elements();
    auto const width = static_cast<std::size_t>(descriptors.width());
    auto const half = elements.size() * width;
    for (Eigen::Index i = 0; i < g.rows(); ++i) {
        auto const found =
            std::find(elements.begin(), elements.end(), s.species[static_cast<std::size_t>(i)]);
        auto const begin = static_cast<std::size_t>(found - elements.begin()) * width;
        for (std::size_t k = 0; k < width; ++k) {
            double const value = g(i, static_cast<Eigen::Index>(k)) / s.size();
            row[begin + k] += value;
            row[half + begin + k] += value * g(i, static_cast<Eigen::Index>(k));
        }
    }
    for (std::size_t k = 0; k < half; ++k) row[half + k] -= row[k] * row[k];
}

/// Columns of mean 0 and variance 1 over some rows; those that do not vary there are removed.
Matrix standardised(Matrix const& x, std::span<int const> rows) {
    std::vector<Eigen::Index> kept;
    std::vector<double> centre, scale;
    for (Eigen::Index k = 0; k < x.cols(); ++k) {
        double mean = 0.0, square = 0.0;
        for (int const i : rows) mean += x(i, k) / static_cast<double>(rows.size());
        for (int const i : rows)
            square += std::pow(x(i, k) - mean, 2) / static_cast<double>(rows.size());
        double const spread = std::sqrt(square);
        if (!(spread > least_spread * std::abs(mean)) || !(spread > 1e-12)) continue;
        kept.push_back(k);
        centre.push_back(mean);
        scale.push_back(spread);
    }
    Matrix out{x.rows(), std::ssize(kept)};
    for (std::size_t k = 0; k < kept.size(); ++k)
        out.col(static_cast<Eigen::Index>(k)) = (x.col(kept[k]).array() - centre[k]) / scale[k];
    return out;
}

/// Time [s] per structure on one core since `start`, if the ranks shared the structures.
double seconds_each(mpi::Communicator const& comm, Clock::time_point start, std::size_t all) {
    double const mine = std::chrono::duration<double>(Clock::now() - start).count();
    return comm.all_reduce(mpi::Op::sum, mine) / static_cast<double>(all);
}

/// Descriptors of every atom. Collective; the same on any number of ranks.
AtomInputs atom_inputs(mpi::Communicator const& comm, Descriptors const& descriptors,
                       std::span<Structure const> structures, std::vector<int> const& elements) {
    AtomInputs inputs;
    for (auto const& s : structures) {
        inputs.first.push_back(inputs.first.back() + s.size());
        for (int const z : s.species)
            inputs.element.push_back(static_cast<int>(
                std::lower_bound(elements.begin(), elements.end(), z) - elements.begin()));
    }
    auto const block = mpi::block_of(comm.rank(), comm.size(), std::ssize(structures));
    std::vector<double> mine;
    mpi::all_or_none(comm, [&] {
        for (auto i = block.begin; i < block.end; ++i) {
            auto const& s = structures[static_cast<std::size_t>(i)];
            auto const g =
                descriptors.evaluate(find_neighbours(s, descriptors.cutoff()), s.species);
            mine.insert(mine.end(), g.data(), g.data() + g.size());
        }
    });
    auto const all = comm.all_gather(std::span<double const>{mine});
    inputs.x =
        Eigen::Map<Matrix const>(all.data(), std::ssize(inputs.element), descriptors.width());
    return inputs;
}

/// Each column of mean 0 and variance 1 over the atoms of each element in some structures.
void standardise(AtomInputs& inputs, std::span<int const> structures, int elements) {
    for (int z = 0; z < elements; ++z) {
        std::vector<int> rows;
        for (int const k : structures)
            for (int i = inputs.first[static_cast<std::size_t>(k)];
                 i < inputs.first[static_cast<std::size_t>(k) + 1]; ++i)
                if (inputs.element[static_cast<std::size_t>(i)] == z) rows.push_back(i);
        auto const n = static_cast<double>(rows.size());
        for (Eigen::Index c = 0; c < inputs.x.cols(); ++c) {
            double mean = 0.0, square = 0.0;
            for (int const i : rows) mean += inputs.x(i, c) / n;
            for (int const i : rows) square += std::pow(inputs.x(i, c) - mean, 2) / n;
            double const spread = std::sqrt(square);
            bool const varies = spread > least_spread * std::abs(mean) && spread > 1e-12;
            for (Eigen::Index i = 0; i < inputs.x.rows(); ++i)
                if (inputs.element[static_cast<std::size_t>(i)] == z)
                    inputs.x(i, c) = varies ? (inputs.x(i, c) - mean) / spread : 0.0;
        }
    }
}

/// The part of its atoms that is of each element, of each structure.
Matrix parts_of(std::span<Structure const> structures, std::vector<int> const& elements) {
    Matrix parts = Matrix::Zero(std::ssize(structures), std::ssize(elements));
    for (std::size_t k = 0; k < structures.size(); ++k)
        for (int const z : structures[k].species)
            parts(static_cast<Eigen::Index>(k),
                  std::lower_bound(elements.begin(), elements.end(), z) - elements.begin()) +=
                1.0 / structures[k].size();
    return parts;
}

/// Problem::base.
std::vector<double> base_of(Question const& question, Matrix const& parts) {
    auto const n = std::ssize(question.target);
    if (!question.of_energy || parts.cols() == 1)
        return std::vector<double>(static_cast<std::size_t>(n), 0.0);
    Matrix known{std::ssize(question.training), parts.cols()};
    Eigen::VectorXd y{known.rows()};
    for (Eigen::Index k = 0; k < known.rows(); ++k) {
        int const i = question.training[static_cast<std::size_t>(k)];
        known.row(k) = parts.row(i);
        y[k] = question.target[static_cast<std::size_t>(i)];
    }
    Eigen::VectorXd const own = known.completeOrthogonalDecomposition().solve(y);
    Eigen::VectorXd const base = parts * own;
    return {base.begin(), base.end()};
}

/// \throws DataError if a structure has an element that none in training has
void expect_known(Question const& question, Matrix const& parts, std::vector<int> const& elements) {
    for (Eigen::Index z = 0; z < parts.cols(); ++z) {
        bool const known = std::any_of(question.training.begin(), question.training.end(),
                                       [&](int i) { return parts(i, z) > 0.0; });
        if (known) continue;
        Eigen::Index k = 0;
        while (parts(k, z) == 0.0) ++k;
        throw DataError(fmt::format(
            "{} has {}, which no structure of the training side has (nothing can be learnt of "
            "it): choose another split, or leave out the structures that have it",
            formula_of(question.structures[static_cast<std::size_t>(k)]),
            symbol_of(elements[static_cast<std::size_t>(z)])));
    }
}

std::vector<Graph> graphs_of(mpi::Communicator const& comm, Question const& question,
                             GraphOptions const& options, double& seconds) {
    std::vector<Graph> graphs;
    auto const start = Clock::now();
    // every rank needs all of them, as batches are drawn from all
    mpi::all_or_none(comm, [&] {
        for (auto const& s : question.structures) graphs.push_back(graph_of(s, options));
    });
    seconds = seconds_each(comm, start, question.structures.size()) / comm.size();
    return graphs;
}

}  // namespace

Matrix pooled_descriptors(mpi::Communicator const& comm, Descriptors const& descriptors,
                          std::span<Structure const> structures) {
    auto const block = mpi::block_of(comm.rank(), comm.size(), std::ssize(structures));
    auto const columns =
        2 * static_cast<Eigen::Index>(descriptors.elements().size()) * descriptors.width();
    Matrix mine = Matrix::Zero(block.size(), columns);
    mpi::all_or_none(comm, [&] {
        for (auto i = block.begin; i < block.end; ++i)
            pool(descriptors, structures[static_cast<std::size_t>(i)],
                 {mine.data() + (i - block.begin) * columns, static_cast<std::size_t>(columns)});
    });
    auto const all = comm.all_gather(
        std::span<double const>{mine.data(), static_cast<std::size_t>(mine.size())});
    return Eigen::Map<Matrix const>(all.data(), std::ssize(structures), columns);
}

Problem pose(mpi::Communicator const& comm, Question const& question,
             Descriptors const& descriptors, Forms const& forms) {
    KAMACITE_EXPECTS(!question.training.empty() && !question.validation.empty() &&
                     !question.test.empty());
    auto const n = question.structures.size();
    Problem p;
    p.training = question.training;
    p.validation = question.validation;
    p.test = question.test;
    std::set<int> found;
    for (auto const& s : question.structures) found.insert(s.species.begin(), s.species.end());
    p.elements.assign(found.begin(), found.end());
    auto const parts = parts_of(question.structures, p.elements);
    expect_known(question, parts, p.elements);
    if (forms.atoms) {
        auto const start = Clock::now();
        p.atoms = atom_inputs(comm, descriptors, question.structures, p.elements);
        p.seconds.atoms = seconds_each(comm, start, n);
        standardise(p.atoms, p.training, static_cast<int>(p.elements.size()));
    }
    if (forms.pooled) {
        auto const start = Clock::now();
        auto const x = pooled_descriptors(comm, descriptors, question.structures);
        p.seconds.descriptors = seconds_each(comm, start, n);
        p.mean = standardised(x.leftCols(x.cols() / 2), p.training);
        p.variance = standardised(x.rightCols(x.cols() / 2), p.training);
    }
    if (forms.classic) {
        auto const start = Clock::now();
        Recipe ten;
        ten.radial_centred = 10;
        ten.radial_shifted = 0;
        ten.angular_eta.clear();
        auto const x =
            pooled_descriptors(comm, standard_descriptors(p.elements, ten), question.structures);
        p.seconds.classic = seconds_each(comm, start, n);
        p.classic = standardised(x.leftCols(x.cols() / 2), p.training);
    }
    if (forms.nearest) p.nearest = graphs_of(comm, question, nearest_12(), p.seconds.nearest);
    if (forms.smooth) p.smooth = graphs_of(comm, question, smooth_60(), p.seconds.smooth);
    p.conditions = standardised(question.conditions, p.training);
    p.base = base_of(question, parts);
    for (std::size_t k = 0; k < n; ++k) p.target.push_back(question.target[k] - p.base[k]);
    auto const of_training = static_cast<double>(p.training.size());
    for (int const i : p.training) p.centre += p.target[static_cast<std::size_t>(i)] / of_training;
    double square = 0.0;
    for (int const i : p.training)
        square += std::pow(p.target[static_cast<std::size_t>(i)] - p.centre, 2) / of_training;
    if (square > 0.0) p.scale = std::sqrt(square);
    for (double& y : p.target) y = (y - p.centre) / p.scale;
    return p;
}

}  // namespace kamacite::comparison
