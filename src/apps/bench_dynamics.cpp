#include "bench_dynamics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "kamacite/dynamics/free_flight.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "kamacite/inference/machine.hpp"
#include "kamacite/simd/instruction_set.hpp"

namespace kamacite::apps {
namespace {

constexpr double edge = 2.87;   // [Å] of the cell of bcc iron
constexpr double cutoff = 6.5;  // [Å]
constexpr double skin = 2.0;    // [Å]
constexpr double time_step = 1.0;

struct Options {
    int atoms = 31250;
    int steps = 500;
    double temperature = 300.0;
};

/// What the steps of a run cost.
struct Times {
    double mean = 0.0;     ///< [s] per step, of all
    double cpu = 0.0;      ///< [s] per step of this process, of all
    double plain = 0.0;    ///< [s] median of the steps without new lists
    double best = 0.0;     ///< [s] shortest step
    double rebuild = 0.0;  ///< [s] median of the steps with new lists; 0 without any
    long long rebuilds = 0;
};

double median(std::vector<double>& values) {
    if (values.empty()) return 0.0;
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

domain::Domain crystal(mpi::Communicator const& comm, int cells, double temperature) {
    Structure const unit{
        Cell{edge * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3::Constant(0.5 * edge)}};
    long long const total = 2LL * cells * cells * cells;
    auto atoms = domain::supercell_atoms(unit, {cells, cells, cells},
                                         mpi::block_of(comm.rank(), comm.size(), total));
    atoms.velocities = dynamics::thermal_velocities(atoms.species, atoms.ids, temperature, 1);
    return {comm, Cell{cells * edge * Mat3::Identity()}, std::move(atoms), cutoff, skin};
}

Times measured(mpi::Communicator const& comm, dynamics::FreeFlight& flight, int steps) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> plain, rebuilding;
    plain.reserve(static_cast<std::size_t>(steps));
    auto const first = flight.domain().rebuilds();
    comm.barrier();
    auto const cpu = std::clock();
    auto const start = Clock::now();
    for (auto before = start; steps > static_cast<int>(plain.size() + rebuilding.size());) {
        auto const rebuilds = flight.domain().rebuilds();
        flight.advance();
        auto const now = Clock::now();
        std::chrono::duration<double> const passed = now - before;
        before = now;
        (flight.domain().rebuilds() == rebuilds ? plain : rebuilding).push_back(passed.count());
    }
    std::chrono::duration<double> const all = Clock::now() - start;
    Times t;
    t.mean = all.count() / steps;
    t.cpu = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / steps;
    t.best = plain.empty() ? 0.0 : *std::ranges::min_element(plain);
    t.plain = median(plain);
    t.rebuild = median(rebuilding);
    t.rebuilds = flight.domain().rebuilds() - first;
    return t;
}

int bench_dynamics(Context& context, Options const& options) {
    auto const& comm = context.comm;
    int const cells = std::max(1, static_cast<int>(std::lround(std::cbrt(0.5 * options.atoms))));
    dynamics::FreeFlight flight{crystal(comm, cells, options.temperature), time_step};
    auto const& domain = flight.domain();
    auto const t = measured(comm, flight, options.steps);
    long long const atoms = 2LL * cells * cells * cells;
    auto const sum = [&](long long mine) { return comm.all_reduce(mpi::Op::sum, mine); };
    auto const per_atom = [&](long long all) {
        return static_cast<double>(all) / static_cast<double>(atoms);
    };
    double const ghosts = per_atom(sum(domain.ghosts()));
    double const entries = per_atom(sum(domain.entries()));
    double const list_bytes = per_atom(sum(domain.list_bytes()));
    if (!comm.is_root()) return 0;

    double const nano = 1e9 / static_cast<double>(atoms);
    if (context.json) {
        nlohmann::ordered_json const out{
            {"bench", "dynamics"},
            {"ranks", comm.size()},
            {"processor", inference::processor_name()},
            {"instruction_set", instruction_set()},
            {"atoms", atoms},
            {"cutoff", cutoff},
            {"skin", skin},
            {"temperature", options.temperature},
            {"steps", options.steps},
            {"rebuilds", t.rebuilds},
            {"seconds_per_step", t.mean},
            {"cpu_seconds_per_step", t.cpu},
            {"seconds_per_step_without_rebuild", t.plain},
            {"seconds_per_step_best", t.best},
            {"seconds_per_rebuild", t.rebuild},
            {"nanoseconds_per_atom_step", t.mean * nano},
            {"ghosts_per_atom", ghosts},
            {"entries_per_atom", entries},
            {"list_bytes_per_atom", list_bytes},
        };
        fmt::print("{}\n", out.dump(2));
        return 0;
    }
    auto const print_line = [](std::string const& what, std::string const& value) {
        fmt::print("  {:<28}{}\n", what, value);
    };
    fmt::print("{}, {}, {} rank{}\n", inference::processor_name(), instruction_set(), comm.size(),
               comm.size() == 1 ? "" : "s");
    fmt::print("bcc iron, {} atoms at {} K, no potential; lists to {} Å + {} Å, {} fs a step\n",
               atoms, options.temperature, cutoff, skin, time_step);
    print_line("step", fmt::format("{:.1f} ns per atom ({:.3f} ms; {:.3f} ms of CPU on rank 0)",
                                   t.mean * nano, 1e3 * t.mean, 1e3 * t.cpu));
    print_line("without new lists", fmt::format("{:.1f} ns per atom (median; best {:.1f})",
                                                t.plain * nano, t.best * nano));
    print_line("new lists",
               fmt::format("{} in {} steps{}", t.rebuilds, options.steps,
                           t.rebuilds == 0 ? ""
                                           : fmt::format(", {:.0f} ns per atom each (median)",
                                                         t.rebuild * nano)));
    print_line("ghosts, list entries", fmt::format("{:.2f} and {:.0f} per atom", ghosts, entries));
    print_line("memory of lists", fmt::format("{:.0f} B per atom", list_bytes));
    return 0;
}

}  // namespace

void add_dynamics_bench(Arguments const& bench, std::function<int(Context&)>& chosen) {
    auto options = std::make_shared<Options>();
    auto const arguments = bench.part(
        "dynamics",
        "A step of molecular dynamics without potential: motion, ghosts and neighbour lists",
        [&chosen, options] {
            chosen = [options](Context& context) { return bench_dynamics(context, *options); };
        });
    arguments
        .add("--atoms", options->atoms,
             "Atoms of all ranks, about: the nearest cube of cells of two atoms")
        .between(1, 1'000'000'000)
        .shows_default();
    arguments.add("--steps", options->steps, "Steps that are timed")
        .between(1, 100'000'000)
        .shows_default();
    arguments
        .add("--temperature", options->temperature,
             "Of the velocities at the start [K]: the hotter, the more often lists are made")
        .between(0.0, 1e5)
        .shows_default();
}

}  // namespace kamacite::apps
