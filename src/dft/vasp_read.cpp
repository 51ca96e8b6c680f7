#include "vasp_read.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "judge.hpp"
#include "kamacite/formats/vasp_output.hpp"
#include "vasp_input.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

constexpr std::array algebra_signs{
    Sign{"routine zpotrf failed", Failure::bad_geometry},
    Sign{"zpotrf failed", Failure::bad_geometry},
    Sign{"zhegv failed", Failure::bad_geometry},
    Sign{"edddav: call to zhegv", Failure::bad_geometry},
    Sign{"brmix: very serious problems", Failure::bad_geometry},
};

/// What VASP says in OUTCAR and vasp.out. Source: VASP wiki and the catalogue of custodian.
constexpr std::array signs{
    Sign{"hard stop encountered", Failure::out_of_time},
    Sign{"soft stop encountered", Failure::out_of_time},
    Sign{"no potcar", Failure::missing_file},
    Sign{"potcar not found", Failure::missing_file},
    Sign{"no such file or directory", Failure::missing_file},
    Sign{"no space left on device", Failure::disk_full},
    Sign{"insufficient virtual memory", Failure::out_of_memory},
    Sign{"cannot allocate memory", Failure::out_of_memory},
    Sign{"allocation would exceed memory limit", Failure::out_of_memory},
    Sign{"command not found", Failure::missing_program},
    Sign{"unable to find the specified executable", Failure::missing_program},
    Sign{"ediff was not reached", Failure::not_converged},
    Sign{"triple product of the basis vectors is negative", Failure::bad_input},
    Sign{"error reading item", Failure::bad_input},
    Sign{"error while reading", Failure::bad_input},
    Sign{"i refuse to continue with this sick job", Failure::bad_input},
};

/// What a step lacks of labels; empty if it has all.
std::string lacking(formats::ScfStep const& step, bool polarised, Start const& start) {
    if (!step.labels.energy) return "the free energy";
    if (!step.converged) return "the line 'aborting loop because EDIFF is reached'";
    if (step.labels.forces.empty()) return "the forces";
    if (!step.labels.stress) return "the stress";
    if (!step.structure) return "the structure";
    if (polarised && step.labels.moments.empty()) return "the block 'magnetization (x)'";
    if (!polarised && !start.moments.empty()) return "spin polarisation, which was asked for";
    return {};
}

/// In the order of the structure that was asked for.
Labels in_order(Labels labels, std::vector<std::size_t> const& order) {
    Labels ordered = labels;
    for (std::size_t k = 0; k < order.size(); ++k) {
        ordered.forces[order[k]] = labels.forces[k];
        if (!labels.moments.empty()) ordered.moments[order[k]] = labels.moments[k];
    }
    return ordered;
}

Outcome failure_in(Outcome outcome, std::string const& lacks, fs::path const& directory,
                   Structure const& structure, bool ended) {
    for (auto const* const name : {"vasp.out", "vasp.err", "OUTCAR"}) {
        auto const text = content_of(directory / name);
        if (!text) continue;
        auto seen = find_sign(*text, name, algebra_signs);
        if (seen && pairs_within(structure, overlap_distance).empty())
            seen->failure = Failure::not_converged;
        if (!seen) seen = find_sign(*text, name, signs);
        if (seen) return failed(std::move(outcome), seen->failure, seen->explanation);
    }
    if (auto const seen = find_system_sign(directory))
        return failed(std::move(outcome), seen->failure, seen->explanation);
    if (ended && lacks.find("EDIFF") != std::string::npos)
        return failed(std::move(outcome), Failure::not_converged, "OUTCAR does not have " + lacks);
    if (ended)
        return failed(std::move(outcome), Failure::incomplete, "OUTCAR does not have " + lacks);
    auto const crowding = crowding_of(structure);
    return failed(std::move(outcome), crowding.empty() ? Failure::killed : Failure::bad_geometry,
                  "OUTCAR just ends, before " + lacks + crowding);
}

}  // namespace

Outcome read_vasp(fs::path const& directory, Structure const& structure, Start const& start) {
    Outcome outcome;
    auto const outcar = formats::parse_outcar(content_of(directory / "OUTCAR").value_or(""));
    auto exact = formats::parse_vasprun(content_of(directory / "vasprun.xml").value_or(""));
    outcome.version = outcar.version.empty() ? exact.version : outcar.version;
    outcome.seconds = outcar.seconds;
    std::string lacks = "any calculation";
    if (!outcar.steps.empty()) {
        auto step = outcar.steps.back();
        outcome.iterations = step.iterations;
        outcome.total_moment = step.total_moment;
        outcome.smearing_energy = step.smearing_energy;
        if (step.structure)
            if (auto const other = difference_of(vasp_structure(structure), *step.structure);
                !other.empty())
                return failed(std::move(outcome), Failure::wrong_structure, "OUTCAR: " + other);
        lacks = lacking(step, outcar.spin_polarised, start);
        if (lacks.empty()) {
            formats::add_moments(exact, outcar);
            // Without the same energy it is of another run.
            if (exact.ended && !exact.steps.empty()) {
                auto const& other = exact.steps.back();
                bool const same =
                    other.converged && other.labels.energy && !other.labels.forces.empty() &&
                    other.labels.stress &&
                    std::abs(*other.labels.energy - *step.labels.energy) < 1e-4 &&
                    other.structure &&
                    difference_of(vasp_structure(structure), *other.structure).empty();
                if (same) {
                    auto moments = std::move(step.labels.moments);
                    step.labels = other.labels;
                    step.labels.moments = std::move(moments);
                }
            }
            outcome.labels = in_order(step.labels, vasp_order(structure));
            if (!outcar.spin_polarised)  // by construction
                outcome.labels->moments.assign(structure.positions.size(), 0.0);
            outcome.explanation = collapse_of(start, outcome.labels->moments);
            outcome.collapsed = !outcome.explanation.empty();
            return outcome;
        }
    }
    return failure_in(std::move(outcome), lacks, directory, structure, outcar.ended);
}

}  // namespace kamacite::dft
