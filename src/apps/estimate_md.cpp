#include "estimate_md.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "large_start.hpp"
#include "md_limits.hpp"

namespace kamacite::apps {
namespace {

using Clock = std::chrono::steady_clock;

/// Time [s] that a prediction takes per atom and rank, of `start`, all ranks together. Collective.
double seconds_per_atom(mpi::Communicator const& comm, LargeStructure start, double skin,
                        Potential const& potential) {
    domain::Domain const domain{comm, start.cell, std::move(start.atoms), potential.cutoff(), skin};
    auto const begin = Clock::now();
    double passed = 0.0;
    int times = 0;
    do {
        (void)domain.predict(potential);
        ++times;
        std::chrono::duration<double> const now = Clock::now() - begin;
        passed = comm.all_reduce(mpi::Op::max, now.count());
    } while (passed < 0.2);
    return passed * comm.size() / (static_cast<double>(times) * static_cast<double>(start.total));
}

}  // namespace

Estimates estimate_md(Context& context, config::MdOptions const& o) {
    Estimates e;
    auto const& comm = context.comm;
    if (o.structure.empty() || !io::exists(o.structure, comm)) {
        e.notes.push_back(o.from.empty()
                              ? fmt::format("{} is not there: nothing can be told of the run",
                                            o.structure.string())
                              : "a run that goes on from another: look there for its size");
        return e;
    }
    ModelOptions given;
    given.path = o.model;
    std::optional<AnyModel> model;
    try {
        model.emplace(load_any(context, given));
    } catch (MissingError const& error) {
        e.notes.push_back(fmt::format("{}: nothing can be told of the time", error.what()));
        return e;
    }
    expect_limits(o, *model);
    constexpr long long most = 200000;  // atoms that are predicted to see how long it takes
    auto const unit = large_start(comm, o.structure, o.index, {1, 1, 1}, *model).total;
    double atoms = static_cast<double>(unit);
    for (int const n : o.supercell) atoms *= n;
    double const ranks = comm.size();
    int const few = std::max(1, static_cast<int>(std::cbrt(1000.0 / static_cast<double>(unit))));
    bool const as_it_is = o.supercell == std::vector<int>{1, 1, 1};
    double each = std::nan("");
    if (unit <= most) {
        auto copies = o.supercell;
        for (int& n : copies) n = as_it_is ? 1 : std::min(n, few);
        MeanPotential const potential{model->members()};
        each = seconds_per_atom(comm, large_start(comm, o.structure, o.index, copies, *model),
                                o.skin, potential);
    } else {
        e.notes.push_back("so many atoms are not predicted to see how long it takes");
    }
    auto const steps = static_cast<double>(o.steps);
    e.numbers.push_back({"atoms", atoms, "", "atoms"});
    e.numbers.push_back({"memory", atoms / ranks * 1.5e-3, "MB",
                         "memory per rank beside the program and the model, about"});
    if (o.frames) {
        double const vectors = 1.0 + (o.velocities ? 1.0 : 0.0) + (o.forces ? 1.0 : 0.0);
        double const frames = std::floor(steps / static_cast<double>(o.frames_every)) + 1.0;
        e.numbers.push_back({"frames", frames * atoms * (24.0 * vectors + 12.0) * 1e-6, "MB",
                             "frames on the disk"});
    }
    e.numbers.push_back({"checkpoints", 2.0 * atoms * 68e-6, "MB", "two checkpoints on the disk"});
    if (std::isnan(each)) return e;
    e.numbers.push_back({"time_per_step", 1e3 * each * atoms / ranks, "ms",
                         fmt::format("a step on {} rank(s), about", ranks)});
    e.numbers.push_back({"time", each * atoms / ranks * steps / 3600.0, "h",
                         fmt::format("{} steps, about", o.steps)});
    return e;
}

}  // namespace kamacite::apps
