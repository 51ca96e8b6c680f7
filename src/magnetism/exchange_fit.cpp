#include "kamacite/magnetism/exchange_fit.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::magnetism {
namespace {

/// Copies of a small cell, so many that no atom is in its own shells: the radius of the n-th shell
/// of one pair of elements is below 2.1 √(n + 1) V^(1/3) in crystals, V the volume per atom.
SpinConfiguration repeated(SpinConfiguration const& c, std::size_t shells) {
    double const edge =
        2.1 * std::sqrt(static_cast<double>(shells + 1)) *
        std::cbrt(c.structure.cell.volume() / static_cast<double>(c.structure.positions.size()));
    std::array<int, 3> copies{};
    for (std::size_t k = 0; k < 3; ++k)
        copies[k] =
            static_cast<int>(std::ceil(edge / c.structure.cell.height(static_cast<int>(k))));
    SpinConfiguration all{supercell(c.structure, copies), {}, 0.0};
    while (all.spins.size() < all.structure.positions.size())
        all.spins.insert(all.spins.end(), c.spins.begin(), c.spins.end());
    return all;
}

/// Σ_{i≠j} e_i·e_j of each shell, in the order of the couplings, per atom. The couplings of the
/// list are the numbers of the shells, counted from 1.
std::vector<double> correlations(SpinConfiguration const& one, std::span<Shells const> numbered,
                                 std::size_t n) {
    if (one.spins.size() != one.structure.positions.size() || one.spins.empty())
        throw DataError(fmt::format("{} spins for {} atoms: give one for each", one.spins.size(),
                                    one.structure.positions.size()));
    std::size_t most = 0;
    for (auto const& of_pair : numbered) most = std::max(most, of_pair.couplings.size());
    auto const c = repeated(one, most);
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
    Eigen::MatrixXd const inverse = (x.transpose() * x).inverse();
    Eigen::MatrixXd const covariance = variance * inverse;

    ExchangeFit fit;
    fit.energy = {solution[0], std::sqrt(covariance(0, 0))};
    fit.residual = std::sqrt(rest.squaredNorm() / static_cast<double>(rows));
    // what a configuration is missed by that was left out: its residual over 1 − h_rr
    double left_out = 0.0;
    for (Eigen::Index r = 0; r < rows; ++r) {
        double const h = x.row(r) * inverse * x.row(r).transpose();
        double const missed = h < 1.0 - 1e-9 ? rest[r] / (1.0 - h) : HUGE_VAL;
        left_out += missed * missed / static_cast<double>(rows);
        fit.fitted.push_back(y[r] - rest[r]);
    }
    fit.left_out = std::sqrt(left_out);
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
