#include "kamacite/properties/surfaces.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/surface.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::properties {

SurfaceEnergy surface_energy(Potential const& potential, Lattice lattice, int element, double a,
                             std::string const& plane, int layers,
                             dynamics::RelaxOptions const& relax) {
    KAMACITE_EXPECTS(a > 0.0 && layers > 0);
    double const ratio = generate::ideal_ratio(lattice);
    generate::Slab slab;
    slab.plane = generate::plane_of(plane);
    slab.layers = layers;
    slab.vacuum = 2.0 * potential.cutoff();  // nothing is felt across
    auto const s = generate::make_surface(lattice, {a, ratio}, slab, {element});
    double const volume = volume_per_atom(lattice, a);
    double const crystal =
        volume_point(potential, perfect_lattice(lattice, element, volume)).energy * s.size();
    auto const& rows = s.cell.rows();
    double const area = rows.row(0).cross(rows.row(1)).norm();
    auto const per_area = [&](double energy) { return (energy - crystal) / (2.0 * area); };
    auto const relaxed = dynamics::relax_positions(potential, s, relax);
    if (!relaxed.converged)
        throw NumericalError(
            fmt::format("surface {}: the atoms do not come to rest ({} steps, force {:.2g} eV/Å): "
                        "raise the tolerance or the number of steps",
                        plane, relaxed.steps, relaxed.largest_force));
    auto const start = potential.predict(s, find_neighbours(s, potential.cutoff()));
    return {per_area(start.energy()), per_area(relaxed.energy), s.size()};
}

}  // namespace kamacite::properties
