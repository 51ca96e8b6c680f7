#pragma once
#include <string>
#include <vector>

#include "kamacite/domain/domain.hpp"

namespace kamacite::apps {

/// Those of a rank's atoms that an input names by their numbers, counted from 1, or by their
/// elements: 1 for each that is named, 0 for each other.
/// \param symbols  of elements. Not collective.
[[nodiscard]] std::vector<int> chosen_atoms(domain::Atoms const& atoms,
                                            std::vector<int> const& numbers,
                                            std::vector<std::string> const& symbols);

/// \param key  of the elements in the input, e.g. "hold.elements"
/// \throws InputError if there is no atom of one of them. Collective.
void expect_elements(mpi::Communicator const& comm, std::string const& key,
                     std::vector<std::string> const& symbols, std::vector<int> const& species);

/// \param key  of the numbers in the input, e.g. "hold.atoms"
/// \throws InputError if there are not as many atoms as one of them says
void expect_numbers(std::string const& key, std::vector<int> const& numbers, long long atoms);

}  // namespace kamacite::apps
