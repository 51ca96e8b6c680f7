#include "import_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"
#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(Extent const& extent) {
    return extent.is_empty() ? Json{} : Json::array({extent.low, extent.high});
}

Extent extent_of(Json const& json) {
    return json.is_null() ? Extent{} : Extent{json[0].get<double>(), json[1].get<double>()};
}

Json json_of(FamilySummary const& f) {
    return {{"structures", f.structures},
            {"atoms", f.atoms},
            {"labels", f.labels},
            {"energy", json_of(f.energy)},
            {"force", json_of(f.force)},
            {"volume", json_of(f.volume)},
            {"distance", json_of(f.distance)},
            {"crowded", f.crowded}};
}

FamilySummary summary_of(Json const& json) {
    FamilySummary f;
    json.at("structures").get_to(f.structures);
    json.at("atoms").get_to(f.atoms);
    json.at("labels").get_to(f.labels);
    f.energy = extent_of(json.at("energy"));
    f.force = extent_of(json.at("force"));
    f.volume = extent_of(json.at("volume"));
    f.distance = extent_of(json.at("distance"));
    json.at("crowded").get_to(f.crowded);
    return f;
}

std::string range(Extent const& extent, char const* format) {
    if (extent.is_empty()) return "-";
    auto const low = fmt::format(fmt::runtime(format), extent.low);
    auto const high = fmt::format(fmt::runtime(format), extent.high);
    return low == high ? low : low + " … " + high;
}

std::string line(std::string const& name, FamilySummary const& f) {
    auto const count = [&](char const* label) {
        auto const found = f.labels.find(label);
        return found == f.labels.end() ? 0 : found->second;
    };
    // fmt pads by characters, so "…" counts as one
    return fmt::format("  {:<24} {:>7} {:>9} {:>7} {:>7} {:>7} {:>7}  {:>24} {:>8} {:>15} {:>6}\n",
                       name, f.structures, f.atoms, count("energy"), count("forces"),
                       count("stress"), count("moments"), range(f.energy, "{:.4f}"),
                       f.force.is_empty() ? "-" : fmt::format("{:.3f}", f.force.high),
                       range(f.volume, "{:.2f}"),
                       f.distance.is_empty() ? "-" : fmt::format("{:.2f}", f.distance.low));
}

}  // namespace

std::pair<double, bool> nearest_atoms(Structure const& s, double least) {
    auto const neighbours = find_neighbours(s, std::max(3.0, least));
    generate::MinimumDistance const usual;
    double nearest = 0.0;
    bool crowded = false;
    for (int i = 0; i < s.size(); ++i) {
        auto const of_atom = neighbours.of(i);
        for (std::size_t k = 0; k < of_atom.distance.size(); ++k) {
            double const d = of_atom.distance[k];
            int const j = of_atom.atom[k];
            if (d < least)
                throw DataError(fmt::format(
                    "atoms {} and {} are {:.3f} Å apart (must be {} or more): correct the "
                    "structure, or lower --min-distance",
                    i + 1, j + 1, d, least));
            if (nearest == 0.0 || d < nearest) nearest = d;
            crowded = crowded || d < usual.of(s.species[static_cast<std::size_t>(i)],
                                              s.species[static_cast<std::size_t>(j)]);
        }
    }
    return {nearest, crowded};
}

void Extent::add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
}

void Extent::add(Extent const& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
}

void FamilySummary::add(Record const& record, double nearest, bool is_crowded) {
    auto const& l = record.labels;
    int const n = record.structure.size();
    ++structures;
    atoms += n;
    if (l.energy) energy.add(*l.energy / n);
    labels["energy"] += l.energy.has_value();
    labels["forces"] += !l.forces.empty();
    labels["stress"] += l.stress.has_value();
    labels["moments"] += !l.moments.empty();
    for (auto const& [name, value] : l.properties) ++labels[name];
    double largest = 0.0;
    for (auto const& f : l.forces) largest = std::max(largest, f.norm());
    if (!l.forces.empty()) force.add(largest);
    if (record.structure.cell.is_periodic()) volume.add(record.structure.cell.volume() / n);
    if (nearest > 0.0) distance.add(nearest);
    crowded += is_crowded;
}

void FamilySummary::add(FamilySummary const& other) {
    structures += other.structures;
    atoms += other.atoms;
    for (auto const& [name, count] : other.labels) labels[name] += count;
    energy.add(other.energy);
    force.add(other.force);
    volume.add(other.volume);
    distance.add(other.distance);
    crowded += other.crowded;
}

FamilySummaries joined(mpi::Communicator const& comm, FamilySummaries const& mine) {
    Json json = Json::object();
    for (auto const& [name, summary] : mine) json[name] = json_of(summary);
    auto const text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    FamilySummaries all;
    for (auto const& part : comm.all_gather(text)) {
        auto const families = Json::parse(part);
        for (auto const& [name, summary] : families.items()) all[name].add(summary_of(summary));
    }
    return all;
}

std::string render(FamilySummaries const& families) {
    std::string text =
        fmt::format("  {:<24} {:>7} {:>9} {:>7} {:>7} {:>7} {:>7}  {:>24} {:>8} {:>15} {:>6}\n",
                    "family", "frames", "atoms", "energy", "forces", "stress", "moments",
                    "energy eV/atom", "max eV/Å", "volume Å³/atom", "min Å");
    FamilySummary all;
    for (auto const& [name, summary] : families) {
        text += line(name.empty() ? "(none)" : name, summary);
        all.add(summary);
    }
    if (families.size() > 1) text += line("all", all);
    std::string properties;
    for (auto const& [name, count] : all.labels)
        if (name != "energy" && name != "forces" && name != "stress" && name != "moments")
            properties += fmt::format("{}{} ({})", properties.empty() ? "" : ", ", name, count);
    if (!properties.empty()) text += fmt::format("  properties: {}\n", properties);
    return text;
}

nlohmann::ordered_json to_json(FamilySummaries const& families) {
    Json json = Json::object();
    for (auto const& [name, summary] : families) json[name] = json_of(summary);
    return json;
}

}  // namespace kamacite::apps
