#include "order_in_space.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace kamacite::domain {
namespace {

constexpr double bin_width = 4.0;  // [Å]
constexpr int most_bits = 21;      // of a coordinate, three of which fit 64 bits

using Bin = std::array<std::uint32_t, 3>;

/// How far along Hilbert's curve a point is, its coordinates of `bits` bits.
std::uint64_t along_curve(Bin x, int bits) {
    for (int level = bits - 1; level > 0; --level) {
        std::uint32_t const q = std::uint32_t{1} << level, below = q - 1;
        for (auto& coordinate : x) {
            if ((coordinate & q) != 0) {
                x[0] ^= below;
            } else {
                std::uint32_t const t = (x[0] ^ coordinate) & below;
                x[0] ^= t;
                coordinate ^= t;
            }
        }
    }
    x[1] ^= x[0];
    x[2] ^= x[1];
    std::uint32_t t = 0;
    for (int level = bits - 1; level > 0; --level)
        if ((x[2] >> level & 1) != 0) t ^= (std::uint32_t{1} << level) - 1;
    for (auto& coordinate : x) coordinate ^= t;
    std::uint64_t place = 0;
    for (int level = bits - 1; level >= 0; --level)
        for (auto const coordinate : x) place = place << 1 | (coordinate >> level & 1);
    return place;
}

}  // namespace

std::vector<int> order_in_space(Cell const& cell, std::span<Vec3 const> positions,
                                std::span<long long const> ids) {
    struct Key {
        std::uint64_t place;
        long long id;
        int atom;
        bool operator<(Key const& other) const {
            return place != other.place ? place < other.place : id < other.id;
        }
    };
    Vec3 const bins(cell.height(0) / bin_width, cell.height(1) / bin_width,
                    cell.height(2) / bin_width);
    std::vector<Vec3> at;
    at.reserve(positions.size());
    Vec3 low = Vec3::Zero(), high = Vec3::Zero();
    for (auto const& r : positions) {
        at.emplace_back(cell.to_fractional(r).cwiseProduct(bins));
        low = at.size() == 1 ? at.back() : low.cwiseMin(at.back());
        high = at.size() == 1 ? at.back() : high.cwiseMax(at.back());
    }
    constexpr double most = (1 << most_bits) - 1;
    auto const bin_of = [&](double x, int k) {
        return static_cast<std::uint32_t>(std::clamp(x - low[k], 0.0, most));
    };
    std::uint32_t largest = 0;
    for (int k = 0; k < 3; ++k) largest = std::max(largest, bin_of(high[k], k));
    int const bits = std::bit_width(largest);
    std::vector<Key> keys;
    keys.reserve(positions.size());
    Bin last{};
    std::uint64_t place = along_curve(last, bits);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        Bin const bin{bin_of(at[i].x(), 0), bin_of(at[i].y(), 1), bin_of(at[i].z(), 2)};
        if (bin != last) place = along_curve(bin, bits);
        last = bin;
        keys.push_back({place, ids[i], static_cast<int>(i)});
    }
    std::ranges::sort(keys, std::less<>{});
    std::vector<int> order;
    order.reserve(keys.size());
    for (auto const& key : keys) order.push_back(key.atom);
    return order;
}

}  // namespace kamacite::domain
