#include "magnetic_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "data.hpp"
#include "fitted_exchange.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/magnetism/curie.hpp"
#include "kamacite/magnetism/moments.hpp"
#include "kamacite/magnetism/rescaling.hpp"
#include "kamacite/model/mean_potential.hpp"

namespace kamacite::apps {
namespace {

using config::MagnetismOptions;
using config::PropertiesOptions;
using magnetism::Observables;
using properties::Estimate;

double or_nothing(std::size_t members, double spread) {
    return members > 1 ? spread : std::nan("");
}

double or_zero(double grade) {
    return std::isnan(grade) ? 0.0 : grade;
}

/// The model that gives moments: one of its own, or that of the input.
class MomentModel {
public:
    MomentModel(Context& context, PropertiesOptions const& o,
                std::vector<Potential const*> const& members)
        : members_{members} {
        if (o.magnetism.moments.model.empty()) return;
        ModelOptions given;
        given.path = o.magnetism.moments.model;
        own_ = std::make_shared<AnyModel>(load_any(context, given));
        own_->expect_element(atomic_number_of(o.element));
        members_ = own_->members();
    }
    [[nodiscard]] std::vector<Potential const*> const& members() const { return members_; }

private:
    std::shared_ptr<AnyModel> own_;
    std::vector<Potential const*> members_;
};

/// |m| of the perfect crystal at lattice constants: mean and spread over the members.
report::CsvTable curve_table(MomentModel const& model, PropertiesOptions const& o,
                             std::vector<double> const& constants) {
    auto const& members = model.members();
    auto const lattice = generate::lattice_of(o.lattice);
    int const element = atomic_number_of(o.element);
    std::vector<std::vector<double>> moments(constants.size());
    std::vector<double> extrapolation(constants.size(), 0.0), grade(constants.size(), std::nan(""));
    for (auto const* member : members) {
        auto const curve = magnetism::moment_curve(*member, lattice, element, constants);
        for (std::size_t k = 0; k < curve.size(); ++k) {
            moments[k].push_back(curve[k].moment);
            extrapolation[k] = std::fmax(extrapolation[k], curve[k].extrapolation);
            grade[k] = std::fmax(grade[k], curve[k].grade);
        }
    }
    std::vector<double> mean, spread;
    for (auto const& of_point : moments) {
        auto const e = over_members(of_point);
        mean.push_back(e.value);
        spread.push_back(or_nothing(members.size(), e.error));
    }
    report::CsvTable table;
    table.comments = {
        "mean |m| of a perfect crystal; spread: standard deviation over the members; grade: up to "
        "1 inside of what the model was made from"};
    table.add("lattice constant [angstrom]", constants);
    table.add("moment [mu_B]", mean);
    table.add("spread [mu_B]", spread);
    table.add("extrapolation [1]", extrapolation);
    table.add("grade [1]", grade);
    return table;
}

void add_thermal(Context& context, PropertiesOptions const& o,
                 std::vector<Potential const*> const& members, MomentModel const& model,
                 Statics& statics) {
    auto const& wanted = o.magnetism.moments;
    double const a =
        wanted.lattice_constant > 0.0 ? wanted.lattice_constant : constant_at_rest(statics);
    auto const lattice = generate::lattice_of(o.lattice);
    int const n = wanted.supercell;
    auto const start = supercell(
        generate::make_lattice(lattice, {a, generate::ideal_ratio(lattice)},
                               generate::CellChoice::conventional, {atomic_number_of(o.element)}),
        {n, n, n});
    magnetism::ThermalOptions options;
    options.equilibration = wanted.equilibration;
    options.steps = wanted.steps;
    MeanPotential const forces{members};
    auto const found = magnetism::thermal_moments(context.comm, forces, model.members(), start,
                                                  wanted.temperatures, options);
    report::CsvTable table;
    table.comments = {
        fmt::format("mean |m| of {} atoms that vibrate at a = {:.4f} angstrom, all spins parallel; "
                    "error: standard error of the mean over time, spread: over the members, "
                    "width: of the moments of single atoms",
                    start.size(), a)};
    std::vector<std::vector<double>> columns(8);
    for (auto const& t : found) {
        std::vector<double> values;
        double error = 0.0;
        for (auto const& m : t.moments) {
            values.push_back(m.value);
            error += m.error / static_cast<double>(t.moments.size());
        }
        auto const e = over_members(values);
        std::array const row{
            t.temperature, t.measured.value, e.value, error, or_nothing(values.size(), e.error),
            t.width,       t.extrapolation,  t.grade};
        for (std::size_t c = 0; c < row.size(); ++c) columns[c].push_back(row[c]);
        if (!t.converged)
            statics.notes.push_back(
                fmt::format("moments at {:.0f} K: the run is short against its memory, errors are "
                            "lower bounds: take more steps",
                            t.temperature));
        statics.values.push_back({fmt::format("moment_{:.0f}K", t.temperature),
                                  "μ_B",
                                  e.value,
                                  e.error,
                                  error,
                                  {t.extrapolation, or_zero(t.grade)}});
    }
    constexpr std::array names{"temperature [K]",   "measured [K]",  "moment [mu_B]",
                               "error [mu_B]",      "spread [mu_B]", "width [mu_B]",
                               "extrapolation [1]", "grade [1]"};
    for (std::size_t c = 0; c < names.size(); ++c) table.add(names[c], columns[c]);
    statics.curves.emplace("moment_temperature", std::move(table));
}

void add_moments(Context& context, PropertiesOptions const& o,
                 std::vector<Potential const*> const& members, Statics& statics,
                 Magnetic& magnetic) {
    auto const& wanted = o.magnetism.moments;
    MomentModel const model{context, o, members};
    std::vector<double> constants;
    for (int k = 0; k < wanted.points; ++k)
        constants.push_back(wanted.lowest +
                            (wanted.highest - wanted.lowest) * k / (wanted.points - 1.0));
    statics.curves.emplace("moment_lattice_constant", curve_table(model, o, constants));
    double const a0 = constant_at_rest(statics);
    auto const moment_at = [model, o](double a) { return curve_table(model, o, {a}); };
    auto const rest = moment_at(a0);
    double const m0 = rest.numbers("moment").front(), spread = rest.numbers("spread").front();
    statics.values.push_back(
        {"moment",
         "μ_B",
         m0,
         std::isnan(spread) ? 0.0 : spread,
         0.0,
         {rest.numbers("extrapolation").front(), or_zero(rest.numbers("grade").front())}});
    magnetic.moment_ratio = [moment_at, m0](double a) {
        return moment_at(a).numbers("moment").front() / m0;
    };
    if (!wanted.temperatures.empty()) add_thermal(context, o, members, model, statics);
}

std::vector<magnetism::Shells> given_shells(MagnetismOptions::Spins const& spins) {
    std::vector<magnetism::Shells> shells;
    for (auto const& given : spins.shells) {
        auto& of_pair = shells.emplace_back();
        if (!given.elements.empty()) {
            of_pair.first = atomic_number_of(given.elements[0]);
            of_pair.second = atomic_number_of(given.elements[1]);
        }
        of_pair.couplings = given.couplings;
    }
    return shells;
}

magnetism::Exchange exchange_of(MagnetismOptions::Spins const& spins,
                                std::vector<magnetism::Shells> const& shells, Structure const& cell,
                                int n) {
    auto const s = supercell(cell, {n, n, n});
    if (spins.by_distance)
        return magnetism::exchange_by_distance(
            s, magnetism::BetheSlater{spins.alpha, spins.delta, spins.gamma}, spins.cutoff);
    return magnetism::exchange_by_shells(s, shells);
}

report::CsvTable binder_table(magnetism::Curie const& curie) {
    std::vector<double> temperature, spins, binder, error;
    for (auto const* set : {&curie.small, &curie.large})
        for (auto const& o : *set) {
            temperature.push_back(o.temperature);
            spins.push_back(o.spins);
            binder.push_back(o.binder.value);
            error.push_back(o.binder.error);
        }
    report::CsvTable table;
    table.add("temperature [K]", temperature);
    table.add("spins", spins);
    table.add("U4 [1]", binder);
    table.add("error [1]", error);
    return table;
}

/// M(T) of the spins and what goes with it; rescaled where another set is given.
report::CsvTable magnetisation_table(std::vector<Observables> const& classical,
                                     std::vector<double> const& temperatures,
                                     std::vector<Observables> const& rescaled, bool iron) {
    report::CsvTable table;
    table.comments = {
        "classical spins at these temperatures; rescaled: at those that give the order of quantum "
        "spins; measured: Kuz'min, Phys. Rev. Lett. 94, 107204 (2005); errors: jackknife"};
    auto const column = [&](std::string const& name, std::vector<Observables> const& set,
                            auto const& value_of) {
        std::vector<double> values, errors;
        for (auto const& o : set) {
            Estimate const e = value_of(o);
            values.push_back(e.value);
            errors.push_back(e.error);
        }
        auto const bracket = name.find(" [");
        table.add(name, values);
        table.add(name.substr(0, bracket) + " error" + name.substr(bracket), errors);
    };
    table.add("temperature [K]", temperatures);
    column("magnetisation [1]", classical, [](auto const& o) { return o.magnetisation; });
    if (!rescaled.empty())
        column("rescaled [1]", rescaled, [](auto const& o) { return o.magnetisation; });
    if (iron) {
        std::vector<double> measured;
        for (double const t : temperatures)
            measured.push_back(magnetism::kuzmin(t, magnetism::kuzmin_iron()));
        table.add("measured [1]", measured);
    }
    column("energy [eV/spin]", classical, [](auto const& o) { return o.energy; });
    column("heat capacity [k_B/spin]", classical, [](auto const& o) {
        return Estimate{o.heat_capacity.value / units::k_boltzmann,
                        o.heat_capacity.error / units::k_boltzmann};
    });
    column("susceptibility [1/eV/spin]", classical, [](auto const& o) { return o.susceptibility; });
    column("U4 [1]", classical, [](auto const& o) { return o.binder; });
    return table;
}

/// Between the points of a table a line, and 1 at 0 K.
std::function<Estimate(double)> interpolated(std::vector<double> temperatures,
                                             std::vector<Observables> const& set) {
    std::vector<std::pair<double, Estimate>> points{{0.0, {1.0, 0.0}}};
    for (std::size_t k = 0; k < set.size(); ++k)
        points.emplace_back(temperatures[k], set[k].magnetisation);
    std::sort(points.begin(), points.end(),
              [](auto const& a, auto const& b) { return a.first < b.first; });
    return [points](double t) {
        if (t >= points.back().first) return points.back().second;
        auto const above = std::upper_bound(points.begin(), points.end(), t,
                                            [](double x, auto const& p) { return x < p.first; });
        auto const& [t1, e1] = *above;
        auto const& [t0, e0] = *(above - 1);
        double const w = (t - t0) / (t1 - t0);
        return Estimate{(1.0 - w) * e0.value + w * e1.value, (1.0 - w) * e0.error + w * e1.error};
    };
}

void add_spins(Context& context, PropertiesOptions const& o, Statics& statics, Magnetic& magnetic) {
    auto const& wanted = o.magnetism.spins;
    auto const lattice = generate::lattice_of(o.lattice);
    auto const cell =
        wanted.structure.empty()
            ? generate::make_lattice(
                  lattice, {constant_at_rest(statics), generate::ideal_ratio(lattice)},
                  generate::CellChoice::conventional, {atomic_number_of(o.element)})
            : Source{context.comm, wanted.structure, ""}
                  .read(context.comm, {0, 1})
                  .front()
                  .structure;
    auto const shells =
        wanted.fit.wanted ? fitted_exchange(context, wanted.fit, statics) : given_shells(wanted);
    std::vector<magnetism::Exchange> systems;
    for (int const n : wanted.sizes) systems.push_back(exchange_of(wanted, shells, cell, n));

    magnetism::CurieOptions options;
    options.run.sweeps = wanted.sweeps;
    options.run.thermalisation = wanted.thermalisation;
    options.run.over_relaxations = wanted.over_relaxations;
    options.run.replicas = wanted.replicas;
    options.run.seed = static_cast<std::uint64_t>(wanted.seed);
    auto const curie = magnetism::find_curie(context.comm, systems[0], systems[1], options);
    double const simulated = curie.crossing.temperature.value;
    statics.curves.emplace("binder", binder_table(curie));
    auto& values = statics.values;
    values.push_back(
        {"curie_temperature", "K", simulated, std::nan(""), curie.crossing.temperature.error});
    values.push_back({"curie_temperature_mean_field", "K", curie.mean_field});
    values.push_back({"binder_crossing", "1", curie.crossing.binder.value, std::nan(""),
                      curie.crossing.binder.error});

    std::vector<magnetism::Point> points;
    for (double const t : wanted.temperatures) points.push_back({1, t});
    bool const rescales = wanted.rescaling != 1.0;
    double const target = wanted.curie > 0.0 ? wanted.curie : simulated;
    if (rescales || target != simulated)
        for (double const t : wanted.temperatures)
            points.push_back(
                {1, magnetism::classical_temperature(t, target, simulated, wanted.rescaling)});
    auto const all = magnetism::simulate(context.comm, systems, points, options.run);
    auto const n = static_cast<std::ptrdiff_t>(wanted.temperatures.size());
    std::vector<Observables> const classical{all.begin(), all.begin() + n},
        rescaled{all.begin() + n, all.end()};
    statics.curves.emplace(
        "magnetisation",
        magnetisation_table(classical, wanted.temperatures, rescaled,
                            o.element == "Fe" && o.lattice == "bcc" && wanted.structure.empty()));
    magnetic.magnetisation =
        interpolated(wanted.temperatures, rescaled.empty() ? classical : rescaled);

    auto short_runs = all;
    short_runs.insert(short_runs.end(), curie.small.begin(), curie.small.end());
    short_runs.insert(short_runs.end(), curie.large.begin(), curie.large.end());
    auto const bad = std::count_if(short_runs.begin(), short_runs.end(),
                                   [](auto const& run) { return !run.converged; });
    if (bad > 0)
        statics.notes.push_back(
            fmt::format("spins: {} of {} runs are short against their memory, their errors are "
                        "lower bounds: take more sweeps",
                        bad, short_runs.size()));
}

}  // namespace

double constant_at_rest(Statics const& statics) {
    auto const found = std::find_if(statics.values.begin(), statics.values.end(),
                                    [](auto const& v) { return v.name == "lattice_constant"; });
    KAMACITE_EXPECTS(found != statics.values.end());
    return found->value;
}

Magnetic add_magnetism(Context& context, PropertiesOptions const& o,
                       std::vector<Potential const*> const& members, Statics& statics) {
    Magnetic magnetic;
    if (!o.magnetism.wanted) return magnetic;
    if (o.magnetism.moments.wanted) add_moments(context, o, members, statics, magnetic);
    if (o.magnetism.spins.wanted) add_spins(context, o, statics, magnetic);
    return magnetic;
}

}  // namespace kamacite::apps
