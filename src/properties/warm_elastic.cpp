#include "kamacite/properties/warm_elastic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/dynamics/averages.hpp"
#include "kamacite/dynamics/trajectory.hpp"

namespace kamacite::properties {
namespace {

using dynamics::Trajectory;

/// Carries out `count` pieces of work on groups of ranks, as many groups as there are pieces, or
/// ranks if these are fewer. \returns the numbers of each piece, on every rank. Collective.
std::vector<std::vector<double>> spread(
    mpi::Communicator const& comm, int count,
    std::function<std::vector<double>(mpi::Communicator const&, int)> const& work) {
    int const groups = std::min(comm.size(), std::max(1, count));
    int const mine = comm.rank() % groups;
    auto const group = comm.split(mine, comm.rank());
    std::vector<double> numbers;  // of each: which it is, how many follow, and those
    // The calls of a group are collective within it, and its ranks throw together.
    mpi::all_or_none(comm, [&] {
        for (int k = mine; k < count; k += groups) {
            auto const found = work(group, k);
            if (!group.is_root()) continue;
            numbers.push_back(k);
            numbers.push_back(static_cast<double>(found.size()));
            numbers.insert(numbers.end(), found.begin(), found.end());
        }
    });
    std::vector<std::vector<double>> all(static_cast<std::size_t>(count));
    auto const gathered = comm.all_gather(std::span<double const>{numbers});
    for (std::size_t at = 0; at < gathered.size();) {
        auto& of = all[static_cast<std::size_t>(gathered[at])];
        auto const n = static_cast<std::size_t>(gathered[at + 1]);
        auto const first = gathered.begin() + static_cast<std::ptrdiff_t>(at + 2);
        of.assign(first, first + static_cast<std::ptrdiff_t>(n));
        at += 2 + n;
    }
    return all;
}

StressRunOptions with_seed(StressRunOptions options, std::string_view purpose, int run) {
    options.seed = RandomStream{options.seed, purpose, static_cast<std::uint64_t>(run)}.bits();
    return options;
}

void advance(Trajectory& t, long long steps, double temperature) {
    constexpr int between_looks = 100;
    for (long long k = 1; k <= steps; ++k) {
        t.advance();
        if (k % between_looks != 0) continue;
        double const now = t.thermo().temperature;
        if (!(now < std::max(20000.0, 20.0 * temperature)))
            throw NumericalError(fmt::format(
                "at {:.0f} K the atoms fly apart ({:.3g} K in step {}): shorten the time step, or "
                "stay inside the range of the model",
                temperature, now, t.step()));
    }
}

/// Mean of numbers [value, error] of runs at `at`; the error is the larger of what the runs say and
/// what their scatter says.
Estimate joined(std::vector<std::vector<double>> const& runs, std::size_t at) {
    Estimate e;
    double const n = static_cast<double>(runs.size());
    double own = 0.0, scatter = 0.0;
    for (auto const& run : runs) {
        e.value += run[at] / n;
        own += run[at + 1] * run[at + 1] / (n * n);
    }
    for (auto const& run : runs) scatter += std::pow(run[at] - e.value, 2);
    constexpr double enough = 4.0;  // of fewer runs the scatter says little
    scatter = n >= enough ? scatter / (n * (n - 1.0)) : 0.0;
    e.error = std::sqrt(std::max(own, scatter));
    return e;
}

Reach farthest(std::vector<std::vector<double>> const& runs, std::size_t at) {
    Reach reach;
    for (auto const& run : runs) reach.include(Reach{run[at], run[at + 1]});
    return reach;
}

/// Two numbers each of one or two slopes dσ/dδ, of the temperature, and the two of Reach.
std::vector<double> pair_of_runs(mpi::Communicator const& comm, Potential const& potential,
                                 Structure const& start, Mat3 const& strain, double size,
                                 std::span<std::function<double(Mat3 const&)> const> parts,
                                 StressRunOptions const& options) {
    auto const up = stress_run(comm, potential, strained(start, strain), options);
    auto const down = stress_run(comm, potential, strained(start, -strain), options);
    std::vector<double> numbers;
    for (auto const& part : parts) {
        std::vector<double> series;
        for (std::size_t k = 0; k < up.stress.size(); ++k)
            series.push_back((part(up.stress[k]) - part(down.stress[k])) / (2.0 * size));
        auto const mean = dynamics::average_of(series);
        numbers.insert(numbers.end(), {mean.mean, mean.error});
    }
    numbers.push_back((up.temperature.value + down.temperature.value) / 2.0);
    numbers.push_back(std::hypot(up.temperature.error, down.temperature.error) / 2.0);
    Reach reach = up.reach;
    reach.include(down.reach);
    numbers.insert(numbers.end(), {reach.extrapolation, reach.grade});
    return numbers;
}

std::vector<double> along_axis(mpi::Communicator const& comm, Potential const& potential,
                               Structure const& start, double size, int run,
                               StressRunOptions const& options) {
    int const i = run % 3, j = (i + 1) % 3, k = (i + 2) % 3;
    Mat3 strain = Mat3::Zero();
    strain(i, i) = size;
    std::array<std::function<double(Mat3 const&)>, 2> const parts{
        [=](Mat3 const& s) { return s(i, i); },
        [=](Mat3 const& s) { return (s(j, j) + s(k, k)) / 2.0; }};
    return pair_of_runs(comm, potential, start, strain, size, parts,
                        with_seed(options, "elastic along an axis", run));
}

std::vector<double> by_shear(mpi::Communicator const& comm, Potential const& potential,
                             Structure const& start, double size, int run,
                             StressRunOptions const& options) {
    Mat3 const strain = size / 2.0 * (Mat3::Ones() - Mat3::Identity());
    std::array<std::function<double(Mat3 const&)>, 1> const parts{[](Mat3 const& s) {
        return (s(0, 1) + s(1, 0) + s(0, 2) + s(2, 0) + s(1, 2) + s(2, 1)) / 6.0;
    }};
    return pair_of_runs(comm, potential, start, strain, size, parts,
                        with_seed(options, "elastic by shear", run));
}

}  // namespace

StressRun stress_run(mpi::Communicator const& comm, Potential const& potential,
                     Structure const& start, StressRunOptions const& o) {
    KAMACITE_EXPECTS(o.temperature > 0.0 && o.steps >= 1 && o.every >= 1);
    auto atoms = domain::supercell_atoms(start, {1, 1, 1},
                                         mpi::block_of(comm.rank(), comm.size(), start.size()));
    atoms.velocities =
        dynamics::thermal_velocities(atoms.species, atoms.ids, 2.0 * o.temperature, o.seed);
    Trajectory t{
        comm, potential,
        domain::Domain{comm, start.cell, std::move(atoms), potential.cutoff(), o.skin}, o.timestep,
        dynamics::Ensemble{dynamics::Langevin{o.temperature, 1.0 / o.time_constant, o.seed}}};
    advance(t, o.equilibration, o.temperature);
    StressRun run;
    std::vector<double> temperatures;
    for (long long k = 0; k < std::max(1LL, o.steps / o.every); ++k) {
        advance(t, o.every, o.temperature);
        auto const now = t.thermo();
        run.stress.push_back(now.stress);
        temperatures.push_back(now.temperature);
        run.reach.include(t.prediction());
    }
    auto const mean = dynamics::average_of(temperatures);
    run.temperature = {mean.mean, mean.error};
    run.reach = {comm.all_reduce(mpi::Op::max, run.reach.extrapolation),
                 comm.all_reduce(mpi::Op::max, run.reach.grade)};
    return run;
}

WarmLattice lattice_constant_at(mpi::Communicator const& comm, Potential const& potential,
                                Structure const& cell, int copies, double bulk, int runs,
                                StressRunOptions const& options) {
    KAMACITE_EXPECTS(copies >= 1 && bulk > 0.0 && runs >= 1);
    double const first = cell.cell.rows().row(0).norm();
    double a = first;
    WarmLattice found;
    constexpr int rounds = 3;
    for (int round = 0; round < rounds; ++round) {
        auto const start = supercell(strained(cell, (a / first - 1.0) * Mat3::Identity()),
                                     {copies, copies, copies});
        auto const all = spread(comm, runs, [&](mpi::Communicator const& group, int k) {
            auto const run = stress_run(group, potential, start,
                                        with_seed(options, "lattice constant", k + runs * round));
            std::vector<double> pressure;
            for (auto const& s : run.stress) pressure.push_back(-s.trace() / 3.0);
            auto const mean = dynamics::average_of(pressure);
            return std::vector{mean.mean,
                               mean.error,
                               run.temperature.value,
                               run.temperature.error,
                               run.reach.extrapolation,
                               run.reach.grade};
        });
        auto const p = joined(all, 0);
        found.constant = {a * (1.0 + p.value / (3.0 * bulk)), a * p.error / (3.0 * bulk)};
        found.temperature = joined(all, 2);
        found.reach.include(farthest(all, 4));
        a = found.constant.value;
    }
    return found;
}

WarmElastic warm_elastic(mpi::Communicator const& comm, Potential const& potential,
                         Structure const& start, double strain, int runs,
                         StressRunOptions const& options) {
    KAMACITE_EXPECTS(strain > 0.0 && runs >= 1);
    auto all = spread(comm, 2 * runs, [&](mpi::Communicator const& group, int k) {
        return k < runs ? along_axis(group, potential, start, strain, k, options)
                        : by_shear(group, potential, start, strain, k - runs, options);
    });
    std::vector<std::vector<double>> const shears(all.begin() + runs, all.end());
    all.resize(static_cast<std::size_t>(runs));
    WarmElastic found;
    found.c11 = joined(all, 0);
    found.c12 = joined(all, 2);
    found.c44 = joined(shears, 0);
    auto const axial = joined(all, 4), sheared = joined(shears, 2);
    found.temperature = {(axial.value + sheared.value) / 2.0,
                         std::hypot(axial.error, sheared.error) / 2.0};
    found.reach = farthest(all, 6);
    found.reach.include(farthest(shears, 4));
    return found;
}

}  // namespace kamacite::properties
