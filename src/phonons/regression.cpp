#include "kamacite/phonons/regression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::phonons {

using Eigen::MatrixXd;
using Eigen::VectorXd;

ConstantsBasis constants_basis(Supercell const& supercell, std::vector<Operation> const& operations,
                               double second_cutoff, double third_cutoff) {
    return {supercell, make_basis(supercell, operations, 2, second_cutoff),
            make_basis(supercell, operations, 3, third_cutoff)};
}

Constants constants_of(ConstantsBasis const& basis, VectorXd const& unknowns) {
    KAMACITE_EXPECTS(unknowns.size() == basis.unknowns());
    auto const& s = basis.supercell;
    auto const blocks = std::size_t(s.unit().size()) * std::size_t(s.size());
    Constants all{{s, std::vector<Mat3>(blocks, Mat3::Zero()), {}}, {s, {}, {}, 0.0}};
    VectorXd const second = basis.second.free * unknowns.head(basis.second.unknowns());
    for (auto const& c : basis.second.clusters) {
        VectorXd const block = c.map * second.segment(c.first, c.map.cols());
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b)
                all.second.blocks[std::size_t(c.atoms[0] * s.size() + c.atoms[1])](a, b) =
                    block(3 * a + b);
    }
    VectorXd const third = basis.third.free * unknowns.tail(basis.third.unknowns());
    for (auto const& c : basis.third.clusters)
        all.third.triples.push_back(
            {c.atoms[0], c.atoms[1], c.atoms[2], c.map * third.segment(c.first, c.map.cols())});
    // What rounding leaves of the sum rule.
    for (auto begin = all.third.triples.begin(); begin != all.third.triples.end();) {
        Tensor3 sum = Tensor3::Zero();
        auto end = begin;
        for (; end != all.third.triples.end() && end->i == begin->i && end->j == begin->j; ++end)
            sum += end->constants;
        all.third.sum = std::max(all.third.sum, sum.cwiseAbs().maxCoeff());
        begin = end;
    }
    return all;
}

double NormalEquations::residual(VectorXd const& x) const {
    return std::max(0.0, forces - 2.0 * x.dot(products) + x.dot(squares * x));
}

NormalEquations& NormalEquations::operator+=(NormalEquations const& other) {
    squares += other.squares;
    products += other.products;
    forces += other.forces;
    rows += other.rows;
    return *this;
}

NormalEquations& NormalEquations::operator-=(NormalEquations const& other) {
    squares -= other.squares;
    products -= other.products;
    forces -= other.forces;
    rows -= other.rows;
    return *this;
}

void add_cell(NormalEquations& equations, ConstantsBasis const& basis, std::span<Vec3 const> u,
              std::span<Vec3 const> forces) {
    auto const& s = basis.supercell;
    KAMACITE_EXPECTS(std::ssize(u) == s.size() && std::ssize(forces) == s.size());
    MatrixXd second = MatrixXd::Zero(3 * s.size(), basis.second.free.rows());
    MatrixXd third = MatrixXd::Zero(3 * s.size(), basis.third.free.rows());
    VectorXd f{3 * s.size()};
    for (int copy = 0; copy < s.copies(); ++copy) {
        auto const to = s.moved(s.cell(copy));
        auto const at = [&](int j) { return u[std::size_t(to[std::size_t(j)])]; };
        auto const row = [&](int i) { return 3 * s.index(i, s.cell(copy)); };
        for (auto const& c : basis.second.clusters) {
            Vec3 const uj = at(c.atoms[1]);
            for (int a = 0; a < 3; ++a)
                second.row(row(c.atoms[0]) + a).segment(c.first, c.map.cols()) -=
                    uj.transpose() * c.map.middleRows(3 * a, 3);
        }
        for (auto const& c : basis.third.clusters) {
            if (c.atoms[2] < c.atoms[1]) continue;  // the same as (i, k, j), which counts for both
            Mat3 const product = at(c.atoms[2]) * at(c.atoms[1]).transpose();  // column-major: β, γ
            double const weight = c.atoms[1] == c.atoms[2] ? 0.5 : 1.0;
            Eigen::Map<Eigen::Matrix<double, 9, 1> const> const uu{product.data()};
            for (int a = 0; a < 3; ++a)
                third.row(row(c.atoms[0]) + a).segment(c.first, c.map.cols()) -=
                    weight * uu.transpose() * c.map.middleRows(9 * a, 9);
        }
    }
    for (int n = 0; n < s.size(); ++n) f.segment<3>(3 * n) = forces[std::size_t(n)];
    MatrixXd a{3 * s.size(), basis.unknowns()};
    a.leftCols(basis.second.unknowns()) = second * basis.second.free;
    a.rightCols(basis.third.unknowns()) = third * basis.third.free;
    equations.squares.selfadjointView<Eigen::Lower>().rankUpdate(a.transpose());
    equations.squares.triangularView<Eigen::StrictlyUpper>() = equations.squares.transpose();
    equations.products += a.transpose() * f;
    equations.forces += f.squaredNorm();
    equations.rows += static_cast<double>(f.size());
}

Solution solve(NormalEquations const& equations) {
    auto const n = equations.products.size();
    if (n == 0)
        throw InputError(
            "there are no force constants to be found from the rattled cells (no neighbour is "
            "within the cutoffs): raise second_cutoff");
    VectorXd scale = equations.squares.diagonal();
    for (double& d : scale) d = d > 0.0 ? 1.0 / std::sqrt(d) : 1.0;
    MatrixXd const scaled = scale.asDiagonal() * equations.squares * scale.asDiagonal();
    Eigen::SelfAdjointEigenSolver<MatrixXd> const solved{scaled};
    auto const& e = solved.eigenvalues();
    if (!(e(0) > 1e-12 * e(n - 1)))
        throw InputError(fmt::format(
            "the forces of the rattled cells do not determine all {} unknowns (the condition of "
            "their equations is above 1e6): take more cells, or shorter cutoffs",
            n));
    VectorXd const along =
        solved.eigenvectors().transpose() * (scale.asDiagonal() * equations.products).eval();
    return {scale.asDiagonal() * (solved.eigenvectors() * along.cwiseQuotient(e)).eval(),
            std::sqrt(e(n - 1) / e(0))};
}

double jackknife_error(std::span<double const> without) {
    auto const n = static_cast<double>(without.size());
    double mean = 0.0, sum = 0.0;
    for (double const x : without) mean += x / n;
    for (double const x : without) sum += (x - mean) * (x - mean);
    return std::sqrt(sum * (n - 1.0) / n);
}

}  // namespace kamacite::phonons
