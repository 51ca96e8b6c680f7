#include "kamacite/dynamics/averages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {
namespace {

constexpr double fewest_blocks = 4.0;
constexpr std::size_t numbers_per_level = 4;
constexpr std::size_t most_levels = 63;

}  // namespace

void BlockAverage::add(double value) {
    if (!std::isfinite(value))
        throw NumericalError(
            fmt::format("value {} of a series is {} (must be finite): it cannot be averaged",
                        values() + 1, value));
    for (std::size_t k = 0;; ++k) {
        if (k == levels_.size()) levels_.emplace_back();
        auto& level = levels_[k];
        level.blocks += 1.0;
        // sums about the mean so far: Σ m² − M m² would lose what is small against the mean
        double const from_before = value - level.mean;
        level.mean += from_before / level.blocks;
        level.squares += from_before * (value - level.mean);
        if (std::fmod(level.blocks, 2.0) != 0.0) {
            level.waiting = value;
            return;
        }
        value = 0.5 * (level.waiting + value);
    }
}

long long BlockAverage::values() const noexcept {
    return levels_.empty() ? 0 : static_cast<long long>(levels_.front().blocks);
}

Average BlockAverage::average() const {
    KAMACITE_EXPECTS(!levels_.empty());
    double const n = levels_.front().blocks;
    Average result{levels_.front().mean, std::numeric_limits<double>::infinity(), 1.0, values(),
                   false};
    if (n < fewest_blocks) return result;
    double const independent = levels_.front().error2();
    double largest = independent;
    double length = 1.0;
    for (auto const& level : levels_) {
        if (level.blocks < fewest_blocks) break;
        double const error2 = level.error2();
        largest = std::max(largest, error2);
        double const g = independent > 0.0 ? error2 / independent : 1.0;
        if (length * length * length > 2.0 * n * g * g) {
            largest = error2;
            result.converged = true;
            break;
        }
        length *= 2.0;
    }
    result.error = std::sqrt(largest);
    if (independent > 0.0) result.inefficiency = std::max(1.0, largest / independent);
    return result;
}

std::vector<double> BlockAverage::state() const {
    std::vector<double> state{static_cast<double>(levels_.size())};
    for (auto const& level : levels_)
        state.insert(state.end(), {level.blocks, level.mean, level.squares, level.waiting});
    return state;
}

void BlockAverage::restore(std::span<double const> state) {
    auto const levels = state.empty() ? 0 : (state.size() - 1) / numbers_per_level;
    if (state.empty() || levels > most_levels || state.size() != 1 + numbers_per_level * levels ||
        state[0] != static_cast<double>(levels))
        throw DataError(
            fmt::format("state of an average has {} numbers (must be 4 for each length of blocks, "
                        "and one): the checkpoint is damaged, or of something else",
                        state.size()));
    levels_.clear();
    for (std::size_t k = 0; k < levels; ++k) {
        auto const row = state.subspan(1 + numbers_per_level * k, numbers_per_level);
        levels_.push_back({row[0], row[1], row[2], row[3]});
    }
}

Average average_of(std::span<double const> series) {
    BlockAverage blocks;
    for (double const value : series) blocks.add(value);
    return blocks.average();
}

}  // namespace kamacite::dynamics
