#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/pw_output.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

constexpr double force_unit = units::hartree / units::bohr;
constexpr double stress_unit = units::hartree / (units::bohr * units::bohr * units::bohr);

std::optional<double> real_in(pugi::xml_node node, char const* name) {
    return to_real(trimmed(node.child_value(name)));
}

std::optional<Vec3> vector_in(char const* text) {
    auto const v = leading_reals(text, 4);
    if (v.size() != 3) return std::nullopt;
    return Vec3(v[0], v[1], v[2]);
}

std::optional<Structure> structure_in(pugi::xml_node node) {
    Mat3 rows;
    int k = 0;
    for (auto const* const name : {"a1", "a2", "a3"}) {
        auto const row = vector_in(node.child("cell").child_value(name));
        if (!row) return std::nullopt;
        rows.row(k++) = units::bohr * row->transpose();
    }
    std::vector<int> species;
    std::vector<Vec3> positions;
    for (auto const& atom : node.child("atomic_positions").children("atom")) {
        auto const r = vector_in(atom.child_value());
        if (!r) return std::nullopt;
        species.push_back(element_of_label(atom.attribute("name").value()));
        positions.emplace_back(units::bohr * *r);
    }
    if (static_cast<int>(positions.size()) != node.attribute("nat").as_int(-1)) return std::nullopt;
    try {
        Structure s{Cell{rows}, std::move(species), std::move(positions)};
        check(s);
        return s;
    } catch (DataError const&) {
        return std::nullopt;
    }
}

/// Rows of three in a matrix element; it is told from the flag of the same name by its rank.
std::vector<Vec3> rows_in(pugi::xml_node parent, char const* name) {
    std::vector<Vec3> rows;
    for (auto const& node : parent.children(name)) {
        if (!node.attribute("rank")) continue;
        auto const v = leading_reals(node.child_value(), static_cast<std::size_t>(-1));
        for (std::size_t i = 0; i + 2 < v.size(); i += 3)
            rows.emplace_back(v[i], v[i + 1], v[i + 2]);
    }
    return rows;
}

/// Of the highest state of each spin at each k-point, the largest.
std::optional<double> top_occupation_in(pugi::xml_node bands) {
    auto const polarised = std::string_view{bands.child_value("lsda")} == "true";
    std::optional<double> top;
    for (auto const& k : bands.children("ks_energies")) {
        auto const f = leading_reals(k.child_value("occupations"), static_cast<std::size_t>(-1));
        auto const up = static_cast<std::size_t>(bands.child("nbnd_up").text().as_uint());
        if (f.empty()) continue;
        top = std::max(top.value_or(0.0), std::abs(f.back()));
        if (polarised && up > 0 && up <= f.size()) top = std::max(*top, std::abs(f[up - 1]));
    }
    return top;
}

ScfStep step_in(pugi::xml_node node) {
    ScfStep step;
    step.structure = structure_in(node.child("atomic_structure"));
    auto scf = node.child("convergence_info").child("scf_conv");
    if (!scf) scf = node.child("scf_conv");
    step.converged = std::string_view{scf.child_value("convergence_achieved")} == "true";
    step.iterations = static_cast<int>(real_in(scf, "n_scf_steps").value_or(0.0));
    if (auto const e = real_in(node.child("total_energy"), "etot"))
        step.labels.energy = *e * units::hartree;
    if (auto const e = real_in(node.child("total_energy"), "demet"))
        step.smearing_energy = *e * units::hartree;
    step.total_moment = real_in(node.child("magnetization"), "total");
    step.absolute_moment = real_in(node.child("magnetization"), "absolute");
    step.top_occupation = top_occupation_in(node.child("band_structure"));
    auto forces = rows_in(node, "forces");
    if (step.structure && static_cast<int>(forces.size()) == step.structure->size()) {
        for (auto& f : forces) f *= force_unit;
        step.labels.forces = std::move(forces);
    }
    if (auto const p = rows_in(node, "stress"); p.size() == 3) {
        Mat3 stress;
        for (int k = 0; k < 3; ++k) stress.row(k) = p[static_cast<std::size_t>(k)].transpose();
        step.labels.stress = Mat3(-stress_unit * stress);
    }
    return step;
}

std::string level_in(pugi::xml_node root) {
    auto const out = root.child("output");
    nlohmann::json level{{"program", "Quantum ESPRESSO pw.x"}};
    level["functional"] = as_utf8(out.child("dft").child_value("functional"));
    level["ecutwfc_Ry"] = 2.0 * real_in(out.child("basis_set"), "ecutwfc").value_or(0.0);
    level["ecutrho_Ry"] = 2.0 * real_in(out.child("basis_set"), "ecutrho").value_or(0.0);
    auto const smearing = root.child("input").child("bands").child("smearing");
    if (smearing) {
        level["smearing"] = as_utf8(smearing.child_value());
        level["degauss_Ry"] = 2.0 * smearing.attribute("degauss").as_double();
    }
    for (auto const& kind : out.child("atomic_species").children("species"))
        level["pseudopotentials"][as_utf8(kind.child_value("pseudo_file"))] = "";
    return level.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

ProgramOutput parse_pw_xml(std::string_view text) {
    pugi::xml_document document;
    ProgramOutput out;
    out.ended = static_cast<bool>(document.load_buffer(text.data(), text.size()));
    auto const root = document.document_element();
    out.version = root.child("general_info").child("creator").attribute("VERSION").value();
    out.spin_polarised =
        std::string_view{root.child("input").child("spin").child_value("lsda")} == "true";
    out.seconds = real_in(root.child("timing_info").child("total"), "wall").value_or(0.0);
    for (auto const& step : root.children("step")) out.steps.push_back(step_in(step));
    if (auto const last = root.child("output")) {
        auto step = step_in(last);
        // After a relaxation the last step is told again, with the positions of a next one.
        auto* const same = !out.steps.empty() && out.steps.back().labels.energy &&
                                   out.steps.back().labels.energy == step.labels.energy
                               ? &out.steps.back()
                               : nullptr;
        if (same == nullptr) {
            out.steps.push_back(std::move(step));
        } else {
            same->total_moment = step.total_moment;
            same->absolute_moment = step.absolute_moment;
            same->top_occupation = step.top_occupation;
            if (!same->labels.stress) same->labels.stress = step.labels.stress;
        }
    }
    out.level = level_in(root);
    return out;
}

}  // namespace kamacite::formats
