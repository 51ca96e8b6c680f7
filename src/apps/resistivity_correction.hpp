#pragma once
#include <functional>
#include <optional>

#include "command.hpp"
#include "kamacite/config/resistivity.hpp"
#include "kamacite/transport/correction.hpp"
#include "statics.hpp"

namespace kamacite::apps {

/// ρ of the baseline at a lattice constant [Å], temperature [K] and M(T)/M(0), in μΩ cm.
using BaselineAt = std::function<double(double, double, double)>;

/// What labels of the resistivity say beyond the baseline: curve resistivity_validation, and notes
/// that name their source and how far it can be trusted. Collective.
/// \param magnetisation  M(T)/M(0) of labels whose table has none
/// \returns the correction, if whole temperatures and whole lattice constants that were left out
///          are met better than by the baseline and by one factor; else nothing
/// \throws as read_table(); DataError naming the row if a number makes no sense, or there are fewer
///         than 8 labels
[[nodiscard]] std::optional<transport::ResistivityCorrection> learned_correction(
    Context& context, config::ResistivityOptions::Correction const& wanted,
    BaselineAt const& baseline, std::function<double(double)> const& magnetisation,
    Statics& statics);

}  // namespace kamacite::apps
