#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kamacite/model/committee.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::inference {

/// How much the energy of an atom moves, to first order, with one standard deviation σ_k of each
/// symmetry function (that of the training set):
///
///     I_k = [ mean over atoms i of (σ_k ∂E_i/∂G_k)² ]^½      [eV]
///
/// over the atoms of one element in one family; for a committee the root mean square of its
/// members. Functions that are linear in others share what they tell together: a small I_k says
/// that a function is not used, a large one not that it could not be replaced.
struct Importance {
    std::vector<long long> atoms;             ///< of each element of the model
    std::vector<std::vector<double>> values;  ///< I_k of each element; 0 if it has no atoms
};

/// By family; inference::every_family stands for all. Empty if the model has no energies, or its
/// members have different functions. Collective.
/// \param mine  this rank's records
/// \throws DataError if the model does not know an element
[[nodiscard]] std::map<std::string, Importance> importance_of(mpi::Communicator const& comm,
                                                              Committee const& committee,
                                                              std::span<Record const> mine);

/// The same as CSV: a row per function with its kind and parameters, a column per family.
[[nodiscard]] std::string importance_csv(Model const& model,
                                         std::map<std::string, Importance> const& by_family);

}  // namespace kamacite::inference
