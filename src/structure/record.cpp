#include "kamacite/structure/record.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"

namespace kamacite {
namespace {

void check_length(char const* what, std::size_t length, int atoms) {
    if (length != 0 && length != static_cast<std::size_t>(atoms))
        throw DataError(
            fmt::format("{} {} for {} atoms (must be one per atom or none)", length, what, atoms));
}

void check_texts(Record const& record) {
    for (auto const& [what, text] : {std::pair{"name", &record.name},
                                     {"family", &record.family},
                                     {"trajectory", &record.trajectory},
                                     {"level of theory", &record.level},
                                     {"source", &record.source},
                                     {"recipe", &record.recipe}})
        if (!is_utf8(*text))
            throw DataError(fmt::format(
                "the {} '{}' is not UTF-8: convert the file, for example with 'iconv -f latin1 -t "
                "utf8'",
                what, as_utf8(*text)));
    for (auto const& [name, value] : record.labels.properties)
        if (!is_utf8(name))
            throw DataError(
                fmt::format("the name of property '{}' is not UTF-8: convert the file, "
                            "for example with 'iconv -f latin1 -t utf8'",
                            as_utf8(name)));
}

}  // namespace

std::string property_unit(std::string const& name) {
    static std::map<std::string, std::string> const units{
        {"temperature", "K"},
        {"thermal_conductivity", "W/(m K)"},
        {"electrical_resistivity", "uohm cm"},
        {"electrical_resistivity_error", "uohm cm"},
        {"magnetic_moment", "muB/atom"},
        {"lattice_constant", "angstrom"},
        {"energy_std", "eV"},
        {"force_std", "eV/angstrom"}};
    auto const found = units.find(name);
    return found == units.end() ? "1" : found->second;
}

void check(Record const& record) {
    auto const& labels = record.labels;
    check(record.structure);
    int const atoms = record.structure.size();
    check_length("forces", labels.forces.size(), atoms);
    check_length("moments", labels.moments.size(), atoms);
    if (labels.energy && !std::isfinite(*labels.energy))
        throw DataError(
            fmt::format("energy is {} (must be finite): leave it out if unknown", *labels.energy));
    if (labels.stress && !labels.stress->allFinite())
        throw DataError("stress has an entry that is not finite: leave it out if unknown");
    for (std::size_t i = 0; i < labels.forces.size(); ++i)
        if (!labels.forces[i].allFinite())
            throw DataError(
                fmt::format("force on atom {} is not finite: leave forces out if unknown", i + 1));
    for (std::size_t i = 0; i < labels.moments.size(); ++i)
        if (!std::isfinite(labels.moments[i]))
            throw DataError(
                fmt::format("moment of atom {} is {} (must be finite)", i + 1, labels.moments[i]));
    for (auto const& [name, value] : labels.properties)
        if (!std::isfinite(value))
            throw DataError(fmt::format(
                "property '{}' is {} (must be finite): leave it out if unknown", name, value));
    if (auto const found = labels.properties.find("temperature");
        found != labels.properties.end() && found->second < 0.0)
        throw DataError(fmt::format("temperature is {} K (must not be below zero): is it in degC?",
                                    found->second));
    check_texts(record);
}

}  // namespace kamacite
