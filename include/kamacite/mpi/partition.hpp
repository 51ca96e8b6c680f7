#pragma once
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::mpi {

/// Half-open range [begin, end) of global indices.
struct Range {
    long long begin = 0;
    long long end = 0;
    [[nodiscard]] long long size() const noexcept { return end - begin; }
};

/// The block of `total` items that belongs to part `part` of `parts`. Blocks are contiguous,
/// cover everything once, and differ in size by at most one.
[[nodiscard]] constexpr Range block_of(int part, int parts, long long total) noexcept {
    long long const base = total / parts;
    long long const extra = total % parts;
    auto const begin = [&](long long p) { return p * base + (p < extra ? p : extra); };
    return {begin(part), begin(part + 1)};
}

/// The part that item `item` belongs to: the inverse of block_of().
[[nodiscard]] constexpr int owner_of(long long item, int parts, long long total) noexcept {
    long long const base = total / parts;
    long long const extra = total % parts;
    long long const large = extra * (base + 1);  // items in the parts that are one larger
    return static_cast<int>(item < large ? item / (base + 1) : extra + (item - large) / base);
}

/// Sum of `value` over all lower ranks; 0 on rank 0. Collective.
[[nodiscard]] long long exclusive_sum(Communicator const& comm, long long value);

}  // namespace kamacite::mpi
