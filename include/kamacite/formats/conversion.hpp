#pragma once
#include "kamacite/formats/frame.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// How the labels are called in extended XYZ: `ase` energy, forces, stress, virial, magmoms;
/// `ref` the same with the prefix REF_, which ASE ≥ 3.23 leaves alone and MACE expects.
enum class KeyStyle { ase, ref };

/// Geometry of a frame. Lattice is "ax ay az bx by bz cx cy cz" (or 3 numbers: a box); without it
/// the structure is not periodic. Without pbc it is periodic along all three vectors. Atoms are
/// named by the column species, or numbered by Z or numbers. \throws DataError naming file, line
/// and frame
[[nodiscard]] Structure structure_of(Frame const& frame);

/// Geometry, labels and names of a frame. Keys and columns, in the order of preference, upper and
/// lower case alike, each also with the prefixes REF_ and dft_, which come first:
///
///     energy      free_energy, energy                  [eV]; free_energy is what forces derive
///     from forces      forces, force                        [eV/Å], column of width 3 stress
///     stress, stresses                     [eV/Å³], tension positive; 9 numbers, or 6 in
///                                                      the order xx yy zz yz xz xy
///                 virial, virials                      [eV], W = −V σ; must agree with stress
///     moments     magmoms, magmom, spin, spins         [μ_B], column of width 1; of width 3: |m|
///     with
///                                                      the sign of m_z
///     properties  temperature, thermal_conductivity, electrical_resistivity, magnetic_moment
///                 magmom, total_magmom (keys) → magnetic_moment = total / number of atoms
///                 property_<name>: any other
///     family      config_type, family
///     name        name, config_name, tag
///     trajectory  trajectory
///     level       level_of_theory, level, dft, calculator, xc, settings: all there are, joined
///
/// What is not there is absent in the record. `source` is "<file>@<frame>".
/// \throws DataError naming file, line and frame: what check(Record) refuses, wrong shapes, virial
/// and
///         stress that contradict each other
[[nodiscard]] Record to_record(Frame const& frame);

/// A frame that holds all of the record; to_record() gives it back (but `source`).
[[nodiscard]] Frame to_frame(Record const& record, KeyStyle style = KeyStyle::ase);

/// 3 × 3 tensor from 9 numbers row after row, or 6 in the order xx yy zz yz xz xy.
[[nodiscard]] std::optional<Mat3> tensor_of(std::span<double const> numbers);

/// Names of the properties that have a meaning and a unit here; in extended XYZ any others are
/// written with the prefix `property_`.
[[nodiscard]] std::span<std::string_view const> property_names();

}  // namespace kamacite::formats
