#pragma once
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "kamacite/inference/metrics.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/inference/reliability.hpp"

/// \file
/// How far what a model says of its own uncertainty can be trusted, held against labels.

namespace kamacite::apps {

/// Errors of a committee beside the spread of its members, of all ranks.
struct Doubts {
    std::vector<int> subject;          ///< of each pair, in the order of the structures
    std::vector<double> error, sigma;  ///< energy: [eV/atom]; forces: a component [eV/Å]
};
struct Trust {
    Doubts energy, forces;
    std::vector<int> graded;          ///< structure of each atom
    std::vector<double> grade;        ///< its extrapolation grade
    std::vector<double> force_error;  ///< |ΔF| [eV/Å] of it; NaN without a reference
};

/// Collective. \param records, answers  of this rank; structures are counted over all ranks, in
/// rank order. Forces that vanish by symmetry are left out, as in inference::compare().
[[nodiscard]] Trust trust_of(mpi::Communicator const& comm, std::span<Record const> records,
                             std::span<inference::Answer const> answers);

/// Reliability of each quantity of every family, `all` first. \param subjects  of all ranks
[[nodiscard]] nlohmann::ordered_json reliability_json(Trust const& trust,
                                                      std::span<inference::Subject const> subjects);

/// Of each family: how many atoms have a grade above 1, 2, 10; the largest; RMS force error of
/// those up to 1, up to 2, and above.
[[nodiscard]] nlohmann::ordered_json grade_json(Trust const& trust,
                                                std::span<inference::Subject const> subjects);

/// Both as tables for the screen; nothing where there is nothing to tell.
void print_trust(nlohmann::ordered_json const& reliability, nlohmann::ordered_json const& grades,
                 int members);

/// Factors for energies and forces, from pairs with labels.
[[nodiscard]] Calibration calibration_of(Trust const& trust, int members);

}  // namespace kamacite::apps
