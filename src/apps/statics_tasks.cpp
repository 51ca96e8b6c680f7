#include "statics_tasks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "alloy_tasks.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/properties/bain.hpp"
#include "kamacite/properties/elastic.hpp"
#include "kamacite/properties/migration.hpp"
#include "kamacite/properties/point_defects.hpp"
#include "kamacite/properties/stacking_faults.hpp"
#include "kamacite/properties/surfaces.hpp"

namespace kamacite::apps {
namespace {

using config::PropertiesOptions;
using properties::Lattice;

std::vector<double> spaced(double from, double to, int n) {
    std::vector<double> values;
    for (int k = 0; k < n; ++k) values.push_back(from + (to - from) * k / (n - 1.0));
    return values;
}

std::vector<double> elastic_numbers(Subject const& potential, Crystal const& crystal, double strain,
                                    dynamics::RelaxOptions const& relax) {
    auto const s =
        properties::perfect_lattice(crystal.lattice, crystal.element, potential.volume());
    auto const c = properties::elastic_constants(potential, s, strain, relax);
    return {c.c11(),
            c.c12(),
            c.c44(),
            c.error(0, 0),
            c.error(0, 1),
            c.error(3, 3),
            c.stable() ? 1.0 : 0.0};
}

/// Energies above bcc of both paths, one after the other.
std::vector<double> bain_numbers(Subject const& potential, Crystal const& crystal,
                                 std::vector<double> const& ratios) {
    int const z = crystal.element;
    double const v = potential.volume();
    double const bcc =
        properties::volume_point(potential, properties::perfect_lattice(Lattice::bcc, z, v)).energy;
    std::vector<double> out;
    for (auto const& path : {properties::bain_path(potential, z, ratios, v),
                             properties::relaxed_bain_path(potential, z, ratios, v)})
        for (auto const& point : path) out.push_back(point.energy - bcc);
    return out;
}

/// First maximum and the minimum behind it, then the line relaxed and as cut.
std::vector<double> fault_numbers(Subject const& potential, Crystal const& crystal,
                                  config::FaultLineOptions const& line, PropertiesOptions const& o,
                                  dynamics::RelaxOptions const& relax) {
    auto const found = properties::fault_line(
        potential, crystal.lattice, crystal.element, crystal.constant(potential), line.plane,
        line.direction, o.fault_layers, o.fault_points, relax);
    auto const extrema = properties::extrema_of(found.shift, found.relaxed);
    std::vector<double> out{extrema.unstable, extrema.stable};
    out.insert(out.end(), found.relaxed.begin(), found.relaxed.end());
    out.insert(out.end(), found.unrelaxed.begin(), found.unrelaxed.end());
    return out;
}

}  // namespace

dynamics::RelaxOptions relax_options(PropertiesOptions const& o) {
    dynamics::RelaxOptions relax;
    relax.force_tolerance = o.force_tolerance;
    relax.max_steps = o.max_steps;
    return relax;
}

Task equation_task(PropertiesOptions const& o, Lattice lattice, int element) {
    auto const n = static_cast<std::size_t>(o.points);
    return {
        9 + 3 * n,
        [&o, lattice, element](Subject const& potential) {
            // A coarse search, then volumes about the minimum.
            constexpr double widest = 0.01;  // step over the volume, so that a fit has points
            int const coarse =
                std::max(101, 1 + static_cast<int>(std::ceil((o.highest_volume - o.lowest_volume) /
                                                             (widest * o.lowest_volume))));
            auto const wide =
                properties::energy_volume_curve(potential.unwatched(), lattice, element,
                                                spaced(o.lowest_volume, o.highest_volume, coarse));
            auto const lowest =
                std::min_element(wide.begin(), wide.end(),
                                 [](auto const& a, auto const& b) { return a.energy < b.energy; });
            if (lowest == wide.begin() || lowest == wide.end() - 1)
                throw NumericalError(
                    fmt::format("no minimum of the energy between {} and {} Å³/atom: change "
                                "lowest_volume and highest_volume",
                                o.lowest_volume, o.highest_volume));
            auto const rough = properties::fit_near_minimum(wide, 0.04);
            double const v0 = rough.volume.value;
            auto const curve = properties::energy_volume_curve(
                potential, lattice, element,
                spaced((1.0 - o.width) * v0, (1.0 + o.width) * v0, o.points));
            auto const fit = properties::fit_near_minimum(curve, 2.0 * o.width);
            std::vector<double> out;
            for (auto const& e : {fit.energy, fit.volume, fit.bulk, fit.derivative}) {
                out.push_back(e.value);
                out.push_back(e.error);
            }
            out.push_back(fit.residual);
            for (auto const& p : curve) out.insert(out.end(), {p.volume, p.energy, p.pressure});
            return out;
        },
        "equation_of_state"};
}

std::vector<Task> tasks_of(PropertiesOptions const& o, Crystal const& crystal,
                           mpi::Communicator const& alone) {
    auto const relax = relax_options(o);
    std::vector<Task> tasks;
    if (o.defects)
        for (auto const& kind : o.kinds)
            tasks.push_back({2,
                             [=, &crystal](Subject const& p) {
                                 auto const d = properties::defect_energy(
                                     p, crystal.lattice, crystal.element, crystal.constant(p), kind,
                                     o.supercell, relax);
                                 return std::vector{d.formation, d.unrelaxed};
                             },
                             kind});
    if (o.surfaces)
        for (auto const& plane : o.planes)
            tasks.push_back({2,
                             [=, &crystal](Subject const& p) {
                                 auto const s = properties::surface_energy(
                                     p, crystal.lattice, crystal.element, crystal.constant(p),
                                     plane, o.layers, relax);
                                 return std::vector{s.energy, s.unrelaxed};
                             },
                             surface_prefix + plane});
    if (o.defects)
        for (auto const& kind : o.migrating)
            tasks.push_back({1,
                             [=, &crystal, &alone](Subject const& p) {
                                 auto const m = properties::migration(
                                     alone, p, crystal.lattice, crystal.element,
                                     crystal.constant(p), kind, o.supercell, o.images, relax);
                                 return std::vector{m.barrier};
                             },
                             migration_prefix + kind});
    if (o.faults)
        for (auto const& line : config::fault_lines(o))
            tasks.push_back({2 + 2 * static_cast<std::size_t>(o.fault_points),
                             [=, &crystal](Subject const& p) {
                                 return fault_numbers(p, crystal, line, o, relax);
                             },
                             fault_prefix + name_of(line)});
    if (o.elastic)
        tasks.push_back({7,
                         [=, &crystal](Subject const& p) {
                             return elastic_numbers(p, crystal, o.strain, relax);
                         },
                         "elastic"});
    if (o.bain)
        tasks.push_back(
            {2 * o.ratios.size(),
             [=, &crystal](Subject const& p) { return bain_numbers(p, crystal, o.ratios); },
             "bain"});
    for (auto& task : screw_tasks(o, crystal, alone)) tasks.push_back(std::move(task));
    for (auto& task : alloy_tasks(o, crystal, alone)) tasks.push_back(std::move(task));
    return tasks;
}

}  // namespace kamacite::apps
