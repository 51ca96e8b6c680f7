#pragma once
#include "kamacite/generate/lattice.hpp"
#include "kamacite/phonons/harmonic.hpp"

namespace kamacite::phonons {

/// A wave vector with a name.
struct SpecialPoint {
    std::string label;
    Vec3 q;             ///< in units of the reciprocal vectors of the unit cell
    bool jump = false;  ///< the path is interrupted before this point
};

/// The usual path through the Brillouin zone of a crystal in the primitive cell that
/// generate::make_lattice() makes.
/// \throws InputError naming the lattice if none is known
/// Source: Setyawan and Curtarolo, Comput. Mater. Sci. 49, 299 (2010), the points; for bcc the
/// order of the neutron measurements, Γ H P Γ N.
[[nodiscard]] std::vector<SpecialPoint> usual_path(generate::Lattice lattice,
                                                   Structure const& unit);

/// A point of a path: how far along it, and where.
struct PathPoint {
    double along;       ///< [1/Å], 2π included; a jump has no length
    Vec3 q;             ///< as SpecialPoint::q
    std::string label;  ///< of a special point; empty between them
};

/// \param step  largest distance of neighbouring points [1/Å], positive; a segment has 2 at least
[[nodiscard]] std::vector<PathPoint> points_along(std::vector<SpecialPoint> const& path,
                                                  Cell const& cell, double step);

}  // namespace kamacite::phonons
