#pragma once
#include <string>
#include <string_view>

namespace kamacite {

inline constexpr int last_element = 103;  ///< atomic numbers 1 … 103 (H … Lr) are known

/// A species is an atomic number, or its negative for an atom whose magnetic moment points down
/// (collinear magnetism; what has no direction is written as up).
/// \returns the atomic number
[[nodiscard]] constexpr int element_of(int species) noexcept {
    return species < 0 ? -species : species;
}

/// Chemical symbol of a species, e.g. 26 → "Fe", whatever the direction of its moment.
/// \throws DataError if its atomic number is not in 1 … last_element
[[nodiscard]] std::string_view symbol_of(int species);

/// Atomic number of a symbol, e.g. "Fe" → 26; case matters.
/// \throws DataError naming the unknown symbol
[[nodiscard]] int atomic_number_of(std::string_view symbol);

/// Standard atomic mass of a species in internal units [eV fs²/Å²] (1 u = units::dalton).
/// Source: IUPAC abridged standard atomic weights (2021); mass number of the longest-lived
/// isotope where there is none.
[[nodiscard]] double mass_of(int species);

}  // namespace kamacite
