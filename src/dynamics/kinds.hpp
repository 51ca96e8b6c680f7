#pragma once
// Private to the module: elements of atoms as places in a list.
#include <span>
#include <string>
#include <vector>

namespace kamacite::dynamics {

/// Place of each atom's element in the list of elements.
/// \param what  is of these elements, for the error: "displacements"
/// \throws DataError if an atom is of another element
[[nodiscard]] std::vector<std::size_t> kinds_of(std::span<int const> species,
                                                std::span<int const> elements,
                                                std::string const& what);

}  // namespace kamacite::dynamics
