#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::campaign {

/// What a cell cut out of a large structure shall be.
struct CutOutOptions {
    double core = 6.5;      ///< [Å] around the atom, to be kept: the cutoff of the model; positive
    int most_atoms = 128;   ///< of the cell
    double shortest = 0.0;  ///< [Å] that atoms across the seam keep; 0: 0.75 of the usual distance
};

/// A periodic cell that has the surroundings of one atom, and what it differs in.
struct CutOut {
    Structure structure;        ///< periodic; atom 0 is the one that was asked for
    std::vector<int> origin{};  ///< number of each atom in the large structure
    int neighbours = 0;         ///< of that atom in the large structure within the core
    int missing = 0;  ///< of these, not in the cell (none of the element in 0.3 usual distances)
    int extra = 0;    ///< in the cell within the core, not in the large structure
    double displacement = 0.0;    ///< root mean square of the others [Å]
    double kept = 0.0;            ///< radius [Å] within which all are the same, at most the core
    double density = 0.0;         ///< atoms of the cell over atoms that were there, minus 1
    double seam = 0.0;            ///< shortest distance across the seam [Å]; infinite if none
    double usual_distance = 0.0;  ///< median distance of nearest neighbours around [Å]
};

/// How much a cell may differ before it is not worth a calculation.
struct CutOutLimits {
    double changed = 0.05;       ///< missing and extra neighbours, of all
    double displacement = 0.15;  ///< [Å]
    double density = 0.04;       ///< either way
    double seam = 0.7;           ///< of the usual distance
};

/// Cuts a small periodic cell around an atom of a large structure.
///
/// Where the surroundings have a lattice (translations that take 70 % of the atoms to atoms), cells
/// of its vectors are tried, which have no seam in the perfect crystal: those that hold the core
/// best. Beside them cubes of many sizes, turned, for what is not crystalline. Atoms that lie upon
/// each other across the seam are one, those too close there lose the outer one. Of all cells the
/// one is taken that has the least of
///
///     10 (missing + extra)/neighbours + 10 displacement/d + 1 − kept/core + 2 |density|
///         + max(0, 0.9 − seam/d)
///
/// with d the usual distance. If the heights of the cell are twice the core and d, the surroundings
/// are the same to rounding.
///
/// \param centre  number of the atom
/// \returns nothing if no cell of so few atoms can be made, or the atom is alone in its core
[[nodiscard]] std::optional<CutOut> cut_out(Structure const& large, int centre,
                                            CutOutOptions const& options);

/// What speaks against using a cell, with the numbers; empty if nothing does.
[[nodiscard]] std::vector<std::string> reasons_against(CutOut const& cut,
                                                       CutOutLimits const& limits);

}  // namespace kamacite::campaign
