#include "kamacite/domain/halo.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::domain {
namespace {

/// The images of what lies between `low` and `high` that reach a box widened by `margin`: the first
/// and the last shift along one direction.
std::array<int, 2> shifts(bool periodic, double low, double high, double box_low, double box_high,
                          double margin) {
    if (!periodic) return {0, 0};
    return {static_cast<int>(std::ceil(box_low - margin - high)),
            static_cast<int>(std::floor(box_high + margin - low))};
}

/// The atoms of this rank and how far from a box ghosts are, in fractional coordinates.
struct Here {
    std::vector<Vec3> fractional;
    Vec3 low, high, margin;
};

Here here(Cell const& cell, std::span<Vec3 const> owned, double reach) {
    Here result{{}, Vec3::Constant(1e300), Vec3::Constant(-1e300), {}};
    for (int k = 0; k < 3; ++k)  // wider by more than rounding may lose
        result.margin[k] = reach / cell.height(k) * (1.0 + 1e-9) + 1e-12;
    result.fractional.reserve(owned.size());
    for (auto const& r : owned) {
        result.fractional.push_back(cell.to_fractional(r));
        result.low = result.low.cwiseMin(result.fractional.back());
        result.high = result.high.cwiseMax(result.fractional.back());
    }
    return result;
}

/// Calls add(shift, from, to) for each image of the cell of which atoms between `from` and `to`,
/// before they are shifted, are near the box.
template <class F>
void for_images(Here const& here, Cell const& cell, Box const& box, F const& add) {
    if (here.fractional.empty()) return;
    Vec3 const low = box.low - here.margin, high = box.high + here.margin;
    std::array<std::array<int, 2>, 3> s{};
    for (int k = 0; k < 3; ++k)
        s[static_cast<std::size_t>(k)] =
            shifts(cell.periodic()[static_cast<std::size_t>(k)], here.low[k], here.high[k],
                   box.low[k], box.high[k], here.margin[k]);
    for (int a = s[0][0]; a <= s[0][1]; ++a)
        for (int b = s[1][0]; b <= s[1][1]; ++b)
            for (int c = s[2][0]; c <= s[2][1]; ++c) {
                Vec3 const shift(a, b, c);
                Vec3 const from = low - shift, to = high - shift;
                if ((here.high.array() < from.array()).any() ||
                    (here.low.array() > to.array()).any())
                    continue;
                add(shift, from, to);
            }
}

/// The same on all ranks.
void expect_compact(Cell const& cell, double reach) {
    constexpr double most = 1e4;  // half a minute or so for two atoms
    double images = 1.0;
    for (int k = 0; k < 3; ++k)
        if (cell.periodic()[static_cast<std::size_t>(k)])
            images *= 1.0 + 2.0 * reach / cell.height(k);
    if (images > most)
        throw DataError(fmt::format(
            "the cell is so small (heights {:.3g}, {:.3g}, {:.3g} Å) that some {:.2g} images of it "
            "are within {:.3g} Å: are its vectors in Å? If so, repeat it to a supercell",
            cell.height(0), cell.height(1), cell.height(2), images, reach));
}

std::span<double> numbers(std::span<Vec3> vectors) {
    return {reinterpret_cast<double*>(vectors.data()), 3 * vectors.size()};
}

}  // namespace

Halo::Halo(mpi::Communicator const& comm, Cell const& cell, std::span<Vec3 const> owned,
           std::span<Box const> boxes, double reach)
    : exchange_{comm, std::vector<int>(static_cast<std::size_t>(comm.size()), 0)},
      back_{exchange_.reversed()} {
    KAMACITE_EXPECTS(static_cast<int>(boxes.size()) == comm.size());
    expect_compact(cell, reach);
    Here const h = here(cell, owned, reach);
    auto const add_images = [&](int rank) {
        auto const before = sources_.size();
        for_images(h, cell, boxes[static_cast<std::size_t>(rank)],
                   [&](Vec3 const& shift, Vec3 const& from, Vec3 const& to) {
                       if (rank == comm.rank() && shift == Vec3::Zero()) return;
                       auto const begin = sources_.size();
                       for (std::size_t i = 0; i < h.fractional.size(); ++i) {
                           auto const f = h.fractional[i].array();
                           if ((f < from.array()).any() || (f > to.array()).any()) continue;
                           sources_.push_back(static_cast<int>(i));
                       }
                       if (sources_.size() > begin)
                           images_.push_back({begin, sources_.size(), shift});
                   });
        return static_cast<int>(sources_.size() - before);
    };
    std::vector<int> counts(boxes.size(), 0);
    for (int rank = 0; rank < comm.size(); ++rank)
        if (rank != comm.rank()) counts[static_cast<std::size_t>(rank)] = add_images(rank);
    remote_images_ = images_.size();
    add_images(comm.rank());
    exchange_ = mpi::Exchange{comm, std::move(counts)};
    back_ = exchange_.reversed();
}

void Halo::follow(Cell const& cell, std::span<Vec3 const> owned, std::span<Vec3> ghosts) const {
    KAMACITE_EXPECTS(static_cast<int>(ghosts.size()) == size());
    auto const remote = static_cast<std::size_t>(exchange_.sent());
    buffer_.resize(3 * remote);
    auto const copy = [&](Image const& image, double* out) {
        Vec3 const shift = cell.to_cartesian(image.shift);
        double const x = shift.x(), y = shift.y(), z = shift.z();
        for (std::size_t k = image.begin; k < image.end; ++k, out += 3) {
            double const* const r = owned[static_cast<std::size_t>(sources_[k])].data();
            out[0] = r[0] + x;
            out[1] = r[1] + y;
            out[2] = r[2] + z;
        }
    };
    for (std::size_t n = 0; n < remote_images_; ++n)
        copy(images_[n], buffer_.data() + 3 * images_[n].begin);
    auto const there = static_cast<std::size_t>(received());
    exchange_.begin(std::span<double const>{buffer_}, numbers(ghosts.first(there)), 3, pending_);
    // while messages are on their way
    auto const mine = numbers(ghosts.subspan(there));
    for (std::size_t n = remote_images_; n < images_.size(); ++n)
        copy(images_[n], mine.data() + 3 * (images_[n].begin - remote));
    pending_.finish();
}

template <mpi::Number T>
std::vector<T> Halo::copies(std::span<T const> owned) const {
    auto const remote = static_cast<std::size_t>(exchange_.sent());
    std::vector<T> out(remote), ghosts(static_cast<std::size_t>(received()));
    for (std::size_t k = 0; k < remote; ++k) out[k] = owned[static_cast<std::size_t>(sources_[k])];
    exchange_.run<T>(std::span<T const>{out}, std::span{ghosts}, 1);
    for (std::size_t k = remote; k < sources_.size(); ++k)
        ghosts.push_back(owned[static_cast<std::size_t>(sources_[k])]);
    return ghosts;
}

template std::vector<int> Halo::copies(std::span<int const>) const;
template std::vector<long long> Halo::copies(std::span<long long const>) const;

void Halo::begin_return(std::span<double const> of_ghosts, int width, Return& on_its_way) const {
    auto const w = static_cast<std::size_t>(width);
    KAMACITE_EXPECTS(of_ghosts.size() == static_cast<std::size_t>(size()) * w);
    on_its_way.here_.resize(static_cast<std::size_t>(back_.received()) * w);
    back_.begin(of_ghosts.first(static_cast<std::size_t>(received()) * w),
                std::span{on_its_way.here_}, width, on_its_way.pending_);
}

double const* Halo::sent_back(std::span<double const> of_ghosts, int width) const {
    buffer_.resize(static_cast<std::size_t>(back_.received()) * static_cast<std::size_t>(width));
    back_.begin(of_ghosts, std::span{buffer_}, width, pending_);
    pending_.finish();
    return buffer_.data();
}

}  // namespace kamacite::domain
