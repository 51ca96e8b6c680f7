#include "kamacite/dynamics/displacement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "kinds.hpp"

namespace kamacite::dynamics {
namespace {

/// Slope of the straight line of least squares.
double slope_of(std::span<double const> x, std::span<double const> y) {
    auto const n = static_cast<double>(x.size());
    double const x_mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
    double const y_mean = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xx = 0.0, xy = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        xx += (x[k] - x_mean) * (x[k] - x_mean);
        xy += (x[k] - x_mean) * (y[k] - y_mean);
    }
    return xy / xx;
}

}  // namespace

MeanSquaredDisplacement::MeanSquaredDisplacement(mpi::Communicator const& comm,
                                                 std::vector<int> elements,
                                                 std::span<int const> species,
                                                 std::vector<Vec3> reference, bool drifts)
    : elements_{std::move(elements)},
      reference_{std::move(reference)},
      counts_(elements_.size(), 0.0),
      drifts_{drifts} {
    KAMACITE_EXPECTS(species.size() == reference_.size());
    mpi::all_or_none(comm, [&] {
        kinds_ = kinds_of(species, elements_, "displacements");
        for (auto const kind : kinds_) counts_[kind] += 1.0;
        masses_ = masses_of(species);
    });
    comm.all_reduce(mpi::Op::sum, std::span{counts_});
    // from the counts, not from a sum over ranks, whose rounding depends on them
    total_mass_ = 0.0;
    for (std::size_t a = 0; a < elements_.size(); ++a)
        total_mass_ += counts_[a] * mass_of(elements_[a]);
}

std::vector<double> MeanSquaredDisplacement::of(mpi::Communicator const& comm,
                                                std::span<Vec3 const> positions) const {
    KAMACITE_EXPECTS(positions.size() == reference_.size());
    Vec3 drift = Vec3::Zero();
    for (std::size_t i = 0; i < positions.size(); ++i)
        drift += masses_[i] * (positions[i] - reference_[i]);
    comm.all_reduce(mpi::Op::sum, std::span{drift.data(), 3});
    if (total_mass_ > 0.0) drift /= total_mass_;
    if (!drifts_) drift.setZero();
    std::vector<double> msd(elements_.size(), 0.0);
    for (std::size_t i = 0; i < positions.size(); ++i)
        msd[kinds_[i]] += (positions[i] - reference_[i] - drift).squaredNorm();
    comm.all_reduce(mpi::Op::sum, std::span{msd});
    for (std::size_t a = 0; a < msd.size(); ++a) msd[a] /= std::max(1.0, counts_[a]);
    return msd;
}

std::optional<Diffusion> diffusion_of(std::span<double const> times, std::span<double const> msd,
                                      int blocks) {
    KAMACITE_EXPECTS(times.size() == msd.size() && blocks >= 2);
    constexpr std::size_t fewest = 3;  // values of a block
    auto const n = static_cast<std::size_t>(blocks);
    auto const half = times.size() - times.size() / 2;
    if (half < fewest * n) return std::nullopt;
    auto const t = times.last(half), u = msd.last(half);
    std::vector<double> slopes;
    for (std::size_t k = 0; k < n; ++k) {
        auto const begin = k * half / n, end = (k + 1) * half / n;
        slopes.push_back(slope_of(t.subspan(begin, end - begin), u.subspan(begin, end - begin)));
    }
    double const mean = std::accumulate(slopes.begin(), slopes.end(), 0.0) / blocks;
    double squares = 0.0;
    for (double const b : slopes) squares += (b - mean) * (b - mean);
    return Diffusion{slope_of(t, u) / 6.0, std::sqrt(squares / (blocks * (blocks - 1.0))) / 6.0};
}

}  // namespace kamacite::dynamics
