#pragma once
#include <string>
#include <string_view>

namespace kamacite {

inline constexpr int last_element = 103;  ///< atomic numbers 1 … 103 (H … Lr) are known

/// Direction of the magnetic moment of an atom (collinear magnetism).
enum class Direction : int { up = 0, down = 1, none = 2 };

/// A species is an atomic number Z with a direction: Z up (and all that has no moments at all), −Z
/// down, Z + this: an atom that could have a moment and has none.
inline constexpr int without_moment = 1000;

/// The atomic number of a species.
[[nodiscard]] constexpr int element_of(int species) noexcept {
    return species < 0 ? -species : species % without_moment;
}
/// The direction of a species.
[[nodiscard]] constexpr Direction direction_of(int species) noexcept {
    return species < 0                 ? Direction::down
           : species >= without_moment ? Direction::none
                                       : Direction::up;
}
/// The species of atomic number z with a direction.
[[nodiscard]] constexpr int species_of(int z, Direction direction) noexcept {
    return direction == Direction::down   ? -z
           : direction == Direction::none ? z + without_moment
                                          : z;
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
