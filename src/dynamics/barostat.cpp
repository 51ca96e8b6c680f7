#include "kamacite/dynamics/barostat.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::dynamics {
namespace {

constexpr double third = 1.0 / 3.0;

Mat3 isotropic_part(Mat3 const& m) {
    return third * m.trace() * Mat3::Identity();
}

/// Components a cell moves in.
double components(CellFreedom freedom) {
    return freedom == CellFreedom::isotropic ? 1.0 : 6.0;
}

}  // namespace

Mat3 exponential(Mat3 const& s) {
    Eigen::SelfAdjointEigenSolver<Mat3> const solver{s};
    Vec3 const values = solver.eigenvalues().array().exp();
    return solver.eigenvectors() * values.asDiagonal() * solver.eigenvectors().transpose();
}

Mat3 rescaling_strain(Mat3 const& pi, double volume, double first_volume, double temperature,
                      CellRescaling const& bath, double dt, long long step) {
    KAMACITE_EXPECTS(bath.time_constant > 0.0 && bath.compressibility > 0.0);
    double const kT = units::k_boltzmann * temperature;
    double const mobility = bath.compressibility / (3.0 * bath.time_constant * first_volume);
    RandomStream random{bath.seed, "cell rescaling", static_cast<std::uint64_t>(step)};
    if (bath.freedom == CellFreedom::isotropic) {
        double const mu = 3.0 * mobility;
        double const growth = mu * (third * pi.trace() - bath.pressure * volume + kT) * dt +
                              std::sqrt(2.0 * mu * kT * dt) * random.normal();
        return third * growth * Mat3::Identity();
    }
    Mat3 noise;
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) noise(a, b) = random.normal();
    Mat3 const drift =
        0.5 * (pi + pi.transpose()) + (kT - bath.pressure * volume) * Mat3::Identity();
    return mobility * dt * drift +
           std::sqrt(2.0 * mobility * kT * dt) * 0.5 * (noise + noise.transpose());
}

CellMotion::CellMotion(MartynaTobiasKlein const& options, double freedoms, double temperature)
    : freedom_{options.freedom},
      freedoms_{freedoms},
      mass_{third * (freedoms + 3.0) * units::k_boltzmann * temperature * options.time_constant *
            options.time_constant} {
    KAMACITE_EXPECTS(freedoms > 0.0 && temperature > 0.0 && options.time_constant > 0.0);
    if (options.length > 0)
        chain_.emplace(components(freedom_),
                       NoseHoover{temperature, options.time_constant, options.length});
}

void CellMotion::exchange_heat(double temperature, double dt) {
    if (chain_) rate_ *= chain_->advance(mass_ * rate_.squaredNorm(), temperature, dt);
}

void CellMotion::push(Mat3 const& pi, double twice_kinetic, double volume, double pressure,
                      double dt) {
    Mat3 force = 0.5 * (pi + pi.transpose()) +
                 (twice_kinetic / freedoms_ - pressure * volume) * Mat3::Identity();
    if (freedom_ == CellFreedom::isotropic) force = isotropic_part(force);
    rate_ += dt / mass_ * force;
}

Mat3 CellMotion::strain(double dt) const {
    return exponential(dt * rate_);
}

Mat3 CellMotion::friction(double dt) const {
    return exponential(-dt * (rate_ + rate_.trace() / freedoms_ * Mat3::Identity()));
}

double CellMotion::energy(double temperature) const {
    return 0.5 * mass_ * rate_.squaredNorm() + (chain_ ? chain_->energy(temperature) : 0.0);
}

std::vector<double> CellMotion::state() const {
    std::vector<double> all(rate_.data(), rate_.data() + 9);
    if (chain_) {
        auto const more = chain_->state();
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

void CellMotion::restore(std::span<double const> state) {
    KAMACITE_EXPECTS(state.size() == this->state().size());
    std::copy_n(state.begin(), 9, rate_.data());
    if (chain_) chain_->restore(state.subspan(9));
}

}  // namespace kamacite::dynamics
