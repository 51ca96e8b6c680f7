#include "kamacite/dynamics/thermostat.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/barostat.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

/// Mean and variance of numbers.
struct Moments {
    double n = 0.0, sum = 0.0, squares = 0.0;
    void add(double x) {
        n += 1.0;
        sum += x;
        squares += x * x;
    }
    [[nodiscard]] double mean() const { return sum / n; }
    [[nodiscard]] double variance() const { return squares / n - mean() * mean(); }
};

/// Deviator of ½ ln(h hᵀ): the shape of a cell, whose vectors are the columns of h.
Mat3 shape_of(Mat3 const& h) {
    Eigen::SelfAdjointEigenSolver<Mat3> const b{h * h.transpose()};
    Vec3 logs = 0.5 * b.eigenvalues().array().log();
    logs.array() -= logs.mean();
    return b.eigenvectors() * logs.asDiagonal() * b.eigenvectors().transpose();
}

/// Volumes of four free atoms under a barostat, velocities drawn anew in each step, in a cell whose
/// shape has the energy ½ κ |shape|², κ = 50 k_B T (without it, it would diffuse without bounds).
/// \param shapes  gets |shape|²
Moments volumes_of_gas(CellFreedom freedom, double dt, Moments& shapes) {
    constexpr double T = 300.0, pressure = 0.01;
    double const kT = units::k_boltzmann * T;
    std::vector<int> const species(4, 26);
    std::vector<long long> const ids{0, 1, 2, 3};
    auto const masses = masses_of(species);
    // the compressibility 1/P of a gas makes τ its relaxation time
    CellRescaling const bath{pressure, 100.0, 1.0 / pressure, freedom, 7};
    double const first = 5.0 * kT / pressure;
    Mat3 h = std::cbrt(first) * Mat3::Identity();
    Moments volumes;
    for (int step = 0; step < 60000; ++step) {
        auto const v = thermal_velocities(species, ids, T, static_cast<std::uint64_t>(step));
        Mat3 const shape = shape_of(h);
        Mat3 const pi = kinetic_tensor(v, masses) - 50.0 * kT * shape;
        Mat3 const strain = rescaling_strain(pi, h.determinant(), first, T, bath, dt, step);
        h = exponential(strain) * h;
        if (step < 1000) continue;
        volumes.add(h.determinant());
        shapes.add(shape.squaredNorm());
    }
    return volumes;
}

}  // namespace

TEST_CASE("velocity rescaling makes kinetic energies canonical", "[dynamics]") {
    constexpr double T = 400.0;
    constexpr long long n = 9;
    double const kT = units::k_boltzmann * T, mean = 0.5 * n * kT;
    Rescaling const bath{T, 10.0, 3};
    double kinetic = mean;
    Moments m;
    double third = 0.0;
    for (int step = 0; step < 40000; ++step) {
        double const factor = rescaling_factor(kinetic, n, bath, 10.0, step);
        kinetic *= factor * factor;
        m.add(kinetic);
        third += std::pow((kinetic - mean) / kT, 3) / 40000.0;
    }
    double const c = std::exp(-1.0), samples = 40000.0 * (1.0 - c) / (1.0 + c);
    double const variance = 0.5 * n * kT * kT;
    CHECK(std::abs(m.mean() - mean) < 4.0 * std::sqrt(variance / samples));
    // of the Gamma distribution: fourth central moment 3 k² + 6 k, third 2 k, in units of kT
    CHECK(std::abs(m.variance() / variance - 1.0) < 4.0 * std::sqrt((2.0 + 6.0 / 4.5) / samples));
    CHECK_THAT(third, WithinAbs(2.0 * 4.5, 1.0));
}

TEST_CASE("velocity rescaling forgets at its own pace", "[dynamics]") {
    Rescaling const cold{0.0, 50.0, 1};
    CHECK_THAT(rescaling_factor(2.0, 30, cold, 5.0, 0), WithinRel(std::exp(-0.05), 1e-12));
    CHECK(rescaling_factor(0.0, 30, cold, 5.0, 0) == 1.0);
    // the mean of K after dt is c K + (1 − c) K̄
    Rescaling const warm{300.0, 50.0, 1};
    double const aim = 15.0 * units::k_boltzmann * 300.0, start = 2.0 * aim;
    double mean = 0.0;
    for (int step = 0; step < 20000; ++step) {
        double const f = rescaling_factor(start, 30, warm, 20.0, step);
        mean += start * f * f / 20000.0;
    }
    double const c = std::exp(-0.4);
    CHECK_THAT(mean, WithinRel(c * start + (1.0 - c) * aim, 0.01));
}

TEST_CASE("an oscillator with a Nosé–Hoover chain is canonical and conserves", "[dynamics]") {
    constexpr double T = 300.0, mass = 0.01, stiffness = 1.0;  // period 0.63 fs
    double const kT = units::k_boltzmann * T;
    std::array<double, 2> errors{};
    for (std::size_t k = 0; k < 2; ++k) {
        double const dt = k == 0 ? 0.02 : 0.01;
        NoseHooverChain chain{1.0, {T, 0.15, 4}};
        double x = 0.3 * std::sqrt(kT), v = std::sqrt(kT / mass);
        auto const energy = [&] {
            return 0.5 * mass * v * v + 0.5 * stiffness * x * x + chain.energy(T);
        };
        double const before = energy();
        Moments place, speed;
        double fourth = 0.0;
        int const steps = static_cast<int>(4000.0 / dt);
        for (int i = 0; i < steps; ++i) {
            v *= chain.advance(mass * v * v, T, 0.5 * dt);
            v -= 0.5 * dt * stiffness * x / mass;
            x += dt * v;
            v -= 0.5 * dt * stiffness * x / mass;
            v *= chain.advance(mass * v * v, T, 0.5 * dt);
            place.add(x);
            speed.add(v);
            fourth += std::pow(x, 4) / steps;
            if (i < static_cast<int>(100.0 / dt))
                errors[k] = std::max(errors[k], std::abs(energy() - before));
        }
        CHECK_THAT(place.variance(), WithinRel(kT / stiffness, 0.05));
        CHECK_THAT(speed.variance(), WithinRel(kT / mass, 0.05));
        CHECK_THAT(fourth, WithinRel(3.0 * kT * kT, 0.12));
    }
    CHECK(errors[0] / errors[1] > 3.0);
    CHECK(errors[0] / errors[1] < 5.0);
}

TEST_CASE("stochastic cell rescaling gives a gas its volumes", "[dynamics]") {
    auto const freedom = GENERATE(CellFreedom::isotropic, CellFreedom::full);
    Moments shapes;
    double const dt = 2.0;
    auto const volumes = volumes_of_gas(freedom, dt, shapes);
    // p(V) ∝ V⁴ e^{−PV/kT}: mean 5 kT/P, variance 5 (kT/P)²; ln V relaxes in about τ = 50 dt
    double const unit = units::k_boltzmann * 300.0 / 0.01;
    double const samples = volumes.n * dt / (2.0 * 100.0);
    CHECK(std::abs(volumes.mean() / (5.0 * unit) - 1.0) <
          4.0 * std::sqrt(1.0 / 5.0 / samples) + 0.01);
    CHECK_THAT(volumes.variance(), WithinRel(5.0 * unit * unit, 0.2));
    if (freedom == CellFreedom::isotropic)
        CHECK(shapes.mean() < 1e-20);
    else  // five components of variance k_B T/κ
        CHECK_THAT(shapes.mean(), WithinRel(5.0 / 50.0, 0.1));
}

TEST_CASE("the exponential of a strain", "[dynamics]") {
    Mat3 s;
    s << 0.1, 0.02, -0.03, 0.02, -0.05, 0.04, -0.03, 0.04, 0.2;
    Mat3 series = Mat3::Identity(), term = Mat3::Identity();
    for (int k = 1; k < 25; ++k) {
        term = term * s / k;
        series += term;
    }
    CHECK((exponential(s) - series).norm() < 1e-14);
}
