#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// One self-consistent calculation, as the output of a program tells it.
struct ScfStep {
    std::optional<Structure> structure;  ///< of which the labels are; absent if it is not told
    Labels labels;                       ///< those that are there and whole
    bool converged = false;              ///< the program says so
    int iterations = 0;
    long long line = 1;                     ///< at which it begins, from 1
    std::optional<double> total_moment;     ///< ∫ m over the cell [μ_B]
    std::optional<double> absolute_moment;  ///< ∫ |m| over the cell [μ_B]
    std::optional<double> smearing_energy;  ///< −TS [eV], part of the energy
    /// The largest occupation that the highest of the states that were calculated has anywhere;
    /// if it is not nearly 0, there were too few.
    std::optional<double> top_occupation;
};

/// What the output of a program of electronic structure says, however the program ended.
struct ProgramOutput {
    std::string version;          ///< of the program; empty if it is not told
    std::string level;            ///< JSON of the program and of the settings that the output tells
    bool spin_polarised = false;  ///< collinear, with two densities
    bool ended = false;           ///< the output has its last line: it was not cut off
    double seconds = 0.0;         ///< wall time, 0 if it is not told
    std::vector<ScfStep> steps;
};

/// The steps of an output that can be used as reference, and why the others cannot.
struct UsableSteps {
    std::vector<Record> records;
    std::vector<long long> lines;  ///< at which they begin
    std::string left_out;          ///< one sentence for each that is left out; empty if none is
};

/// A record for each step that converged and has structure, energy and, if any step has forces,
/// forces. The last step of an output that is cut off is left out: what it lacks cannot be seen.
/// \param name  of the file: records are named after it, and belong to one trajectory if there are
///              several
[[nodiscard]] UsableSteps usable_steps(ProgramOutput const& output, std::string const& name);

/// Element that a program's name of a kind of atoms stands for: "Fe1", "fe", "Fe_up" → 26. 0 if
/// none.
[[nodiscard]] int element_of_label(std::string_view label);

/// The numbers at the head of a line, at most `most`; fewer if it has fewer.
[[nodiscard]] std::vector<double> leading_reals(std::string_view line, std::size_t most);

/// The number behind the first `key` in the line, blanks and one = or : between them left aside.
[[nodiscard]] std::optional<double> number_after(std::string_view line, std::string_view key);

}  // namespace kamacite::formats
