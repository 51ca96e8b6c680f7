#pragma once
#include <array>
#include <functional>

#include "kamacite/domain/halo.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/neighbours/block_list.hpp"
#include "kamacite/potential/potential.hpp"
#include "kamacite/structure/short_lattice.hpp"

namespace kamacite::domain {

/// Some of the atoms of a structure, each known by its number in the whole.
struct Atoms {
    std::vector<long long> ids;    ///< 0 … (atoms of the whole) − 1, each on one rank
    std::vector<int> species;      ///< atomic numbers
    std::vector<Vec3> positions;   ///< [Å]
    std::vector<Vec3> velocities;  ///< [Å/fs]; one per atom, or none on all ranks
    /// How often each was taken back along the vectors a, b, c of the cell: the atom's path leads
    /// to r + images · cell. One per atom, or none on all ranks.
    std::vector<std::array<int, 3>> images{};
    std::vector<int> marks{};  ///< what the caller wants atoms to carry; one per atom, or none

    [[nodiscard]] int size() const noexcept { return static_cast<int>(ids.size()); }
};

/// The atoms `block` of supercell(unit, n), made where they are needed: no rank holds more. At
/// rest, without velocities. \throws DataError as check(unit)
[[nodiscard]] Atoms supercell_atoms(Structure const& unit, std::array<int, 3> const& n,
                                    mpi::Range block);

/// Sums of a prediction over all ranks, the same bits on each.
struct Totals {
    double energy = 0.0;         ///< Σ E_i [eV]
    Mat3 virial = Mat3::Zero();  ///< W = Σ W_i [eV]
    long long atoms = 0;
};

/// \param mine  of the atoms that this rank owns. Collective.
[[nodiscard]] Totals totals(mpi::Communicator const& comm, Prediction const& mine);

/// Whether lists of who is near whom are kept from one prediction to the next, or found for a
/// thousand atoms at a time and forgotten: for structures that are asked about once.
enum class Lists { kept, as_needed };

/// The part of one structure that a rank works on: the atoms it owns, the ghosts around them, and
/// lists of who is near those it owns. A potential gets them in blocks of a thousand atoms: vectors
/// to neighbours are made for one block at a time, which the cache holds, and nowhere stored.
///
/// Ghosts are all atoms and images within the cutoff and a skin of the rank's box, images of its
/// own atoms among them, so that any cell does on any number of ranks; boxes are parts of the cell
/// of the lattice's shortest vectors, so that a tilted cell costs no more than another. Lists,
/// ghosts and owners are found anew when an atom has moved by half the skin. The cost of an atom,
/// by which the boxes are balanced, is a constant and the number of its neighbours when it was
/// listed last, as times of potentials were measured (docs/performance.md); unlike a clock while it
/// runs that gives the same boxes when a run is repeated.
///
/// The atoms that ghosts may come near, those within the cutoff and the skin of the box, come first
/// where there are other ranks: what their ghosts have is on its way home while the rest is
/// predicted.
class Domain {
public:
    /// \param comm    must outlive the domain
    /// \param atoms   any of the whole on any rank, wherever they are
    /// \param cutoff  of the potential [Å], positive
    /// \param skin    [Å], not negative
    /// \param lists   as_needed: there are none between predictions, all atoms cost the same until
    ///                refresh() counts neighbours, and atoms on one point are found by predict()
    /// \throws DataError on all ranks if positions are not finite, atoms are on one point, or the
    ///         cell is too small for so many atoms. Collective.
    Domain(mpi::Communicator const& comm, Cell cell, Atoms atoms, double cutoff, double skin,
           Lists lists = Lists::kept);

    [[nodiscard]] Cell const& cell() const noexcept { return cell_; }
    [[nodiscard]] double cutoff() const noexcept { return cutoff_; }  ///< [Å]
    [[nodiscard]] int owned() const noexcept { return owned_.size(); }
    /// The atoms of this rank, in an order that follows from their positions and ids alone.
    /// Positions are wrapped into the cell of the shortest vectors when owners are found, and move
    /// freely until then.
    [[nodiscard]] Atoms const& atoms() const noexcept { return owned_; }
    [[nodiscard]] std::span<Vec3> velocities() noexcept { return owned_.velocities; }
    [[nodiscard]] int ghosts() const noexcept { return halo_.size(); }
    /// A copy of the owned atoms, then the ghosts, in a cell without periodicity.
    [[nodiscard]] Structure structure() const;
    /// Entries of the lists that are kept: who may come within the cutoff, for each owned atom.
    [[nodiscard]] long long entries() const noexcept;
    [[nodiscard]] long long list_bytes() const noexcept;  ///< memory of the lists that are kept
    /// How often owners, ghosts and lists have been found.
    [[nodiscard]] long long rebuilds() const noexcept { return rebuilds_; }

    /// CPU time [s] that this rank has spent in predictions, without waiting for others.
    [[nodiscard]] double busy() const noexcept { return busy_; }

    /// Moves the owned atoms, and the ghosts that stand for them, after everything has been
    /// strained: r ← F r + d, cell vectors h ← F h; velocities stay. After it owned() and the order
    /// of atoms may be others. Collective. \param displacements  d [Å], one per owned atom \param F
    /// the same on all ranks, determinant > 0 \throws DataError as the constructor; NumericalError
    /// if F is not finite or turns the cell inside out, or an atom has come farther than cutoff and
    /// skin from where it was listed, strains apart
    void move(std::span<Vec3 const> displacements, Mat3 const& F = Mat3::Identity());

    /// The same with displacements along the velocities of the atoms: r ← F r + v dt.
    /// \param dt  [fs], of either sign. Collective. \throws as move()
    void drift(double dt, Mat3 const& F = Mat3::Identity());

    /// Finds owners, ghosts and lists now, boxes balanced by costs of atoms where they are: all
    /// that follows comes from ids, positions and velocities, as for a domain that is made from the
    /// same atoms and refreshed. Collective. \throws DataError as the constructor
    void refresh();

    /// Adds what ghosts have to the atoms that they stand for.
    /// \param values  of the owned atoms, then of the ghosts. Collective.
    void add_ghosts(std::span<Vec3> values) const;

    /// What a potential says of the owned atoms: forces and virials are complete, with the parts
    /// that other ranks found for their ghosts. Equal to the serial prediction up to rounding.
    /// Forces and virials are zero where it gives none; properties of a whole are not predicted.
    /// Collective. \throws what the potential throws, on all ranks
    /// \param potential  with a cutoff of at most the domain's
    [[nodiscard]] Prediction predict(Potential const& potential) const;

    /// A number of each owned atom, then those of the ghosts: the ids of all atoms of structure(),
    /// for instance. Collective.
    [[nodiscard]] std::vector<long long> with_ghosts(std::span<long long const> of_owned) const;

private:
    friend class PredictionInParts;
    void rebuild();
    void migrate();
    /// Brings the atoms near the sides of the box to the front of an order; how many they are.
    [[nodiscard]] int shell_first(std::span<Vec3 const> positions, std::vector<int>& order) const;
    void find_lists();
    /// Moves atom i by displacement(i) for every owned atom.
    template <class Displacement>
    void move_by(Displacement const& displacement, Mat3 const& F);
    void strain(Mat3 const& F);
    /// How far an atom may be from where it was listed, strains apart, for the lists to hold [Å].
    [[nodiscard]] double slack() const;
    /// Does what finds neighbours; names atoms on one point by their numbers in the whole.
    void listing(std::function<void()> const& work) const;
    /// Positions of the owned atoms, then of the ghosts [Å].
    [[nodiscard]] std::vector<Vec3> all_positions() const;

    mpi::Communicator const* comm_;
    Cell cell_;
    ShortLattice lattice_;  // of the cell, when owners were found; strained with it since
    double cutoff_, skin_;
    Lists lists_;
    Atoms owned_;
    std::vector<double> costs_;  // of the owned atoms
    mutable double busy_ = 0.0;
    std::vector<Vec3> listed_at_;     // where the owned atoms were when the lists were found
    Mat3 strain_ = Mat3::Identity();  // of everything since then
    int shell_ = 0;                   // the first atoms, which alone have ghosts in reach
    std::vector<Box> boxes_;          // of all ranks
    Halo halo_;
    std::vector<Vec3> ghosts_;  // where they are
    std::vector<int> species_;  // of the owned atoms, then of the ghosts
    std::vector<BlockList> blocks_;
    long long rebuilds_ = 0;
};

}  // namespace kamacite::domain
