#include "kamacite/campaign/thresholds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"

namespace kamacite::campaign {
namespace {

using inference::Reliability;

Reliability reliability(Foretold const& foretold, double factor) {
    KAMACITE_EXPECTS(foretold.error.size() == foretold.spread.size());
    auto sigma = foretold.spread;
    for (double& s : sigma) s *= factor;
    return inference::reliability_of(foretold.error, sigma);
}

void append(Foretold& all, Foretold const& more) {
    all.error.insert(all.error.end(), more.error.begin(), more.error.end());
    all.spread.insert(all.spread.end(), more.spread.begin(), more.spread.end());
}

std::string line(std::size_t round, std::string_view quantity, Reliability const& r, double factor,
                 int members) {
    if (r.count == 0) return {};
    // √⟨e²/σ²⟩ of Student's distribution is √(ν/(ν − 2)), if it has one.
    int const degrees = members - 1;
    auto const usual = degrees > 2 ? fmt::format("{:.2f}", std::sqrt(degrees / (degrees - 2.0)))
                                   : std::string{"no limit"};
    return fmt::format(
        "round {}, {}: {} labels, error over spread {:.2f} (right: {}), {:.0f} % within 1 σ and "
        "{:.0f} % within 2 σ (right: {:.0f} and {:.0f} %), rank correlation {:.2f}, factor "
        "{:.3g}\n",
        round + 1, quantity, r.count, r.rms_ratio, usual, 100.0 * r.within_one,
        100.0 * r.within_two, 100.0 * inference::student_within(1.0, degrees),
        100.0 * inference::student_within(2.0, degrees), r.rank_correlation, factor);
}

}  // namespace

CalibrationReport calibrated(std::span<FreshLabels const> rounds, int members) {
    KAMACITE_EXPECTS(members >= 2);
    CalibrationReport report;
    Foretold energy, forces;
    for (std::size_t k = 0; k < rounds.size(); ++k) {
        auto const& fresh = rounds[k];
        auto const& coverage =
            report.rounds.emplace_back(Coverage{reliability(fresh.energy, fresh.used.energy),
                                                reliability(fresh.forces, fresh.used.forces)});
        report.text += line(k, "energy", coverage.energy, fresh.used.energy, members);
        report.text += line(k, "forces", coverage.forces, fresh.used.forces, members);
        append(energy, fresh.energy);
        append(forces, fresh.forces);
    }
    report.factors = {inference::calibration_of(energy.error, energy.spread, members),
                      inference::calibration_of(forces.error, forces.spread, members)};
    report.text += fmt::format("factors from {} energies and {} force components: {:.3g}, {:.3g}\n",
                               energy.error.size(), forces.error.size(), report.factors.energy,
                               report.factors.forces);
    return report;
}

std::optional<double> spread_threshold(std::span<double const> error,
                                       std::span<double const> spread, double wanted, double risk) {
    KAMACITE_EXPECTS(error.size() == spread.size() && wanted > 0.0 && risk > 0.0 && risk < 1.0);
    std::vector<std::size_t> order(spread.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return spread[a] < spread[b]; });
    std::optional<double> threshold;
    double above = 0.0;
    for (std::size_t n = 0; n < order.size(); ++n) {
        above += std::abs(error[order[n]]) > wanted ? 1.0 : 0.0;
        bool const ties = n + 1 < order.size() && spread[order[n + 1]] == spread[order[n]];
        if (!ties && (above + 1.0) / (static_cast<double>(n) + 2.0) <= risk)
            threshold = spread[order[n]];
    }
    return threshold;
}

}  // namespace kamacite::campaign
