#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace kamacite::formats {

/// What a column of a property table is: its name as records have it, and how its numbers become
/// internal units: value · factor + offset.
struct ColumnMeaning {
    std::string name;
    double factor = 1.0;
    double offset = 0.0;
    bool per_atom = false;  ///< only energy [eV/atom]: to be multiplied by the number of atoms
};

/// Meaning of a header `name [unit]`. Names are lower case with _ for blanks, aliases resolved
/// (T → temperature, a → lattice_constant, …); the factor brings lengths to Å, energies to eV,
/// pressures to eV/Å³ and the known properties to property_unit().
/// \returns nothing if the unit is not one of the quantity; `units` then lists those that are
[[nodiscard]] std::optional<ColumnMeaning> meaning_of(std::string_view header, std::string& units);

}  // namespace kamacite::formats
