#include "pw_read.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "judge.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/formats/pw_output.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;
using formats::ProgramOutput;
using formats::ScfStep;

/// Errors of linear algebra: overlapping atoms make them, but a bad density may as well.
constexpr std::array algebra_signs{
    Sign{"s matrix not positive definite", Failure::bad_geometry},
    Sign{"error in routine cdiaghg", Failure::bad_geometry},
    Sign{"error in routine rdiaghg", Failure::bad_geometry},
    Sign{"error in routine pcdiaghg", Failure::bad_geometry},
    Sign{"problems computing cholesky", Failure::bad_geometry},
};

/// What pw.x says, the special before the general.
constexpr std::array signs{
    Sign{"overlap!", Failure::bad_geometry},
    Sign{"error in routine check_atoms", Failure::bad_geometry},
    Sign{"error in routine readpp", Failure::missing_file},
    Sign{"error in routine read_upf", Failure::missing_file},
    Sign{"no space left on device", Failure::disk_full},
    Sign{"error while writing", Failure::disk_full},
    Sign{"error in routine davcio", Failure::disk_full},
    Sign{"error in routine allocate", Failure::out_of_memory},
    Sign{"cannot allocate", Failure::out_of_memory},
    Sign{"maximum cpu time exceeded", Failure::out_of_time},
    Sign{"program stopped by user request", Failure::stopped},
    Sign{"convergence not achieved", Failure::not_converged},
    Sign{"too many bands are not converged", Failure::not_converged},
    Sign{"error in routine efermig", Failure::not_converged},
    Sign{"charge is wrong", Failure::not_converged},
    Sign{"error in routine electrons", Failure::not_converged},
    Sign{"error in routine c_bands", Failure::not_converged},
    Sign{"error in routine read_namelists", Failure::bad_input},
    Sign{"error in routine read_cards", Failure::bad_input},
    Sign{"error in routine iosys", Failure::bad_input},
    Sign{"error in routine input", Failure::bad_input},
    Sign{"error in routine setup", Failure::bad_input},
    Sign{"error in routine kpoint", Failure::bad_input},
    Sign{"error in routine", Failure::unknown},
};

constexpr double full_enough = 1e-3;  // occupation of the highest state that costs no energy

/// What the printed step lacks of labels; empty if it has all.
std::string lacking(ScfStep const& step, ProgramOutput const& output, Start const& start) {
    if (!step.labels.energy) return "the line of the total energy";
    if (!step.converged) return "the line 'convergence has been achieved'";
    if (step.labels.forces.empty()) return "the forces";
    if (!step.labels.stress) return "the stress";
    if (!step.structure) return "the structure";
    bool const polarised = output.spin_polarised;
    if (polarised && step.labels.moments.empty()) return "the moments of the atoms";
    for (double const m : start.moments)
        if (std::abs(m) >= 0.5 && !polarised) return "spin polarisation, which was asked for";
    return {};
}

/// The calculation in the XML file if it is the same as the printed one: same structure, energy as
/// printed. A file that an earlier run left in the place is not.
std::optional<ScfStep> exact_step(fs::path const& directory, ScfStep const& printed,
                                  Structure const& structure) {
    for (auto const* const name :
         {"scratch/pw.save/data-file-schema.xml", "data-file-schema.xml"}) {
        auto const text = content_of(directory / name);
        if (!text) continue;
        auto const xml = formats::parse_pw_xml(*text);
        if (!xml.ended || xml.steps.empty()) continue;
        auto const& step = xml.steps.back();
        if (step.converged && step.labels.energy && !step.labels.forces.empty() &&
            step.labels.stress && step.structure &&
            difference_of(structure, *step.structure).empty() &&
            std::abs(*step.labels.energy - *printed.labels.energy) < 2e-8 * units::rydberg)
            return step;
    }
    return std::nullopt;
}

Outcome failure_in(Outcome outcome, std::string const& text, std::string const& lacks,
                   fs::path const& directory, Structure const& structure, bool ended) {
    if (auto seen = find_sign(text, "pw.out", algebra_signs)) {
        bool const crowded = !pairs_within(structure, overlap_distance).empty();
        if (!crowded) seen->failure = Failure::not_converged;
        return failed(std::move(outcome), seen->failure, seen->explanation);
    }
    if (auto const seen = find_sign(text, "pw.out", signs))
        return failed(std::move(outcome), seen->failure, seen->explanation);
    if (auto const seen = find_system_sign(directory))
        return failed(std::move(outcome), seen->failure, seen->explanation);
    if (ended)
        return failed(std::move(outcome), Failure::incomplete, "pw.out does not have " + lacks);
    auto const crowding = crowding_of(structure);  // makes pw.x fall over without a word
    return failed(
        std::move(outcome), crowding.empty() ? Failure::killed : Failure::bad_geometry,
        fmt::format("pw.out just ends ({} bytes), before {}{}", text.size(), lacks, crowding));
}

}  // namespace

Outcome read_pw(fs::path const& directory, Structure const& structure, Start const& start) {
    Outcome outcome;
    auto const text = content_of(directory / "pw.out").value_or("");
    auto const output = formats::parse_pw_output(text);
    outcome.version = output.version;
    outcome.seconds = output.seconds;
    std::string lacks = "any calculation";
    if (!output.steps.empty()) {
        auto const& step = output.steps.back();
        outcome.iterations = step.iterations;
        outcome.total_moment = step.total_moment;
        outcome.absolute_moment = step.absolute_moment;
        outcome.smearing_energy = step.smearing_energy;
        if (step.structure)
            if (auto const other = difference_of(structure, *step.structure); !other.empty())
                return failed(std::move(outcome), Failure::wrong_structure, "pw.out: " + other);
        lacks = lacking(step, output, start);
        if (lacks.empty()) {
            outcome.labels = step.labels;
            if (auto const exact = exact_step(directory, step, structure)) {
                outcome.labels->energy = exact->labels.energy;
                outcome.labels->forces = exact->labels.forces;
                outcome.labels->stress = exact->labels.stress;
                if (auto const top = exact->top_occupation.value_or(0.0); top > full_enough)
                    return failed(
                        std::move(outcome), Failure::bad_input,
                        fmt::format("data-file-schema.xml: the highest of the states is occupied "
                                    "by {:.3f} electrons (must be nearly 0): raise bands_per_atom",
                                    top));
            }
            if (!output.spin_polarised)  // by construction
                outcome.labels->moments.assign(structure.positions.size(), 0.0);
            outcome.explanation = collapse_of(start, outcome.labels->moments);
            outcome.collapsed = !outcome.explanation.empty();
            return outcome;
        }
    }
    return failure_in(std::move(outcome), text, lacks, directory, structure, output.ended);
}

}  // namespace kamacite::dft
