#pragma once
#include <functional>
#include <optional>

#include "any_model.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "statics.hpp"

/// \file
/// The block `magnetism` of the input of properties.

namespace kamacite::apps {

/// What other properties take from magnetism.
struct Magnetic {
    /// M(T)/M(0) of the spins, rescaled if that was asked for, and its standard error; absent
    /// without spins.
    std::function<properties::Estimate(double)> magnetisation{};
    /// m(a)/m(a₀) of the model; absent without moments.
    std::function<double(double)> moment_ratio{};
};

/// Lattice constant [Å] of the crystal at rest, as compute_statics() has found it.
[[nodiscard]] double constant_at_rest(Statics const& statics);

/// Computes what the block asks for, and adds values, curves and notes. Collective.
/// \param members  of the model of the input
/// \throws DataError if moments are asked of a model that has none, or the structure of the spins
///         has no exchange as it is given
[[nodiscard]] Magnetic add_magnetism(Context& context, config::PropertiesOptions const& options,
                                     std::vector<Potential const*> const& members,
                                     Statics& statics);

}  // namespace kamacite::apps
