#include "kamacite/properties/heat_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/averages.hpp"
#include "kamacite/dynamics/trajectory.hpp"

namespace kamacite::properties {
namespace {

using dynamics::Ensemble;
using dynamics::Trajectory;

/// The block of the atoms that a rank begins with, with velocities.
domain::Atoms first_atoms(mpi::Communicator const& comm, Structure const& s,
                          HeatRunOptions const& o) {
    auto atoms =
        domain::supercell_atoms(s, {1, 1, 1}, mpi::block_of(comm.rank(), comm.size(), s.size()));
    atoms.velocities =
        dynamics::thermal_velocities(atoms.species, atoms.ids, o.initial * o.temperature, o.seed);
    return atoms;
}

/// The same atoms on their way in another ensemble.
Trajectory go_on(mpi::Communicator const& comm, Potential const& potential,
                 Trajectory const& before, HeatRunOptions const& o, Ensemble ensemble) {
    auto const& d = before.domain();
    Trajectory t{comm, potential, domain::Domain{comm, d.cell(), d.atoms(), d.cutoff(), o.skin},
                 o.timestep, std::move(ensemble)};
    t.stop_drift();
    return t;
}

void advance(Trajectory& t, long long steps, double temperature) {
    constexpr int between_looks = 100;
    for (long long k = 1; k <= steps; ++k) {
        t.advance();
        if (k % between_looks != 0) continue;
        double const now = t.thermo().temperature;
        if (!(now < std::max(20000.0, 20.0 * temperature)))
            throw NumericalError(fmt::format(
                "at {:.0f} K the atoms fly apart ({:.3g} K in step {}): shorten the time step or "
                "weaken the field, or stay inside the range of the model",
                temperature, now, t.step()));
    }
}

double largest(std::vector<double> const& values) {
    return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
}

// How a run travels: what is of one number each, then three of each value of the flux.
std::vector<double> packed(HeatRun const& run, std::size_t index) {
    std::vector<double> numbers{static_cast<double>(index),
                                static_cast<double>(run.flux.size()),
                                run.field.x(),
                                run.field.y(),
                                run.field.z(),
                                run.interval,
                                run.volume,
                                run.temperature.value,
                                run.temperature.error,
                                run.drift,
                                run.extrapolation};
    for (auto const& j : run.flux) numbers.insert(numbers.end(), {j.x(), j.y(), j.z()});
    return numbers;
}

/// Takes the next run from the front of the numbers, and puts it where it belongs.
void unpack(std::span<double const>& numbers, std::vector<HeatRun>& runs) {
    auto& run = runs[static_cast<std::size_t>(numbers[0])];
    auto const values = static_cast<std::size_t>(numbers[1]);
    run.field = {numbers[2], numbers[3], numbers[4]};
    run.interval = numbers[5];
    run.volume = numbers[6];
    run.temperature = {numbers[7], numbers[8]};
    run.drift = numbers[9];
    run.extrapolation = numbers[10];
    constexpr std::size_t head = 11;
    for (std::size_t k = 0; k < values; ++k)
        run.flux.push_back(
            {numbers[head + 3 * k], numbers[head + 3 * k + 1], numbers[head + 3 * k + 2]});
    numbers = numbers.subspan(head + 3 * values);
}

}  // namespace

HeatRun heat_run(mpi::Communicator const& comm, Potential const& potential, Structure const& start,
                 HeatRunOptions const& o) {
    KAMACITE_EXPECTS(o.temperature > 0.0 && o.steps >= 1 && o.every >= 1);
    if (!start.cell.is_periodic())
        throw DataError(
            "the cell is not periodic along all three directions (a conductivity is that of the "
            "bulk): correct the structure");
    bool const driven = o.field != Vec3::Zero();
    domain::Domain domain{comm, start.cell, first_atoms(comm, start, o), potential.cutoff(),
                          o.skin};
    Trajectory mixing{comm, potential, std::move(domain), o.timestep,
                      Ensemble{dynamics::Langevin{o.temperature, 1.0 / o.time_constant, o.seed}}};
    advance(mixing, o.equilibration / 2, o.temperature);

    Ensemble ensemble;
    if (driven) ensemble.thermostat = dynamics::NoseHoover{o.temperature, o.time_constant, 3};
    ensemble.heat_field = o.field;
    auto t = go_on(comm, potential, mixing, o, ensemble);
    advance(t, o.equilibration - o.equilibration / 2, o.temperature);

    HeatRun run;
    run.field = o.field;
    run.interval = o.timestep * o.every;
    run.volume = start.cell.volume();
    std::vector<double> temperatures;
    double const before = *t.thermo().conserved;
    for (long long k = 0; k < o.steps / o.every; ++k) {
        advance(t, o.every, o.temperature);
        auto const now = t.thermo();
        run.flux.push_back(now.heat_flux.total());
        temperatures.push_back(now.temperature);
        run.extrapolation = std::max(run.extrapolation, largest(t.prediction().extrapolation));
    }
    auto const mean = dynamics::average_of(temperatures);
    run.temperature = {mean.mean, mean.error};
    run.drift = (*t.thermo().conserved - before) / static_cast<double>(start.size());
    run.extrapolation = comm.all_reduce(mpi::Op::max, run.extrapolation);
    return run;
}

std::vector<HeatRun> heat_runs(mpi::Communicator const& comm, Potential const& potential,
                               Structure const& start, std::span<HeatRunOptions const> options) {
    auto const groups = std::min<std::size_t>(static_cast<std::size_t>(comm.size()),
                                              std::max<std::size_t>(1, options.size()));
    auto const mine = static_cast<std::size_t>(comm.rank()) % groups;
    auto const group = comm.split(static_cast<int>(mine), comm.rank());
    std::vector<double> numbers;
    // The calls of a group are collective within it, and its ranks throw together.
    mpi::all_or_none(comm, [&] {
        for (std::size_t k = mine; k < options.size(); k += groups) {
            auto const run = packed(heat_run(group, potential, start, options[k]), k);
            if (group.is_root()) numbers.insert(numbers.end(), run.begin(), run.end());
        }
    });
    auto const all = comm.all_gather(std::span<double const>{numbers});
    std::vector<HeatRun> runs(options.size());
    for (std::span<double const> rest{all}; !rest.empty();) unpack(rest, runs);
    return runs;
}

}  // namespace kamacite::properties
