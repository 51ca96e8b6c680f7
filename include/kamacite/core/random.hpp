#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "kamacite/core/types.hpp"

namespace kamacite {

/// Counter-based stream of random numbers that belongs to a thing, never to a rank.
///
/// The stream is a pure function of (seed, purpose, index): atom 17 of structure 4 draws the same
/// numbers on any rank, in any order, on any number of ranks.
///
///     RandomStream random{seed, "rattle", structure_index};
///     double u = random.uniform();
///
/// Generator: Philox4x64-10. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy
/// as 1, 2, 3", SC11 (2011).
class RandomStream {
public:
    /// \param purpose  what the numbers are for; different purposes give independent streams
    /// \param index    which thing (structure, epoch, member …)
    RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index);

    [[nodiscard]] std::uint64_t bits();                  ///< 64 uniform bits
    [[nodiscard]] double uniform();                      ///< uniform in [0, 1), 53 bits
    [[nodiscard]] double normal();                       ///< standard normal (Box–Muller)
    [[nodiscard]] Vec3 normal3();                        ///< three standard normals
    [[nodiscard]] std::uint64_t below(std::uint64_t n);  ///< uniform in 0 … n−1, unbiased; n > 0

private:
    std::array<std::uint64_t, 2> key_;
    std::array<std::uint64_t, 4> block_{};
    std::uint64_t index_;
    std::uint64_t counter_ = 0;
    unsigned used_ = 4;
};

/// Fisher–Yates permutation of 0 … n−1 drawn from `random`.
[[nodiscard]] std::vector<int> permutation(int n, RandomStream& random);

/// 64-bit FNV-1a hash of a text: stable names → seeds, split by hash.
[[nodiscard]] std::uint64_t hash_of(std::string_view text);

}  // namespace kamacite
