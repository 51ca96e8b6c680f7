#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "any_model.hpp"
#include "commands.hpp"
#include "heat_transport_properties.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/properties.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "phonon_properties.hpp"
#include "resistivity_properties.hpp"
#include "statics.hpp"
#include "warm_elastic_properties.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Digits that the spread of the members, or else the error of the numbers, leaves: "2.83 ± 0.01",
/// or without members "913 (2)".
std::string shown(StaticValue const& v) {
    double const doubt = std::fmax(v.spread, v.error);
    int digits = 4;
    if (doubt > 0.0)
        digits = static_cast<int>(std::clamp(1.0 - std::floor(std::log10(doubt)), 0.0, 6.0));
    auto text = fmt::format("{:.{}f}", v.value, digits);
    if (v.spread > 0.0)
        text += fmt::format(" ± {:.{}f}", v.spread, digits);
    else if (v.error > 0.0)
        text += fmt::format(" ({:.{}f})", v.error, digits);
    return text;
}

/// What is to be told of a model that was asked far from its data.
std::string doubt_of(Reach const& reach) {
    constexpr double strange = 2.0;  // grade, where others select structures to calculate
    std::string text;
    if (reach.extrapolation > 1.0)
        text += fmt::format("  extrapolation {:.2g}", reach.extrapolation);
    if (reach.grade > strange) text += fmt::format("  grade {:.2g}", reach.grade);
    return text;
}

report::CsvTable table_of(Statics const& statics, int members) {
    report::CsvTable table;
    table.comments = {
        fmt::format("mean over {} model(s); spread: standard deviation over them (nan: run as "
                    "one); error: of the differences or the fit; extrapolation, grade: the largest "
                    "met on the way",
                    members)};
    std::vector<std::string> names, units;
    std::vector<double> values, spreads, errors, extrapolation, grade;
    for (auto const& v : statics.values) {
        names.push_back(v.name);
        units.push_back(v.unit);
        values.push_back(v.value);
        spreads.push_back(members > 1 ? v.spread : std::nan(""));
        errors.push_back(v.error);
        extrapolation.push_back(v.reach.extrapolation);
        grade.push_back(v.reach.grade > 0.0 ? v.reach.grade : std::nan(""));
    }
    table.add("property", std::move(names));
    table.add("value", values);
    table.add("unit", std::move(units));
    table.add("spread", spreads);
    table.add("error", errors);
    table.add("extrapolation", extrapolation);
    table.add("grade", grade);
    return table;
}

/// All that compounds and solutes are made of.
std::set<std::string> elements_of(config::AlloyOptions const& alloys) {
    std::set<std::string> all;
    if (!alloys.wanted) return all;
    for (auto const& c : alloys.compounds) all.insert(c.elements.begin(), c.elements.end());
    for (auto const& s : alloys.solutes) all.insert(s.element);
    return all;
}

int properties(Context& context, fs::path const& input, double max_hours) {
    auto const& comm = context.comm;
    auto const o = config::read_options<config::PropertiesOptions>(input, "properties", comm);
    std::optional<StopRequest> stop;  // what has no checkpoints ends by signals as usual
    if (o.heat_transport.wanted) stop.emplace(comm, max_hours);
    ModelOptions given;
    given.path = o.model;
    auto const model = load_any(context, given);
    model.expect_element(atomic_number_of(o.element));
    for (auto const& symbol : elements_of(o.alloys)) model.expect_element(atomic_number_of(symbol));
    auto const potentials = model.members();
    auto statics = compute_statics(context, o, potentials);
    add_warm_elastic(context, o, potentials, statics);
    add_phonons(context, o, potentials, statics);
    if (stop && !add_heat_transport(context, o, model, *stop, statics)) {
        context.log.warn("stopped at a checkpoint ({}): the same line again goes on from it",
                         stop->reason());
        return static_cast<int>(ErrorKind::stopped);
    }
    stop.reset();
    add_resistivity(context, o, add_magnetism(context, o, potentials, statics), statics);
    auto const members = static_cast<int>(potentials.size());

    io::write_text_file(o.output / "resolved.yaml", config::resolved_input("properties", o), comm);
    io::write_text_file(o.output / "properties.csv", report::to_csv(table_of(statics, members)),
                        comm);
    for (auto const& [name, curve] : statics.curves)
        io::write_text_file(o.output / (name + ".csv"), report::to_csv(curve), comm);
    Json all{
        {"model", o.model}, {"members", members}, {"lattice", o.lattice}, {"element", o.element}};
    for (auto const& v : statics.values) {
        Json entry{{"value", v.value},
                   {"unit", v.unit},
                   {"error", v.error},
                   {"extrapolation", v.reach.extrapolation}};
        if (v.reach.grade > 0.0) entry["grade"] = v.reach.grade;
        if (members > 1 && std::isfinite(v.spread)) entry["spread"] = v.spread;
        all["properties"][v.name] = std::move(entry);
    }
    all["notes"] = statics.notes;
    io::write_text_file(o.output / "properties.json", all.dump(2) + "\n", comm);
    if (!comm.is_root()) return 0;
    if (context.json) {
        fmt::print("{}\n", all.dump(2));
        return 0;
    }
    for (auto const& v : statics.values)
        fmt::print("{:<28} {:>22} {:<8}{}\n", v.name, shown(v), v.unit, doubt_of(v.reach));
    for (auto const& note : statics.notes) context.log.warn("{}", note);
    fmt::print("{}\n", (o.output / "properties.csv").string());
    return 0;
}

}  // namespace

Command properties_command() {
    return {"properties",
            "Properties of a crystal by a model: equation of state, elasticity, defects",
            [](Arguments const& arguments) {
                auto const input = std::make_shared<std::string>();
                auto const max_hours = std::make_shared<double>(0.0);
                arguments.add("input", *input, "Input file (YAML)").required();
                arguments
                    .add("--max-hours", *max_hours,
                         "Of heat_transport: stop at a checkpoint before this time is over (exit "
                         "code 75)")
                    .between(0.0, 1e6);
                return [input, max_hours](Context& context) {
                    return properties(context, *input, *max_hours);
                };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
