#include "kamacite/neighbours/block_list.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "near_in_block.hpp"
#include "wrapped.hpp"

namespace kamacite {
namespace {

constexpr float far_away = 1e15f;  // its square is a number

}  // namespace

AtomBins::AtomBins(std::span<Vec3 const> positions, double cutoff)
    : positions_{positions}, cutoff_{cutoff}, origin_{Vec3::Zero()}, width_{Vec3::Ones()} {
    KAMACITE_EXPECTS(cutoff > 0.0);
    if (positions.empty()) return;
    origin_ = positions.front();
    Vec3 high = origin_;
    for (auto const& r : positions) {
        origin_ = origin_.cwiseMin(r);
        high = high.cwiseMax(r);
    }
    Vec3 const span = (high - origin_).cwiseMax(1e-9);
    // narrow along c, where the bins of a column are searched as one
    Vec3 wanted(0.5 * cutoff, 0.5 * cutoff, 0.25 * cutoff);
    Vec3 n;
    do {
        n = (span.array() / wanted.array()).floor().max(1.0);
        wanted *= 1.25;
    } while (n.prod() > 4.0 * static_cast<double>(positions.size()) + 64.0);
    for (int k = 0; k < 3; ++k) bins_[static_cast<std::size_t>(k)] = static_cast<int>(n[k]);
    width_ = span.array() / n.array();

    double const reach = cutoff * (1.0 + 1e-9);  // rounding must not lose a bin
    auto const bins_within = [&](int k, double length) {
        auto const most = static_cast<double>(bins_[static_cast<std::size_t>(k)]);
        return static_cast<int>(std::min(length / width_[k], most)) + 1;
    };
    for (int a = -bins_within(0, reach); a <= bins_within(0, reach); ++a)
        for (int b = -bins_within(1, reach); b <= bins_within(1, reach); ++b) {
            double const x = std::max(0, std::abs(a) - 1) * width_.x();
            double const y = std::max(0, std::abs(b) - 1) * width_.y();
            double const left = reach * reach - x * x - y * y;
            if (left > 0.0) reach_.push_back({a, b, bins_within(2, std::sqrt(left))});
        }

    auto const columns = static_cast<std::size_t>(bins_[0]) * static_cast<std::size_t>(bins_[1]);
    first_.assign(columns * static_cast<std::size_t>(bins_[2]) + 1, 0);
    std::vector<int> bin(positions.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
        auto const [a, b, c] = bin_of(positions[i]);
        bin[i] = (a * bins_[1] + b) * bins_[2] + c;
        ++first_[static_cast<std::size_t>(bin[i]) + 1];
    }
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    atom_.resize(positions.size());
    auto next = first_;
    sorted_.resize(positions.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
        auto const place = static_cast<std::size_t>(next[static_cast<std::size_t>(bin[i])]++);
        atom_[place] = static_cast<int>(i);
        sorted_[place] = positions[i];
    }
    own_.assign(columns, {bins_[2], -1});
    near_.assign(columns, {bins_[2], -1});
    start_.resize(columns * static_cast<std::size_t>(bins_[2] + 1));
}

std::array<int, 3> AtomBins::bin_of(Vec3 const& r) const {
    std::array<int, 3> bin{};
    for (int k = 0; k < 3; ++k) {
        auto const axis = static_cast<std::size_t>(k);
        bin[axis] =
            std::clamp(static_cast<int>((r[k] - origin_[k]) / width_[k]), 0, bins_[axis] - 1);
    }
    return bin;
}

void AtomBins::find_columns(int begin, int end) {
    Interval const none{bins_[2], -1};
    for (int const column : own_columns_) own_[static_cast<std::size_t>(column)] = none;
    for (int const column : near_columns_) near_[static_cast<std::size_t>(column)] = none;
    own_columns_.clear();
    near_columns_.clear();
    auto const widen = [](std::vector<Interval>& all, std::vector<int>& columns, int column,
                          int from, int to) {
        auto& interval = all[static_cast<std::size_t>(column)];
        if (interval.to < 0) columns.push_back(column);
        interval = {std::min(interval.from, from), std::max(interval.to, to)};
    };
    for (int i = begin; i < end; ++i) {
        auto const [a, b, c] = bin_of(positions_[static_cast<std::size_t>(i)]);
        widen(own_, own_columns_, a * bins_[1] + b, c, c);
    }
    for (int const column : own_columns_) {
        auto const own = own_[static_cast<std::size_t>(column)];
        for (auto const& r : reach_) {
            int const a = column / bins_[1] + r.a, b = column % bins_[1] + r.b;
            if (a < 0 || a >= bins_[0] || b < 0 || b >= bins_[1]) continue;
            widen(near_, near_columns_, a * bins_[1] + b, std::max(0, own.from - r.c),
                  std::min(bins_[2] - 1, own.to + r.c));
        }
    }
    std::ranges::sort(near_columns_);
}

void AtomBins::gather(int begin, int end, Vec3 const& low, Vec3 const& high, BlockList& list) {
    Vec3 const centre = 0.5 * (low + high);
    double const reach2 = cutoff_ * cutoff_ * (1.0 + 1e-9);
    std::size_t most = detail::spare_lanes, n = 0;
    for (int const column : near_columns_) {
        auto const [from, to] = near_[static_cast<std::size_t>(column)];
        auto const* const first = first_.data() + static_cast<std::ptrdiff_t>(column) * bins_[2];
        most += static_cast<std::size_t>(first[to + 1] - first[from]);
    }
    if (place_.size() < most) {
        place_.resize(most);
        for (auto* v : {&x_, &y_, &z_}) v->resize(most);
    }
    auto const add = [&](Vec3 const& r, int place) {
        x_[n] = static_cast<float>(r.x() - centre.x());
        y_[n] = static_cast<float>(r.y() - centre.y());
        z_[n] = static_cast<float>(r.z() - centre.z());
        place_[n++] = place;
    };
    for (int const column : near_columns_) {
        auto const [from, to] = near_[static_cast<std::size_t>(column)];
        auto* const start = start_.data() + static_cast<std::ptrdiff_t>(column) * (bins_[2] + 1);
        auto const* const first = first_.data() + static_cast<std::ptrdiff_t>(column) * bins_[2];
        for (int c = from; c <= to; ++c) {
            start[c] = static_cast<int>(n);
            for (auto k = static_cast<std::size_t>(first[c]);
                 k < static_cast<std::size_t>(first[c + 1]); ++k) {
                int const i = atom_[k];
                auto const& r = sorted_[k];
                if (i >= begin && i < end) {
                    add(r, i - begin);
                    continue;
                }
                Vec3 const off = (low - r).cwiseMax(r - high).cwiseMax(0.0);
                if (off.squaredNorm() > reach2) continue;
                add(r, list.size());
                list.around.push_back(i);
            }
        }
        start[to + 1] = static_cast<int>(n);
    }
    for (int k = 0; k < detail::spare_lanes; ++k) add(Vec3::Constant(far_away), -1);
}

std::size_t AtomBins::ranges_around(std::array<int, 3> const& bin, std::vector<int>& ranges) const {
    ranges.clear();
    std::size_t atoms = 0;
    for (auto const& r : reach_) {
        int const a = bin[0] + r.a, b = bin[1] + r.b;
        if (a < 0 || a >= bins_[0] || b < 0 || b >= bins_[1]) continue;
        auto const* const start =
            start_.data() + static_cast<std::ptrdiff_t>(a * bins_[1] + b) * (bins_[2] + 1);
        int const from = start[std::max(0, bin[2] - r.c)];
        int const to = start[std::min(bins_[2], bin[2] + r.c + 1)];
        if (from == to) continue;
        ranges.push_back(from);
        ranges.push_back(to);
        atoms += static_cast<std::size_t>(to - from);
    }
    return atoms;
}

void AtomBins::fill(int begin, int end, BlockList& list) {
    KAMACITE_EXPECTS(begin >= 0 && begin <= end && end <= static_cast<int>(positions_.size()));
    list.begin = begin;
    list.end = end;
    list.around.clear();
    list.first.assign(1, 0);
    list.atom.clear();
    if (begin == end) return;
    auto const own =
        positions_.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    Vec3 low = own.front(), high = low;
    for (auto const& r : own) {
        low = low.cwiseMin(r);
        high = high.cwiseMax(r);
    }
    find_columns(begin, end);
    gather(begin, end, low, high, list);

    // a coordinate is off by half an ulp of the largest, a difference by twice that
    Vec3 const centre = 0.5 * (low + high);
    double const off = 1e-6 * (0.5 * (high - low).norm() + cutoff_);
    auto const square = [](double x) { return static_cast<float>(x * x * (1.0 + 1e-6)); };
    detail::Gathered const atoms{x_.data(),
                                 y_.data(),
                                 z_.data(),
                                 place_.data(),
                                 square(cutoff_ + off),
                                 square(detail::coincidence + off)};
    list.first.reserve(own.size() + 1);
    std::vector<int> ranges;
    std::array<int, 3> searched{-1, -1, -1};  // the bin that `ranges` are around
    std::size_t n = 0, most = 0;
    for (std::size_t k = 0; k < own.size(); ++k) {
        if (auto const bin = bin_of(own[k]); bin != searched) {
            most = ranges_around(bin, ranges) + detail::spare_lanes;
            searched = bin;
        }
        if (found_.size() < n + most) found_.resize(2 * (n + most));
        Vec3 const r = own[k] - centre;
        bool on_point = false;
        int const count = detail::find_near(atoms,
                                            {static_cast<float>(r.x()), static_cast<float>(r.y()),
                                             static_cast<float>(r.z()), static_cast<int>(k)},
                                            ranges, found_.data() + n, on_point);
        for (std::size_t e = n; on_point && e < n + static_cast<std::size_t>(count); ++e) {
            int const other = list.number(found_[e]);
            double const distance = (positions_[static_cast<std::size_t>(other)] - own[k]).norm();
            if (distance < detail::coincidence)
                detail::throw_coincident(begin + static_cast<int>(k), other, distance);
        }
        n += static_cast<std::size_t>(count);
        list.first.push_back(static_cast<int>(n));
    }
    list.atom.assign(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(n));
}

Neighbours neighbours_of(BlockList const& list, std::span<Vec3 const> positions, double cutoff) {
    KAMACITE_EXPECTS(static_cast<int>(positions.size()) == list.size());
    Neighbours result;
    std::vector<int> atom;
    std::vector<double> x, y, z;
    for (int i = 0; i < list.listed(); ++i) {
        auto const k = static_cast<std::size_t>(i);
        auto const begin = static_cast<std::size_t>(list.first[k]);
        auto const count = static_cast<std::size_t>(list.first[k + 1]) - begin;
        if (atom.size() < count + detail::spare_lanes) {
            atom.resize(count + detail::spare_lanes);
            for (auto* v : {&x, &y, &z}) v->resize(atom.size());
        }
        auto const n = static_cast<std::size_t>(detail::find_vectors(
            std::span{list.atom}.subspan(begin, count), positions.data()->data(), i,
            cutoff * cutoff, {atom.data(), x.data(), y.data(), z.data()}));
        result.add_atom(std::span{atom}.first(n), std::span{x}.first(n), std::span{y}.first(n),
                        std::span{z}.first(n));
        if (i == 31)  // room for as many as the first atoms have, and a little more
            result.reserve(list.listed(),
                           static_cast<long long>(1.1 * list.listed() *
                                                  static_cast<double>(result.entries()) / 32.0));
    }
    return result;
}

void neighbours_in_blocks(std::span<Vec3 const> positions, int first, double cutoff,
                          std::function<void(BlockList const&, Neighbours const&)> const& use) {
    KAMACITE_EXPECTS(first >= 0 && first <= static_cast<int>(positions.size()));
    AtomBins bins{positions, cutoff};
    BlockList list;
    std::vector<Vec3> here;
    for (int begin = 0; begin < first; begin = list.end) {
        bins.fill(begin, std::min(first, begin + atoms_per_block), list);
        here.clear();
        for (int i = 0; i < list.size(); ++i)
            here.push_back(positions[static_cast<std::size_t>(list.number(i))]);
        use(list, neighbours_of(list, here, cutoff));
    }
}

}  // namespace kamacite
