#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/mpi/communicator.hpp"
#include "kamacite/potential/potential.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::inference {

/// How far predictions p are from references y; e = p − y. Units: those of y, or their square.
struct Errors {
    long long count = 0;  ///< pairs of numbers
    double mse = 0.0;     ///< mean of e²
    double rmse = 0.0;    ///< √mse
    double mae = 0.0;     ///< mean of |e|
    double bias = 0.0;    ///< mean of e
    double p95 = 0.0;     ///< smallest bound that at least 95 % of the |e| do not exceed
    double max = 0.0;     ///< largest |e|
    /// R² = 1 − Σe² / Σ(y − ȳ)²; absent where it is undefined: the references do not vary. A Score
    /// leaves it out where they hardly do.
    std::optional<double> r2;
};

/// \param reference  y, not empty; as many as `predicted`, all finite
[[nodiscard]] Errors errors_of(std::span<double const> reference,
                               std::span<double const> predicted);

/// Confidence interval.
struct Interval {
    double low;
    double high;
};

/// Intervals of the numbers of Errors that have the same name.
struct Intervals {
    Interval rmse, mae, p95;
    std::optional<Interval> r2;
    double confidence;
};

/// How bootstrap() draws.
struct BootstrapOptions {
    int replicates = 1000;  ///< fewer (at least 200) if replicates × groups would exceed 2·10⁷
    double confidence = 0.95;
    std::uint64_t seed = 1;
};

/// Percentile bootstrap of errors_of(): whole groups of pairs are drawn with replacement, since the
/// pairs of one structure, and the frames of one trajectory, are not independent. The numbers
/// depend on the data, `purpose` and the seed alone. With few groups (below about 20) such
/// intervals are too narrow.
///
/// \param group    group of each pair: 0 … n−1, each of them present
/// \param purpose  names the random stream
/// \returns nothing if there are fewer than three groups: two values are no distribution
/// Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13.
[[nodiscard]] std::optional<Intervals> bootstrap(std::span<double const> reference,
                                                 std::span<double const> predicted,
                                                 std::span<int const> group,
                                                 std::string_view purpose,
                                                 BootstrapOptions const& options);

/// A structure that was judged.
struct Subject {
    std::string name;
    std::string family;
    std::string trajectory;  ///< empty: a group of its own
    int atoms = 0;
    std::string side{};  ///< of the split that the model was trained with; empty: not known
};

/// Pairs of numbers of one quantity, flat; `subject` counts from 0 in Comparison::subjects.
struct Pairs {
    std::vector<int> subject;
    std::vector<double> reference;
    std::vector<double> predicted;
};

/// References beside predictions, by quantity:
///   "energy"    [eV/atom] one per structure
///   "forces"    [eV/Å] three per atom, of structures with any reference force of 1e-8 eV/Å or
///               more: where all vanish (one atom in its cell, a perfect lattice) they do by
///               symmetry, in the model as well, and such zeros would only dilute the error
///   "stress"    [eV/Å³] xx yy zz yz xz xy of each structure
///   "moments"   [μ_B] |m| per atom
///   other names: property_of() the structure, units of property_unit()
/// A quantity is there if at least one structure has both its label and a prediction of it.
struct Comparison {
    std::vector<Subject> subjects;
    std::map<std::string, Pairs> quantities;
    long long without_forces = 0;  ///< structures left out of "forces", whose forces all vanish
};

/// \param records, predictions  of equal number, in the same order
/// \throws NumericalError naming the structure and the quantity if a prediction is not finite
[[nodiscard]] Comparison compare(std::span<Record const> records,
                                 std::span<Prediction const> predictions);

/// The comparisons of all ranks as one, in rank order, on every rank. Collective.
[[nodiscard]] Comparison gather(mpi::Communicator const& comm, Comparison const& mine);

/// Unit of a quantity of Comparison: "eV/atom", "eV/angstrom", "eV/angstrom^3", "muB", …
[[nodiscard]] std::string unit_of(std::string const& quantity);

/// Family of a Score that is about all families together.
inline constexpr std::string_view every_family = "all";

/// Errors of one quantity in one family, or in all families together.
struct Score {
    std::string quantity;
    std::string family;  ///< every_family for the total
    std::string unit;
    Errors errors;
    long long structures = 0;  ///< that have the quantity
    long long groups = 0;      ///< what the bootstrap draws: trajectories, or single structures
    std::optional<Intervals> intervals;
    std::string side{};  ///< the subjects of this side alone; empty: of all sides
};

/// Spread of the references below which a Score has no R²: the errors are then held against
/// variations as small as those that convergence settings of DFT make. 1 meV/atom, 10 meV/Å,
/// 0.1 GPa, 0.01 μ_B, a thousandth of the mean for others; in the units of unit_of().
[[nodiscard]] double least_spread(std::string const& quantity, double mean);

/// Scores per quantity: the total first, then each family in the order of the alphabet (families
/// are told only where there are at least two, or one with a name).
[[nodiscard]] std::vector<Score> scores_of(Comparison const& comparison,
                                           BootstrapOptions const& options);

/// Scores of all families together per quantity and side, in the order train, validation, test;
/// none if there are fewer than two sides.
[[nodiscard]] std::vector<Score> scores_by_side(Comparison const& comparison,
                                                BootstrapOptions const& options);

}  // namespace kamacite::inference
