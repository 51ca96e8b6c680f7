#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/dynamics/averages.hpp"
#include "kamacite/dynamics/checkpoint.hpp"
#include "kamacite/dynamics/trajectory.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/properties/heat_runs.hpp"

namespace kamacite::properties {
namespace {

using Clock = std::chrono::steady_clock;
using dynamics::Ensemble;
using dynamics::Trajectory;

double seconds_since(Clock::time_point t) {
    return std::chrono::duration<double>(Clock::now() - t).count();
}

/// What a run is called in its store: everything that its path follows from.
std::string name_of(Structure const& s, HeatRunOptions const& o, std::string const& potential) {
    io::Hash64 hash;
    hash.add(potential).add(o.temperature).add(o.timestep).add(o.equilibration).add(o.every);
    hash.add(o.time_constant).add(o.initial).add(o.skin).add(o.seed);
    for (int k = 0; k < 3; ++k) hash.add(o.field[k]);
    for (int k = 0; k < 9; ++k) hash.add(s.cell.rows().data()[k]);
    for (int const z : s.species) hash.add(z);
    for (auto const& r : s.positions)
        for (int k = 0; k < 3; ++k) hash.add(r[k]);
    return io::render_hash(hash.value());
}

/// One run on its way: atoms are mixed by noise, settle in the ensemble that is looked at, and are
/// looked at.
class Run {
public:
    Run(mpi::Communicator const& comm, Potential const& potential, Structure const& start,
        HeatRunOptions const& options, std::optional<HeatStore> const& store);
    HeatRun go();

private:
    enum class Stage { mixing, flux };
    enum class End { reached, stopped };
    /// What was seen so far, one of each per look; conserved energies also of the beginning.
    struct Seen {
        std::vector<double> flux, temperatures, conserved;
        double extrapolation = 0.0;  // of this rank's atoms
    };

    [[nodiscard]] Ensemble ensemble_of(Stage stage) const;
    [[nodiscard]] Trajectory first() const;
    [[nodiscard]] Trajectory again(dynamics::Checkpoint const& at, Stage stage) const;
    [[nodiscard]] Trajectory settling(Trajectory const& mixed) const;
    End advance(Trajectory& t, Stage stage, long long to);
    End look(Trajectory& t);
    void look_at(Trajectory const& t);
    void refuse_flight(Trajectory const& t) const;
    End keep(Trajectory& t, Stage stage);
    void save(Trajectory& t, Stage stage);
    void tell(Trajectory const& t, Stage stage);
    [[nodiscard]] long long settled() const { return o_->equilibration - o_->equilibration / 2; }
    [[nodiscard]] long long looks() const { return o_->steps / o_->every; }
    [[nodiscard]] long long seen() const {
        return static_cast<long long>(seen_.temperatures.size());
    }
    [[nodiscard]] HeatRun result(bool finished) const;

    mpi::Communicator const* comm_;
    Potential const* potential_;
    Structure const* start_;
    HeatRunOptions const* o_;
    std::optional<HeatStore> const* store_;
    std::optional<io::Generations> kept_;
    long long serial_ = 0;
    Seen seen_;
    Clock::time_point saved_ = Clock::now(), told_ = Clock::now(), begun_ = Clock::now(),
                      chance_ = Clock::now();
    long long made_ = 0;  // steps since begun_
};

Run::Run(mpi::Communicator const& comm, Potential const& potential, Structure const& start,
         HeatRunOptions const& options, std::optional<HeatStore> const& store)
    : comm_{&comm}, potential_{&potential}, start_{&start}, o_{&options}, store_{&store} {
    if (store)
        kept_ = dynamics::checkpoints_in(
            store->directory / name_of(start, options, store->potential), comm, store->potential);
}

Ensemble Run::ensemble_of(Stage stage) const {
    if (stage == Stage::mixing)
        return Ensemble{dynamics::Langevin{o_->temperature, 1.0 / o_->time_constant, o_->seed}};
    Ensemble ensemble;
    if (o_->field != Vec3::Zero())
        ensemble.thermostat = dynamics::NoseHoover{o_->temperature, o_->time_constant, 3};
    ensemble.heat_field = o_->field;
    return ensemble;
}

Trajectory Run::first() const {
    auto atoms = domain::supercell_atoms(
        *start_, {1, 1, 1}, mpi::block_of(comm_->rank(), comm_->size(), start_->size()));
    atoms.velocities = dynamics::thermal_velocities(atoms.species, atoms.ids,
                                                    o_->initial * o_->temperature, o_->seed);
    atoms.images.assign(atoms.ids.size(), {0, 0, 0});  // checkpoints have these and marks
    atoms.marks.assign(atoms.ids.size(), 0);
    return {*comm_, *potential_,
            domain::Domain{*comm_, start_->cell, std::move(atoms), potential_->cutoff(), o_->skin},
            o_->timestep, ensemble_of(Stage::mixing)};
}

Trajectory Run::again(dynamics::Checkpoint const& at, Stage stage) const {
    domain::Domain domain{*comm_, Cell{at.cell, at.periodic}, at.atoms, potential_->cutoff(),
                          o_->skin};
    domain.refresh();  // as it was when the checkpoint was made
    return {*comm_,  *potential_, std::move(domain), o_->timestep, ensemble_of(stage),
            at.step, at.state};
}

Trajectory Run::settling(Trajectory const& mixed) const {
    auto const& d = mixed.domain();
    Trajectory t{*comm_, *potential_,
                 domain::Domain{*comm_, d.cell(), d.atoms(), d.cutoff(), o_->skin}, o_->timestep,
                 ensemble_of(Stage::flux)};
    t.stop_drift();
    return t;
}

void Run::refuse_flight(Trajectory const& t) const {
    double const now = t.thermo().temperature;
    if (!(now < std::max(20000.0, 20.0 * o_->temperature)))
        throw NumericalError(
            fmt::format("at {:.0f} K the atoms fly apart ({:.3g} K in step {}): shorten the time "
                        "step or weaken the field, or stay inside the range of the model",
                        o_->temperature, now, t.step()));
}

void Run::tell(Trajectory const& t, Stage stage) {
    constexpr double interval = 30.0;  // [s] between lines of the log
    if (!*store_ || !(*store_)->log || seconds_since(told_) < interval) return;
    told_ = Clock::now();
    auto const all = o_->equilibration / 2 + settled() + o_->steps;
    auto const done = t.step() + (stage == Stage::flux ? o_->equilibration / 2 : 0);
    double const each = seconds_since(begun_) / static_cast<double>(std::max(1LL, made_));
    (*store_)->log->info("{}: step {} of {}, {:.3g} ms each: {:.1f} min left of it", o_->name, done,
                         all, 1e3 * each, each * static_cast<double>(all - done) / 60.0);
}

void Run::save(Trajectory& t, Stage stage) {
    auto const start = Clock::now();
    t.refresh();
    auto c = dynamics::checkpoint_of(*comm_, t, start_->size());
    c.serial = serial_++;
    c.numbers["stage"] = {stage == Stage::flux ? 1.0 : 0.0};
    c.numbers["extrapolation"] = {comm_->all_reduce(mpi::Op::max, seen_.extrapolation)};
    if (!seen_.conserved.empty()) c.numbers["conserved"] = seen_.conserved;
    if (seen() > 0) {
        c.numbers["flux"] = seen_.flux;
        c.numbers["temperature"] = seen_.temperatures;
    }
    dynamics::write_checkpoint(*kept_, c);
    saved_ = Clock::now();
    if (auto const& store = **store_; store.checkpoint_took)
        store.checkpoint_took(seconds_since(start));
}

Run::End Run::keep(Trajectory& t, Stage stage) {
    if (!kept_) return End::reached;
    tell(t, stage);
    auto const& store = **store_;
    if (store.step_took) store.step_took(seconds_since(chance_));
    chance_ = Clock::now();
    enum { go_on, save_now, leave } mine = go_on;
    if (comm_->is_root() && seconds_since(saved_) > store.seconds) mine = save_now;
    if (store.asked && store.asked()) mine = leave;
    auto const now = comm_->all_reduce(mpi::Op::max, static_cast<int>(mine));
    if (now != go_on) save(t, stage);
    return now == leave ? End::stopped : End::reached;
}

Run::End Run::advance(Trajectory& t, Stage stage, long long to) {
    // Lists are made anew at fixed steps, with a checkpoint or without: the path is the same
    // however often it was stopped.
    constexpr long long between = 200;
    while (t.step() < to) {
        t.advance();
        ++made_;
        if (t.step() % between != 0) continue;
        t.refresh();
        refuse_flight(t);
        if (keep(t, stage) == End::stopped) return End::stopped;
    }
    return End::reached;
}

void Run::look_at(Trajectory const& t) {
    auto const now = t.thermo();
    auto const j = now.heat_flux.total();
    seen_.flux.insert(seen_.flux.end(), j.data(), j.data() + 3);
    seen_.temperatures.push_back(now.temperature);
    seen_.conserved.push_back(*now.conserved);
    for (double const gamma : t.prediction().extrapolation)
        seen_.extrapolation = std::max(seen_.extrapolation, gamma);
}

Run::End Run::look(Trajectory& t) {
    if (seen_.conserved.empty()) seen_.conserved.push_back(*t.thermo().conserved);
    while (seen() < looks()) {
        if (advance(t, Stage::flux, settled() + (seen() + 1) * o_->every) == End::stopped)
            return End::stopped;
        look_at(t);
    }
    if (kept_) save(t, Stage::flux);
    return End::reached;
}

HeatRun Run::result(bool finished) const {
    HeatRun run;
    run.finished = finished;
    run.field = o_->field;
    run.interval = o_->timestep * o_->every;
    run.volume = start_->cell.volume();
    auto const n = static_cast<std::size_t>(std::min(seen(), looks()));
    if (n > 0) {
        run.flux = grouped<Vec3>(
            std::vector<double>(seen_.flux.begin(), seen_.flux.begin() + static_cast<long>(3 * n)));
        auto const mean = dynamics::average_of(std::span{seen_.temperatures}.first(n));
        run.temperature = {mean.mean, mean.error};
        run.drift = (seen_.conserved[n] - seen_.conserved[0]) / static_cast<double>(start_->size());
    }
    run.extrapolation = comm_->all_reduce(mpi::Op::max, seen_.extrapolation);
    return run;
}

HeatRun Run::go() {
    std::optional<dynamics::Checkpoint> at;
    auto const silent = Logger::silent();
    Logger const& log = *store_ && (*store_)->log ? *(*store_)->log : silent;
    if (kept_) at = dynamics::read_checkpoint(*kept_, log);
    auto stage = Stage::mixing;
    if (at) {
        serial_ = at->serial + 1;
        if (at->numbers.at("stage").at(0) == 1.0) stage = Stage::flux;
        seen_.extrapolation = at->numbers.at("extrapolation").at(0);
        auto const take = [&](char const* name, std::vector<double>& into) {
            if (auto const found = at->numbers.find(name); found != at->numbers.end())
                into = found->second;
        };
        take("flux", seen_.flux);
        take("temperature", seen_.temperatures);
        take("conserved", seen_.conserved);
        if (seen() >= looks()) return result(true);
        log.info("{} goes on from step {}", o_->name,
                 at->step + (stage == Stage::flux ? o_->equilibration / 2 : 0));
    }
    auto t = at ? again(*at, stage) : first();
    if (stage == Stage::mixing) {
        if (advance(t, stage, o_->equilibration / 2) == End::stopped) return result(false);
        t = settling(t);
    }
    if (advance(t, Stage::flux, settled()) == End::stopped) return result(false);
    return result(look(t) == End::reached);
}

}  // namespace

HeatRun heat_run(mpi::Communicator const& comm, Potential const& potential, Structure const& start,
                 HeatRunOptions const& o, std::optional<HeatStore> const& store) {
    KAMACITE_EXPECTS(o.temperature > 0.0 && o.steps >= 1 && o.every >= 1);
    if (!start.cell.is_periodic())
        throw DataError(
            "the cell is not periodic along all three directions (a conductivity is that of the "
            "bulk): correct the structure");
    return Run{comm, potential, start, o, store}.go();
}

}  // namespace kamacite::properties
