#include "kamacite/dynamics/free_flight.hpp"

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/motion.hpp"

namespace kamacite::dynamics {

FreeFlight::FreeFlight(domain::Domain domain, double dt) : domain_{std::move(domain)}, dt_{dt} {
    KAMACITE_EXPECTS(dt > 0.0);
    KAMACITE_EXPECTS(domain_.atoms().velocities.size() == domain_.atoms().positions.size());
    masses_ = masses_of(domain_.atoms().species);
    forces_.assign(masses_.size() + static_cast<std::size_t>(domain_.ghosts()), Vec3::Zero());
}

void FreeFlight::advance() {
    kick(domain_.velocities(), forces_, masses_, 0.5 * dt_);
    auto const before = domain_.rebuilds();
    domain_.drift(dt_);
    if (domain_.rebuilds() != before) {
        masses_ = masses_of(domain_.atoms().species);
        forces_.resize(masses_.size() + static_cast<std::size_t>(domain_.ghosts()));
    }
    std::ranges::fill(forces_, Vec3::Zero());
    domain_.add_ghosts(forces_);
    kick(domain_.velocities(), forces_, masses_, 0.5 * dt_);
}

}  // namespace kamacite::dynamics
