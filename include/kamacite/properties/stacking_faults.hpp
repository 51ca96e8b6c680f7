#pragma once
#include <array>
#include <string>
#include <vector>

#include "kamacite/dynamics/relax.hpp"
#include "kamacite/generate/lattice.hpp"

namespace kamacite::properties {

/// Energies along a line of the generalised stacking fault: half of the crystal shifted against the
/// other half within a plane.
struct FaultLine {
    double period = 0.0;            ///< [Å] shortest lattice vector along the direction
    std::vector<double> shift;      ///< u/period, from 0 to 1
    std::vector<double> unrelaxed;  ///< γ [eV/Å²] of atoms as in the two halves
    std::vector<double> relaxed;    ///< γ [eV/Å²] with atoms and thickness free along the normal
};

/// What a line has on its way from the perfect crystal.
struct FaultExtrema {
    double unstable = 0.0;  ///< γ of the first maximum [eV/Å²]
    double stable = 0.0;    ///< of the minimum behind it; NaN if that is the perfect crystal again
};

/// \throws InputError if one of them is no three indices, or the direction is not in the plane
void check_line(std::string const& plane, std::string const& direction);

/// γ(u) = (E(u) − E(0))/A in a cell with one atom in each plane, whose third vector is `layers`
/// plane distances long and shifted by u: one fault, no surface, endless within the plane.
///
/// Relaxed: atoms and cell move along the normal of the planes, until neither forces nor tension
/// act along it.
/// \param plane      Miller indices of the conventional cell, as generate::plane_of() reads them
/// \param direction  in that plane, read as these
/// \param a          lattice constant [Å]
/// \param layers     planes; thicker than twice the cutoff
/// \param points     of the line, both ends included, ≥ 3
/// \throws InputError if the lattice is not bcc, fcc or sc, the direction is not in the plane, or
///         the layers are too few; NumericalError if the atoms do not come to rest
/// Source: Vítek, Phil. Mag. 18, 773 (1968).
[[nodiscard]] FaultLine fault_line(Potential const& potential, generate::Lattice lattice,
                                   int element, double a, std::string const& plane,
                                   std::string const& direction, int layers, int points,
                                   dynamics::RelaxOptions const& relax = {});

/// First maximum and the minimum behind it, by parabolas through three points.
/// \throws NumericalError if the line does not rise from the perfect crystal
[[nodiscard]] FaultExtrema extrema_of(std::vector<double> const& shift,
                                      std::vector<double> const& energy);

}  // namespace kamacite::properties
