#pragma once
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "kamacite/potential/potential.hpp"
#include "support/catch.hpp"

namespace kamacite::test {

/// How closely check_potential() looks.
struct PotentialCheck {
    double relative = 1e-7;     ///< allowed error of forces and virial, of the largest of them
    double step = 2e-3;         ///< displacement [Å]; half of it is the second step
    double strain = 5e-4;       ///< strain; likewise
    int atoms = 4;              ///< displace at most this many atoms
    double invariance = 1e-10;  ///< allowed change under symmetry, relative
};

inline Prediction predict(Potential const& potential, Structure const& s) {
    return potential.predict(s, find_neighbours(s, potential.cutoff()));
}

/// Central difference of f at 0 from steps h and h/2, with the h² term removed: exact to O(h⁴).
template <class F>
double richardson(F const& f, double h) {
    auto const central = [&](double step) { return (f(step) - f(-step)) / (2.0 * step); };
    return (4.0 * central(0.5 * h) - central(h)) / 3.0;
}

/// Largest force component, or a small number, for relative errors.
inline double force_scale(Prediction const& p) {
    double scale = 1e-2;
    for (auto const& f : p.forces) scale = std::max(scale, f.cwiseAbs().maxCoeff());
    return scale;
}

/// Forces are −dE/dr, their sum is zero, and Σ virials is −dE/dε in all nine components.
inline void check_forces_and_virial(Potential const& potential, Structure const& s,
                                    PotentialCheck const& how = {}) {
    auto const p = predict(potential, s);
    REQUIRE(static_cast<int>(p.forces.size()) == s.size());
    REQUIRE(static_cast<int>(p.virials.size()) == s.size());
    REQUIRE(static_cast<int>(p.energies.size()) == s.size());
    double const scale = force_scale(p);
    Vec3 sum = Vec3::Zero();
    for (auto const& f : p.forces) sum += f;
    CHECK(sum.norm() < 1e-11 * scale * s.size());

    int const stride = std::max(1, s.size() / how.atoms);
    for (int i = 0; i < s.size(); i += stride)
        for (int axis = 0; axis < 3; ++axis) {
            auto const energy = [&](double h) {
                auto t = s;
                t.positions[static_cast<std::size_t>(i)][axis] += h;
                return predict(potential, t).energy();
            };
            CAPTURE(i, axis);
            CHECK_THAT(
                -richardson(energy, how.step),
                WithinAbs(p.forces[static_cast<std::size_t>(i)][axis], how.relative * scale));
        }

    Mat3 const w = p.virial();
    double const size = std::max(w.cwiseAbs().maxCoeff(), 1e-2);
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) {
            auto const energy = [&](double h) {
                Mat3 strain = Mat3::Zero();
                strain(a, b) = h;
                return predict(potential, strained(s, strain)).energy();
            };
            CAPTURE(a, b);
            CHECK_THAT(-richardson(energy, how.strain), WithinAbs(w(a, b), how.relative * size));
        }
}

/// The same energies, and forces and virials that turn along, when the structure is moved, turned,
/// renumbered or repeated.
inline void check_symmetries(Potential const& potential, Structure const& s,
                             PotentialCheck const& how = {}) {
    auto const p = predict(potential, s);
    double const scale = force_scale(p);
    double const energy_scale = std::max(1e-2, std::abs(p.energy()) / s.size());
    double const w_scale = std::max(1e-2, p.virial().cwiseAbs().maxCoeff());
    auto const same = [&](Prediction const& q, Mat3 const& turn, auto const& original_of) {
        double worst = 0.0;
        for (std::size_t i = 0; i < q.energies.size(); ++i) {
            std::size_t const j = original_of(i);
            worst = std::max(worst, std::abs(q.energies[i] - p.energies[j]) / energy_scale);
            worst = std::max(worst, (q.forces[i] - turn * p.forces[j]).norm() / scale);
            Mat3 const w = turn * p.virials[j] * turn.transpose();
            worst = std::max(worst, (q.virials[i] - w).norm() / w_scale);
        }
        CHECK(worst < how.invariance);
    };
    auto const unchanged = [](std::size_t i) { return i; };

    auto moved = s;
    for (auto& r : moved.positions) r += Vec3(0.37, -11.9, 4.2);
    same(predict(potential, moved), Mat3::Identity(), unchanged);

    Mat3 const turn = Eigen::AngleAxisd(1.1, Vec3(1, -2, 0.5).normalized()).toRotationMatrix();
    Structure turned{Cell{s.cell.rows() * turn.transpose(), s.cell.periodic()}, s.species,
                     s.positions};
    for (auto& r : turned.positions) r = turn * r;
    same(predict(potential, turned), turn, unchanged);

    auto reversed = s;
    std::reverse(reversed.positions.begin(), reversed.positions.end());
    std::reverse(reversed.species.begin(), reversed.species.end());
    auto const n = s.positions.size();
    same(predict(potential, reversed), Mat3::Identity(), [n](std::size_t i) { return n - 1 - i; });

    if (!s.cell.is_periodic()) return;
    same(predict(potential, supercell(s, {2, 1, 2})), Mat3::Identity(),
         [n](std::size_t i) { return i % n; });
}

/// Everything a potential must satisfy on a structure: derivatives and symmetries.
inline void check_potential(Potential const& potential, Structure const& s,
                            PotentialCheck const& how = {}) {
    check_forces_and_virial(potential, s, how);
    check_symmetries(potential, s, how);
}

}  // namespace kamacite::test
