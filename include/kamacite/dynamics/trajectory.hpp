#pragma once
#include <optional>

#include "kamacite/domain/domain.hpp"
#include "kamacite/dynamics/ensemble.hpp"
#include "kamacite/dynamics/heat_flux.hpp"

namespace kamacite::dynamics {

/// What is known of all atoms at one step, the same on every rank.
struct Thermo {
    long long step = 0;
    double potential_energy = 0.0;  ///< Σ E_i [eV]
    double kinetic_energy = 0.0;    ///< K [eV]
    double temperature = 0.0;       ///< 2K/(k_B n) [K], n = Trajectory::freedoms()
    Mat3 stress = Mat3::Zero();     ///< σ = −(W + Σ m v ⊗ v)/V [eV/Å³], tension positive
    HeatFlux heat_flux;             ///< [eV Å/fs]
    /// What the equations of motion conserve [eV]: the energy, with that of chains and cell and
    /// P V, less what random baths and a heat field have given. Absent with CellRescaling, whose
    /// work on the potential energy is not measured.
    std::optional<double> conserved;

    [[nodiscard]] double energy() const { return potential_energy + kinetic_energy; }
    [[nodiscard]] double pressure() const { return -stress.trace() / 3.0; }  ///< [eV/Å³]
};

/// Atoms of one structure on their way, each rank with those of its domain.
///
/// A step is velocity Verlet, within the halves of a Nosé–Hoover chain and of a cell with inertia;
/// BAOAB with Langevin; with the strain of CellRescaling between the first kick and the drift, and
/// velocity rescaling at the end. Noise belongs to an atom and a step, so that any number of ranks
/// follows the same path up to rounding (which dynamics doubles every few hundred femtoseconds).
/// Atoms with a mark that is not 0 are held: they do not move, but for strains of the cell.
class Trajectory {
public:
    /// \param comm, potential  must outlive the trajectory
    /// \param domain  with velocities, kept lists, and a cutoff not below the potential's
    /// \param dt     [fs], positive
    /// \param step   number of steps that were made before
    /// \param state  what state() gave then; empty: from the beginning
    /// Collective. \throws DataError if a barostat is to change a cell that is not periodic, no
    /// atom may move, or a heat field acts where the momentum is not conserved or the cell changes;
    /// what Domain::predict() throws
    Trajectory(mpi::Communicator const& comm, Potential const& potential, domain::Domain domain,
               double dt, Ensemble ensemble = {}, long long step = 0,
               std::span<double const> state = {});

    /// One step of dt. Collective.
    /// \throws NumericalError, naming the step, if atoms move without bounds; what predict() throws
    void advance();

    [[nodiscard]] domain::Domain const& domain() const noexcept { return domain_; }
    /// Of the atoms of this rank, where they are now; forces on atoms that are held are zero.
    [[nodiscard]] Prediction const& prediction() const noexcept { return now_; }
    [[nodiscard]] long long step() const noexcept { return step_; }
    [[nodiscard]] double time() const noexcept { return dt_ * static_cast<double>(step_); }  ///< fs
    /// Degrees of freedom: 3 per atom that is not held, less 3 where the momentum is conserved.
    [[nodiscard]] long long freedoms() const noexcept { return freedoms_; }
    /// Whether the momentum is conserved: not with Langevin, nor where atoms are held or are one.
    [[nodiscard]] bool keeps_momentum() const noexcept { return keeps_momentum_; }
    [[nodiscard]] Thermo thermo() const;  ///< Collective.

    /// Takes the motion of the centre of mass away, unless atoms are held. Collective.
    void stop_drift();

    /// Makes what follows depend on atoms, step and state() alone (Domain::refresh()): a trajectory
    /// that goes on from them is the same to the bit. Collective.
    void refresh();
    /// Of chains, cell and baths. Collective.
    [[nodiscard]] std::vector<double> state() const;

private:
    struct Sums {
        Mat3 kinetic = Mat3::Zero(), virial = Mat3::Zero();
        [[nodiscard]] double twice_kinetic() const { return kinetic.trace(); }
        [[nodiscard]] Mat3 pi() const { return kinetic + virial; }
    };
    [[nodiscard]] Sums sums() const;  // over all ranks, the same bits on each. Collective.
    enum class Half { first, second };
    void kick_half(Half half);
    void kick_driven(Half half);
    void move();
    [[nodiscard]] Mat3 strain();
    void chain_acts(Sums& now);
    void push_cell(Sums const& now);
    void rescale_velocities();
    void scale(double factor);
    void forces();
    void hold();
    void follow_atoms();

    mpi::Communicator const* comm_;
    Potential const* potential_;
    domain::Domain domain_;
    double dt_;
    Ensemble ensemble_;
    long long step_;
    long long held_ = 0, freedoms_ = 0;
    bool keeps_momentum_ = true;
    std::optional<NoseHooverChain> chain_;
    std::optional<CellMotion> cell_;
    double given_ = 0.0;               // by baths and the heat field [eV], this rank's part
    double total_mass_ = 0.0;          // of all atoms, where a heat field acts
    double first_volume_;              // of the cell [Å³]
    std::vector<double> masses_;       // of the owned atoms
    long long rebuilds_ = 0;           // of the domain when masses_ were found
    std::vector<Vec3> displacements_;  // of one step: memory that is used again
    std::vector<Vec3> driving_;        // forces of the heat field: likewise
    Prediction now_;
};

}  // namespace kamacite::dynamics
