#pragma once
#include "kamacite/domain/domain.hpp"

namespace kamacite::dynamics {

/// Atoms without forces, with all the work of a step of velocity Verlet that is not the
/// potential's: both kicks, the drift, ghosts and lists, forces that are zero on atoms and ghosts
/// and brought home. What it costs, every run of molecular dynamics pays.
class FreeFlight {
public:
    /// \param domain  with velocities  \param dt  [fs], positive
    FreeFlight(domain::Domain domain, double dt);

    /// One step of dt. Collective. \throws what Domain::drift() throws
    void advance();

    [[nodiscard]] domain::Domain const& domain() const noexcept { return domain_; }

private:
    domain::Domain domain_;
    double dt_;
    std::vector<double> masses_;  // of the owned atoms
    std::vector<Vec3> forces_;    // of the owned atoms, then of the ghosts
};

}  // namespace kamacite::dynamics
