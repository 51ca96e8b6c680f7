#include "k_points.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kamacite/core/error.hpp"

namespace kamacite::dft {
namespace {

using Mat3i = Eigen::Matrix3i;

/// Operations of the lattice's point group, a_i → Σ_j R_ij a_j, whose entries are -1, 0 and 1: all
/// where the cell is not very skewed.
std::vector<Mat3i> point_group(Mat3 const& rows) {
    Mat3 const metric = rows * rows.transpose();
    auto const same = [](double a, double b, double scale) {
        return std::abs(a - b) < 1e-5 * scale;
    };
    std::array<std::vector<Eigen::RowVector3i>, 3> images;  // lattice vectors as long as a_i
    for (int v = 0; v < 27; ++v) {
        Eigen::RowVector3i const r(v % 3 - 1, v / 3 % 3 - 1, v / 9 - 1);
        double const length2 = (r.cast<double>() * rows).squaredNorm();
        for (int i = 0; i < 3; ++i)
            if (same(length2, metric(i, i), metric(i, i))) images[std::size_t(i)].push_back(r);
    }
    std::vector<Mat3i> group;
    for (auto const& x : images[0])
        for (auto const& y : images[1])
            for (auto const& z : images[2]) {
                Mat3i turn;
                turn << x, y, z;
                Mat3 const moved = turn.cast<double>() * rows;
                Mat3 const product = moved * moved.transpose();
                bool equal = true;
                for (int i = 0; i < 3; ++i)
                    for (int j = 0; j < i; ++j)
                        equal = equal && same(product(i, j), metric(i, j),
                                              std::sqrt(metric(i, i) * metric(j, j)));
                if (equal) group.push_back(turn);
            }
    return group;
}

}  // namespace

std::array<int, 3> k_points(Cell const& cell, double spacing) {
    KAMACITE_EXPECTS(spacing > 0.0);
    std::array<int, 3> n{};
    for (std::size_t k = 0; k < 3; ++k) {
        // |b_i| = 2π / height; what only rounding lifts above a whole number is that number
        double const points = 2.0 * std::numbers::pi / cell.height(static_cast<int>(k)) / spacing;
        n[k] = std::max(1, static_cast<int>(std::ceil(points - 1e-6)));
    }
    auto const group = point_group(cell.rows());
    for (bool raised = true; raised;) {
        raised = false;
        for (auto const& turn : group) {
            // b_i → Σ_j S_ij b_j with S = R^-T; Σ_i (m_i/n_i) S_ij has to be a multiple of 1/n_j
            Mat3i const s =
                turn.cast<double>().inverse().transpose().array().round().matrix().cast<int>();
            for (int i = 0; i < 3; ++i)
                for (int j = 0; j < 3; ++j) {
                    auto& a = n[std::size_t(i)];
                    auto& b = n[std::size_t(j)];
                    if (b * s(i, j) % a == 0) continue;
                    a = b = std::max(a, b);
                    raised = true;
                }
        }
    }
    return n;
}

}  // namespace kamacite::dft
