#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kamacite/structure/projection.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::dataset {

/// Hash of a record: species, cell, periodicity, positions and labels, each number rounded to 1e-6
/// of its unit. Names, families and sources do not count. It names records; whether two are the
/// same is for find_duplicates() to tell, because near numbers may round apart.
[[nodiscard]] std::uint64_t fingerprint_of(Record const& record);

/// Where the atoms are, in few numbers that can be compared.
struct Geometry {
    std::uint64_t kind = 0;        ///< elements, order of atoms, periodicity: kind_of()
    std::array<double, 9> rows{};  ///< lattice vectors [Å], zero along directions not periodic
    Projection shape{};            ///< of the positions [Å]: projected_positions()
};

/// The geometry of a structure. O(atoms).
[[nodiscard]] Geometry geometry_of(Structure const& s);

/// For each structure a number that those of the same geometry share: the index of one of them.
///
/// Two geometries are the same if elements, order and periodicity are, each component of the
/// lattice vectors agrees to 1e-4 Å, and the positions are apart by at most 1e-4 Å (root mean
/// square, estimated by their projections, so within a factor of 2). Moving all atoms, or one by a
/// lattice vector, does not change a geometry; turning it does. Takes O(n log n) unless very many
/// are nearly the same without being it.
[[nodiscard]] std::vector<std::uint64_t> same_geometry(std::span<Geometry const> all);

/// A record as find_duplicates() compares it.
struct Comparable {
    Geometry geometry;
    std::uint64_t texts = 0;  ///< hash of which labels there are, and of properties to the last bit
    double energy = 0.0;      ///< [eV/atom]
    std::array<double, 9> stress{};  ///< [eV/Å³]
    Projection forces{};             ///< [eV/Å]
    Projection moments{};            ///< [μB]
};

/// What find_duplicates() needs of a record. O(atoms).
[[nodiscard]] Comparable comparable_of(Record const& record);

/// Records of the same geometry among some.
struct Duplicates {
    std::vector<long long> later;  ///< those that repeat the labels of an earlier one, ascending
    long long differing = 0;  ///< those whose geometry an earlier one has, but whose labels differ
    double apart = 0.0;       ///< largest difference of energies of the same geometry [eV/atom]
};

/// Finds records that occur more than once. Labels are the same if there are the same ones, with
/// energies within 1e-5 eV/atom, forces within 1e-3 eV/Å and moments within 1e-2 μB (root mean
/// square, estimated), stresses within 1e-4 eV/Å³ and equal properties.
[[nodiscard]] Duplicates find_duplicates(std::span<Comparable const> all);

}  // namespace kamacite::dataset
