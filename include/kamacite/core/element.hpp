#pragma once
#include <string>
#include <string_view>

namespace kamacite {

inline constexpr int last_element = 103;  ///< atomic numbers 1 … 103 (H … Lr) are known

/// Chemical symbol of atomic number `z`, e.g. 26 → "Fe".
/// \throws DataError if `z` is not in 1 … last_element
[[nodiscard]] std::string_view symbol_of(int z);

/// Atomic number of a symbol, e.g. "Fe" → 26; case matters.
/// \throws DataError naming the unknown symbol
[[nodiscard]] int atomic_number_of(std::string_view symbol);

/// Standard atomic mass in internal units [eV fs²/Å²] (1 u = units::dalton).
/// Source: IUPAC abridged standard atomic weights (2021); mass number of the longest-lived
/// isotope where there is none.
[[nodiscard]] double mass_of(int z);

}  // namespace kamacite
