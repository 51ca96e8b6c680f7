#include <cmath>
#include <limits>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/properties/equation_of_state.hpp"

namespace kamacite::properties {
namespace {

double ratio_of(Lattice lattice, double c_over_a) {
    return c_over_a == ideal ? generate::ideal_ratio(lattice) : c_over_a;
}

}  // namespace

double volume_per_atom(Lattice lattice, double a, double c_over_a) {
    double const scale = a / generate::lattice_constant(lattice, 1.0, ratio_of(lattice, c_over_a));
    return scale * scale * scale;
}

Estimate lattice_constant(Lattice lattice, Estimate const& volume) {
    double const a = generate::lattice_constant(lattice, volume.value, ratio_of(lattice, ideal));
    return {a, a * volume.error / (3.0 * volume.value)};
}

Structure perfect_lattice(Lattice lattice, int element, double volume, double c_over_a) {
    double const ratio = ratio_of(lattice, c_over_a);
    generate::Shape const shape{generate::lattice_constant(lattice, volume, ratio), ratio};
    return generate::make_lattice(lattice, shape, generate::CellChoice::primitive, {element});
}

VolumePoint volume_point(Potential const& potential, Structure const& s) {
    auto const p = potential.predict(s, find_neighbours(s, potential.cutoff()));
    double moment = std::numeric_limits<double>::quiet_NaN();
    if (!p.moments.empty())
        moment = std::accumulate(p.moments.begin(), p.moments.end(), 0.0) / s.size();
    double const volume = s.cell.volume();
    return {volume / s.size(), p.energy() / s.size(), -p.stress(volume).trace() / 3.0, moment};
}

std::vector<VolumePoint> energy_volume_curve(Potential const& potential, Lattice lattice,
                                             int element, std::span<double const> volumes,
                                             double c_over_a) {
    std::vector<VolumePoint> curve;
    for (double const volume : volumes)
        curve.push_back(
            volume_point(potential, perfect_lattice(lattice, element, volume, c_over_a)));
    return curve;
}

}  // namespace kamacite::properties
