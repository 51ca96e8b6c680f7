#include "kamacite/magnetism/exchange_fit.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::magnetism {
namespace {

/// Σ_{i≠j} e_i·e_j of each shell, in the order of the couplings, per atom. The couplings of the
/// list are the numbers of the shells, counted from 1.
std::vector<double> correlations(SpinConfiguration const& c, std::span<Shells const> numbered,
                                 std::size_t n) {
    if (c.spins.size() != c.structure.positions.size())
        throw DataError(fmt::format("{} spins for {} atoms: give one for each", c.spins.size(),
                                    c.structure.positions.size()));
    auto const exchange = exchange_by_shells(c.structure, numbered);
    std::vector<double> sums(n, 0.0);
    for (int i = 0; i < exchange.size(); ++i) {
        auto const atoms = exchange.neighbours_of(i);
        auto const numbers = exchange.couplings_of(i);
        for (std::size_t k = 0; k < atoms.size(); ++k)
            sums[static_cast<std::size_t>(std::lround(numbers[k])) - 1] +=
                c.spins[static_cast<std::size_t>(i)].dot(
                    c.spins[static_cast<std::size_t>(atoms[k])]) /
                exchange.size();
    }
    return sums;
}

}  // namespace

ExchangeFit fit_exchange(std::span<SpinConfiguration const> configurations,
                         std::span<Shells const> shells) {
    std::vector<Shells> numbered{shells.begin(), shells.end()};
    std::size_t n = 0;
    for (auto& of_pair : numbered)
        for (auto& j : of_pair.couplings) j = static_cast<double>(++n);
    auto const rows = static_cast<Eigen::Index>(configurations.size());
    auto const columns = static_cast<Eigen::Index>(n + 1);
    if (rows <= columns)
        throw DataError(
            fmt::format("{} configurations are too few for {} couplings and an energy (more are "
                        "needed for their errors): give more, or seek fewer shells",
                        rows, n));
    Matrix x(rows, columns);
    Eigen::VectorXd y(rows);
    for (Eigen::Index r = 0; r < rows; ++r) {
        auto const& c = configurations[static_cast<std::size_t>(r)];
        auto const sums = correlations(c, numbered, n);
        x(r, 0) = 1.0;
        for (std::size_t k = 0; k < n; ++k) x(r, static_cast<Eigen::Index>(k) + 1) = -sums[k];
        y[r] = c.energy / static_cast<double>(c.structure.positions.size());
    }
    Eigen::ColPivHouseholderQR<Matrix> const qr{x};
    if (qr.rank() < columns)
        throw DataError(
            fmt::format("the configurations do not tell {} couplings apart (their correlations are "
                        "dependent): add others, or take larger cells",
                        n));
    Eigen::VectorXd const solution = qr.solve(y);
    Eigen::VectorXd const rest = y - x * solution;
    double const variance = rest.squaredNorm() / static_cast<double>(rows - columns);
    Eigen::MatrixXd const covariance = variance * (x.transpose() * x).inverse();

    ExchangeFit fit;
    fit.energy = {solution[0], std::sqrt(covariance(0, 0))};
    fit.residual = std::sqrt(rest.squaredNorm() / static_cast<double>(rows));
    Eigen::Index at = 1;
    for (auto& of_pair : numbered) {
        auto& errors = fit.errors.emplace_back();
        for (auto& j : of_pair.couplings) {
            j = solution[at];
            errors.push_back(std::sqrt(covariance(at, at)));
            ++at;
        }
    }
    fit.shells = std::move(numbered);
    return fit;
}

}  // namespace kamacite::magnetism
