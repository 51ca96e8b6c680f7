#pragma once
#include <span>
#include <string>
#include <vector>

#include "kamacite/model/committee.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::inference {

/// What a model says of a structure, and how far from its training set it was asked.
struct Answer {
    Prediction prediction;
    std::vector<double> extrapolation;  ///< of each atom, as Prediction::extrapolation
    std::optional<Spread> spread{};     ///< of a committee of two or more
};

/// Answers of a model, in the order of the records, computed in blocks of a few hundred atoms.
/// Property heads read their conditions (e.g. temperature) from Labels::properties.
/// \throws DataError naming the record (by its source, else its number) with an element that the
///         model does not know or with atoms on one point; NumericalError naming the record whose
///         prediction is not finite
[[nodiscard]] std::vector<Answer> answers_of(Model const& model, std::span<Record const> records);

/// The same of a committee: the mean of its members, and how far they are apart.
[[nodiscard]] std::vector<Answer> answers_of(Committee const& committee,
                                             std::span<Record const> records);

/// The same of any potential: nothing but its Prediction, without conditions.
[[nodiscard]] std::vector<Answer> answers_of(Potential const& potential,
                                             std::span<Record const> records);

/// Work of a prediction in arbitrary units: atoms · (neighbours expected within the cutoff + 20).
[[nodiscard]] double cost_of(Structure const& s, double cutoff);

/// Cuts items into contiguous parts of about equal cost: the part an item belongs to is that in
/// which the middle of its cost falls. Order is kept, so that results of the parts in rank order
/// are in the order of the items. \returns `parts` ranges that cover all items; some may be empty
[[nodiscard]] std::vector<mpi::Range> balanced_parts(std::span<double const> costs, int parts);

}  // namespace kamacite::inference
