#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/inference/metrics.hpp"

namespace kamacite::campaign {

/// Mean over seeds and its standard error (0 for one seed).
struct Mean {
    double value = 0.0;
    double error = 0.0;
};

/// Ratio of two errors, geometric mean over seeds. The interval is that of Student over the
/// logarithms of the ratios, seed by seed, so that what both have in common drops out; none for one
/// seed.
struct Ratio {
    double value = 1.0;
    std::optional<inference::Interval> interval;
};

/// Two learning curves at one number of labels.
struct CurvePoint {
    Mean active, random;
    Ratio ratio;  ///< active over random: below 1 active selection is better
};

/// How many labels one curve needs for what another has at its end.
struct Saving {
    Ratio labels;     ///< of the random curve over those of the active one, for the same error
    int reached = 0;  ///< seeds in which the random curve gets there; for others the end counts
                      ///< instead, so that the ratio is at least what is told
};

/// What active selection is worth.
struct CurveComparison {
    std::vector<CurvePoint> points;  ///< one per number of labels
    Ratio overall;                   ///< of geometric means over the points
    Saving saving;
    std::string text;
};

/// Compares learning curves of several seeds; with the same seed both start from the same labels.
/// \param labels          their numbers, positive, ascending
/// \param active, random  errors, shape (seeds, labels), positive
/// \param confidence      of the intervals
[[nodiscard]] CurveComparison compare_curves(std::span<double const> labels, Matrix const& active,
                                             Matrix const& random, double confidence = 0.95);

}  // namespace kamacite::campaign
