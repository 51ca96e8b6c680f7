#include "warm_elastic_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
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

/// What one member says at one temperature; a given lattice constant has no error.
struct MemberConstants {
    properties::WarmLattice lattice;
    properties::WarmElastic elastic;
};

MemberConstants constants_of(Context& context, config::PropertiesOptions const& options,
                             Potential const& potential, Statics const& statics,
                             std::size_t temperature) {
    auto const& o = options.warm_elastic;
    auto const run = run_options(o, o.temperatures[temperature]);
    auto const lattice = generate::lattice_of(options.lattice);
    auto const crystal = [&](double a) {
        return generate::make_lattice(lattice, {a, generate::ideal_ratio(lattice)},
                                      generate::CellChoice::conventional,
                                      {atomic_number_of(options.element)});
    };
    MemberConstants found;
    if (o.lattice_constants.empty())
        found.lattice = properties::lattice_constant_at(
            context.comm, potential, crystal(constant_at_rest(statics)), o.supercell,
            value_named(statics, "bulk_modulus") * units::GPa, o.runs, run);
    else
        found.lattice.constant.value = o.lattice_constants[temperature];
    auto const start =
        supercell(crystal(found.lattice.constant.value), {o.supercell, o.supercell, o.supercell});
    found.elastic = properties::warm_elastic(context.comm, potential, start, o.strain, o.runs, run);
    return found;
}

/// Mean and spread over the members of one number in a unit; its error: mean over them.
template <class Of>
StaticValue over_members(std::string name, std::string unit, double in_unit,
                         std::vector<MemberConstants> const& members, Of const& of) {
    StaticValue v{std::move(name), std::move(unit)};
    std::vector<double> values, errors;
    for (auto const& m : members) {
        auto const [estimate, reach] = of(m);
        values.push_back(estimate.value / in_unit);
        errors.push_back(estimate.error / in_unit);
        v.reach.include(reach);
    }
    auto const all = apps::over_members(values);
    v.value = all.value;
    v.spread = all.error;
    v.error = apps::over_members(errors).value;
    return v;
}

}  // namespace

void add_warm_elastic(Context& context, config::PropertiesOptions const& options,
                      std::vector<Potential const*> const& members, Statics& statics) {
    auto const& o = options.warm_elastic;
    if (!o.wanted) return;
    std::vector<double> given, measured;
    std::array<std::vector<StaticValue>, 4> columns;  // a, C11, C12, C44
    for (std::size_t k = 0; k < o.temperatures.size(); ++k) {
        double const temperature = o.temperatures[k];
        context.log.info(
            "elastic constants at {:g} K: {} pairs of runs of {} steps with each member",
            temperature, 2 * o.runs, std::llround((o.equilibration + o.duration) / o.timestep));
        std::vector<MemberConstants> found;
        for (auto const* const member : members)
            found.push_back(constants_of(context, options, *member, statics, k));
        columns[0].push_back(over_members(at_temperature("lattice_constant_md", temperature), "Å",
                                          1.0, found, [](auto const& m) {
                                              return std::pair{m.lattice.constant, m.lattice.reach};
                                          }));
        auto const add = [&](std::size_t column, std::string const& name, auto const part) {
            columns[column].push_back(over_members(
                at_temperature(name, temperature), "GPa", units::GPa, found, [&](auto const& m) {
                    return std::pair{m.elastic.*part, m.elastic.reach};
                }));
        };
        add(1, "C11", &properties::WarmElastic::c11);
        add(2, "C12", &properties::WarmElastic::c12);
        add(3, "C44", &properties::WarmElastic::c44);
        for (auto const& column : columns)
            if (&column != columns.data() || o.lattice_constants.empty())
                statics.values.push_back(column.back());
        given.push_back(temperature);
        measured.push_back(over_members("", "K", 1.0, found, [](auto const& m) {
                               return std::pair{m.elastic.temperature, m.elastic.reach};
                           }).value);
        constexpr double far = 0.03;
        if (std::abs(measured.back() / temperature - 1.0) > far)
            statics.notes.push_back(
                fmt::format("elastic constants at {:g} K: the atoms had {:.1f} K: lengthen "
                            "equilibration, or take more runs",
                            temperature, measured.back()));
    }
    report::CsvTable table;
    table.comments = {fmt::format(
        "isothermal, from the mean stress under strains of ±{}, {} cells along each edge; errors: "
        "standard errors, mean over the members; spread: standard deviation over the members, "
        "noise of the runs included",
        o.strain, o.supercell)};
    table.add("temperature [K]", given);
    table.add("measured [K]", measured);
    constexpr std::array names{"lattice constant [angstrom]", "C11 [GPa]", "C12 [GPa]",
                               "C44 [GPa]"};
    constexpr std::array short_names{"a [angstrom]", "C11 [GPa]", "C12 [GPa]", "C44 [GPa]"};
    for (std::size_t c = 0; c < columns.size(); ++c) {
        auto const numbers = [&](auto const part) {
            std::vector<double> all;
            for (auto const& v : columns[c]) all.push_back(v.*part);
            return all;
        };
        table.add(names[c], numbers(&StaticValue::value));
        table.add(fmt::format("error {}", short_names[c]), numbers(&StaticValue::error));
        if (members.size() > 1)
            table.add(fmt::format("spread {}", short_names[c]), numbers(&StaticValue::spread));
    }
    statics.curves.emplace("elastic_temperature", std::move(table));
}

}  // namespace kamacite::apps
