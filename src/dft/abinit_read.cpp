#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "abinit_input.hpp"
#include "judge.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/text.hpp"
#include "kamacite/transport/drude.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

constexpr std::array signs{
    Sign{"no space left on device", Failure::disk_full},
    Sign{"cannot allocate memory", Failure::out_of_memory},
    Sign{"command not found", Failure::missing_program},
    Sign{"cannot open", Failure::missing_file},
    Sign{"no such file or directory", Failure::missing_file},
    Sign{"scprqt-warning", Failure::not_converged},
    Sign{"was not enough scf cycles to converge", Failure::not_converged},
    Sign{"--- !error", Failure::bad_input},
    Sign{"--- !bug", Failure::unknown},
};

std::vector<double> numbers_in(std::string_view line) {
    std::vector<double> numbers;
    std::string const text{line};
    for (char const* p = text.c_str(); *p != 0;) {
        char* end = nullptr;
        double const value = std::strtod(p, &end);
        if (end == p) {
            ++p;
            continue;
        }
        numbers.push_back(value);
        p = end;
    }
    return numbers;
}

/// What the main output says.
struct Output {
    std::string version;
    bool converged = false, ended = false;
    int iterations = 0;
    std::optional<double> energy, smearing_energy;  // [hartree]: free energy, its −TS
    std::vector<Vec3> lattice, positions, forces;
    std::vector<Vec3> stress;
    std::vector<double> moments;
};

/// Three numbers of each of the next lines, as long as they have so many; ABINIT puts the number of
/// an atom before them in the tables of its echo.
std::vector<Vec3> table_after(std::span<std::string_view const> lines, std::size_t first,
                              std::size_t before) {
    std::vector<Vec3> rows;
    for (auto k = first; k < lines.size(); ++k) {
        auto const x = numbers_in(lines[k]);
        bool const of_document = formats::trimmed(lines[k]).starts_with("- [");
        if (x.size() < before + 3 || of_document != (before == 0)) break;
        rows.emplace_back(x[before], x[before + 1], x[before + 2]);
    }
    return rows;
}

Output parse(std::string const& text) {
    Output out;
    auto const lines = formats::whole_lines(text);
    auto const starts = [](std::string_view line, std::string_view with) {
        return formats::trimmed(line).starts_with(with);
    };
    for (std::size_t k = 0; k < lines.size(); ++k) {
        auto const line = lines[k];
        if (starts(line, ".Version")) {
            auto const words = formats::trimmed(line).substr(8);
            out.version = std::string{formats::trimmed(words.substr(0, words.find("of")))};
        } else if (starts(line, "ETOT")) {
            auto const x = numbers_in(line.substr(line.find("ETOT") + 4));
            if (x.size() < 2) continue;
            out.iterations = static_cast<int>(x[0]);
            out.energy = x[1];
        } else if (line.find("=>converged") != std::string_view::npos) {
            out.converged = true;
        } else if (starts(line, "lattice_vectors:")) {
            out.lattice = table_after(lines, k + 1, 0);
        } else if (starts(line, "'-kT*entropy'")) {
            auto const x = numbers_in(line.substr(line.find(':') + 1));
            if (!x.empty()) out.smearing_energy = x[0];
        } else if (starts(line, "cartesian_stress_tensor:")) {
            out.stress = table_after(lines, k + 1, 0);
        } else if (starts(line, "cartesian_forces:")) {
            out.forces = table_after(lines, k + 1, 0);
        } else if (starts(line, "cartesian coordinates (angstrom) at end")) {
            out.positions = table_after(lines, k + 1, 1);
        } else if (starts(line, "Atom    Radius    up_density")) {
            out.moments.clear();
            for (auto m = k + 1; m < lines.size(); ++m) {
                auto const x = numbers_in(lines[m]);
                if (x.size() < 6) break;
                out.moments.push_back(x[5]);
            }
        } else if (line.find("Calculation completed") != std::string_view::npos) {
            out.ended = true;
        }
    }
    return out;
}

/// σ(ω) of conducti: ω [eV], σ [1/(Ω cm)].
struct Spectrum {
    std::vector<double> frequency, conductivity;
};

Spectrum spectrum_in(std::string const& text) {
    Spectrum s;
    for (auto const line : formats::whole_lines(text)) {
        if (line.find('#') != std::string_view::npos) continue;
        auto const x = numbers_in(line);
        if (x.size() < 4) continue;
        s.frequency.push_back(x[0] * units::hartree);
        s.conductivity.push_back(x[3]);
    }
    return s;
}

std::string lacking(Output const& out, Structure const& structure, Start const& start) {
    auto const n = structure.positions.size();
    if (!out.energy) return "the energy";
    if (!out.converged) return "the word that the bands are converged";
    if (out.lattice.size() != 3 || out.positions.size() != n) return "the structure";
    if (out.forces.size() != n) return "the forces";
    if (out.stress.size() != 3) return "the stress";
    if (!start.moments.empty() && out.moments.size() != n) return "the moments";
    return {};
}

/// What ABINIT says of an error: the lines below "message: |", as one.
std::string message_in(std::string const& text) {
    auto const at = text.find("message: |");
    if (at == std::string::npos) return {};
    std::string message;
    for (auto const line : formats::whole_lines(std::string_view{text}.substr(at + 10))) {
        auto const words = formats::trimmed(line);
        if (words.starts_with("...")) break;
        if (!words.empty()) message += " " + std::string{words};
    }
    return message;
}

Labels labels_of(Output const& out, std::size_t n, bool polarised) {
    Labels labels;
    labels.energy = *out.energy * units::hartree;
    // the mean force is taken away by ABINIT itself
    for (auto const& f : out.forces) labels.forces.emplace_back(f * (units::hartree / units::bohr));
    Mat3 stress;
    for (int a = 0; a < 3; ++a) stress.row(a) = out.stress[static_cast<std::size_t>(a)].transpose();
    labels.stress = stress * (units::hartree / std::pow(units::bohr, 3));
    labels.moments = polarised ? out.moments : std::vector<double>(n, 0.0);
    return labels;
}

}  // namespace

Outcome read_abinit(AbinitSettings const& settings, fs::path const& directory,
                    Structure const& structure, Start const& start) {
    Outcome outcome;
    auto const out = parse(content_of(directory / "abinit.abo").value_or(""));
    outcome.version = out.version;
    outcome.iterations = out.iterations;
    auto const lacks = lacking(out, structure, start);
    if (!lacks.empty()) {
        for (auto const* const name : {"abinit.err", "abinit.out", "abinit.abo"}) {
            auto const text = content_of(directory / name);
            if (!text) continue;
            auto const seen = find_sign(*text, name, signs);
            if (!seen) continue;
            bool const told = seen->explanation.find("!ERROR") != std::string::npos ||
                              seen->explanation.find("!BUG") != std::string::npos;
            return failed(std::move(outcome), seen->failure,
                          seen->explanation + (told ? message_in(*text) : std::string{}));
        }
        if (auto const seen = find_system_sign(directory))
            return failed(std::move(outcome), seen->failure, seen->explanation);
        auto const crowding = crowding_of(structure);
        if (out.ended)
            return failed(std::move(outcome), Failure::incomplete,
                          "abinit.abo does not have " + lacks);
        return failed(std::move(outcome),
                      crowding.empty() ? Failure::killed : Failure::bad_geometry,
                      "abinit.abo just ends, before " + lacks + crowding);
    }
    Mat3 rows;
    for (int a = 0; a < 3; ++a)
        rows.row(a) = units::bohr * out.lattice[static_cast<std::size_t>(a)].transpose();
    Structure const found{Cell{rows, structure.cell.periodic()}, structure.species, out.positions};
    if (auto const other = difference_of(structure, found); !other.empty())
        return failed(std::move(outcome), Failure::wrong_structure, "abinit.abo: " + other);

    auto const text = content_of(directory / "conductivity_sig");
    if (!text) {
        constexpr std::array<std::string_view, 2> files{"conducti.err", "conducti.out"};
        return failed(std::move(outcome), Failure::incomplete,
                      "conducti left no conductivity_sig" + last_words(directory, files));
    }
    auto labels = labels_of(out, structure.positions.size(), !start.moments.empty());
    auto const spectrum = spectrum_in(*text);
    if (std::ssize(spectrum.frequency) != settings.frequencies)
        return failed(std::move(outcome), Failure::incomplete,
                      fmt::format("conductivity_sig has {} of {} frequencies",
                                  spectrum.frequency.size(), settings.frequencies));
    try {
        auto const limit = transport::drude_limit(spectrum.frequency, spectrum.conductivity,
                                                  settings.window_low, settings.window_high);
        double const rho = 1e6 / limit.conductivity;  // Ω cm in μΩ cm
        labels.properties["electrical_resistivity"] = rho;
        labels.properties["electrical_resistivity_error"] = rho * limit.error / limit.conductivity;
        labels.properties["temperature"] = settings.smearing / units::k_boltzmann;
    } catch (DataError const& e) {
        return failed(std::move(outcome), Failure::incomplete,
                      std::string{"conductivity_sig: "} + e.what());
    }
    if (out.smearing_energy) outcome.smearing_energy = *out.smearing_energy * units::hartree;
    outcome.labels = std::move(labels);
    outcome.explanation = collapse_of(start, outcome.labels->moments);
    outcome.collapsed = !outcome.explanation.empty();
    return outcome;
}

}  // namespace kamacite::dft
