#pragma once
#include <optional>
#include <string>

#include "any_model.hpp"
#include "kamacite/config/md.hpp"
#include "kamacite/dynamics/trajectory.hpp"

namespace kamacite::apps {

/// An atom where the model is not to be trusted.
struct Offence {
    long long id = 0;     ///< its number, from 0
    std::string measure;  ///< "extrapolation", "grade", "force_std"
    double value = 0.0, limit = 0.0;
    std::string unit;  ///< of both, with a space before; empty if they have none
};

/// The atom that is farthest beyond a limit, the same on all ranks; none if all is well.
/// Collective.
[[nodiscard]] std::optional<Offence> offence_of(Context& context, config::MdOptions const& options,
                                                AnyModel const& model,
                                                dynamics::Trajectory const& trajectory);

/// \throws InputError if the model cannot say what is to be limited
void expect_limits(config::MdOptions const& options, AnyModel const& model);

/// Writes the whole structure if it is small, else what lies around the atom, as extended XYZ: the
/// atom has the column `offending` 1. Collective.
/// \returns the sentence that tells of it
[[nodiscard]] std::string write_offence(Context& context, std::filesystem::path const& path,
                                        Offence const& offence,
                                        dynamics::Trajectory const& trajectory, long long atoms,
                                        double reach);

}  // namespace kamacite::apps
