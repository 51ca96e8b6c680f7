#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kamacite/dynamics/relax_domain.hpp"

namespace kamacite::dynamics {

/// Ranks in groups of equal size, and the ranks of the same place in all groups.
struct Groups {
    int count;                 ///< groups
    int mine;                  ///< this rank's, from 0
    mpi::Communicator within;  ///< the ranks of this rank's group
    mpi::Communicator across;  ///< one rank of each group, in their order
};

/// As many groups as divide the ranks evenly, `most` at most. Collective.
[[nodiscard]] Groups groups_of(mpi::Communicator const& comm, int most);

/// How a band of images is brought to rest.
struct BandOptions {
    double spring = 5.0;            ///< k [eV/Å²] between images, > 0
    bool climb = true;              ///< the highest image goes up to the saddle point
    double force_tolerance = 0.01;  ///< [eV/Å] largest of an atom of an image, without what acts
                                    ///< along the path but the springs
    double longest_step = 0.1;      ///< [Å] that an atom moves at once, at most
    long long most_steps = 1000;    ///< evaluations of each image
};

/// A path between two structures.
struct Path {
    /// Of this rank's block of atoms (mpi::block_of in its group), three numbers each, of every
    /// image, the ends included; not wrapped into the cell [Å].
    std::vector<std::vector<double>> positions;
    std::vector<double> energies;  ///< of each image [eV]
    std::vector<double> way;       ///< along the path from the first end [Å]
    int highest = 0;               ///< image of the largest energy
    double largest_force = 0.0;    ///< as BandOptions::force_tolerance has it
    long long steps = 0;           ///< that were made
    End end = End::out_of_evaluations;
};

/// `images` positions between two ends at equal distances on straight lines, each atom on the
/// shortest way that the periodic cell allows; then the ends.
/// \param from, to  positions of the same atoms, three numbers each; `from` is the first
[[nodiscard]] std::vector<std::vector<double>> straight_path(Cell const& cell,
                                                             std::span<double const> from,
                                                             std::span<double const> to,
                                                             int images);

/// Makes an image to evaluate from this rank's block of positions. Collective over the group.
using MakeImage = std::function<std::unique_ptr<FreeStructure>(std::span<double const> positions)>;

/// Called after each step on all ranks with the path so far, and may be collective over all ranks.
/// \returns whether to stop, the same on all ranks
using AfterBandStep = std::function<bool(Path const&)>;

/// Brings the images between the ends of a path to rest on the path of least energy: the nudged
/// elastic band with improved tangents τ, and springs along it,
///
///     F_i^band = F_i − (F_i·τ_i) τ_i + k (|R_{i+1} − R_i| − |R_i − R_{i−1}|) τ_i
///
/// and for the image that climbs F_i − 2 (F_i·τ_i) τ_i, once the forces are below 0.2 eV/Å. All
/// images move together by FIRE. Groups of ranks evaluate the images in turn; the result does not
/// depend on how many there are beyond rounding.
/// \param comm    of all groups
/// \param start   positions of all images, as Path::positions
/// \param image   in a cell that is fixed; atoms that stay there stay in the band
/// \throws what FreeStructure throws, on all ranks. Collective over all groups.
/// Source: Henkelman and Jónsson, J. Chem. Phys. 113, 9978 (2000); Henkelman, Uberuaga and Jónsson,
/// J. Chem. Phys. 113, 9901 (2000).
[[nodiscard]] Path relax_band(mpi::Communicator const& comm, Groups const& groups,
                              std::vector<std::vector<double>> start, MakeImage const& image,
                              BandOptions const& options, AfterBandStep const& after_step);

/// Direction of the path at an image, not normalised: towards the neighbour of higher energy; at an
/// extremum both directions with the weights of the article.
/// \param ahead, behind  R_{i+1} − R_i and R_i − R_{i−1}
/// \param energies       of the image before, the image, and the one after it [eV]
[[nodiscard]] std::vector<double> improved_tangent(std::span<double const> ahead,
                                                   std::span<double const> behind,
                                                   std::span<double const, 3> energies);

}  // namespace kamacite::dynamics
