#include "table_units.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "kamacite/core/units.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

struct Unit {
    std::string_view spelling;  // after plain()
    double factor;
    double offset = 0.0;
};
using Units = std::vector<Unit>;

Units const& lengths() {
    static Units const u{
        {"angstrom", 1.0}, {"a", 1.0}, {"bohr", units::bohr}, {"nm", 10.0}, {"pm", 0.01}};
    return u;
}
Units const& energies() {
    static Units const u{{"ev", 1.0},
                         {"mev", 1e-3},
                         {"hartree", units::hartree},
                         {"ha", units::hartree},
                         {"rydberg", units::rydberg},
                         {"ry", units::rydberg}};
    return u;
}
Units const& temperatures() {
    static Units const u{{"k", 1.0},
                         {"kelvin", 1.0},
                         {"c", 1.0, 273.15},
                         {"degc", 1.0, 273.15},
                         {"°c", 1.0, 273.15}};
    return u;
}
Units const& conductivities() {  // W/(m K)
    static Units const u{{"w/mk", 1.0},    {"w/m/k", 1.0},    {"wm-1k-1", 1.0},
                         {"w/cmk", 100.0}, {"w/cm/k", 100.0}, {"wcm-1k-1", 100.0}};
    return u;
}
Units const& resistivities() {  // 1 µΩ cm = 1e-8 Ω m
    static Units const u{{"uohmcm", 1.0},   {"microohmcm", 1.0}, {"micro-ohmcm", 1.0},
                         {"1e-8ohmm", 1.0}, {"10-8ohmm", 1.0},   {"ohmm", 1e8},
                         {"ohmcm", 1e6},    {"uohmm", 100.0},    {"nohmm", 0.1}};
    return u;
}
Units const& moments() {
    static Units const u{{"mub/atom", 1.0}, {"mub", 1.0}, {"ub/atom", 1.0}, {"ub", 1.0}};
    return u;
}
/// Units of a property whose name says nothing: they become internal units.
Units const& others() {
    static Units const u = [] {
        Units all{{"1", 1.0},
                  {"gpa", units::GPa},
                  {"mpa", 1e-3 * units::GPa},
                  {"kbar", 0.1 * units::GPa},
                  {"bar", 1e-4 * units::GPa},
                  {"ev/angstrom3", 1.0},
                  {"angstrom3", 1.0},
                  {"ev/angstrom", 1.0},
                  {"ev/atom", 1.0},
                  {"mev/atom", 1e-3},
                  {"fs", 1.0},
                  {"ps", units::ps}};
        for (auto const* more : {&lengths(), &energies(), &temperatures(), &moments()})
            all.insert(all.end(), more->begin(), more->end());
        return all;
    }();
    return u;
}

Units const& units_of(std::string_view name) {
    static Units const energy = [] {
        Units all = energies();
        all.insert(all.end(), {{"ev/atom", 1.0}, {"mev/atom", 1e-3}});
        return all;
    }();
    if (name == "lattice_constant" || name == "c" || name == "cell" || name == "positions")
        return lengths();
    if (name == "energy") return energy;
    if (name == "temperature") return temperatures();
    if (name == "thermal_conductivity") return conductivities();
    if (name == "electrical_resistivity") return resistivities();
    if (name == "magnetic_moment") return moments();
    return others();
}

std::string canonical(std::string const& name) {
    static std::map<std::string, std::string, std::less<>> const aliases{
        {"a", "lattice_constant"},
        {"a0", "lattice_constant"},
        {"alat", "lattice_constant"},
        {"lattice_parameter", "lattice_constant"},
        {"c/a", "c_over_a"},
        {"phase", "lattice"},
        {"crystal", "lattice"},
        {"crystal_structure", "lattice"},
        {"element", "species"},
        {"symbol", "species"},
        {"path", "file"},
        {"t", "temperature"},
        {"t_k", "temperature"},
        {"temperature_k", "temperature"},
        {"kappa", "thermal_conductivity"},
        {"κ", "thermal_conductivity"},
        {"rho", "electrical_resistivity"},
        {"ρ", "electrical_resistivity"},
        {"resistivity", "electrical_resistivity"},
        {"moment", "magnetic_moment"},
        {"magmom", "magnetic_moment"},
        {"config_type", "family"},
        {"tag", "name"},
        {"config_name", "name"}};
    auto const found = aliases.find(name);
    return found == aliases.end() ? name : found->second;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// A unit without what people write differently: blanks, dots, brackets, Greek letters, case.
std::string plain(std::string_view unit) {
    std::string text{unit};
    for (auto const& [from, to] : {std::pair{"µ", "u"},
                                   {"μ", "u"},
                                   {"Ω", "ohm"},
                                   {"Ω", "ohm"},
                                   {"Å", "angstrom"},
                                   {"Å", "angstrom"},
                                   {"·", ""},
                                   {"⁻¹", "-1"},
                                   {"⁻⁸", "-8"},
                                   {"³", "3"},
                                   {"−", "-"}})
        replace_all(text, from, to);
    std::erase_if(text, [](char c) {
        return is_blank(c) || c == '*' || c == '.' || c == '(' || c == ')' || c == '^' || c == '_';
    });
    return lower(text);
}

/// Cuts `name [unit]` or `name (unit)` in two; the unit may be empty.
std::pair<std::string, std::string> split(std::string_view header) {
    header = trimmed(header);
    for (auto const& [open, close] : {std::pair{'[', ']'}, {'(', ')'}}) {
        auto const begin = header.find(open);
        if (begin == std::string_view::npos || header.back() != close) continue;
        return {std::string{trimmed(header.substr(0, begin))},
                std::string{trimmed(header.substr(begin + 1, header.size() - begin - 2))}};
    }
    return {std::string{header}, {}};
}

}  // namespace

std::optional<ColumnMeaning> meaning_of(std::string_view header, std::string& units) {
    auto const [text, unit] = split(header);
    std::string name = lower(text);
    std::ranges::replace(name, ' ', '_');
    ColumnMeaning meaning{canonical(name)};
    if (unit.empty()) return meaning;
    auto const spelling = plain(unit);
    auto const& known = units_of(meaning.name);
    auto const found = std::ranges::find(known, spelling, &Unit::spelling);
    if (found == known.end()) {
        for (auto const& u : known) units += (units.empty() ? "" : ", ") + std::string{u.spelling};
        return std::nullopt;
    }
    meaning.factor = found->factor;
    meaning.offset = found->offset;
    meaning.per_atom = meaning.name == "energy" && spelling.ends_with("/atom");
    return meaning;
}

}  // namespace kamacite::formats
