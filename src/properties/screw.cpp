#include "kamacite/properties/screw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "kamacite/properties/compounds.hpp"

namespace kamacite::properties {
namespace {

using Plane = std::complex<double>;

/// Lengths of a cell: s, the distance h of rows, and the edges in the plane.
struct Net {
    double s, h;
    Plane first, second;
    int shift;  ///< columns of the first row that the second edge is offset by, beside its rows
};

Net net_of(ScrewCell const& cell) {
    int const shift = (cell.nx + cell.ny) / 2;
    if (cell.nx < 3 || cell.ny < 3 || cell.nx % 2 == 0 || cell.ny % 2 == 0 || cell.nx % 3 != 0 ||
        (shift + cell.ny) % 3 != 0)
        throw InputError(
            fmt::format("{} columns in {} rows do not make a cell of screw dislocations: take 9 "
                        "in 5, 15 in 9 or 21 in 13",
                        cell.nx, cell.ny));
    double const s = cell.spacing(), h = s * std::numbers::sqrt3 / 2.0;
    return {s, h, Plane{cell.nx * s, 0.0}, Plane{cell.nx * s / 2.0, cell.ny * h}, shift};
}

/// Centres of the two cores in the plane. Triangles with a tip up and down have helices of opposite
/// hand; the dislocations have opposite signs, so that each sits in one of either kind.
std::pair<Plane, Plane> cores_of(ScrewCell const& cell, Net const& net, Core core, int valley) {
    Plane const up{net.s / 2.0, net.h / 3.0};
    // In the middle of the cell, away from its edges.
    int const row = cell.ny / 2;
    Plane const middle{(cell.nx / 4 + row + valley) * net.s - row * net.s / 2.0, row * net.h};
    Plane plus = middle + up;
    Plane minus = plus + Plane{cell.nx * net.s / 2.0, net.h / 3.0};
    if (core == Core::hard) {
        plus += Plane{net.s / 2.0, net.h / 3.0};
        minus += Plane{net.s / 2.0, -net.h / 3.0};
    }
    return {plus, minus};
}

/// Σ of the angles that the dipole and its images are seen under, as it comes; the cut is the line
/// between the two.
double angle_at(Plane r, std::pair<Plane, Plane> const& cores, Net const& net) {
    constexpr int images = 12;
    double angle = 0.0;
    for (int i = -images; i <= images; ++i)
        for (int j = -images; j <= images; ++j) {
            Plane const at = r - (static_cast<double>(i) * net.first +
                                  static_cast<double>(j) * (net.second - net.first / 2.0) +
                                  (j % 2 != 0 ? net.first / 2.0 : Plane{}));
            angle += std::arg((at - cores.first) / (at - cores.second));
        }
    return angle;
}

Plane in_plane(Vec3 const& r) {
    return {r.x(), r.y()};
}

/// A potential that pulls on groups of three atoms alike along z: they move there as one.
class Held final : public Potential {
public:
    using Groups = std::array<std::array<std::size_t, 3>, 2>;
    Held(Potential const& potential, Groups const& groups)
        : potential_{&potential}, groups_{groups} {}
    [[nodiscard]] double cutoff() const override { return potential_->cutoff(); }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
        auto p = potential_->predict(s, n);
        for (auto const& group : groups_) {
            double mean = 0.0;
            for (auto const i : group) mean += p.forces[i].z() / 3.0;
            for (auto const i : group) p.forces[i].z() = mean;
        }
        return p;
    }

private:
    Potential const* potential_;
    Groups groups_;
};

/// The three columns about each core.
Held::Groups columns_about(Structure const& perfect, ScrewCell const& cell, Core core) {
    auto const cores = cores_of(cell, net_of(cell), core, 0);
    Held::Groups found{};
    for (std::size_t which = 0; which < 2; ++which) {
        Plane const centre = which == 0 ? cores.first : cores.second;
        std::vector<std::pair<double, std::size_t>> by_distance;
        for (std::size_t i = 0; i < perfect.positions.size(); ++i) {
            Vec3 const at{centre.real(), centre.imag(), perfect.positions[i].z()};
            Vec3 d = generate::shortest_vector(perfect.cell, at, perfect.positions[i]);
            d.z() = 0.0;
            by_distance.emplace_back(d.norm(), i);
        }
        std::partial_sort(by_distance.begin(), by_distance.begin() + 3, by_distance.end());
        for (std::size_t k = 0; k < 3; ++k) found[which][k] = by_distance[k].second;
    }
    return found;
}

/// The three of each group brought to one height, their mean, but for whole Burgers vectors.
Structure levelled(Structure s, Held::Groups const& groups, double b) {
    for (auto const& group : groups) {
        auto const height = [&](std::size_t k) -> double& { return s.positions[group[k]].z(); };
        double mean = 0.0;
        for (std::size_t k = 1; k < 3; ++k) mean += std::remainder(height(k) - height(0), b) / 3.0;
        mean += height(0);
        for (std::size_t k = 0; k < 3; ++k) height(k) -= std::remainder(height(k) - mean, b);
    }
    return s;
}

/// Whether the columns about each core are turned against their helix, as an easy core has them.
bool turned(Structure const& s, Structure const& perfect, Held::Groups const& groups, double b) {
    for (auto const& group : groups)
        for (std::size_t k = 0; k < 3; ++k) {
            auto const i = group[k], j = group[(k + 1) % 3];
            double const change = (s.positions[j] - s.positions[i]).z() -
                                  (perfect.positions[j] - perfect.positions[i]).z();
            if (std::abs(std::remainder(change, b)) < b / 6.0) return false;
        }
    return true;
}

/// `s` in another cell of nearly the same edges, at the same fractional positions.
Structure in_cell(Structure const& s, Cell const& cell) {
    Structure moved{cell, s.species, {}};
    for (auto const& r : s.positions)
        moved.positions.push_back(cell.to_cartesian(s.cell.to_fractional(r)));
    return moved;
}

dynamics::Relaxation rest_of(Potential const& potential, Structure const& s, char const* what,
                             dynamics::RelaxOptions const& relax) {
    auto rest = dynamics::relax_positions(potential, s, relax);
    if (!rest.converged)
        throw NumericalError(
            fmt::format("screw dislocations, {}: the atoms do not come to rest ({} steps, force "
                        "{:.2g} eV/Å): raise the tolerance or the number of steps",
                        what, rest.steps, rest.largest_force));
    return rest;
}

}  // namespace

double ScrewCell::burgers() const {
    return a * std::numbers::sqrt3 / 2.0;
}

double ScrewCell::spacing() const {
    return a * std::sqrt(2.0 / 3.0);
}

Structure perfect_screw_cell(ScrewCell const& cell, int element) {
    auto const net = net_of(cell);
    double const b = cell.burgers();
    Mat3 rows;
    rows << net.first.real(), 0.0, 0.0, net.second.real(), net.second.imag(), 0.0, 0.0, 0.0, b;
    Structure s{Cell{rows}, {}, {}};
    for (int row = 0; row < cell.ny; ++row)
        for (int k = 0; k < cell.nx; ++k) {
            int const column = k + row;  // rows lean forward, as the cell does
            s.positions.emplace_back(column * net.s - row * net.s / 2.0, row * net.h,
                                     b * ((column + row) % 3) / 3.0);
            s.species.push_back(element);
        }
    return s;
}

Structure screw_dipole(ScrewCell const& cell, int element, Core core, int valley) {
    auto const net = net_of(cell);
    auto const cores = cores_of(cell, net, core, valley);
    auto s = perfect_screw_cell(cell, element);
    double const per_angle = cell.burgers() / (2.0 * std::numbers::pi);
    // The sum gains something from a point to its image that depends on its order. A field g · r
    // makes that b (C × D)/S, the plastic strain of the cut D of the dipole in the area S: then the
    // crystal beside it has no strain on average. The point is far from the cuts, and whole turns
    // of the gain are translations of the crystal.
    Plane const far = (cores.first + cores.second) / 2.0 + Plane{0.0, cell.ny * net.h / 2.0};
    Plane const cut = cores.second - cores.first;
    auto const cross = [](Plane u, Plane v) { return u.real() * v.imag() - u.imag() * v.real(); };
    double const area = cross(net.first, net.second);
    auto const wanted = [&](Plane edge) { return cell.burgers() * cross(edge, cut) / area; };
    auto const missing = [&](Plane edge) {
        double const x = angle_at(far + edge, cores, net) - angle_at(far, cores, net);
        return wanted(edge) - per_angle * std::remainder(x, 2.0 * std::numbers::pi);
    };
    double const g_x = missing(net.first) / net.first.real();
    double const g_y = (missing(net.second) - g_x * net.second.real()) / net.second.imag();
    for (auto& r : s.positions)
        r.z() += per_angle * angle_at(in_plane(r), cores, net) + g_x * r.x() + g_y * r.y();
    Mat3 rows = s.cell.rows();
    rows(0, 2) += wanted(net.first);
    rows(1, 2) += wanted(net.second);
    s.cell = Cell{rows};
    return s;
}

ScrewEnergies screw_energies(mpi::Communicator const& alone, Potential const& potential,
                             ScrewCell const& cell, int element, int images,
                             dynamics::RelaxOptions const& relax) {
    auto const perfect = perfect_screw_cell(cell, element);
    double const crystal =
        potential.predict(perfect, find_neighbours(perfect, potential.cutoff())).energy();
    constexpr double dislocations = 2.0;
    auto const easy =
        crystal_at_rest(alone, potential, screw_dipole(cell, element, Core::easy), relax);
    ScrewEnergies found{easy.structure, 0.0, 0.0, 0.0, {}, {}};
    if (!turned(easy.structure, perfect, columns_about(perfect, cell, Core::easy), cell.burgers()))
        throw NumericalError(
            "screw dislocations: the dipole leaves its place while it relaxes, or vanishes: take a "
            "larger cell, or look at the model's stacking faults");
    double const lowest = easy.energy * cell.atoms();
    found.dipole = (lowest - crystal) / dislocations;

    auto const groups = columns_about(perfect, cell, Core::hard);
    auto const placed = in_cell(screw_dipole(cell, element, Core::hard), easy.structure.cell);
    auto const hard = rest_of(Held{potential, groups}, levelled(placed, groups, cell.burgers()),
                              "hard cores", relax);
    found.hard = (hard.energy - lowest) / dislocations;

    found.barrier = std::numeric_limits<double>::quiet_NaN();
    if (images == 0) return found;
    auto const next = in_cell(screw_dipole(cell, element, Core::easy, 1), easy.structure.cell);
    auto const path =
        jump(alone, potential, easy.structure, next, "screw dislocations", images, relax);
    constexpr double alike = 0.02;  // eV
    if (std::abs(path.energies.back()) > alike)
        throw NumericalError(
            fmt::format("screw dislocations: neighbouring valleys differ by {:.3g} eV (they are "
                        "alike): a dislocation leaves its place",
                        path.energies.back()));
    found.barrier = path.barrier / dislocations;
    for (std::size_t k = 0; k < path.way.size(); ++k) {
        found.way.push_back(path.way[k] / path.way.back());
        found.valley.push_back(path.energies[k] / dislocations);
    }
    return found;
}

}  // namespace kamacite::properties
