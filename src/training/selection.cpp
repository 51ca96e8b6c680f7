#include "kamacite/training/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"
#include "kamacite/training/setup.hpp"

namespace kamacite::training {
namespace {

constexpr double nothing_left = 1e-10;  // of a variance that was 1: it is rounding

int by_leading_vector(Matrix const& rest) {
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver{rest};
    Eigen::Index largest = 0;
    solver.eigenvectors().rightCols<1>().cwiseAbs().maxCoeff(&largest);
    return static_cast<int>(largest);
}

int farthest(Matrix const& c, Matrix const& rest, std::vector<int> const& chosen) {
    Eigen::Index best = 0;
    if (chosen.empty()) {
        c.rowwise().squaredNorm().maxCoeff(&best);
        return static_cast<int>(best);
    }
    Eigen::VectorXd distance(c.rows());
    for (Eigen::Index a = 0; a < c.rows(); ++a) {
        double nearest = 0.0;
        for (int const b : chosen) nearest = std::max(nearest, std::abs(c(a, b)));
        // What is linear in the chosen ones adds nothing, however far it is.
        distance[a] = rest(a, a) > nothing_left ? 1.0 - nearest : -1.0;
    }
    distance.maxCoeff(&best);
    return static_cast<int>(best);
}

}  // namespace

Choice choose(Matrix const& correlations, int count, SelectionOptions::Method method) {
    Choice out;
    Matrix rest = correlations;
    double const total = rest.trace();
    while (static_cast<int>(out.functions.size()) < count &&
           rest.diagonal().maxCoeff() > nothing_left) {
        int const k = method == SelectionOptions::Method::cur
                          ? by_leading_vector(rest)
                          : farthest(correlations, rest, out.functions);
        out.functions.push_back(k);
        Eigen::VectorXd const column = rest.col(k) / std::sqrt(rest(k, k));
        rest -= column * column.transpose();
        rest.row(k).setZero();
        rest.col(k).setZero();
        rest.diagonal() = rest.diagonal().cwiseMax(0.0);
    }
    out.variance = total > 0.0 ? 1.0 - rest.trace() / total : 0.0;
    return out;
}

std::vector<Matrix> correlations(mpi::Communicator const& comm, Descriptors const& descriptors,
                                 dataset::Records const& records, int leaves, double cache) {
    DescriptorCache kept{records.size(), cache};
    auto const scaling = find_scaling(comm, descriptors, records, kept);
    auto const parts = balanced_parts(costs_of(records, descriptors.cutoff()), leaves);
    auto const mine = mpi::block_of(comm.rank(), comm.size(), leaves);
    auto const& elements = descriptors.elements();
    int const width = descriptors.width();
    auto const square = static_cast<Eigen::Index>(width) * width;
    Matrix sums = Matrix::Zero(mine.size(), square * std::ssize(elements));
    mpi::all_or_none(comm, [&] {
        for (auto leaf = mine.begin; leaf < mine.end; ++leaf)
            for (int const id : parts[static_cast<std::size_t>(leaf)]) {
                auto const record = records[static_cast<std::size_t>(id)];
                auto const& s = record->structure;
                auto const g = kept.get(id, [&] {
                    return descriptors.evaluate(find_neighbours(s, descriptors.cutoff()),
                                                s.species);
                });
                auto const rows = rows_by_element(elements, s.species);
                for (std::size_t e = 0; e < elements.size(); ++e) {
                    if (rows[e].empty()) continue;
                    auto const row = static_cast<Eigen::Index>(e);
                    Matrix x = g(rows[e], Eigen::all);
                    x.rowwise() -= scaling.centre.row(row);
                    x.array().rowwise() *= scaling.inverse.row(row).array();
                    double* const begin = sums.row(leaf - mine.begin).data() + row * square;
                    Eigen::Map<Matrix> sum{begin, width, width};
                    sum.noalias() += x.transpose() * x;
                }
            }
    });
    auto const total = mpi::sum_in_tree(comm, std::move(sums), leaves);
    std::vector<Matrix> out;
    for (std::size_t e = 0; e < elements.size(); ++e) {
        Eigen::Map<Matrix const> const sum{total.data() + static_cast<Eigen::Index>(e) * square,
                                           width, width};
        Eigen::VectorXd const size = sum.diagonal().cwiseSqrt();
        Eigen::VectorXd const inverse = (size.array() > 0.0).select(size.cwiseInverse(), 0.0);
        out.emplace_back(inverse.asDiagonal() * sum * inverse.asDiagonal());
    }
    return out;
}

Descriptors some_of(Descriptors const& pool, std::vector<std::vector<int>> const& kept) {
    auto const& elements = pool.elements();
    std::vector<std::vector<char>> keep;
    for (auto const& functions : kept) {
        keep.emplace_back(static_cast<std::size_t>(pool.width()), 0);
        for (int const k : functions) keep.back()[static_cast<std::size_t>(k)] = 1;
    }
    auto set = pool.functions();
    std::vector<std::size_t> number(elements.size(), 0);
    set.for_each_kind([&](auto& functions) {
        std::erase_if(functions, [&](auto const& f) {
            auto const e = static_cast<std::size_t>(
                std::find(elements.begin(), elements.end(), f.centre) - elements.begin());
            return keep[e][number[e]++] == 0;
        });
    });
    return {elements, std::move(set), pool.least_moment()};
}

Descriptors select_functions(mpi::Communicator const& comm, Descriptors const& pool,
                             dataset::Records const& records, TrainOptions const& options,
                             Logger const& log) {
    auto const& elements = pool.elements();
    auto const matrices =
        correlations(comm, pool, directed(records, pool), options.leaves, options.cache);
    std::vector<std::vector<int>> kept;
    for (std::size_t e = 0; e < elements.size(); ++e) {
        // One rank chooses: ranks of another kind of processor might find another eigenvector.
        std::vector<int> functions;
        if (comm.is_root()) {
            auto const choice =
                choose(matrices[e], options.selection->count, options.selection->method);
            functions = choice.functions;
            log.info("{}: {} of {} functions are kept, with {:.4f} % of the variance of all",
                     symbol_of(elements[e]), functions.size(), pool.size(elements[e]),
                     100.0 * choice.variance);
        }
        comm.broadcast(functions);
        kept.push_back(std::move(functions));
    }
    auto chosen = some_of(pool, kept);
    for (int const z : elements)
        if (pool.has_directions(z) && !chosen.has_directions(z))
            throw InputError(
                fmt::format("select: none of the functions that are kept sees neighbours of {} "
                            "with opposite moments (the others would see all as one): raise "
                            "'count', or remove 'spins'",
                            symbol_of(z)));
    return chosen;
}

}  // namespace kamacite::training
