#include "heat_transport_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "kamacite/properties/heat_conductivity.hpp"
#include "kamacite/transport/green_kubo.hpp"
#include "kamacite/transport/resistivity.hpp"
#include "magnetic_properties.hpp"
#include "origin.hpp"

namespace kamacite::apps {
namespace {

using config::HeatTransportOptions;
using properties::Estimate;
using properties::HeatRun;
using properties::HeatRunOptions;
using transport::watt_per_metre_kelvin;

/// A table that grows by rows.
class Rows {
public:
    explicit Rows(std::vector<std::string> names)
        : names_{std::move(names)}, columns_(names_.size()) {}
    void add(std::vector<double> const& row) {
        for (std::size_t c = 0; c < row.size(); ++c) columns_[c].push_back(row[c]);
    }
    [[nodiscard]] report::CsvTable table(std::string comment) const {
        report::CsvTable t;
        t.comments = {std::move(comment)};
        for (std::size_t c = 0; c < names_.size(); ++c) t.add(names_[c], columns_[c]);
        return t;
    }

private:
    std::vector<std::string> names_;
    std::vector<std::vector<double>> columns_;
};

/// One temperature and lattice constant.
struct Point {
    double constant, temperature;
};

class Work {
public:
    Work(Context& context, config::PropertiesOptions const& o,
         std::vector<Potential const*> const& members, properties::HeatStore store,
         Statics& statics)
        : context_{&context},
          o_{&o.heat_transport},
          lattice_{generate::lattice_of(o.lattice)},
          element_{atomic_number_of(o.element)},
          potential_{members},
          store_{std::move(store)},
          statics_{&statics} {}

    /// \returns whether all runs reached their end
    [[nodiscard]] bool compute();

private:
    [[nodiscard]] std::vector<HeatRun> runs(Point const& at, double field) const;
    [[nodiscard]] bool by_fluctuations(Point const& at);
    [[nodiscard]] bool by_fields(Point const& at);
    void add_point(Point const& at, Estimate const& kappa, Estimate const& measured);
    void add_running(Point const& at, double field, properties::RunningConductivity const& r);
    void look_at(Point const& at, std::vector<HeatRun> const& runs);
    void note(Point const& at, std::string const& what) {
        statics_->notes.push_back(
            fmt::format("lattice conductivity at {:.0f} K: {}", at.temperature, what));
    }
    [[nodiscard]] std::string name_of(Point const& at) const {
        auto name = fmt::format("lattice_conductivity_{:.0f}K", at.temperature);
        if (o_->lattice_constants.size() > 1) name += fmt::format("_{:.4f}", at.constant);
        return name;
    }

    Context* context_;
    HeatTransportOptions const* o_;
    generate::Lattice lattice_;
    int element_;
    MeanPotential potential_;
    properties::HeatStore store_;
    Statics* statics_;
    double drift_ = 0.0, extrapolation_ = 0.0;  // the largest of the runs of a point
    Rows points_{{"lattice constant [angstrom]", "temperature [K]", "measured [K]",
                  "conductivity [W/m/K]", "error [W/m/K]", "drift [meV/atom/ns]",
                  "extrapolation [1]"}};
    Rows running_{{"lattice constant [angstrom]", "temperature [K]", "field [1/angstrom]",
                   "time [ps]", "conductivity [W/m/K]", "error [W/m/K]"}};
    Rows spectra_{{"lattice constant [angstrom]", "temperature [K]", "frequency [THz]",
                   "periodogram [W/m/K]", "spectrum [W/m/K]"}};
    Rows fields_{{"lattice constant [angstrom]", "temperature [K]", "field [1/angstrom]",
                  "conductivity [W/m/K]", "error [W/m/K]"}};
};

/// Along x, −x, y, −y, z, −z in turn: what does not answer to the field cancels.
Vec3 direction_of(int run) {
    return Vec3::Unit((run / 2) % 3) * (run % 2 == 0 ? 1.0 : -1.0);
}

std::vector<HeatRun> Work::runs(Point const& at, double field) const {
    auto const cell =
        generate::make_lattice(lattice_, {at.constant, generate::ideal_ratio(lattice_)},
                               generate::CellChoice::conventional, {element_});
    auto const start = supercell(cell, {o_->supercell, o_->supercell, o_->supercell});
    std::vector<HeatRunOptions> all;
    for (int r = 0; r < o_->runs; ++r) {
        auto& one = all.emplace_back();
        one.name = fmt::format("run {} of {} at {} K, a = {:.4f} Å", r + 1, o_->runs,
                               at.temperature, at.constant);
        if (field != 0.0) one.name += fmt::format(", field {} /Å", field);
        one.temperature = at.temperature;
        one.timestep = o_->timestep;
        one.equilibration = std::llround(o_->equilibration / o_->timestep);
        one.every = static_cast<int>(std::lround(o_->interval / o_->timestep));
        one.steps = std::llround(o_->duration / o_->timestep);
        one.time_constant = o_->time_constant;
        one.field = field * direction_of(r);
        one.seed = RandomStream{static_cast<std::uint64_t>(o_->seed), "heat transport",
                                static_cast<std::uint64_t>(r)}
                       .bits();
    }
    context_->log.info("heat flux at {} K, a = {:.4f} Å{}: {} runs of {} steps, {} atoms",
                       at.temperature, at.constant,
                       field > 0.0 ? fmt::format(", field {} /Å", field) : std::string{}, o_->runs,
                       all.front().equilibration + all.front().steps, start.size());
    return properties::heat_runs(context_->comm, potential_, start, all, store_);
}

bool are_finished(std::vector<HeatRun> const& runs) {
    return std::ranges::all_of(runs, &HeatRun::finished);
}

void Work::look_at(Point const& at, std::vector<HeatRun> const& runs) {
    double const recorded = o_->duration / (1000.0 * units::ps);  // ns
    for (auto const& run : runs) {
        drift_ = std::max(drift_, std::abs(run.drift) * 1e3 / recorded);
        extrapolation_ = std::max(extrapolation_, run.extrapolation);
    }
    constexpr double worst = 1.0;  // meV
    if (drift_ > worst && drift_ * recorded > 0.1 * worst)
        note(at,
             fmt::format("the conserved energy drifts by {:.2g} meV/atom in a nanosecond (it is "
                         "to stay): shorten timestep",
                         drift_));
}

void Work::add_point(Point const& at, Estimate const& kappa, Estimate const& measured) {
    double const value = kappa.value / watt_per_metre_kelvin,
                 error = kappa.error / watt_per_metre_kelvin;
    points_.add(
        {at.constant, at.temperature, measured.value, value, error, drift_, extrapolation_});
    statics_->values.push_back(
        {name_of(at), "W/m/K", value, std::nan(""), error, {extrapolation_, 0.0}});
    constexpr double far = 0.03;
    if (std::abs(measured.value / at.temperature - 1.0) > far)
        note(at, fmt::format("the atoms had {:.1f} K: lengthen equilibration, or take more runs",
                             measured.value));
    drift_ = extrapolation_ = 0.0;
}

void Work::add_running(Point const& at, double field, properties::RunningConductivity const& r) {
    auto const stride = std::max<std::size_t>(1, r.time.size() / 500);
    for (std::size_t k = 0; k < r.time.size(); k += stride)
        running_.add({at.constant, at.temperature, field, r.time[k] / units::ps,
                      r.value[k] / watt_per_metre_kelvin, r.error[k] / watt_per_metre_kelvin});
}

bool Work::by_fluctuations(Point const& at) {
    auto const all = runs(at, 0.0);
    if (!are_finished(all)) return false;
    look_at(at, all);
    std::optional<double> highest;
    if (o_->highest_frequency > 0.0) highest = o_->highest_frequency / units::ps;
    auto const found = properties::green_kubo(all, o_->correlation_time, highest);
    add_running(at, 0.0, found.running);
    double const factor =
        transport::green_kubo_factor(all.front().volume, found.temperature.value) /
        watt_per_metre_kelvin;
    for (std::size_t k = 0; k < found.spectrum.frequency.size(); ++k)
        spectra_.add({at.constant, at.temperature, found.spectrum.frequency[k] * units::ps,
                      factor * found.spectrum.periodogram[k], factor * found.spectrum.spectrum[k]});
    auto const& kappa = found.conductivity;
    double const last = found.running.value.back(), doubt = found.running.error.back();
    if (std::abs(last - kappa.value) > 3.0 * std::hypot(doubt, kappa.error))
        note(at,
             fmt::format("the integral to {:.3g} ps is {:.3g} ± {:.2g} W/m/K, the spectrum says "
                         "{:.3g} ± {:.2g}: see heat_running.csv, and raise correlation_time or "
                         "duration",
                         found.running.time.back() / units::ps, last / watt_per_metre_kelvin,
                         doubt / watt_per_metre_kelvin, kappa.value / watt_per_metre_kelvin,
                         kappa.error / watt_per_metre_kelvin));
    add_point(at, kappa, found.temperature);
    return true;
}

bool Work::by_fields(Point const& at) {
    auto strengths = o_->fields;
    std::sort(strengths.begin(), strengths.end());
    std::vector<properties::Driven> answers;
    for (double const field : strengths) {
        auto const all = runs(at, field);
        if (!are_finished(all)) return false;
        look_at(at, all);
        auto const& answer = answers.emplace_back(properties::driven_conductivity(all));
        add_running(at, field, answer.running);
        fields_.add({at.constant, at.temperature, field,
                     answer.conductivity.value / watt_per_metre_kelvin,
                     answer.conductivity.error / watt_per_metre_kelvin});
        if (!answer.converged)
            note(at, fmt::format("runs under {} /Å are short against their memory, the error is a "
                                 "lower bound: raise duration",
                                 field));
    }
    // Of the fields that tell the same as the weakest, the mean by their errors.
    double weight = 0.0, sum = 0.0, stray = 0.0;
    for (std::size_t k = 0; k < answers.size(); ++k) {
        auto const& kappa = answers[k].conductivity;
        if (!properties::is_linear(answers.front(), answers[k])) {
            stray = strengths[k];
            break;
        }
        double const w = 1.0 / (kappa.error * kappa.error);
        weight += w;
        sum += w * kappa.value;
    }
    if (stray > 0.0)
        note(at,
             fmt::format("a field of {} /Å gives another conductivity than {} /Å (the answer is "
                         "not linear): weaker ones count alone, see heat_fields.csv",
                         stray, strengths.front()));
    if (answers.size() == 1)
        note(at, "one field does not tell whether the answer is linear: name two");
    Estimate kappa = answers.front().conductivity;
    if (answers.size() > 1 && std::isfinite(sum)) kappa = {sum / weight, 1.0 / std::sqrt(weight)};
    add_point(at, kappa, answers.front().temperature);
    return true;
}

bool Work::compute() {
    auto constants = o_->lattice_constants;
    if (constants.empty()) constants.push_back(constant_at_rest(*statics_));
    bool const fluctuations = o_->method == HeatTransportOptions::Method::green_kubo;
    for (double const a : constants)
        for (double const t : o_->temperatures)
            if (!(fluctuations ? by_fluctuations({a, t}) : by_fields({a, t}))) return false;
    auto& curves = statics_->curves;
    curves.emplace("heat_conductivity",
                   points_.table(fmt::format(
                       "conductivity of the lattice by {}, {} cells along each "
                       "edge; error: standard error",
                       fluctuations ? "Green and Kubo" : "a driving field", o_->supercell)));
    curves.emplace(
        "heat_running",
        running_.table(fluctuations
                           ? "integral of the autocorrelation of the heat flux up to time; "
                             "error: scatter of the runs and axes"
                           : "mean answer to the field so far; error: scatter of the runs"));
    if (fluctuations)
        curves.emplace(
            "heat_spectrum",
            spectra_.table("power spectrum of the heat flux, in units of conductivity: at "
                           "zero frequency it is that"));
    else
        curves.emplace("heat_fields", fields_.table("conductivity by each field"));
    return true;
}

/// What tells this model from others: the hashes of its files.
std::string mark_of(AnyModel const& model) {
    std::string all;
    for (auto const& parent : model.parents()) all += hash_in(parent) + "\n";
    io::Hash64 hash;
    hash.add(all);
    return io::render_hash(hash.value());
}

}  // namespace

bool add_heat_transport(Context& context, config::PropertiesOptions const& options,
                        AnyModel const& model, StopRequest& stop, Statics& statics) {
    properties::HeatStore store;
    store.directory = options.output / "heat_runs";
    store.potential = mark_of(model);
    store.seconds = 60.0 * options.heat_transport.checkpoint_minutes;
    store.asked = [&stop] { return stop.asked(); };
    store.step_took = [&stop](double seconds) { stop.step_took(seconds); };
    store.checkpoint_took = [&stop](double seconds) { stop.checkpoint_took(seconds); };
    store.log = &context.log;
    return Work{context, options, model.members(), std::move(store), statics}.compute();
}

}  // namespace kamacite::apps
