#include "kamacite/config/warm_elastic.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/generate/lattice.hpp"

namespace kamacite::config {
namespace {

constexpr double fewest_values = 100.0;

std::vector<Fault> own_faults(WarmElasticOptions const& o) {
    std::vector<Fault> faults;
    double const steps = o.interval / o.timestep;
    if (std::abs(steps - std::round(steps)) > 1e-6 || steps < 0.5)
        faults.push_back(
            {"interval",
             fmt::format("{} fs (not a multiple of timestep, {} fs): take {} fs", o.interval,
                         o.timestep, o.timestep * std::max(1.0, std::round(steps)))});
    else if (o.duration < fewest_values * o.interval)
        faults.push_back(
            {"duration",
             fmt::format("{} fs ({:.0f} values of the stress, {:.0f} at least): raise it, or "
                         "lower interval",
                         o.duration, std::floor(o.duration / o.interval), fewest_values)});
    if (o.temperatures.empty())
        faults.push_back({"temperatures", "empty (nothing to compute): give one or more"});
    if (!o.lattice_constants.empty() && o.lattice_constants.size() != o.temperatures.size())
        faults.push_back(
            {"lattice_constants", fmt::format("{} for {} temperatures: give one for each, or none",
                                              o.lattice_constants.size(), o.temperatures.size())});
    return faults;
}

}  // namespace

void fields(Fields& f, WarmElasticOptions& o) {
    f.quantities({"temperatures", "Of the elastic constants"}, o.temperatures,
                 Dimension::temperature, {0.01, 20000.0});
    f.quantities({"lattice_constants",
                  "Of the crystal at each of them; without, those under no pressure are found",
                  Key::Need::optional, "2.866 angstrom"},
                 o.lattice_constants, Dimension::length, {0.5, 20.0});
    f.number({"strain",
              "Of the cells, either sign: larger has less noise, smaller is nearer to "
              "the limit"},
             o.strain, {1e-4, 0.05});
    f.integer({"supercell", "Conventional cells along each edge"}, o.supercell, {2, 1000});
    f.integer({"runs",
               "Independent pairs of trajectories of each kind (along an axis, by shear), and "
               "trajectories for a lattice constant"},
              o.runs, {1, 1000});
    f.quantity({"timestep", "Of the dynamics"}, o.timestep, Dimension::time, {0.001, 100.0});
    f.quantity({"equilibration", "Time before anything is recorded"}, o.equilibration,
               Dimension::time, {0.0, 1e9});
    f.quantity({"duration", "Time that is recorded, of each trajectory"}, o.duration,
               Dimension::time, {1.0, 1e10});
    f.quantity({"interval", "Between two values of the stress"}, o.interval, Dimension::time,
               {0.001, 1e4});
    f.quantity({"time_constant", "Of the bath that sets the temperature"}, o.time_constant,
               Dimension::time, {1.0, 1e6});
    f.integer({"seed", "Of velocities and noise"}, o.seed, {0.0});
    f.demand([&o] { return own_faults(o); });
}

std::vector<Fault> faults_of(WarmElasticOptions const& o, std::string const& lattice) {
    if (!o.wanted || !generate::has_ratio(generate::lattice_of(lattice))) return {};
    return {{"elastic_temperature",
             fmt::format("lattice '{}' (not cubic: it has more than three elastic constants): "
                         "leave the block out",
                         lattice)}};
}

}  // namespace kamacite::config
