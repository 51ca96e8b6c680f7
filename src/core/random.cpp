#include "kamacite/core/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "kamacite/core/error.hpp"

namespace kamacite {

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index)
    : key_{seed, hash_of(purpose)}, index_{index} {}

std::uint64_t RandomStream::bits() {
    if (used_ == 4) {
        r123::Philox4x64 const philox;
        auto const out = philox(r123::Philox4x64::ctr_type{{counter_++, index_, 0, 0}},
                                r123::Philox4x64::key_type{{key_[0], key_[1]}});
        for (unsigned i = 0; i < 4; ++i) block_[i] = out[i];
        used_ = 0;
    }
    return block_[used_++];
}

double RandomStream::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1p-53;
}

double RandomStream::normal() {
    double const radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));  // 1 − u lies in (0, 1]
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

Vec3 RandomStream::normal3() {
    double const x = normal();
    double const y = normal();
    double const z = normal();
    return {x, y, z};
}

std::uint64_t RandomStream::below(std::uint64_t n) {
    KAMACITE_EXPECTS(n > 0);
    std::uint64_t const unbiased =
        n * (UINT64_MAX / n);  // numbers from here up would favour small results
    std::uint64_t drawn = bits();
    while (drawn >= unbiased) drawn = bits();
    return drawn % n;
}

std::vector<int> permutation(int n, RandomStream& random) {
    std::vector<int> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    return order;
}

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (char const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

}  // namespace kamacite
