#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kamacite/structure/record.hpp"

namespace kamacite::dataset {

/// Hash of what makes two records the same: species, cell, periodicity, positions and labels, each
/// number rounded to 1e-6 of its unit. Names, families and sources do not count; the order of the
/// atoms does. Two different records agree with probability 2⁻⁶⁴.
[[nodiscard]] std::uint64_t fingerprint_of(Record const& record);

/// Indices of records that are the same, one group for each record that occurs more than once, in
/// the order of first occurrence.
///
/// \param fingerprints  one per record: Tags::fingerprint or fingerprint_of()
[[nodiscard]] std::vector<std::vector<long long>> find_duplicates(
    std::span<std::uint64_t const> fingerprints);

}  // namespace kamacite::dataset
