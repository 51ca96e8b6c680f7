#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/structure/record.hpp"

namespace kamacite::dft {

/// Why a calculation gave no labels. What is to be done about each is told in
/// docs/theory/labels.md.
enum class Failure {
    not_converged,    ///< the density did not converge within the steps it was given
    out_of_time,      ///< it stopped itself, or was stopped, at the end of its time
    stopped,          ///< someone asked it to stop (a file EXIT, STOPCAR) before it had converged
    out_of_memory,    ///< the program or the system says so
    killed,           ///< the output just ends: a signal, a node that went down
    bad_geometry,     ///< atoms overlap, or what only follows from that
    bad_input,        ///< the program refuses what it was given
    missing_file,     ///< a pseudopotential or another file is not there
    missing_program,  ///< the command could not be started
    wrong_structure,  ///< the output is of other atoms than were asked for
    incomplete,       ///< converged, but something that was asked for is not in it
    disk_full,        ///< it could not write
    unknown           ///< none of these
};

/// "not converged", "out of time", …
[[nodiscard]] std::string_view name_of(Failure failure);

/// What the files of one calculation say.
struct Outcome {
    std::optional<Labels> labels;    ///< only of a calculation that converged and is complete
    std::optional<Failure> failure;  ///< absent if there are labels
    std::string explanation;  ///< of the failure or the collapse: what was seen, in which file
    /// Converged, but to another magnetic state than the start was meant for: the moments are gone,
    /// or their signs are others. The labels are those of the state that was found; whether that is
    /// the one that is wanted, other starts tell (pick_lowest).
    bool collapsed = false;
    std::string version;   ///< of the program, as it prints it; empty if it did not
    int iterations = 0;    ///< of self-consistency
    double seconds = 0.0;  ///< wall time that the program tells, 0 if it does not
    std::optional<double> total_moment, absolute_moment;  ///< ∫ m, ∫ |m| over the cell [μ_B]
    std::optional<double> smearing_energy;                ///< −TS [eV], part of the energy

    [[nodiscard]] bool ok() const noexcept { return labels.has_value(); }
};

}  // namespace kamacite::dft
