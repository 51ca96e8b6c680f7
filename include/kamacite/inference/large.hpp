#pragma once
#include <optional>

#include "kamacite/domain/domain.hpp"
#include "kamacite/model/committee.hpp"

namespace kamacite::inference {

/// What the members of a model say of one structure that ranks share.
struct LargeAnswer {
    Prediction mean;                   ///< of the atoms that this rank owns, in their order
    std::vector<double> force_std;     ///< spread of their forces [eV/Å]; empty for one member
    domain::Totals total;              ///< of the whole, on every rank
    std::optional<double> energy_std;  ///< spread of the energy [eV]; absent for one member
};

/// The members one after the other over the same domain; spreads as Spread has them.
/// \param members  one at least; none has property heads that need conditions
/// \param domain   with a cutoff not below theirs
/// \param factors  by which spreads are multiplied. Collective.
/// \throws what Domain::predict() throws; NumericalError if a prediction is not finite
[[nodiscard]] LargeAnswer answer_of(mpi::Communicator const& comm, domain::Domain const& domain,
                                    std::span<Potential const* const> members,
                                    Calibration const& factors);

}  // namespace kamacite::inference
