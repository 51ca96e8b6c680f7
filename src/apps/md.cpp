#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/h5md.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "large_text.hpp"
#include "md_limits.hpp"
#include "md_observers.hpp"
#include "md_start.hpp"
#include "md_table.hpp"
#include "run_arguments.hpp"
#include "stop.hpp"
#include "train_parts.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using config::MdOptions;

/// "300.2 ± 0.8", with the digits that the error leaves.
std::string shown(dynamics::Average const& a) {
    bool const known = std::isfinite(a.error) && a.error > 0.0;
    double const doubt = known ? a.error : std::abs(a.mean) * 1e-6;
    int const digits =
        doubt > 0.0 ? static_cast<int>(std::clamp(1.0 - std::floor(std::log10(doubt)), 0.0, 8.0))
                    : 4;
    auto text = fmt::format("{:.{}f}", a.mean, digits);
    if (known) text += fmt::format(" ± {:.{}f}", a.error, digits);
    return text;
}

/// A run on its way.
class Run {
public:
    Run(Context& context, MdOptions const& options, AnyModel const& model,
        io::Generations checkpoints, Beginning beginning);

    /// Steps until the end, or until someone asks to stop. \returns whether it is done. Collective.
    /// \throws DataError where a limit is passed, when all is saved
    bool go(StopRequest& stop);

    /// Writes final.xyz, where it is not too large, and summary.json; prints means. Collective.
    void finish() const;

private:
    [[nodiscard]] dynamics::Trajectory begin();
    void observe();
    void save(StopRequest& stop);
    void tell(dynamics::Thermo const& t);
    void refuse_offence(StopRequest& stop);

    Context* context_;
    MdOptions const* o_;
    AnyModel const* model_;
    MeanPotential potential_;
    io::Generations checkpoints_;
    Beginning beginning_;  // its atoms are the trajectory's
    long long atoms_, serial_ = 0, files_ = 0;
    io::Provenance provenance_;
    dynamics::Trajectory trajectory_;
    ThermoTable table_;
    Observers observers_;
    dynamics::Frames frames_;
    Clock::time_point begun_ = Clock::now(), saved_ = begun_, told_ = begun_;
    long long first_step_;
};

dynamics::Trajectory Run::begin() {
    auto& b = beginning_;
    domain::Domain domain{context_->comm, Cell{b.at.cell, b.at.periodic}, std::move(b.at.atoms),
                          potential_.cutoff(), o_->skin};
    domain.refresh();
    dynamics::Trajectory t{context_->comm,
                           potential_,
                           std::move(domain),
                           o_->timestep,
                           config::ensemble_of(*o_, b.noise),
                           b.at.step,
                           b.at.state};
    bool const goes_on = b.resumed || (!t.keeps_momentum() && !o_->from.empty());
    // drawn velocities have a drift, which the temperature does not count
    bool const drawn = !b.resumed && o_->from.empty() && t.keeps_momentum();
    if (drawn || (!goes_on && o_->stop_drift > 0 && b.atoms > 1)) t.stop_drift();
    clear_output(*context_, *o_, checkpoints_, b);  // nothing is left to refuse
    return t;
}

Run::Run(Context& context, MdOptions const& options, AnyModel const& model,
         io::Generations checkpoints, Beginning beginning)
    : context_{&context},
      o_{&options},
      model_{&model},
      potential_{model.members()},
      checkpoints_{std::move(checkpoints)},
      beginning_{std::move(beginning)},
      atoms_{beginning_.atoms},
      serial_{beginning_.resumed ? beginning_.at.serial + 1 : 0},
      provenance_{"md", config::resolved_input("md", options), model.parents(),
                  static_cast<unsigned long long>(options.seed)},
      trajectory_{begin()},
      table_{context.comm,          options.output / "thermo.csv", atoms_,
             options.equilibration, model.abilities().moments,     beginning_.resumed,
             beginning_.at},
      observers_{
          context.comm,       options,      trajectory_, beginning_.atoms, potential_.cutoff(),
          beginning_.resumed, beginning_.at},
      frames_{context.comm,
              beginning_.atoms,
              {options.velocities, options.forces, options.moments && model.abilities().moments}},
      first_step_{beginning_.at.step} {
    for (auto const& parent : beginning_.parents) provenance_.parents.push_back(parent);
    if (beginning_.resumed) {
        files_ = static_cast<long long>(beginning_.at.numbers.at("files").at(0));
        context.log.info("goes on from step {} of {}", trajectory_.step(), o_->steps);
    } else {
        observe();
    }
}

void Run::tell(dynamics::Thermo const& t) {
    constexpr double interval = 10.0;  // [s] between lines of the log
    if (seconds_since(told_) < interval) return;
    told_ = Clock::now();
    double const per_step =
        seconds_since(begun_) / static_cast<double>(std::max(1LL, t.step - first_step_));
    context_->log.info(
        "step {} of {}: {:.1f} K, {:.3f} GPa, {:.6f} eV/atom; {:.3g} ms a step, {:.1f} min left",
        t.step, o_->steps, t.temperature, t.pressure() / units::GPa,
        t.potential_energy / static_cast<double>(atoms_), 1e3 * per_step,
        per_step * static_cast<double>(o_->steps - t.step) / 60.0);
}

void Run::observe() {
    auto const step = trajectory_.step();
    if (step % o_->thermo_every == 0) tell(table_.add(trajectory_));
    if (o_->frames && step % o_->frames_every == 0) frames_.add(trajectory_);
    observers_.look(trajectory_);
}

void Run::save(StopRequest& stop) {
    auto const start = Clock::now();
    if (frames_.size() > 0)
        frames_.write(o_->output / fmt::format("trajectory-{:06d}.h5", ++files_), provenance_);
    trajectory_.refresh();
    auto checkpoint = dynamics::checkpoint_of(context_->comm, trajectory_, atoms_);
    checkpoint.serial = serial_++;
    checkpoint.numbers["files"] = {static_cast<double>(files_)};
    keep_noise(beginning_, checkpoint);
    table_.save(checkpoint);
    observers_.save(checkpoint);
    dynamics::write_checkpoint(checkpoints_, checkpoint);
    saved_ = Clock::now();
    stop.checkpoint_took(seconds_since(start));
}

void Run::refuse_offence(StopRequest& stop) {
    bool const at_end = trajectory_.step() == o_->steps || trajectory_.step() == first_step_;
    if (!o_->limits || (trajectory_.step() % o_->limits_every != 0 && !at_end)) return;
    auto const offence = offence_of(*context_, *o_, *model_, trajectory_);
    if (!offence) return;
    auto const complaint = write_offence(*context_, o_->output / "stopped.xyz", *offence,
                                         trajectory_, atoms_, potential_.cutoff());
    save(stop);
    throw DataError(complaint);
}

bool Run::go(StopRequest& stop) {
    auto const& comm = context_->comm;
    bool const stops_drift = o_->stop_drift > 0 && trajectory_.keeps_momentum();
    refuse_offence(stop);  // where it begins: also where it was stopped by one before
    while (trajectory_.step() < o_->steps) {
        auto const start = Clock::now();
        trajectory_.advance();
        auto const step = trajectory_.step();
        if (stops_drift && step % o_->stop_drift == 0) trajectory_.stop_drift();
        observe();
        refuse_offence(stop);
        stop.step_took(seconds_since(start));
        enum { go_on, save_now, leave } mine = go_on;
        bool const late =
            o_->checkpoint_minutes > 0.0 && seconds_since(saved_) > 60.0 * o_->checkpoint_minutes;
        bool const due = o_->checkpoint_every > 0 && step % o_->checkpoint_every == 0;
        if (due || (comm.is_root() && late)) mine = save_now;
        if (stop.asked()) mine = leave;
        auto const now = comm.all_reduce(mpi::Op::max, static_cast<int>(mine));
        bool const full =
            o_->frames && step % o_->frames_every == 0 && frames_.bytes() > o_->frames_memory;
        if (now != go_on || full || step == o_->steps) save(stop);
        if (now == leave && step < o_->steps) return false;
    }
    return true;
}

void Run::finish() const {
    auto const& comm = context_->comm;
    auto const path = o_->output / "final.xyz";
    if (atoms_ <= largest_text)
        write_blocks(path, comm,
                     block_frame(comm, trajectory_.domain(),
                                 {fmt::format("step {}", trajectory_.step()), "md"}, atoms_),
                     atoms_);
    auto const steps = trajectory_.step() - first_step_;
    double const seconds = seconds_since(begun_);
    nlohmann::ordered_json summary{{"finished", true},
                                   {"directory", o_->output.string()},
                                   {"atoms", atoms_},
                                   {"steps", trajectory_.step()},
                                   {"ranks", comm.size()}};
    if (steps > 0) {
        double const each = 1e6 * seconds / static_cast<double>(steps * atoms_);
        context_->log.info("{} steps of {} atoms in {:.1f} s: {:.3g} µs per atom and step", steps,
                           atoms_, seconds, each);
        summary["us_per_atom_and_step"] = each;
        double const busy = trajectory_.domain().busy();
        double const most = comm.all_reduce(mpi::Op::max, busy);
        double const mean = comm.all_reduce(mpi::Op::sum, busy) / comm.size();
        if (comm.size() > 1 && mean > 0.0) {
            context_->log.info("forces on the slowest rank took {:.1f} % longer than on average",
                               100.0 * (most / mean - 1.0));
            summary["imbalance_of_forces"] = most / mean - 1.0;
        }
    }
    for (auto const& m : table_.means())
        summary["means"][m.name] = {{"mean", m.average.mean},
                                    {"error", m.average.error},
                                    {"unit", m.unit},
                                    {"inefficiency", m.average.inefficiency},
                                    {"converged", m.average.converged}};
    io::write_text_file(o_->output / "summary.json", summary.dump(2) + "\n", comm);
    if (!comm.is_root()) return;
    if (context_->json) {
        fmt::print("{}\n", summary.dump(2));
        return;
    }
    for (auto const& m : table_.means())
        fmt::print("{:<18} {:>24} {}{}\n", m.name, shown(m.average), m.unit,
                   m.average.converged ? "" : "   (too short for an error: it is larger)");
    fmt::print("{}\n", (o_->output / "thermo.csv").string());
}

int md(Context& context, fs::path const& input, training::Start start, double max_hours) {
    auto const& comm = context.comm;
    StopRequest stop{comm, max_hours};
    auto const o = config::read_options<MdOptions>(input, "md", comm);
    ModelOptions given;
    given.path = o.model;
    auto const model = load_any(context, given);
    if (!model.abilities().energy)
        throw DataError(fmt::format(
            "{} has no energies (atoms move by their forces): name a model that has", o.model));
    expect_limits(o, model);
    auto const parents = parents_of(comm, o);
    auto checkpoints = checkpoints_of(context, o, model, parents);
    auto beginning = beginning_of(context, o, model, checkpoints, start);
    beginning.parents.insert(beginning.parents.end(), parents.begin(), parents.end());
    open_directory(comm, o.output, context.log);
    io::write_text_file(o.output / "resolved.yaml", config::resolved_input("md", o), comm);
    context.log.info("{} atoms on {} ranks, {} steps of {} fs", beginning.atoms, comm.size(),
                     o.steps, o.timestep);
    Run run{context, o, model, std::move(checkpoints), std::move(beginning)};
    bool const done = run.go(stop);
    if (done) run.finish();
    if (!done && comm.is_root() && context.json)
        fmt::print(R"({{"finished": false, "directory": "{}"}})"
                   "\n",
                   o.output.string());
    if (done) return 0;
    context.log.warn("stopped at a checkpoint ({}): go on with --resume", stop.reason());
    return static_cast<int>(ErrorKind::stopped);
}

}  // namespace

Command md_command() {
    return {"md", "Molecular dynamics with a model",
            [](Arguments const& arguments) {
                auto const given = add_run_arguments(
                    arguments, {"Go on from the checkpoint, or begin if there is none",
                                "Remove the run that is there and begin again",
                                "Stop at a checkpoint before this time is over (exit code 75)"});
                return [given](Context& context) {
                    return md(context, given->input, given->start(), given->max_hours);
                };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
