#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"
#include "kamacite/formats/vasp_output.hpp"

namespace kamacite::formats {
namespace {

constexpr double kbar = 0.1 * units::GPa;

pugi::xml_node named(pugi::xml_node parent, char const* element, char const* name) {
    return parent.find_child_by_attribute(element, "name", name);
}

/// The value of <i name="…"> anywhere below, e.g. in the nested separators of <parameters>.
std::string_view setting(pugi::xml_node parent, char const* name) {
    auto const found = parent.find_node([&](pugi::xml_node node) {
        return std::string_view{node.name()} == "i" &&
               std::string_view{node.attribute("name").value()} == name;
    });
    return trimmed(found.child_value());
}

/// Rows <v>x y z</v> of an array; nothing if one of them is not three numbers.
std::vector<Vec3> rows_of(pugi::xml_node array) {
    std::vector<Vec3> rows;
    for (auto const& v : array.children("v")) {
        auto const x = leading_reals(v.child_value(), 4);
        if (x.size() != 3) return {};
        rows.emplace_back(x[0], x[1], x[2]);
    }
    return rows;
}

std::optional<Mat3> tensor_of_rows(std::vector<Vec3> const& rows) {
    if (rows.size() != 3) return std::nullopt;
    Mat3 m;
    for (int k = 0; k < 3; ++k) m.row(k) = rows[static_cast<std::size_t>(k)].transpose();
    return m;
}

std::optional<Structure> structure_in(pugi::xml_node node, std::vector<int> const& species) {
    auto const basis = tensor_of_rows(rows_of(named(node.child("crystal"), "varray", "basis")));
    auto const fractions = rows_of(named(node, "varray", "positions"));
    if (!basis || fractions.size() != species.size() || species.empty()) return std::nullopt;
    try {
        Structure s{Cell{*basis}, species, {}};
        for (auto const& f : fractions) s.positions.push_back(s.cell.to_cartesian(f));
        check(s);
        return s;
    } catch (DataError const&) {
        return std::nullopt;
    }
}

std::vector<int> species_in(pugi::xml_node root) {
    std::vector<int> species;
    auto const set = named(root.child("atominfo"), "array", "atoms").child("set");
    for (auto const& row : set.children("rc"))
        species.push_back(element_of_label(trimmed(row.child_value("c"))));
    return species;
}

std::string level_in(pugi::xml_node root) {
    auto const parameters = root.child("parameters");
    nlohmann::json level{{"program", "VASP"}};
    for (auto const& [key, name] : {std::pair{"ENCUT", "ENMAX"}, {"SIGMA", "SIGMA"}})
        level[key] = to_real(setting(parameters, name)).value_or(0.0);
    level["ISMEAR"] = to_integer(setting(parameters, "ISMEAR")).value_or(0);
    level["GGA"] = as_utf8(setting(parameters, "GGA"));
    auto const set = named(root.child("atominfo"), "array", "atomtypes").child("set");
    level["POTCAR"] = nlohmann::json::array();
    for (auto const& row : set.children("rc"))
        level["POTCAR"].push_back(as_utf8(trimmed(row.last_child().child_value())));
    return level.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<double> energy_in(pugi::xml_node energies) {
    return to_real(trimmed(named(energies, "i", "e_fr_energy").child_value()));
}

ScfStep step_in(pugi::xml_node calculation, std::vector<int> const& species, long long most) {
    ScfStep step;
    step.structure = structure_in(calculation.child("structure"), species);
    pugi::xml_node last;
    for (auto const& iteration : calculation.children("scstep")) {
        last = iteration;
        ++step.iterations;
    }
    step.converged = step.iterations > 0 && step.iterations < most;
    step.labels.energy = energy_in(calculation.child("energy"));
    if (!step.labels.energy) step.labels.energy = energy_in(last.child("energy"));
    auto forces = rows_of(named(calculation, "varray", "forces"));
    if (forces.size() == species.size()) step.labels.forces = std::move(forces);
    if (auto const p = tensor_of_rows(rows_of(named(calculation, "varray", "stress"))))
        step.labels.stress = Mat3(-kbar * *p);
    return step;
}

Record last_of(ProgramOutput const& output, std::filesystem::path const& path) {
    auto usable = usable_steps(output, path.string());
    if (usable.records.empty())
        throw DataError(fmt::format("{}: there are no labels in it", usable.left_out));
    return std::move(usable.records.back());
}

}  // namespace

ProgramOutput parse_vasprun(std::string_view text) {
    pugi::xml_document document;
    ProgramOutput out;
    out.ended = static_cast<bool>(document.load_buffer(text.data(), text.size()));
    auto const root = document.document_element();
    out.version = trimmed(named(root.child("generator"), "i", "version").child_value());
    auto const parameters = root.child("parameters");
    out.spin_polarised = setting(parameters, "ISPIN") == "2";
    auto const most = to_integer(setting(parameters, "NELM")).value_or(60);
    auto const species = species_in(root);
    for (auto const& calculation : root.children("calculation")) {
        out.steps.push_back(step_in(calculation, species, most));
        auto const before = text.substr(0, static_cast<std::size_t>(calculation.offset_debug()));
        out.steps.back().line = 1 + std::ranges::count(before, '\n');
    }
    out.level = level_in(root);
    return out;
}

void add_moments(ProgramOutput& vasprun, ProgramOutput const& outcar) {
    if (vasprun.steps.size() != outcar.steps.size()) return;
    for (std::size_t i = 0; i < vasprun.steps.size(); ++i) {
        auto const& a = vasprun.steps[i].labels.energy;
        auto const& b = outcar.steps[i].labels.energy;
        if (a.has_value() != b.has_value() || (a && std::abs(*a - *b) > 1e-4)) return;
    }
    for (std::size_t i = 0; i < vasprun.steps.size(); ++i) {
        auto const& other = outcar.steps[i];
        auto& step = vasprun.steps[i];
        if (step.structure &&
            static_cast<int>(other.labels.moments.size()) == step.structure->size())
            step.labels.moments = other.labels.moments;
        step.total_moment = other.total_moment;
        step.smearing_energy = other.smearing_energy;
        step.converged = step.converged && other.converged;
    }
}

Record read_vasprun(std::filesystem::path const& path) {
    auto output = parse_vasprun(read_text(path));
    auto const beside = path.parent_path() / "OUTCAR";
    std::error_code code;
    if (std::filesystem::is_regular_file(beside, code))
        add_moments(output, parse_outcar(read_text(beside)));
    return last_of(output, path);
}

Record read_outcar(std::filesystem::path const& path) {
    return last_of(parse_outcar(read_text(path)), path);
}

}  // namespace kamacite::formats
