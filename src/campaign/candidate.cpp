#include "kamacite/campaign/candidate.hpp"

#include <algorithm>

namespace kamacite::campaign {

Candidate judged(Candidate candidate, inference::Answer const& answer) {
    auto const largest = [](std::vector<double> const& values) -> std::optional<double> {
        if (values.empty()) return {};
        return *std::max_element(values.begin(), values.end());
    };
    candidate.grade = largest(answer.prediction.grade);
    candidate.force_spread.reset();
    candidate.energy_spread.reset();
    if (answer.spread) {
        candidate.force_spread = largest(answer.spread->forces);
        candidate.energy_spread = answer.spread->energy / candidate.structure.size();
    }
    return candidate;
}

}  // namespace kamacite::campaign
