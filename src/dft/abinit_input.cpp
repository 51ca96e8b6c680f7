#include "abinit_input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "judge.hpp"
#include "k_points.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::dft {
namespace {

/// What ABINIT reads of a line, comments not counted.
constexpr std::size_t longest_line = 264;
constexpr std::size_t types_per_line = 40;

/// Elements in the order in which they come first.
std::vector<int> elements_of(Structure const& s) {
    std::vector<int> elements;
    for (int const z : s.species)
        if (std::ranges::find(elements, z) == elements.end()) elements.push_back(z);
    return elements;
}

std::string potential_lines(AbinitSettings const& settings, Structure const& structure,
                            std::vector<int> const& elements) {
    std::string numbers, files;
    for (int const z : elements) {
        std::string const symbol{symbol_of(z)};
        auto const found = settings.potentials.find(symbol);
        if (found == settings.potentials.end())
            throw DataError(fmt::format(
                "{} has {}, for which no potential is given: add one to program.potentials",
                formula_of(structure), symbol));
        numbers += fmt::format(" {}", z);
        files += fmt::format("{}{}", files.empty() ? "" : ", ", found->second.string());
    }
    if (files.size() + 16 > longest_line)
        throw DataError(fmt::format(
            "the paths of the potentials have {} characters together (ABINIT reads {} of a line): "
            "put them where the path is shorter",
            files.size(), longest_line));
    return fmt::format("ntypat {}\nznucl{}\npseudos \"{}\"\n", elements.size(), numbers, files);
}

}  // namespace

std::map<std::string, std::string> abinit_input_files(AbinitSettings const& settings,
                                                      Structure const& structure,
                                                      Start const& start, Remedy const& remedy) {
    require_periodic(structure, "ABINIT");
    KAMACITE_EXPECTS(start.moments.empty() || std::ssize(start.moments) == structure.size() + 0L);
    auto const elements = elements_of(structure);
    auto const n =
        settings.k_mesh ? *settings.k_mesh : k_points(structure.cell, settings.k_spacing);
    int const bands = settings.bands_per_atom * structure.size();  // the highest are not waited for
    auto text = fmt::format(
        "ecut {:.10g}\npawecutdg {:.10g}\nnband {}\nnbdbuf {}\noccopt 3\ntsmear {:.10g}\n"
        "ngkpt {} {} {}\nnshiftk 1\nshiftk 0 0 0\nkptopt 1\nistwfk *1\nnstep {}\ntolwfr {:.6g}\n"
        "prtnabla 1\nprtden 0\nprteig 0\nprtebands 0\nprtwf 0\noptforces 1\noptstress 1\nchkprim "
        "0\n",
        settings.ecut / units::hartree, settings.pawecutdg / units::hartree, bands,
        std::max(4, bands / 8), settings.smearing / units::hartree, n[0], n[1], n[2],
        settings.steps * (remedy.rung > 1 ? 2 : 1), settings.convergence);
    if (remedy.rung > 0) text += "iprcel 45\n";
    text += potential_lines(settings, structure, elements);
    text += fmt::format("natom {}\ntypat", structure.size());
    for (std::size_t i = 0; i < structure.species.size(); ++i)
        text +=
            fmt::format("{}{}", i % types_per_line == 0 ? "\n" : " ",
                        std::ranges::find(elements, structure.species[i]) - elements.begin() + 1);
    text += "\nacell 1 1 1 angstrom\nrprim\n";
    for (int k = 0; k < 3; ++k) {
        auto const a = structure.cell.rows().row(k);
        text += fmt::format("{:.12f} {:.12f} {:.12f}\n", a[0], a[1], a[2]);
    }
    text += "xcart\n";  // [bohr]
    for (auto const& r : structure.positions)
        text += fmt::format("{:.12f} {:.12f} {:.12f}\n", r[0] / units::bohr, r[1] / units::bohr,
                            r[2] / units::bohr);
    if (start.moments.empty()) {
        text += "nsppol 1\n";
    } else {
        text += "nsppol 2\nspinat\n";
        for (double const m : start.moments) text += fmt::format("0 0 {:.4g}\n", m);
    }
    for (auto const& line : settings.extra) text += line + "\n";
    // one line each: PAW, the name of the run's files, width of δ, first and last frequency and
    // their number, in hartree
    auto const conducti =
        fmt::format("2\nrun_o\n{:.10g}\n{:.10g} {:.10g} {}\n", settings.broadening / units::hartree,
                    5e-7, settings.highest_frequency / units::hartree, settings.frequencies);
    return {{"abinit.abi", text},
            {"conducti.in", conducti},
            {"conducti.files", "conducti.in\nconductivity\n"}};
}

}  // namespace kamacite::dft
