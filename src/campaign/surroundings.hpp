#pragma once
#include <functional>
#include <span>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::campaign {

/// Atoms and images around one atom, nearest first: the atom itself is the first.
struct Surroundings {
    std::vector<Vec3> r;  ///< relative to the atom [Å]
    std::vector<int> species;
    std::vector<int> number;      ///< of the atom in the large structure
    double reach = 0.0;           ///< [Å] within which they are
    double usual_distance = 0.0;  ///< median distance of nearest neighbours [Å]; 0: no neighbours

    [[nodiscard]] int size() const { return static_cast<int>(r.size()); }
};

/// What is within a distance [Å] of one and the same atom.
using Around = std::function<Surroundings(double reach)>;

/// An atom, or an image of it, near a point.
struct Near {
    Vec3 r;      ///< from the point [Å]
    int number;  ///< in the positions
};

/// Atoms and images within `reach` [Å] of a point, the point itself among them, in the order of
/// the positions.
[[nodiscard]] std::vector<Near> near(Cell const& cell, std::span<Vec3 const> positions,
                                     Vec3 const& point, double reach);

/// Nearest first, of equals the first. \param species, number  one of each r
[[nodiscard]] Surroundings sorted_surroundings(std::span<Vec3 const> r,
                                               std::span<int const> species,
                                               std::span<int const> number, double reach);

/// Everything within `reach` [Å].
[[nodiscard]] Surroundings surroundings_of(Structure const& large, int centre, double reach);

/// Three translations that take most atoms of the surroundings to atoms, as short as can be, as
/// rows [Å]; none if there is no lattice.
[[nodiscard]] std::vector<Vec3> lattice_of(Surroundings const& around);

/// Cells of lattice vectors, best first: those whose heights come closest to `height` (which is
/// enough), then those of fewer atoms.
/// \param lattice  lattice_of()
/// \param least_volume, most_volume  of the cells [Å³]
[[nodiscard]] std::vector<Mat3> lattice_boxes(std::vector<Vec3> const& lattice, double height,
                                              double least_volume, double most_volume);

/// Cubes of many sizes, turned in several ways.
[[nodiscard]] std::vector<Mat3> cubes(double least_volume, double most_volume);

/// The box with each vector as the atoms at its seam have it: the mean of what takes those at one
/// side to those at the other.
[[nodiscard]] Mat3 fitted(Mat3 const& box, Surroundings const& around);

}  // namespace kamacite::campaign
