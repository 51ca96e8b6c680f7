#pragma once
#include <vector>

#include "kamacite/dynamics/relax.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/properties/elastic.hpp"
#include "kamacite/properties/migration.hpp"

namespace kamacite::properties {

/// A cell of ½⟨111⟩ screw dislocations of bcc, one Burgers vector thick: a dipole whose periodic
/// images make a quadrupolar array.
///
/// Seen along z = [111], with x = [112̄] and y = [1̄10], atoms are columns on triangles of edge
/// s = a√(2/3), at heights 0, b/3, 2b/3. Edges of the cell: nx columns along x; ny rows of columns,
/// offset by half of the first; b along z. The dislocations are nx/2 columns apart.
struct ScrewCell {
    double a = 0.0;       ///< lattice constant [Å]
    int nx = 15, ny = 9;  ///< 15 × 9 = 135 atoms; 9 × 5 and 21 × 13 go too

    [[nodiscard]] int atoms() const noexcept { return nx * ny; }
    [[nodiscard]] double burgers() const;  ///< b = a√3/2 [Å]
    [[nodiscard]] double spacing() const;  ///< s [Å], which is also the way to the next valley
};

/// Where both dislocations of a cell sit between their three nearest columns: where the screw turns
/// these against their helix (easy), or with it so that they come to one height (hard).
enum class Core { easy, hard };

/// The perfect crystal of a cell, and the same with a dipole by isotropic elasticity,
///
///     u_z(r) = b/(2π) Σ_images [θ(r − r₊) − θ(r − r₋)]
///
/// the edges of the cell following u_z: the relaxation of the cell does the rest.
/// \param valley  both are this many columns further along x
/// \throws InputError if nx and ny do not make a cell
[[nodiscard]] Structure perfect_screw_cell(ScrewCell const& cell, int element);
[[nodiscard]] Structure screw_dipole(ScrewCell const& cell, int element, Core core, int valley = 0);

/// Energies of a dislocation, per Burgers vector of its length.
struct ScrewEnergies {
    Structure easy;       ///< the relaxed dipole
    double dipole = 0.0;  ///< half of E(dipole) − E(perfect crystal), easy cores [eV/b]: with
                          ///< elastic energy, which depends on the size of the cell
    double hard = 0.0;           ///< core energy of the hard above the easy core [eV/b]
    double barrier = 0.0;        ///< Peierls barrier from valley to valley [eV/b]
    std::vector<double> way;     ///< of the images, 0 … 1
    std::vector<double> valley;  ///< E along it, of one dislocation [eV/b]
};

/// Screw dislocations in a cell that is free of stress with easy cores.
///
/// Of hard cores the three columns about each are held at one height, all else is relaxed in the
/// same cell. Their distance is the mirror image of that of easy cores, so that their elastic
/// energies are equal and cancel. The barrier is by a nudged elastic band between easy cores in
/// neighbouring valleys, where both dislocations move together and stay at one distance.
/// \param images  of the band between its ends; 0: no band, barrier NaN
/// \throws NumericalError if something does not come to rest
/// Dislocations in such arrays: Clouet, Ventelon, Willaime, Phys. Rev. Lett. 102, 055502 (2009).
[[nodiscard]] ScrewEnergies screw_energies(mpi::Communicator const& alone,
                                           Potential const& potential, ScrewCell const& cell,
                                           int element, int images,
                                           dynamics::RelaxOptions const& relax = {});

}  // namespace kamacite::properties
