#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kamacite/inference/predict.hpp"

namespace kamacite::campaign {

/// A structure that may be worth a label, and what is known of it without one.
struct Candidate {
    Structure structure;
    std::string family;
    std::string trajectory;        ///< of one run, whose frames resemble each other; may be empty
    std::string source;            ///< where it came from, in words
    std::vector<double> features;  ///< FeatureSpace::of(); as many for all candidates
    std::optional<double> force_spread{};   ///< largest over the atoms, Spread::forces [eV/Å]
    std::optional<double> energy_spread{};  ///< Spread::energy per atom [eV/atom]
    std::optional<double> grade{};          ///< largest over the atoms, Prediction::grade
};

/// The candidate with the spreads and the grade of an answer, as far as it has them.
/// \param answer  to candidate.structure
[[nodiscard]] Candidate judged(Candidate candidate, inference::Answer const& answer);

}  // namespace kamacite::campaign
