#pragma once
#include "any_model.hpp"
#include "kamacite/config/relax.hpp"
#include "large_file.hpp"

/// \file
/// What a relaxation begins with.

namespace kamacite::apps {

/// The atoms of structure × supercell, each rank those of its block of numbers, at rest.
/// \throws DataError naming the file: no such structure in it, an element that the model does not
///         know, what check(Structure) refuses. Collective.
[[nodiscard]] LargeStructure start_of(mpi::Communicator const& comm,
                                      config::RelaxOptions const& options, AnyModel const& model);

/// The atoms of a file that a relaxation has left behind, which must be those of `start`.
/// \throws DataError if they are others. Collective.
[[nodiscard]] LargeStructure reached(mpi::Communicator const& comm,
                                     std::filesystem::path const& file,
                                     LargeStructure const& start);

/// For each atom of this rank's block 1 if the options say that it stays; empty if none does.
/// \throws InputError if a number is larger than there are atoms, or every atom stays while the
///         cell does too. Collective.
[[nodiscard]] std::vector<int> fixed_of(mpi::Communicator const& comm,
                                        config::RelaxOptions const& options,
                                        LargeStructure const& start);

/// The structure ready to be moved.
/// \throws DataError, NumericalError naming the file it came from. Collective.
[[nodiscard]] dynamics::FreeStructure free_structure(mpi::Communicator const& comm,
                                                     Potential const& potential,
                                                     LargeStructure from, dynamics::Freedom freedom,
                                                     std::string const& name);

}  // namespace kamacite::apps
