#include "warm_elastic_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "kamacite/properties/warm_elastic.hpp"
#include "magnetic_properties.hpp"

namespace kamacite::apps {
namespace {

using properties::Estimate;

double value_named(Statics const& statics, std::string_view name) {
    return std::find_if(statics.values.begin(), statics.values.end(),
                        [&](StaticValue const& v) { return v.name == name; })
        ->value;
}

std::string at_temperature(std::string const& name, double temperature) {
    return fmt::format("{}_{:g}K", name, temperature);
}

properties::StressRunOptions run_options(config::WarmElasticOptions const& o, double temperature) {
    properties::StressRunOptions run;
    run.temperature = temperature;
    run.timestep = o.timestep;
    run.equilibration = std::llround(o.equilibration / o.timestep);
    run.steps = std::llround(o.duration / o.timestep);
    run.every = static_cast<int>(std::lround(o.interval / o.timestep));
    run.time_constant = o.time_constant;
    run.seed = static_cast<std::uint64_t>(o.seed);
    return run;
}

}  // namespace

void add_warm_elastic(Context& context, config::PropertiesOptions const& options,
                      std::vector<Potential const*> const& members, Statics& statics) {
    auto const& o = options.warm_elastic;
    if (!o.wanted) return;
    MeanPotential const potential{members};
    auto const lattice = generate::lattice_of(options.lattice);
    auto const crystal = [&](double a) {
        return generate::make_lattice(lattice, {a, generate::ideal_ratio(lattice)},
                                      generate::CellChoice::conventional,
                                      {atomic_number_of(options.element)});
    };
    std::array<std::vector<double>, 10> columns;
    for (std::size_t k = 0; k < o.temperatures.size(); ++k) {
        double const temperature = o.temperatures[k];
        auto const run = run_options(o, temperature);
        auto const add = [&](std::string const& name, std::string const& unit, double in_unit,
                             Estimate const& e, double extrapolation) {
            statics.values.push_back({at_temperature(name, temperature), unit, e.value / in_unit,
                                      0.0, e.error / in_unit, extrapolation});
        };
        context.log.info("elastic constants at {:g} K: {} pairs of runs of {} steps", temperature,
                         2 * o.runs, run.equilibration + run.steps);
        Estimate a;
        if (o.lattice_constants.empty()) {
            auto const found = properties::lattice_constant_at(
                context.comm, potential, crystal(constant_at_rest(statics)), o.supercell,
                value_named(statics, "bulk_modulus") * units::GPa, o.runs, run);
            a = found.constant;
            add("lattice_constant", "Å", 1.0, a, found.extrapolation);
        } else {
            a.value = o.lattice_constants[k];
        }
        auto const start = supercell(crystal(a.value), {o.supercell, o.supercell, o.supercell});
        auto const c =
            properties::warm_elastic(context.comm, potential, start, o.strain, o.runs, run);
        add("C11", "GPa", units::GPa, c.c11, c.extrapolation);
        add("C12", "GPa", units::GPa, c.c12, c.extrapolation);
        add("C44", "GPa", units::GPa, c.c44, c.extrapolation);
        constexpr double far = 0.03;
        if (std::abs(c.temperature.value / temperature - 1.0) > far)
            statics.notes.push_back(
                fmt::format("elastic constants at {:g} K: the atoms had {:.1f} K: lengthen "
                            "equilibration, or take more runs",
                            temperature, c.temperature.value));
        std::size_t column = 0;
        for (double const x :
             {temperature, c.temperature.value, a.value, a.error, c.c11.value / units::GPa,
              c.c11.error / units::GPa, c.c12.value / units::GPa, c.c12.error / units::GPa,
              c.c44.value / units::GPa, c.c44.error / units::GPa})
            columns[column++].push_back(x);
    }
    report::CsvTable table;
    table.comments = {fmt::format(
        "isothermal, from the mean stress under strains of ±{}, {} cells along each edge; errors: "
        "standard errors",
        o.strain, o.supercell)};
    std::size_t column = 0;
    for (auto const* name : {"temperature [K]", "measured [K]", "lattice constant [angstrom]",
                             "error a [angstrom]", "C11 [GPa]", "error C11 [GPa]", "C12 [GPa]",
                             "error C12 [GPa]", "C44 [GPa]", "error C44 [GPa]"})
        table.add(name, columns[column++]);
    statics.curves.emplace("elastic_temperature", std::move(table));
}

}  // namespace kamacite::apps
