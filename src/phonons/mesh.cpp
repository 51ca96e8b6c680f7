#include "kamacite/phonons/mesh.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/tetrahedra.hpp"

namespace kamacite::phonons {
namespace {

/// What a tetrahedron with frequencies e at its corners, ascending, adds to the density at w, of
/// the volume of one tetrahedron.
double density_within(std::array<double, 4> const& e, double w) {
    if (w < e[0] || w >= e[3]) return 0.0;
    auto const d = [&](int i, int j) { return e[std::size_t(i)] - e[std::size_t(j)]; };
    if (w < e[1]) return 3.0 * (w - e[0]) * (w - e[0]) / (d(1, 0) * d(2, 0) * d(3, 0));
    if (w < e[2]) {
        double const x = w - e[1];
        return (3.0 * d(1, 0) + 6.0 * x - 3.0 * (d(2, 0) + d(3, 1)) * x * x / (d(2, 1) * d(3, 1))) /
               (d(2, 0) * d(3, 0));
    }
    return 3.0 * (e[3] - w) * (e[3] - w) / (d(3, 0) * d(3, 1) * d(3, 2));
}

}  // namespace

int Mesh::grid_index(Vec3i const& cell) const {
    Vec3i k;
    for (int a = 0; a < 3; ++a) k(a) = ((cell(a) % divisions(a)) + divisions(a)) % divisions(a);
    return k(0) + divisions(0) * (k(1) + divisions(1) * k(2));
}

Vec3i Mesh::cell_of(int index) const {
    return {index % divisions(0), index / divisions(0) % divisions(1),
            index / (divisions(0) * divisions(1))};
}

Vec3 Mesh::grid_point(int index) const {
    return cell_of(index).cast<double>().cwiseQuotient(divisions.cast<double>());
}

Mesh make_mesh(SpaceGroup const& group, Vec3i const& divisions) {
    Mesh mesh{divisions, {}, {}, {}};
    int const total = divisions.prod();
    // q·x is kept: q → W⁻ᵀ q where x → W x; W⁻ᵀ of all operations are Wᵀ of all.
    std::vector<Mat3i> turns;
    Vec3 const n = divisions.cast<double>();
    for (auto const& op : group.operations) {
        Mat3 const on_grid =
            n.asDiagonal() * op.rotation.transpose().cast<double>() * n.cwiseInverse().asDiagonal();
        Mat3 const whole = on_grid.array().round().matrix();
        if ((on_grid - whole).cwiseAbs().maxCoeff() > 1e-6) continue;
        for (int const sign : {1, -1}) {
            Mat3i const turn = sign * whole.cast<int>();
            if (std::find(turns.begin(), turns.end(), turn) == turns.end()) turns.push_back(turn);
        }
    }
    mesh.point_of.assign(std::size_t(total), -1);
    for (int c = 0; c < divisions(2); ++c)
        for (int b = 0; b < divisions(1); ++b)
            for (int a = 0; a < divisions(0); ++a) {
                Vec3i const k{a, b, c};
                auto& mine = mesh.point_of[std::size_t(mesh.grid_index(k))];
                if (mine >= 0) continue;
                Vec3 q = k.cast<double>().cwiseQuotient(n);
                for (int i = 0; i < 3; ++i)
                    if (q(i) > 0.5) q(i) -= 1.0;
                mesh.points.push_back(q);
                mesh.weights.push_back(0.0);
                for (auto const& turn : turns) {
                    auto& other = mesh.point_of[std::size_t(mesh.grid_index(turn * k))];
                    if (other < 0) mesh.weights.back() += 1.0 / total;
                    other = mesh.size() - 1;
                }
            }
    return mesh;
}

Vec3i mesh_divisions(Cell const& cell, double spacing) {
    KAMACITE_EXPECTS(spacing > 0.0);
    Mat3 const reciprocal = 2.0 * std::numbers::pi * cell.rows().inverse();
    Vec3i n;
    for (int k = 0; k < 3; ++k)
        n(k) = std::max(1, static_cast<int>(std::ceil(reciprocal.col(k).norm() / spacing - 1e-6)));
    return n;
}

Matrix mesh_frequencies(Harmonic const& crystal, Mesh const& mesh) {
    Matrix frequencies{mesh.size(), crystal.branches()};
    for (int k = 0; k < mesh.size(); ++k) {
        auto const modes = crystal.modes(mesh.points[std::size_t(k)]);
        for (int m = 0; m < crystal.branches(); ++m)
            frequencies(k, m) = modes.frequencies[std::size_t(m)];
    }
    return frequencies;
}

std::vector<double> density_of_states(Mesh const& mesh, Cell const& cell, Matrix const& frequencies,
                                      std::span<double const> at) {
    std::vector<double> density(at.size(), 0.0);
    auto const corners = tetrahedra(mesh.divisions, cell);
    double const part = 1.0 / (6.0 * mesh.divisions.prod());
    std::array<double, 4> e{};
    for (int grid = 0; grid < mesh.divisions.prod(); ++grid)
        for (auto const& t : corners)
            for (int m = 0; m < frequencies.cols(); ++m) {
                for (std::size_t k = 0; k < 4; ++k)
                    e[k] = frequencies(
                        mesh.point_of[std::size_t(mesh.grid_index(mesh.cell_of(grid) + t[k]))], m);
                std::sort(e.begin(), e.end());
                auto const from = std::lower_bound(at.begin(), at.end(), e[0]);
                for (auto w = from; w != at.end() && *w < e[3]; ++w)
                    density[std::size_t(w - at.begin())] += part * density_within(e, *w);
            }
    return density;
}

}  // namespace kamacite::phonons
