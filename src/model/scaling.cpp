#include "kamacite/model/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite {

Scaling Scaling::none(int elements, int width) {
    double const infinite = std::numeric_limits<double>::infinity();
    return {Matrix::Zero(elements, width), Matrix::Ones(elements, width),
            Matrix::Constant(elements, width, -infinite),
            Matrix::Constant(elements, width, infinite)};
}

ScalingSums::ScalingSums(std::vector<int> elements, int width)
    : elements_{std::move(elements)},
      width_{width},
      sums_(elements_.size() * (2 * static_cast<std::size_t>(width) + 1), 0.0),
      extremes_(elements_.size() * 2 * static_cast<std::size_t>(width),
                -std::numeric_limits<double>::infinity()) {}

void ScalingSums::add(Matrix const& g, std::span<int const> species) {
    auto const width = static_cast<std::size_t>(width_);
    for (std::size_t i = 0; i < species.size(); ++i) {
        auto const found = std::find(elements_.begin(), elements_.end(), element_of(species[i]));
        KAMACITE_EXPECTS(found != elements_.end());
        auto const e = static_cast<std::size_t>(found - elements_.begin());
        double* const sum = sums_.data() + e * (2 * width + 1);
        double* const extreme = extremes_.data() + e * 2 * width;
        double const* const row = g.row(static_cast<Eigen::Index>(i)).data();
        sum[0] += 1.0;
        for (std::size_t k = 0; k < width; ++k) {
            sum[1 + k] += row[k];
            sum[1 + width + k] += row[k] * row[k];
            extreme[k] = std::max(extreme[k], -row[k]);
            extreme[width + k] = std::max(extreme[width + k], row[k]);
        }
    }
}

Scaling ScalingSums::scaling(std::vector<int> const& elements, int width,
                             std::span<double const> sums, std::span<double const> extremes) {
    auto scaling = Scaling::none(static_cast<int>(elements.size()), width);
    auto const w = static_cast<std::size_t>(width);
    for (std::size_t e = 0; e < elements.size(); ++e) {
        auto const row = static_cast<Eigen::Index>(e);
        auto const sum = sums.subspan(e * (2 * w + 1), 2 * w + 1);
        auto const extreme = extremes.subspan(e * 2 * w, 2 * w);
        if (sum[0] == 0.0)
            throw DataError(
                fmt::format("the training set has no atom of element {} (its descriptors cannot be "
                            "scaled): add structures with it, or remove it from 'elements'",
                            symbol_of(elements[e])));
        for (std::size_t k = 0; k < w; ++k) {
            auto const column = static_cast<Eigen::Index>(k);
            double const mean = sum[1 + k] / sum[0];
            double const variance = sum[1 + w + k] / sum[0] - mean * mean;
            double const size = std::max(std::abs(extreme[k]), std::abs(extreme[w + k]));
            // The difference of squares carries a relative error of about 1e-16, σ one of 1e-8.
            bool const varies = variance > 1e-12 * size * size;
            scaling.centre(row, column) = mean;
            scaling.inverse(row, column) = varies ? 1.0 / std::sqrt(variance) : 0.0;
            scaling.smallest(row, column) = -extreme[k];
            scaling.largest(row, column) = extreme[w + k];
        }
    }
    return scaling;
}

}  // namespace kamacite
