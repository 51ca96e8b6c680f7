#include "kamacite/phonons/conductivity.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/phonons/collisions.hpp"

namespace kamacite::phonons {
namespace {

constexpr int most_iterations = 1000;
constexpr double accuracy = 1e-7;

using Vectors = std::vector<Vec3>;

/// Sum over the whole grid.
double dot(Star const& star, Vectors const& a, Vectors const& b) {
    double sum = 0.0;
    for (std::size_t m = 0; m < a.size(); ++m)
        sum += star.size(m / star.branches()) * a[m].dot(b[m]);
    return sum;
}

void add(Vectors& to, double factor, Vectors const& what) {
    for (std::size_t m = 0; m < to.size(); ++m) to[m] += factor * what[m];
}

/// Ω φ = b by conjugate gradients, preconditioned by what leaves each mode.
struct Solution {
    Vectors phi;
    int iterations;
    double residual;
};
Solution solve(Star const& star, Collisions const& collisions, Vectors const& b,
               std::vector<double> const& leaving) {
    auto const over = [&](Vectors v) {
        for (std::size_t m = 0; m < v.size(); ++m)
            v[m] = leaving[m] > 0.0 ? Vec3{v[m] / leaving[m]} : Vec3{Vec3::Zero()};
        return v;
    };
    auto phi = over(b);
    auto r = b;
    add(r, -1.0, collisions(phi));
    auto z = over(r), p = z;
    double const scale = dot(star, b, over(b));
    double rz = dot(star, r, z);
    int n = 0;
    for (; rz > accuracy * accuracy * scale && n < most_iterations; ++n) {
        auto const q = collisions(p);
        double const alpha = rz / dot(star, p, q);
        add(phi, alpha, p);
        add(r, -alpha, q);
        z = over(r);
        double const next = dot(star, r, z);
        for (std::size_t m = 0; m < p.size(); ++m) p[m] = z[m] + next / rz * p[m];
        rz = next;
    }
    return {phi, n, std::sqrt(rz / scale)};
}

/// Σ a ⊗ b over the whole grid.
Mat3 outer(Star const& star, Vectors const& a, Vectors const& b) {
    auto const on_grid = star.spread(a), other = star.spread(b);
    Mat3 sum = Mat3::Zero();
    for (std::size_t m = 0; m < on_grid.size(); ++m) sum += on_grid[m] * other[m].transpose();
    return sum;
}

Conductivity at_temperature(Star const& star, Collisions const& collisions,
                            std::vector<double> const& sines, double temperature,
                            ConductivitySettings const& settings) {
    auto const n = star.branches();
    auto const leaving = collisions.leaving();
    Conductivity c{temperature, Mat3::Zero(), Mat3::Zero(), 0, 0.0, {}, {}, {}};
    c.rates = Matrix::Zero(static_cast<int>(star.points()), star.modes().branches);
    c.contributions = c.mean_free_paths = c.rates;
    // κ = factor Σ b ⊗ φ, b = n(n + 1) ω v, φ = ω F
    double const factor = h_bar * h_bar / (units::k_boltzmann * temperature * temperature);
    Vectors b, alone;
    for (std::size_t p = 0; p < star.points(); ++p)
        for (std::size_t branch = 0; branch < n; ++branch) {
            auto const mode = star.mode(p, branch);
            double const w = star.modes().frequencies[mode], out = leaving[p * n + branch];
            double const occupied = w > still ? 1.0 / (4.0 * sines[mode] * sines[mode]) : 0.0;
            b.push_back(occupied * w * star.modes().velocities[mode]);
            alone.push_back(out > 0.0 ? Vec3{b.back() / out} : Vec3{Vec3::Zero()});
            auto const row = Eigen::Index(p), column = Eigen::Index(branch);
            if (occupied > 0.0) c.rates(row, column) = out / occupied;
            if (out > 0.0)
                c.mean_free_paths(row, column) =
                    star.modes().velocities[mode].norm() * occupied / out;
            c.contributions(row, column) = factor * star.size(p) * b.back().dot(alone.back()) / 3.0;
        }
    c.relaxation_time = factor * outer(star, b, alone);
    if (settings.method == ConductivitySettings::Method::relaxation_time) return c;
    auto const solved = solve(star, collisions, b, leaving);
    c.iterative = factor * outer(star, b, solved.phi);
    c.iterations = solved.iterations;
    c.residual = solved.residual;
    return c;
}

}  // namespace

std::vector<Conductivity> conductivity(mpi::Communicator const& comm, Harmonic const& crystal,
                                       ThirdOrder const& third, SpaceGroup const& group,
                                       Mesh const& mesh, std::span<double const> temperatures,
                                       ConductivitySettings const& settings) {
    GridModes modes;
    std::vector<int> points;
    for (int p = comm.rank(); p < mesh.size(); p += comm.size()) points.push_back(p);
    std::vector<PointProcesses> processes;
    mpi::all_or_none(comm, [&] {
        modes = grid_modes(crystal, mesh);
        processes = find_processes(crystal, {third, settings.isotopes}, mesh, modes, points,
                                   settings.broadening);
    });
    Star const star{group, mesh, modes};
    double const size = crystal.unit().cell.volume() * mesh.divisions.prod();
    std::vector<Conductivity> found;
    for (double const t : temperatures) {
        std::vector<double> sines;  // sinh(ħω/2kT) of all modes of the grid
        for (double const w : modes.frequencies)
            sines.push_back(w > still ? std::sinh(h_bar * w / (2.0 * units::k_boltzmann * t))
                                      : 0.0);
        Collisions const collisions{comm, star, points, processes, sines};
        auto c = at_temperature(star, collisions, sines, t, settings);
        c.relaxation_time /= size;
        c.iterative /= size;
        c.contributions /= size;
        found.push_back(std::move(c));
    }
    return found;
}

}  // namespace kamacite::phonons
