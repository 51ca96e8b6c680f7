#include "kamacite/dynamics/trajectory.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {

Trajectory::Trajectory(mpi::Communicator const& comm, Potential const& potential,
                       domain::Domain domain, double dt, std::optional<Langevin> bath,
                       long long step)
    : comm_{&comm},
      potential_{&potential},
      domain_{std::move(domain)},
      dt_{dt},
      bath_{bath},
      step_{step} {
    KAMACITE_EXPECTS(dt > 0.0);
    KAMACITE_EXPECTS(domain_.atoms().velocities.size() == domain_.atoms().positions.size());
    mpi::all_or_none(comm, [&] { masses_ = masses_of(domain_.atoms().species); });
    now_ = domain_.predict(potential);
}

void Trajectory::advance() {
    auto const v = domain_.velocities();
    kick(v, now_.forces, masses_, 0.5 * dt_);
    std::vector<Vec3> displacements(v.size(), Vec3::Zero());
    if (bath_) {
        drift(displacements, v, 0.5 * dt_);
        exchange_heat(v, masses_, domain_.atoms().ids, *bath_, dt_, step_);
        drift(displacements, v, 0.5 * dt_);
    } else {
        drift(displacements, v, dt_);
    }
    auto const before = domain_.rebuilds();
    domain_.move(displacements);
    if (domain_.rebuilds() != before) masses_ = masses_of(domain_.atoms().species);
    now_ = domain_.predict(*potential_);
    kick(domain_.velocities(), now_.forces, masses_, 0.5 * dt_);
    ++step_;
}

Thermo Trajectory::thermo() const {
    auto const& velocities = domain_.atoms().velocities;
    auto const flux = heat_flux(now_, velocities, masses_);
    Mat3 const kinetic = kinetic_tensor(velocities, masses_);
    auto const potential = domain::totals(*comm_, now_);
    std::array<double, 15> sums{};
    std::copy_n(kinetic.data(), 9, sums.data());
    std::copy_n(flux.convective.data(), 3, sums.data() + 9);
    std::copy_n(flux.virial.data(), 3, sums.data() + 12);
    comm_->all_reduce(mpi::Op::sum, std::span<double>{sums});
    Thermo t;
    t.step = step_;
    t.potential_energy = potential.energy;
    Mat3 const motion = Eigen::Map<Mat3 const>(sums.data());
    t.kinetic_energy = 0.5 * motion.trace();
    auto const freedoms = 3 * potential.atoms - (bath_ || potential.atoms < 2 ? 0 : 3);
    t.temperature = temperature(t.kinetic_energy, freedoms);
    t.stress = -(potential.virial + motion) / domain_.cell().volume();
    t.heat_flux = {Vec3{sums[9], sums[10], sums[11]}, Vec3{sums[12], sums[13], sums[14]}};
    return t;
}

void Trajectory::stop_drift() {
    Vec3 const mine = momentum(domain_.atoms().velocities, masses_);
    std::array<double, 4> sums{mine.x(), mine.y(), mine.z(),
                               std::accumulate(masses_.begin(), masses_.end(), 0.0)};
    comm_->all_reduce(mpi::Op::sum, std::span<double>{sums});
    remove_drift(domain_.velocities(), Vec3{sums[0], sums[1], sums[2]}, sums[3]);
}

}  // namespace kamacite::dynamics
