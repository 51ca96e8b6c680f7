#include "predicted.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <span>
#include <string_view>

namespace kamacite::apps {
namespace {

using Names = std::span<std::string_view const>;

// Names that readers take for one quantity: those of kamacite's own reader, and of ASE, which makes
// results of a calculator of them.
constexpr std::string_view energy_names[] = {"energy", "free_energy", "energies"};
constexpr std::string_view force_names[] = {"forces", "force"};
constexpr std::string_view stress_names[] = {"stress", "stresses", "virial", "virials"};
constexpr std::string_view moment_names[] = {"magmoms", "magmom", "total_magmom", "spin", "spins"};
// What predict adds of its own: of an earlier prediction, nothing to keep.
constexpr std::string_view remarks[] = {"energy_std", "force_std", "extrapolation",
                                        "extrapolation_grade"};

bool is_one_of(std::string name, Names names) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string kept(std::string const& name) {
    return "REF_" + name;
}

/// Renames keys and columns to REF_<name>; those of which there is a REF_<name> already go.
template <class Wanted>
void set_aside_if(formats::Frame& frame, Wanted const& wanted) {
    std::erase_if(frame.info, [&](auto const& item) {
        return wanted(item.first) && frame.find(kept(item.first)) != nullptr;
    });
    std::erase_if(frame.columns, [&](auto const& column) {
        return wanted(column.name) && frame.find_column(kept(column.name)) != nullptr;
    });
    for (auto& [key, value] : frame.info)
        if (wanted(key)) key = kept(key);
    for (auto& column : frame.columns)
        if (wanted(column.name)) column.name = kept(column.name);
}

void set_aside(formats::Frame& frame, Names names) {
    set_aside_if(frame, [&](std::string const& name) { return is_one_of(name, names); });
}

/// A reference stress stays as stress and virial both: a reader that found one of them beside the
/// prediction of the other would have to call them contradictory.
void set_aside_stress(formats::Frame& frame, Record const& record) {
    set_aside(frame, stress_names);
    if (!record.labels.stress) return;
    Mat3 const& stress = *record.labels.stress;
    if (frame.find("REF_stress") == nullptr) frame.set("REF_stress", stress);
    if (frame.find("REF_virial") == nullptr)
        frame.set("REF_virial", Mat3{-record.structure.cell.volume() * stress});
}

/// Whether a stress means anything: a cluster has no volume but that of the box around it.
bool has_volume(Cell const& cell) {
    auto const& periodic = cell.periodic();
    return std::find(periodic.begin(), periodic.end(), true) != periodic.end();
}

double largest(std::vector<double> const& values) {
    return *std::max_element(values.begin(), values.end());
}

}  // namespace

Abilities abilities_of(Committee const& committee) {
    Abilities abilities;
    for (auto const& head : committee.members().front().heads()) {
        abilities.energy = abilities.energy || head.kind == Head::Kind::energy;
        abilities.moments = abilities.moments || head.kind == Head::Kind::moment;
        if (head.kind != Head::Kind::property) continue;
        Abilities::Properties properties{{}, head.conditions};
        for (std::size_t k = 0; k < head.outputs.size(); ++k)
            if (std::isfinite(head.shift[k])) properties.outputs.push_back(head.outputs[k]);
        abilities.properties.push_back(std::move(properties));
    }
    return abilities;
}

std::vector<std::string> missing_conditions(Abilities::Properties const& head,
                                            Record const& record) {
    std::vector<std::string> missing;
    for (auto const& name : head.conditions)
        if (!record.labels.properties.contains(name)) missing.push_back(name);
    return missing;
}

void add_prediction(formats::Frame& frame, Record const& record, Abilities const& abilities,
                    inference::Answer const& answer) {
    auto const& p = answer.prediction;
    auto const& cell = record.structure.cell;
    std::erase_if(frame.info, [](auto const& item) { return is_one_of(item.first, remarks); });
    std::erase_if(frame.columns,
                  [](auto const& column) { return is_one_of(column.name, remarks); });
    if (abilities.energy) {
        set_aside(frame, energy_names);
        set_aside(frame, force_names);
        set_aside_stress(frame, record);
    }
    if (abilities.moments) set_aside(frame, moment_names);
    for (auto const& head : abilities.properties)
        for (auto const& output : head.outputs)
            set_aside_if(frame, [&](std::string const& name) { return name == output; });

    if (!p.energies.empty()) frame.set("energy", p.energy());
    if (!p.virials.empty()) {
        Mat3 const virial =
            0.5 * (p.virial() + p.virial().transpose());  // symmetric but for rounding
        if (has_volume(cell)) frame.set("stress", Mat3{-virial / cell.volume()});
        frame.set("virial", virial);
    }
    for (auto const& [name, value] : p.properties) frame.set(name, value);
    if (!p.forces.empty()) frame.set_column("forces", p.forces);
    if (!p.moments.empty()) frame.set_column("magmoms", 1, p.moments);
    if (answer.spread) {
        frame.set("energy_std", answer.spread->energy);
        frame.set_column("force_std", 1, answer.spread->forces);
    }
    if (!answer.extrapolation.empty()) {
        frame.set_column("extrapolation", 1, answer.extrapolation);
        frame.set("extrapolation", largest(answer.extrapolation));
    }
    if (!p.grade.empty()) {
        frame.set_column("extrapolation_grade", 1, p.grade);
        frame.set("extrapolation_grade", largest(p.grade));
    }
}

Record with_prediction(Record record, Abilities const& abilities, inference::Answer const& answer) {
    auto const& p = answer.prediction;
    auto const given = std::move(record.labels.properties);
    record.labels = {};
    for (auto const& head : abilities.properties)
        for (auto const& name : head.conditions)
            if (auto const found = given.find(name); found != given.end())
                record.labels.properties.insert(*found);
    if (!p.energies.empty()) record.labels.energy = p.energy();
    record.labels.forces = p.forces;
    if (!p.virials.empty() && has_volume(record.structure.cell))
        record.labels.stress = p.stress(record.structure.cell.volume());
    record.labels.moments = p.moments;
    for (auto const& [name, value] : p.properties) record.labels.properties[name] = value;
    if (answer.spread) record.labels.properties["energy_std"] = answer.spread->energy;
    if (!answer.extrapolation.empty())
        record.labels.properties["extrapolation"] = largest(answer.extrapolation);
    if (!p.grade.empty()) record.labels.properties["extrapolation_grade"] = largest(p.grade);
    return record;
}

}  // namespace kamacite::apps
