#include "kamacite/config/heat_transport.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/generate/lattice.hpp"

namespace kamacite::config {
namespace {

constexpr double fewest_values = 100.0;

std::vector<Fault> length_faults(HeatTransportOptions const& o) {
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
             fmt::format("{} fs ({:.0f} values of the flux, {:.0f} at least): raise "
                         "it, or lower interval",
                         o.duration, std::floor(o.duration / o.interval), fewest_values)});
    return faults;
}

}  // namespace

void fields(Fields& f, HeatTransportOptions& o) {
    using Method = HeatTransportOptions::Method;
    f.choice(
        {"method", "How the conductivity is found"}, o.method,
        {{Method::green_kubo, "green_kubo", "from fluctuations of the heat flux in equilibrium",
          [&o](Fields& s) {
              s.quantity({"correlation_time", "How far the running integral is written"},
                         o.correlation_time, Dimension::time, {1.0, 1e9});
              s.number(
                  {"highest_frequency",
                   "THz; the spectrum up to it is analysed. 0: where it has fallen to a quarter "
                   "of its value at zero"},
                  o.highest_frequency, {0.0, 1e6});
          }},
         {Method::hnemd, "hnemd", "from the heat flux that a field drives (Evans)",
          [&o](Fields& s) {
              s.numbers({"fields",
                         "F_e, 1/Å; two tell whether the answer is linear. Every one costs `runs` "
                         "runs"},
                        o.fields, {1e-9, 1.0});
          }}});
    f.quantities({"temperatures", "Of the conductivity"}, o.temperatures, Dimension::temperature,
                 {1.0, 20000.0});
    f.quantities(
        {"lattice_constants", "At which it is computed; that of the crystal at rest if none",
         Key::Need::optional, "2.83 2.86 angstrom"},
        o.lattice_constants, Dimension::length, {0.5, 20.0});
    f.integer({"supercell", "Conventional cells along each edge"}, o.supercell, {2, 1000});
    f.integer(
        {"runs", "Independent trajectories at each point; of hnemd along all axes, both signs"},
        o.runs, {1, 1000});
    f.quantity({"timestep", "Of the dynamics"}, o.timestep, Dimension::time, {0.001, 100.0});
    f.quantity({"equilibration", "Time before anything is recorded"}, o.equilibration,
               Dimension::time, {0.0, 1e9});
    f.quantity({"duration", "Time that is recorded, of each run"}, o.duration, Dimension::time,
               {1.0, 1e10});
    f.quantity({"interval", "Between two values of the heat flux"}, o.interval, Dimension::time,
               {0.001, 1e4});
    f.quantity({"time_constant", "Of the bath that sets the temperature"}, o.time_constant,
               Dimension::time, {1.0, 1e6});
    f.integer({"seed", "Of velocities and noise"}, o.seed, {0.0});
    f.number(
        {"checkpoint_minutes",
         "Time of the clock from one checkpoint of a run to the next; the same line again goes "
         "on from it, a longer duration too"},
        o.checkpoint_minutes, {0.001, 1e6});
    f.demand([&o] {
        auto faults = length_faults(o);
        if (o.temperatures.empty())
            faults.push_back({"temperatures", "empty (nothing to compute): give one or more"});
        if (o.method == Method::hnemd && o.fields.empty())
            faults.push_back({"fields", "empty (nothing drives heat): give two"});
        return faults;
    });
}

std::vector<Fault> faults_of(HeatTransportOptions const& o, std::string const& lattice) {
    if (!o.wanted || !generate::has_ratio(generate::lattice_of(lattice))) return {};
    return {
        {"heat_transport",
         fmt::format("lattice '{}' (not cubic: its conductivity is a tensor, here one number is "
                     "found): leave the block out",
                     lattice)}};
}

}  // namespace kamacite::config
