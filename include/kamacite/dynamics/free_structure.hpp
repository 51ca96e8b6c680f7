#pragma once
#include <array>
#include <optional>

#include "kamacite/domain/by_number.hpp"
#include "kamacite/domain/domain.hpp"
#include "kamacite/dynamics/cell_freedom.hpp"

namespace kamacite::dynamics {

/// What may move, and against which pressure.
struct Freedom {
    CellFreedom cell = CellFreedom::fixed;
    double pressure = 0.0;  ///< p [eV/Å³]: of the surroundings, positive if it compresses
    /// For each atom of this rank's block of numbers (mpi::block_of) 1 if it stays where it is, in
    /// fractional coordinates; empty: none stays.
    std::vector<int> fixed{};
};

/// How far a structure is from rest, and what it has there. The same on all ranks.
struct Standing {
    double energy = 0.0;          ///< E [eV]
    double enthalpy = 0.0;        ///< H = E + pV [eV]; E if the cell is fixed
    double volume = 0.0;          ///< V [Å³]
    double largest_force = 0.0;   ///< largest |F_i| of the atoms that may move [eV/Å]
    double largest_stress = 0.0;  ///< largest |σ + p 1| of what may change of the cell [eV/Å³]
};

/// A structure over all ranks whose atoms, and cell, are free to move: its enthalpy as a function
/// of them, evaluated where it stands.
///
///     H(r, h) = E(r, h) + p V,   −∂H/∂r_i = F_i,   −∂H/∂ε = W − p V 1 = −V (σ + p 1)
///
/// A strain ε moves all atoms with the cell. It is counted in units of 1/L, so that H is about as
/// stiff along L ε as along the way of an atom: with N atoms of which each has the volume v,
/// L = √N v^(1/3), since ∂²H/∂ε² is about N v C with elastic constants C, and v^(1/3) C is about a
/// force constant.
class FreeStructure {
public:
    /// \param comm, potential  must outlive this
    /// \param domain  with velocities, kept lists, and a cutoff not below the potential's
    /// \throws DataError if the cell is to change and is not periodic along all three vectors, or
    ///         the potential has no forces; what Domain::predict() throws. Collective.
    FreeStructure(mpi::Communicator const& comm, Potential const& potential, domain::Domain domain,
                  Freedom freedom);

    [[nodiscard]] mpi::Communicator const& comm() const noexcept { return *comm_; }
    [[nodiscard]] domain::Domain const& domain() const noexcept { return domain_; }
    [[nodiscard]] std::span<Vec3> velocities() noexcept { return domain_.velocities(); }
    [[nodiscard]] Freedom const& freedom() const noexcept { return freedom_; }
    [[nodiscard]] long long atoms() const noexcept { return atoms_; }
    /// From the atoms of this rank to their block of numbers and back.
    [[nodiscard]] domain::ByNumber const& order() const noexcept { return *order_; }
    /// On the atoms of this rank, zero on those that stay [eV/Å].
    [[nodiscard]] std::span<Vec3 const> forces() const noexcept { return now_.forces; }
    /// Of the atoms of this rank, the forces as above.
    [[nodiscard]] Prediction const& prediction() const noexcept { return now_; }
    /// W − p V 1 [eV].
    [[nodiscard]] Mat3 const& enthalpy_virial() const noexcept { return virial_; }
    /// The part of a tensor that acts on what may change of the cell: nothing, a third of its trace
    /// on the diagonal, or its symmetric part.
    [[nodiscard]] Mat3 free_part(Mat3 const& tensor) const;
    [[nodiscard]] double cell_length() const noexcept { return cell_length_; }  ///< L [Å]
    [[nodiscard]] Standing const& standing() const noexcept { return standing_; }
    /// H − H at the beginning [eV]: summed over differences of atoms, so that it is exact to
    /// rounding of these, however many atoms there are.
    [[nodiscard]] double enthalpy_change() const noexcept { return change_; }
    [[nodiscard]] long long evaluations() const noexcept { return evaluations_; }
    /// Whether an atom of this rank stays.
    [[nodiscard]] bool stays(std::size_t k) const { return !stays_.empty() && stays_[k] != 0; }

    /// Moves the atoms of this rank, then strains all, and evaluates there. After it the atoms of
    /// this rank, and their order, may be others. Collective.
    /// \param displacements  [Å], one per atom of this rank
    /// \param strain  r ← (1 + ε) r; zero if the cell is fixed
    /// \throws NumericalError if energy, forces or virial are not finite; as Domain::move(),
    ///         predict()
    void move(std::span<Vec3 const> displacements, Mat3 const& strain);

private:
    void evaluate();
    void follow();

    mpi::Communicator const* comm_;
    Potential const* potential_;
    domain::Domain domain_;
    Freedom freedom_;
    long long atoms_ = 0;
    double cell_length_ = 1.0;
    std::optional<domain::ByNumber> order_;
    long long followed_ = -1;                 // rebuild of the domain that order_ belongs to
    std::vector<int> stays_;                  // of the atoms of this rank; empty: none
    std::vector<double> first_, first_here_;  // energies at the beginning: of the block, of atoms
    double first_volume_ = 0.0;
    Prediction now_;
    Mat3 virial_ = Mat3::Zero();
    Standing standing_;
    double change_ = 0.0;
    long long evaluations_ = 0;
};

}  // namespace kamacite::dynamics
