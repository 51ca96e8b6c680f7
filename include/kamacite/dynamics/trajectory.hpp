#pragma once
#include <optional>

#include "kamacite/domain/domain.hpp"
#include "kamacite/dynamics/heat_flux.hpp"
#include "kamacite/dynamics/motion.hpp"

namespace kamacite::dynamics {

/// What is known of all atoms at one step, the same on every rank.
struct Thermo {
    long long step = 0;
    double potential_energy = 0.0;  ///< Σ E_i [eV]
    double kinetic_energy = 0.0;    ///< K [eV]
    double temperature = 0.0;       ///< 2K/(k_B n) [K]; n: 3 per atom, 3 less without a bath
    Mat3 stress = Mat3::Zero();     ///< σ = −(W + Σ m v ⊗ v)/V [eV/Å³], tension positive
    HeatFlux heat_flux;             ///< [eV Å/fs]

    [[nodiscard]] double energy() const { return potential_energy + kinetic_energy; }
};

/// Atoms of one structure on their way, each rank with those of its domain.
///
/// A step is velocity Verlet, or BAOAB with a bath. Noise belongs to an atom and a step, so that
/// any number of ranks follows the same path up to rounding (which dynamics doubles every few
/// hundred femtoseconds).
class Trajectory {
public:
    /// \param comm, potential  must outlive the trajectory
    /// \param domain  with velocities, kept lists, and a cutoff not below the potential's
    /// \param dt    [fs], positive
    /// \param bath  Langevin, or none: constant energy
    /// \param step  number of steps that were made before
    /// Collective. \throws what Domain::predict() throws
    Trajectory(mpi::Communicator const& comm, Potential const& potential, domain::Domain domain,
               double dt, std::optional<Langevin> bath = {}, long long step = 0);

    /// One step of dt. Collective.
    /// \throws NumericalError if atoms move without bounds; what Domain::move(), predict() throw
    void advance();

    [[nodiscard]] domain::Domain const& domain() const noexcept { return domain_; }
    /// Of the atoms of this rank, where they are now.
    [[nodiscard]] Prediction const& prediction() const noexcept { return now_; }
    [[nodiscard]] long long step() const noexcept { return step_; }
    [[nodiscard]] Thermo thermo() const;  ///< Collective.

    /// Takes the motion of the centre of mass away. Collective.
    void stop_drift();

private:
    mpi::Communicator const* comm_;
    Potential const* potential_;
    domain::Domain domain_;
    double dt_;
    std::optional<Langevin> bath_;
    long long step_;
    std::vector<double> masses_;  // of the owned atoms
    Prediction now_;
};

}  // namespace kamacite::dynamics
