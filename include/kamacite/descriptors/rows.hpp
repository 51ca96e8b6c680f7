#pragma once
#include <span>

#include "kamacite/descriptors/functions.hpp"

namespace kamacite {

/// Functions as rows of numbers, for files and fingerprints: one column per parameter. Kinds of
/// neighbours that differ in the direction of their moment are −Z and Z + 1000 (functions.hpp).
template <class Function>
struct Rows;

/// Seven numbers, in the order of `columns`.
template <>
struct Rows<RadialFunction> {
    static constexpr char const* name = "radial";
    static constexpr char const* columns =
        "centre, neighbour (atomic numbers; 0: every element, weighted), eta [1/angstrom^2], shift "
        "[angstrom], cutoff form, cutoff radius [angstrom], inner part of it";
    static std::array<double, 7> row_of(RadialFunction const& f);
    static RadialFunction function_of(std::span<double const> row);
};

/// Eleven numbers, in the order of `columns`.
template <>
struct Rows<AngularFunction> {
    static constexpr char const* name = "angular";
    static constexpr char const* columns =
        "form (3 narrow, 9 wide), centre, first, second (atomic numbers; 0: every element, "
        "weighted), eta [1/angstrom^2], lambda, zeta, shift [angstrom], cutoff form, cutoff radius "
        "[angstrom], inner part of it";
    static std::array<double, 11> row_of(AngularFunction const& f);
    static AngularFunction function_of(std::span<double const> row);
};

/// Six numbers, in the order of `columns`.
template <>
struct Rows<CompactRadialFunction> {
    static constexpr char const* name = "compact_radial";
    static constexpr char const* columns =
        "centre, neighbour (atomic numbers; 0: every element, weighted), low, high [angstrom], "
        "form of the window, asymmetric";
    static std::array<double, 6> row_of(CompactRadialFunction const& f);
    static CompactRadialFunction function_of(std::span<double const> row);
};

/// Twelve numbers, in the order of `columns`.
template <>
struct Rows<CompactAngularFunction> {
    static constexpr char const* name = "compact_angular";
    static constexpr char const* columns =
        "form (21 narrow, 22 wide), centre, first, second (atomic numbers; 0: every element, "
        "weighted), low, high [angstrom], form of the window, asymmetric, low, high [degree], form "
        "of the window of the angle, asymmetric";
    static std::array<double, 12> row_of(CompactAngularFunction const& f);
    static CompactAngularFunction function_of(std::span<double const> row);
};

/// Fourteen numbers, in the order of `columns`.
template <>
struct Rows<PowerFunction> {
    static constexpr char const* name = "power";
    static constexpr char const* columns =
        "centre, first, second (atomic numbers), degree, then for both neighbours: eta "
        "[1/angstrom^2], shift [angstrom], cutoff form, cutoff radius [angstrom], inner part of it";
    static std::array<double, 14> row_of(PowerFunction const& f);
    static PowerFunction function_of(std::span<double const> row);
};

/// Twenty-two numbers, in the order of `columns`.
template <>
struct Rows<TripleFunction> {
    static constexpr char const* name = "triple";
    static constexpr char const* columns =
        "centre, three neighbours (atomic numbers), three powers, then for each neighbour: eta "
        "[1/angstrom^2], shift [angstrom], cutoff form, cutoff radius [angstrom], inner part of it";
    static std::array<double, 22> row_of(TripleFunction const& f);
    static TripleFunction function_of(std::span<double const> row);
};

}  // namespace kamacite
