#include "kamacite/config/quantity.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "kamacite/config/similar.hpp"
#include "kamacite/core/error.hpp"
#include "shown.hpp"

namespace kamacite::config {
namespace {

struct Unit {
    std::string_view name;
    Dimension dimension;
    double factor;
    enum class Use { print, read } use;  // print: may appear in a resolved input
};

using enum Dimension;
using enum Unit::Use;

// The first of each dimension is the internal unit, with factor 1: it prints any value exactly.
constexpr double per_square_bohr = 1.0 / (units::bohr * units::bohr);
constexpr double cubic_bohr = units::bohr * units::bohr * units::bohr;
constexpr Unit known_units[] = {
    {"angstrom", length, 1.0, print},
    {"Å", length, 1.0, read},
    {"bohr", length, units::bohr, read},
    {"nm", length, 10.0, read},
    {"pm", length, 0.01, read},
    {"angstrom^3", volume, 1.0, print},
    {"Å^3", volume, 1.0, read},
    {"bohr^3", volume, cubic_bohr, read},
    {"nm^3", volume, 1000.0, read},
    {"1/angstrom^2", inverse_area, 1.0, print},
    {"angstrom^-2", inverse_area, 1.0, read},
    {"1/Å^2", inverse_area, 1.0, read},
    {"1/bohr^2", inverse_area, per_square_bohr, read},
    {"bohr^-2", inverse_area, per_square_bohr, read},
    {"1/nm^2", inverse_area, 0.01, read},
    {"eV", energy, 1.0, print},
    {"meV", energy, 1.0e-3, print},
    {"Ry", energy, units::rydberg, read},
    {"mRy", energy, 1.0e-3 * units::rydberg, read},
    {"Ha", energy, units::hartree, read},
    {"hartree", energy, units::hartree, read},
    {"eV/angstrom", force, 1.0, print},
    {"eV/Å", force, 1.0, read},
    {"meV/angstrom", force, 1.0e-3, print},
    {"Ry/bohr", force, units::rydberg / units::bohr, read},
    {"Ha/bohr", force, units::hartree / units::bohr, read},
    {"eV/angstrom^3", pressure, 1.0, print},
    {"eV/Å^3", pressure, 1.0, read},
    {"GPa", pressure, units::GPa, print},
    {"MPa", pressure, 1.0e-3 * units::GPa, print},
    {"kbar", pressure, 0.1 * units::GPa, read},
    {"bar", pressure, 1.0e-4 * units::GPa, read},
    {"fs", time, 1.0, print},
    {"ps", time, units::ps, print},
    {"ns", time, 1.0e3 * units::ps, print},
    {"s", time, 1.0e15, print},
    {"min", time, 60.0e15, print},
    {"h", time, 3600.0e15, print},
    {"K", temperature, 1.0, print},
    {"mu_B", moment, 1.0, print},
    {"μ_B", moment, 1.0, read},
    {"B", memory, 1.0, print},
    {"GB", memory, 1.0e9, print},
    {"MB", memory, 1.0e6, print},
    {"kB", memory, 1.0e3, print},
    {"TB", memory, 1.0e12, print},
};

std::string example_of(Dimension dimension) {
    if (dimension == time) return "5 min";
    if (dimension == memory) return "2 GB";
    return "6.5 " + units_of(dimension).front();
}

/// Takes a number from the front of `text`, and the blanks before it.
std::optional<double> take_number(std::string_view& text) {
    auto rest = text;
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (rest.starts_with('+') && !rest.starts_with("+-")) rest.remove_prefix(1);
    double value = 0.0;
    auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    text = rest;
    return value;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

double factor_of(std::string_view unit, Dimension dimension, std::string const& text) {
    auto const what = name_of(dimension);
    auto const allowed = units_of(dimension);
    std::string list;
    for (auto const& u : allowed) list += (list.empty() ? "" : ", ") + u;
    if (unit.empty())
        throw InputError(
            fmt::format("'{}' (a number without a unit, but this is a {}): write e.g. '{}'",
                        shown(text), what, example_of(dimension)));
    for (auto const& known : known_units)
        if (known.name == unit && known.dimension == dimension) return known.factor;
    for (auto const& known : known_units)
        if (known.name == unit)
            throw InputError(
                fmt::format("'{}' ({} is a unit of {}, but this is a {}): use one of {}",
                            shown(text), unit, name_of(known.dimension), what, list));
    throw InputError(fmt::format("'{}' (unknown unit '{}'){}: use one of {}", shown(text),
                                 shown(std::string{unit}), did_you_mean(std::string{unit}, allowed),
                                 list));
}

}  // namespace

std::vector<double> parse_quantities(std::string const& text, Dimension dimension) {
    if (dimension == Dimension::none) return {parse_number(text)};
    std::vector<double> values;
    std::string_view rest = text;
    // The "1" of "1/angstrom^2" is no number.
    while (!trimmed(rest).starts_with("1/")) {
        auto const value = take_number(rest);
        if (!value) break;
        values.push_back(*value);
    }
    if (values.empty())
        throw InputError(fmt::format("'{}' (not a number with a unit): write e.g. '{}'",
                                     shown(text), example_of(dimension)));
    double const factor = factor_of(trimmed(rest), dimension, text);
    for (auto& v : values) v *= factor;
    return values;
}

double parse_quantity(std::string const& text, Dimension dimension) {
    auto const values = parse_quantities(text, dimension);
    if (values.size() != 1)
        throw InputError(fmt::format("'{}' ({} numbers, but one is wanted): write e.g. '{}'",
                                     shown(text), values.size(), example_of(dimension)));
    return values.front();
}

std::string format_number(double value) {
    auto text = fmt::format("{}", value);
    auto const e = text.find('e');
    if (e != std::string::npos && text.find('.') == std::string::npos) text.insert(e, ".0");
    return text;
}

std::string format_quantity(double value, Dimension dimension) {
    Unit const* usual = nullptr;
    for (auto const& unit : known_units) {
        if (unit.dimension != dimension || unit.use != Unit::Use::print) continue;
        if (usual == nullptr) usual = &unit;
        bool const internal_is_unusual = dimension == Dimension::pressure && usual == &unit;
        double const number = value / unit.factor;
        if (internal_is_unusual || std::abs(number) < 0.1 || std::abs(number) >= 1.0e5) continue;
        auto const text = fmt::format("{:.15g}", number);
        if (parse_number(text) * unit.factor == value) return fmt::format("{} {}", text, unit.name);
    }
    return usual == nullptr ? format_number(value) : fmt::format("{} {}", value, usual->name);
}

std::string name_of(Dimension dimension) {
    switch (dimension) {
        case Dimension::none:
            return "number";
        case Dimension::length:
            return "length";
        case Dimension::volume:
            return "volume";
        case Dimension::inverse_area:
            return "inverse area";
        case Dimension::energy:
            return "energy";
        case Dimension::force:
            return "force";
        case Dimension::pressure:
            return "pressure";
        case Dimension::time:
            return "time";
        case Dimension::temperature:
            return "temperature";
        case Dimension::moment:
            return "magnetic moment";
        case Dimension::memory:
            return "number of bytes";
    }
    return "";
}

std::vector<std::string> units_of(Dimension dimension) {
    std::vector<std::string> names;
    for (auto const& unit : known_units)
        if (unit.dimension == dimension) names.emplace_back(unit.name);
    return names;
}

double parse_number(std::string const& text) {
    std::string_view rest = text;
    auto const value = take_number(rest);
    if (!value || !trimmed(rest).empty())
        throw InputError(
            fmt::format("'{}' (not a finite number): write e.g. '0.5' or '1.0e-3'", shown(text)));
    return *value;
}

long long parse_integer(std::string const& text) {
    auto const all = trimmed(text);
    auto const digits = all.starts_with('+') ? all.substr(1) : all;
    long long value = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty())
        throw InputError(
            fmt::format("'{}' (not a whole number): write digits, e.g. '100'", shown(text)));
    return value;
}

}  // namespace kamacite::config
