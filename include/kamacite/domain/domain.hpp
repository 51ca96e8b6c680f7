#pragma once
#include <array>
#include <functional>

#include "kamacite/domain/bisection.hpp"
#include "kamacite/mpi/exchange.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite::domain {

/// Some of the atoms of a structure, each known by its number in the whole.
struct Atoms {
    std::vector<long long> ids;    ///< 0 … (atoms of the whole) − 1, each on one rank
    std::vector<int> species;      ///< atomic numbers
    std::vector<Vec3> positions;   ///< [Å]
    std::vector<Vec3> velocities;  ///< [Å/fs]; one per atom, or none on all ranks

    [[nodiscard]] int size() const noexcept { return static_cast<int>(ids.size()); }
};

/// The atoms `block` of supercell(unit, n), made where they are needed: no rank holds more. At
/// rest, without velocities. \throws DataError as check(unit)
[[nodiscard]] Atoms supercell_atoms(Structure const& unit, std::array<int, 3> const& n,
                                    mpi::Range block);

/// Sums of a prediction over all ranks.
struct Totals {
    double energy = 0.0;         ///< Σ E_i [eV]
    Mat3 virial = Mat3::Zero();  ///< W = Σ W_i [eV]
    long long atoms = 0;
};

/// \param mine  of the atoms that this rank owns. Collective.
[[nodiscard]] Totals totals(mpi::Communicator const& comm, Prediction const& mine);

/// Whether neighbour lists are kept from one prediction to the next, or found for some thousand
/// atoms at a time and forgotten: a tenth of the memory, for structures that are asked about once.
enum class Lists { kept, as_needed };

/// The part of one structure that a rank works on: the atoms it owns, the ghosts around them, and
/// the neighbours of those it owns.
///
/// Ghosts are all atoms and images within the cutoff and a skin of the rank's box, images of its
/// own atoms among them, so that any cell does on any number of ranks. Lists, ghosts and owners
/// are found anew when an atom has moved by half the skin. The cost of an atom, by which the boxes
/// are balanced, is one and the number of its neighbours when it was listed last: the time of every
/// potential here goes by it, and unlike a clock it gives the same boxes when a run is repeated.
class Domain {
public:
    /// \param comm    must outlive the domain
    /// \param atoms   any of the whole on any rank, wherever they are
    /// \param cutoff  of the potential [Å], positive
    /// \param skin    [Å], not negative
    /// \param lists   as_needed: neighbours() is empty, all atoms cost the same, and atoms on one
    ///                point are found by predict()
    /// \throws DataError on all ranks if positions are not finite, atoms are on one point, or the
    ///         cell is too small for so many atoms. Collective.
    Domain(mpi::Communicator const& comm, Cell cell, Atoms atoms, double cutoff, double skin,
           Lists lists = Lists::kept);

    [[nodiscard]] Cell const& cell() const noexcept { return cell_; }
    [[nodiscard]] int owned() const noexcept { return owned_.size(); }
    /// The atoms of this rank, in an order that follows from their positions and ids alone.
    /// Positions are wrapped into the cell when owners are found, and move freely until then.
    [[nodiscard]] Atoms const& atoms() const noexcept { return owned_; }
    [[nodiscard]] std::span<Vec3> velocities() noexcept { return owned_.velocities; }
    /// The owned atoms, then the ghosts, in a cell without periodicity.
    [[nodiscard]] Structure const& structure() const noexcept { return structure_; }
    /// Of the owned atoms, within the cutoff and what is left of the skin.
    [[nodiscard]] Neighbours const& neighbours() const noexcept { return neighbours_; }
    /// How often owners, ghosts and lists have been found.
    [[nodiscard]] long long rebuilds() const noexcept { return rebuilds_; }

    /// Moves the owned atoms, and the ghosts that stand for them. After it owned() and the order of
    /// atoms may be others. Collective.
    /// \param displacements  [Å], one per owned atom
    /// \throws DataError as the constructor; NumericalError if a displacement is not finite
    void move(std::span<Vec3 const> displacements);

    /// What a potential says of the owned atoms: forces and virials are complete, with the parts
    /// that other ranks found for their ghosts. Equal to the serial prediction up to rounding.
    /// Collective. \throws what the potential throws, on all ranks
    [[nodiscard]] Prediction predict(Potential const& potential) const;

private:
    void rebuild();
    void migrate();
    void find_ghosts();
    /// Does what finds neighbours; names atoms on one point by their numbers in the whole.
    void listing(std::function<void()> const& work) const;

    mpi::Communicator const* comm_;
    Cell cell_;
    double cutoff_, skin_;
    Lists lists_;
    Atoms owned_;
    std::vector<double> costs_;  // of the owned atoms
    std::vector<Vec3> moved_;    // of the owned atoms since the lists were found
    std::vector<Box> boxes_;     // of all ranks
    mpi::Exchange halo_;         // from owned atoms to ghosts
    std::vector<int> sent_;      // the owned atom of each item of the halo
    Structure structure_;
    Neighbours neighbours_;
    long long rebuilds_ = 0;
};

}  // namespace kamacite::domain
