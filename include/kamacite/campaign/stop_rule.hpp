#pragma once
#include <span>
#include <string>

namespace kamacite::campaign {

/// Whether a rule for stopping is met, and why, with the numbers.
struct Ruling {
    bool met = false;
    std::string text;
};

/// What one round of exploration has seen.
struct Explored {
    double total = 0.0;   ///< structures or steps
    double beyond = 0.0;  ///< of these, beyond the threshold of uncertainty
    /// Steps over which they are correlated: counts are divided by it, since a run that stays
    /// beyond for a thousand steps has been there once.
    double correlated = 1.0;
};

/// The share of what is beyond the threshold has an upper bound below a limit, round after round.
struct ShareRule {
    double limit = 0.01;
    double confidence = 0.95;  ///< of the bound, which is one on one side alone
    int rounds = 2;
    /// Clopper and Pearson's bound is never too low; Wilson's is right on average.
    enum class Bound { clopper_pearson, wilson } bound = Bound::clopper_pearson;
};
/// \param rounds  in order of time, the latest last
[[nodiscard]] Ruling ruling(std::span<Explored const> rounds, ShareRule const& rule);
/// The share beyond the threshold is below it, at the rule's confidence; 1 if nothing was explored.
[[nodiscard]] double upper_bound(Explored const& e, ShareRule const& rule);

/// Root mean square error on a fixed test set, and its standard error (0: not known).
struct TestError {
    double rmse = 0.0;
    double error = 0.0;  ///< 0: not known, of too few trajectories
};

/// "5.68 ± 1.2", in units of `unit`; "142 ± ?" where the error is not known.
[[nodiscard]] std::string text_of(TestError const& e, double unit);

/// The error on a test set no longer falls: over the last rounds, the fall of ln rmse per round
/// (least squares, weighted by the errors) is below a limit even at its upper bound. Noise alone
/// does not meet it: it takes enough rounds to know that the slope is small.
struct ErrorRule {
    double least_fall = 0.03;  ///< of the error per round
    double confidence = 0.9;   ///< of the upper bound of the fall
    int rounds = 4;            ///< at least 3
};
/// \param rounds  in order of time, the latest last
[[nodiscard]] Ruling ruling(std::span<TestError const> rounds, ErrorRule const& rule);

/// A property as the models of one round have it, and the error bar of the committee.
struct PropertyValue {
    double value = 0.0;
    double error = 0.0;
};

/// A property has changed by less than the tolerance since `rounds` rounds (largest less smallest
/// value of rounds + 1), and its error bar is below the limit in the last `rounds` of them.
struct PropertyRule {
    std::string name;  ///< e.g. "lattice constant"
    double tolerance = 0.0;
    double error_limit = 0.0;
    int rounds = 2;
    double unit = 1.0;      ///< by which numbers are divided before they are told
    std::string unit_name;  ///< e.g. "GPa"
};
/// \param rounds  in order of time, the latest last
[[nodiscard]] Ruling ruling(std::span<PropertyValue const> rounds, PropertyRule const& rule);

/// Another round would cost more than what is left.
struct Budget {
    double spent = 0.0;
    double next = 0.0;  ///< what another round costs
    double limit = 0.0;
    std::string unit;  ///< e.g. "node hours"
};
/// Met if the budget does not allow another round.
[[nodiscard]] Ruling ruling(Budget const& budget);

}  // namespace kamacite::campaign
