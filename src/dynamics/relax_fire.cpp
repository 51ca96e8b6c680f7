#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/dynamics/fire.hpp"
#include "kamacite/dynamics/relax_domain.hpp"

namespace kamacite::dynamics {
namespace {

/// Sums over all coordinates: those of the atoms, added over ranks, and those of the cell.
struct Sums {
    double power = 0.0, speed = 0.0, force = 0.0;
};

Sums sums_of(FreeStructure& s, Mat3 const& cell_velocity, Mat3 const& cell_force) {
    std::array<double, 3> sums{};
    auto const v = s.velocities();
    for (std::size_t k = 0; k < v.size(); ++k) {
        sums[0] += s.forces()[k].dot(v[k]);
        sums[1] += v[k].squaredNorm();
        sums[2] += s.forces()[k].squaredNorm();
    }
    mpi::sum_alike(s.comm(), sums);
    return {sums[0] + cell_force.cwiseProduct(cell_velocity).sum(),
            sums[1] + cell_velocity.squaredNorm(), sums[2] + cell_force.squaredNorm()};
}

}  // namespace

End relax_by_fire(FreeStructure& s, Rest const& rest, AfterStep const& after_step) {
    Fire fire;
    double const length = s.cell_length();
    constexpr double largest_strain = 0.02;  // at once
    Mat3 cell_velocity = Mat3::Zero();
    std::ranges::fill(s.velocities(), Vec3::Zero());
    while (true) {
        bool const stop = after_step(s);
        if (rest.reached(s.standing())) return End::at_rest;
        if (stop) return End::stopped;
        if (s.evaluations() >= rest.most_evaluations) return End::out_of_evaluations;

        Mat3 const cell_force = s.free_part(s.enthalpy_virial()) / length;
        auto const sums = sums_of(s, cell_velocity, cell_force);
        auto const [keep, push, dt] = fire.next(sums.power, sums.speed, sums.force);
        auto const v = s.velocities();
        double fastest = 0.0;
        for (std::size_t k = 0; k < v.size(); ++k) {
            v[k] = keep * v[k] + push * s.forces()[k];
            fastest = std::max(fastest, v[k].norm());
        }
        cell_velocity = keep * cell_velocity + push * cell_force;
        double const step = dt * s.comm().all_reduce(mpi::Op::max, fastest);
        double const strain = dt * cell_velocity.norm() / length;
        double const scale =
            1.0 / std::max({1.0, step / rest.longest_step, strain / largest_strain});
        std::vector<Vec3> displacements;
        displacements.reserve(v.size());
        for (auto const& each : v) displacements.push_back(scale * dt * each);
        s.move(displacements, scale * dt / length * cell_velocity);
    }
}

}  // namespace kamacite::dynamics
