#pragma once
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// Numbers with a unit as a user writes them, in internal units: "6.5 angstrom", or several with
/// one unit at the end, "2.8 2.9 3.0 angstrom". \throws InputError "'<text>' (<why that is wrong>):
/// <what to write>": a unit that is missing,
///         unknown, or measures something else; a number that is not finite
[[nodiscard]] std::vector<double> parse_quantities(std::string const& text, Dimension dimension);

/// One number with a unit. \throws InputError as parse_quantities(), and if there are several
[[nodiscard]] double parse_quantity(std::string const& text, Dimension dimension);

/// A number that gives the same bits when parsed, and that YAML 1.1 takes for one too: 5.0e-05, not
/// 5e-05, which is a text there.
[[nodiscard]] std::string format_number(double value);

/// The number with a unit that reads well and gives the same bits when parsed: "25 GPa".
[[nodiscard]] std::string format_quantity(double value, Dimension dimension);

/// "length", "pressure" …
[[nodiscard]] std::string name_of(Dimension dimension);

/// The units that a quantity may be written with, the usual one first.
[[nodiscard]] std::vector<std::string> units_of(Dimension dimension);

/// A plain number: "1e-3", "2", "+.5". \throws InputError as above
[[nodiscard]] double parse_number(std::string const& text);

/// A whole number. \throws InputError as above
[[nodiscard]] long long parse_integer(std::string const& text);

}  // namespace kamacite::config
