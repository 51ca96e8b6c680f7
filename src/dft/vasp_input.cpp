#include "vasp_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "judge.hpp"
#include "k_points.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/poscar.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::dft {
namespace {

enum class Run { only, first, second };

/// Keys of the mixing on each rung.
/// Source: VASP wiki, "AMIX": linear mixing (BMIX = 0.0001) for magnetic systems that do not
/// converge.
constexpr char const* ladder[] = {
    "ALGO = Normal\n",
    "ALGO = Normal\nAMIX = 0.2\nBMIX = 0.0001\nAMIX_MAG = 0.8\nBMIX_MAG = 0.0001\n",
    "ALGO = All\n",
    "ALGO = All\nAMIX = 0.1\nBMIX = 0.0001\nAMIX_MAG = 0.4\nBMIX_MAG = 0.0001\n",
};

/// VASP takes the first of two lines with one key: those given take the place of ours, except for
/// what a remedy changes.
std::string with_lines(std::string_view ours, std::map<std::string, std::string> const& given,
                       int rung) {
    auto const key_of = [](std::string_view line) {
        return std::string{formats::trimmed(line.substr(0, line.find('=')))};
    };
    std::set<std::string> remedied;
    if (rung > 0)
        for (auto const line : formats::whole_lines(ladder[std::min(rung, vasp_two_run_rung)]))
            remedied.insert(key_of(line));
    auto const stands = [&](std::string const& key) {
        return given.contains(key) && !remedied.contains(key);
    };
    std::string text;
    for (auto const line : formats::whole_lines(ours))
        if (!stands(key_of(line))) text += std::string{line} + "\n";
    for (auto const& [key, value] : given)
        if (stands(key)) text += fmt::format("{} = {}\n", key, value);
    return text;
}

std::string incar(VaspSettings const& settings, std::vector<double> const& moments, int rung,
                  Run run) {
    auto text = fmt::format(
        "SYSTEM = kamacite\nPREC = Accurate\nENCUT = {:.10g}\nEDIFF = {:.6g}\nISMEAR = {}\n"
        "SIGMA = {:.10g}\nNELM = {}\nLASPH = .TRUE.\nLREAL = .FALSE.\nNSW = 0\nIBRION = -1\n"
        "ISIF = 2\nLORBIT = 11\nLWAVE = .FALSE.\nLCHARG = {}\n",
        settings.encut, settings.ediff, settings.ismear,
        settings.sigma * (run == Run::first ? 3.0 : 1.0), settings.nelm * (rung > 0 ? 2 : 1),
        run == Run::first ? ".TRUE." : ".FALSE.");
    text += ladder[std::clamp(rung, 0, vasp_two_run_rung)];
    if (run == Run::second) text += "ICHARG = 1\n";
    text += moments.empty() ? "ISPIN = 1\n" : "ISPIN = 2\nMAGMOM =";
    for (double const m : moments) text += fmt::format(" {:.4g}", m);
    if (!moments.empty()) text += "\n";
    return with_lines(text, settings.incar, rung);
}

std::string potcar(VaspSettings const& settings, Structure const& structure) {
    std::string text;
    for (std::size_t i = 0; i < structure.species.size(); ++i) {
        if (i > 0 && structure.species[i] == structure.species[i - 1]) continue;
        std::string const symbol{symbol_of(structure.species[i])};
        auto const found = settings.potcars.find(symbol);
        if (found == settings.potcars.end())
            throw DataError(
                fmt::format("{} has {}, for which no POTCAR is given: add one to the "
                            "POTCAR files",
                            formula_of(structure), symbol));
        text += formats::read_text(found->second);
    }
    return text;
}

}  // namespace

std::vector<std::size_t> vasp_order(Structure const& structure) {
    std::vector<int> elements;
    for (int const z : structure.species)
        if (std::ranges::find(elements, z) == elements.end()) elements.push_back(z);
    std::vector<std::size_t> order;
    for (int const z : elements)
        for (std::size_t i = 0; i < structure.species.size(); ++i)
            if (structure.species[i] == z) order.push_back(i);
    return order;
}

Structure vasp_structure(Structure const& structure) {
    Mat3 rows = structure.cell.rows();
    if (rows.determinant() < 0.0) rows.row(0).swap(rows.row(1));
    Structure ordered{Cell{rows, structure.cell.periodic()}, {}, {}};
    for (auto const i : vasp_order(structure)) {
        ordered.species.push_back(structure.species[i]);
        ordered.positions.push_back(structure.positions[i]);
    }
    return ordered;
}

std::map<std::string, std::string> vasp_input_files(VaspSettings const& settings,
                                                    Structure const& structure, Start const& start,
                                                    Remedy const& remedy) {
    require_periodic(structure, "VASP");
    KAMACITE_EXPECTS(start.moments.empty() || std::ssize(start.moments) == structure.size() + 0L);
    auto const ordered = vasp_structure(structure);
    std::vector<double> moments;
    if (!start.moments.empty())
        for (auto const i : vasp_order(structure)) moments.push_back(start.moments[i]);
    auto const n = settings.k_mesh ? *settings.k_mesh : k_points(ordered.cell, settings.k_spacing);
    std::map<std::string, std::string> files{
        {"POSCAR", formats::to_poscar({ordered, {}, "kamacite", {}, {}, {}, {}, {}})},
        {"KPOINTS",
         fmt::format("kamacite\n0\n{}\n{} {} {}\n0 0 0\n",
                     settings.mesh == VaspSettings::Mesh::gamma ? "Gamma" : "Monkhorst-Pack", n[0],
                     n[1], n[2])},
        {"POTCAR", potcar(settings, ordered)}};
    bool const two = remedy.rung >= vasp_two_run_rung;
    files["INCAR"] = incar(settings, moments, remedy.rung, two ? Run::second : Run::only);
    if (two) files["INCAR.first"] = incar(settings, moments, remedy.rung, Run::first);
    return files;
}

}  // namespace kamacite::dft
