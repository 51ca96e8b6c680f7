#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "kamacite/core/types.hpp"

namespace kamacite {

/// Vectors, tensors or arrays of T as their numbers, one after the other as they lie in memory.
///
///     std::span<double const> x = flat<double>(positions);      // 3 n numbers
///     std::vector<Vec3> r = grouped<Vec3>(x);
template <class T, class V>
[[nodiscard]] std::span<T const> flat(std::vector<V> const& values) {
    static_assert(sizeof(V) % sizeof(T) == 0);
    return {reinterpret_cast<T const*>(values.data()), values.size() * (sizeof(V) / sizeof(T))};
}
/// The same where they lie in someone else's memory.
template <class T, class V>
[[nodiscard]] std::span<T const> flat(std::span<V const> values) {
    static_assert(sizeof(V) % sizeof(T) == 0);
    return {reinterpret_cast<T const*>(values.data()), values.size() * (sizeof(V) / sizeof(T))};
}
/// The same to be written to.
template <class T, class V>
[[nodiscard]] std::span<T> flat_in(std::vector<V>& values) {
    static_assert(sizeof(V) % sizeof(T) == 0);
    return {reinterpret_cast<T*>(values.data()), values.size() * (sizeof(V) / sizeof(T))};
}

/// The way back: as many numbers as V has to each.
template <class V, class Numbers>
[[nodiscard]] std::vector<V> grouped(Numbers const& numbers) {
    using T = typename Numbers::value_type;
    static_assert(sizeof(V) % sizeof(T) == 0);
    std::vector<V> values(numbers.size() / (sizeof(V) / sizeof(T)));
    std::ranges::copy(numbers, flat_in<T>(values).begin());
    return values;
}

/// The numbers of tensors row by row, as files have them, one tensor after the other.
[[nodiscard]] inline std::vector<double> row_by_row(std::span<Mat3 const> tensors) {
    std::vector<double> numbers;
    numbers.reserve(9 * tensors.size());
    for (auto const& m : tensors)
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b) numbers.push_back(m(a, b));
    return numbers;
}
/// The same of one tensor: 9 numbers.
[[nodiscard]] inline std::vector<double> row_by_row(Mat3 const& tensor) {
    return row_by_row(std::span{&tensor, 1});
}

}  // namespace kamacite
