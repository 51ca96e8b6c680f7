#include "kamacite/domain/bisection.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "kamacite/core/error.hpp"

namespace kamacite::domain {
namespace {

constexpr int bins = 64;   // of one histogram
constexpr int rounds = 5;  // of refinement: a plane is found within 64⁻⁵ = 1e-9 of its box

/// A box that is still to be divided among several ranks.
struct Open {
    int node;
    int first, last;  // its ranks
    Box box;          // with bounds on all sides
    int axis;
    double low, high;  // the plane is between them
    double below;      // cost between the lower side of the box and `low`
    double target;     // cost wanted on the lower side
};

/// Along which a box is to be cut: the axis along which its atoms reach farthest, so that the
/// vacuum beside a slab counts for nothing. Where they nearly fill the box, that counts, lest
/// vibrations turn the cuts of a crystal round.
int longest_axis(Cell const& cell, Box const& box, Box const& atoms) {
    constexpr double nearly = 0.75;
    int longest = 0;
    auto const length = [&](int k) {
        double const whole = box.high[k] - box.low[k];
        double const extent = std::max(atoms.high[k] - atoms.low[k], 0.0);  // none: no atoms
        return (extent > nearly * whole ? whole : extent) * cell.height(k);
    };
    for (int k = 1; k < 3; ++k)
        // the first of equal ones, whatever the rounding
        if (length(k) > length(longest) * (1.0 + 1e-9)) longest = k;
    return longest;
}

/// The smallest boxes around the atoms in each of them; turned inside out without atoms.
std::vector<Box> extents(mpi::Communicator const& comm, std::size_t boxes,
                         std::span<int const> place, std::span<Vec3 const> fractional) {
    constexpr double most = std::numeric_limits<double>::max();
    std::vector<double> bounds(6 * boxes, most);  // low, and high with the other sign
    for (std::size_t i = 0; i < fractional.size(); ++i) {
        if (place[i] < 0) continue;
        double* const bound = bounds.data() + 6 * place[i];
        for (int k = 0; k < 3; ++k) {
            bound[k] = std::min(bound[k], fractional[i][k]);
            bound[3 + k] = std::min(bound[3 + k], -fractional[i][k]);
        }
    }
    comm.all_reduce(mpi::Op::min, std::span{bounds});
    std::vector<Box> result;
    for (std::size_t n = 0; n < boxes; ++n) {
        double const* const bound = bounds.data() + 6 * n;
        result.push_back({Vec3(bound[0], bound[1], bound[2]), -Vec3(bound[3], bound[4], bound[5])});
    }
    return result;
}

/// The smallest box around all atoms along open directions; the cell along periodic ones.
Box around(mpi::Communicator const& comm, Cell const& cell, std::span<Vec3 const> fractional) {
    if (cell.is_periodic()) return {Vec3::Zero(), Vec3::Ones()};
    Box box{Vec3::Constant(std::numeric_limits<double>::max()),
            Vec3::Constant(std::numeric_limits<double>::lowest())};
    for (auto const& f : fractional) {
        box.low = box.low.cwiseMin(f);
        box.high = box.high.cwiseMax(f);
    }
    comm.all_reduce(mpi::Op::min, std::span{box.low.data(), 3});
    comm.all_reduce(mpi::Op::max, std::span{box.high.data(), 3});
    for (int k = 0; k < 3; ++k)
        if (cell.periodic()[static_cast<std::size_t>(k)] || box.low[k] > box.high[k]) {
            box.low[k] = 0.0;
            box.high[k] = 1.0;
        }
    return box;
}

/// Narrows the interval of the plane of each box to the bin in which the target is reached.
void refine(mpi::Communicator const& comm, std::span<Open> level, std::span<int const> place,
            std::span<Vec3 const> fractional, std::span<double const> costs, int round) {
    std::vector<double> histogram(level.size() * bins, 0.0);
    for (std::size_t i = 0; i < fractional.size(); ++i) {
        if (place[i] < 0) continue;
        auto const& open = level[static_cast<std::size_t>(place[i])];
        double const f = fractional[i][open.axis];
        bool const first = round == 0;  // then nothing is outside but by rounding
        if (!first && (f < open.low || f >= open.high)) continue;
        double const at = (f - open.low) / (open.high - open.low) * bins;
        int const bin = std::clamp(static_cast<int>(at), 0, bins - 1);
        histogram[static_cast<std::size_t>(place[i] * bins + bin)] += costs[i];
    }
    comm.all_reduce(mpi::Op::sum, std::span{histogram});
    for (std::size_t n = 0; n < level.size(); ++n) {
        auto& open = level[n];
        double const* const cost = histogram.data() + n * bins;
        if (round == 0) {
            double sum = 0.0;
            for (int b = 0; b < bins; ++b) sum += cost[b];
            int const ranks = open.last - open.first;
            open.target = sum * (ranks / 2) / ranks;
        }
        int b = 0;
        while (b + 1 < bins && open.below + cost[b] < open.target) open.below += cost[b++];
        double const width = (open.high - open.low) / bins;
        open.low += b * width;
        open.high = open.low + width;
    }
}

}  // namespace

Bisection::Bisection(mpi::Communicator const& comm, Cell const& cell,
                     std::span<Vec3 const> fractional, std::span<double const> costs) {
    KAMACITE_EXPECTS(fractional.size() == costs.size());
    Box const whole = around(comm, cell, fractional);
    boxes_.resize(static_cast<std::size_t>(comm.size()));
    std::vector<int> place(fractional.size(), 0);  // the open box of each atom, or −1
    std::vector<Open> level;
    nodes_.emplace_back();
    auto const open_box = [&](int node, int first, int last, Box const& box) {
        if (last - first > 1) {
            level.push_back({node, first, last, box, 0, 0.0, 0.0, 0.0, 0.0});
            return static_cast<int>(level.size()) - 1;
        }
        nodes_[static_cast<std::size_t>(node)].side[0] = first;
        boxes_[static_cast<std::size_t>(first)] = box;
        return -1;
    };
    if (open_box(0, 0, comm.size(), whole) < 0) place.assign(place.size(), -1);
    while (!level.empty()) {
        auto const filled = extents(comm, level.size(), place, fractional);
        for (std::size_t n = 0; n < level.size(); ++n) {
            auto& open = level[n];
            open.axis = longest_axis(cell, open.box, filled[n]);
            open.low = open.box.low[open.axis];
            open.high = open.box.high[open.axis];
        }
        for (int round = 0; round < rounds; ++round)
            refine(comm, level, place, fractional, costs, round);
        auto const above = std::exchange(level, {});
        std::vector<std::array<int, 2>> halves;
        std::vector<double> cuts;
        for (auto const& open : above) {
            bool const empty = open.target <= 0.0;
            double const cut = empty ? 0.5 * (open.box.low[open.axis] + open.box.high[open.axis])
                                     : 0.5 * (open.low + open.high);
            cuts.push_back(cut);
            int const lower = static_cast<int>(nodes_.size());
            nodes_.resize(nodes_.size() + 2);
            nodes_[static_cast<std::size_t>(open.node)] = {open.axis, cut, {lower, lower + 1}};
            int const middle = open.first + (open.last - open.first) / 2;
            Box half = open.box;
            half.high[open.axis] = cut;
            int const left = open_box(lower, open.first, middle, half);
            half = open.box;
            half.low[open.axis] = cut;
            halves.push_back({left, open_box(lower + 1, middle, open.last, half)});
        }
        for (std::size_t i = 0; i < place.size(); ++i) {
            if (place[i] < 0) continue;
            auto const n = static_cast<std::size_t>(place[i]);
            place[i] = halves[n][fractional[i][above[n].axis] < cuts[n] ? 0 : 1];
        }
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (auto& box : boxes_)
        for (int k = 0; k < 3; ++k) {
            if (cell.periodic()[static_cast<std::size_t>(k)]) continue;
            if (box.low[k] == whole.low[k]) box.low[k] = -infinity;
            if (box.high[k] == whole.high[k]) box.high[k] = infinity;
        }
}

int Bisection::owner(Vec3 const& fractional) const {
    std::size_t n = 0;
    while (nodes_[n].axis >= 0)
        n = static_cast<std::size_t>(
            nodes_[n].side[fractional[nodes_[n].axis] < nodes_[n].cut ? 0 : 1]);
    return nodes_[n].side[0];
}

}  // namespace kamacite::domain
