#include "kamacite/domain/domain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "blocks.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/neighbours/of_first.hpp"

namespace kamacite::domain {
namespace {

/// Copies of `values` in the order `order`.
template <class T>
std::vector<T> in_order(std::vector<T> const& values, std::span<int const> order) {
    std::vector<T> result;
    if (values.empty()) return result;
    result.reserve(order.size());
    for (int const i : order) result.push_back(values[static_cast<std::size_t>(i)]);
    return result;
}

/// Items sent to others, those that came instead. Collective.
template <class T>
std::vector<T> exchanged(mpi::Exchange const& exchange, std::vector<T> const& values) {
    std::vector<T> result(static_cast<std::size_t>(exchange.received()));
    exchange.run<T>(std::span<T const>{values}, std::span{result}, 1);
    return result;
}
std::vector<Vec3> exchanged(mpi::Exchange const& exchange, std::vector<Vec3> const& values) {
    std::vector<Vec3> result(static_cast<std::size_t>(exchange.received()));
    auto const* const from = reinterpret_cast<double const*>(values.data());
    auto* const to = reinterpret_cast<double*>(result.data());
    exchange.run<double>(std::span{from, 3 * values.size()}, std::span{to, 3 * result.size()}, 3);
    return result;
}

/// Moves positions into the cell along its periodic directions; their fractional coordinates.
std::vector<Vec3> wrap(Cell const& cell, Atoms& atoms) {
    std::vector<Vec3> fractional;
    fractional.reserve(atoms.positions.size());
    for (std::size_t i = 0; i < atoms.positions.size(); ++i) {
        auto& r = atoms.positions[i];
        Vec3 f = cell.to_fractional(r);
        if (!f.allFinite())
            throw DataError(fmt::format(
                "position of atom {} is ({}, {}, {}) (must be finite): correct the structure",
                atoms.ids[i] + 1, r.x(), r.y(), r.z()));
        Vec3 shift = Vec3::Zero();
        for (int k = 0; k < 3; ++k)
            if (cell.periodic()[static_cast<std::size_t>(k)]) shift[k] = std::floor(f[k]);
        if (shift != Vec3::Zero()) r -= cell.to_cartesian(shift);
        fractional.push_back(f - shift);
    }
    return fractional;
}

/// Order of atoms in which near ones are near in memory: by bins of the cell, then by id.
std::vector<int> order_in_space(Cell const& cell, Atoms const& atoms) {
    constexpr double width = 6.0;  // [Å] of a bin
    using Key = std::tuple<int, int, int, long long>;
    std::vector<Key> keys;
    keys.reserve(atoms.positions.size());
    for (std::size_t i = 0; i < atoms.positions.size(); ++i) {
        Vec3 const f = cell.to_fractional(atoms.positions[i]);
        auto const bin = [&](int k) {
            return static_cast<int>(std::floor(f[k] * cell.height(k) / width));
        };
        keys.emplace_back(bin(0), bin(1), bin(2), atoms.ids[i]);
    }
    std::vector<int> order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&](int i) { return keys[static_cast<std::size_t>(i)]; });
    return order;
}

/// Refuses a cell in which atoms would have any number of neighbours. Collective.
void expect_matter(mpi::Communicator const& comm, Cell const& cell, Atoms const& atoms) {
    constexpr double densest = 10.0;  // [atoms/Å³], 50 times that of diamond
    auto const n = comm.all_reduce(mpi::Op::sum, static_cast<long long>(atoms.size()));
    if (cell.is_periodic() && static_cast<double>(n) > densest * cell.volume())
        throw DataError(
            fmt::format("{} atoms in a cell of {:.3g} Å³ (denser than any matter): is the cell in "
                        "Å, and are its vectors right?",
                        n, cell.volume()));
}

/// The images of what lies between `low` and `high` that reach a box widened by `margin`: the first
/// and the last shift along one direction.
std::array<int, 2> shifts(bool periodic, double low, double high, double box_low, double box_high,
                          double margin) {
    if (!periodic) return {0, 0};
    return {static_cast<int>(std::ceil(box_low - margin - high)),
            static_cast<int>(std::floor(box_high + margin - low))};
}

}  // namespace

Domain::Domain(mpi::Communicator const& comm, Cell cell, Atoms atoms, double cutoff, double skin,
               Lists lists)
    : comm_{&comm},
      cell_{std::move(cell)},
      cutoff_{cutoff},
      skin_{skin},
      lists_{lists},
      owned_{std::move(atoms)},
      costs_(owned_.positions.size(), 1.0),
      halo_{comm, std::vector<int>(static_cast<std::size_t>(comm.size()), 0)},
      structure_{Cell{cell_.rows(), {false, false, false}}, {}, {}} {
    KAMACITE_EXPECTS(cutoff > 0.0 && skin >= 0.0);
    KAMACITE_EXPECTS(owned_.velocities.empty() ||
                     owned_.velocities.size() == owned_.positions.size());
    expect_matter(comm, cell_, owned_);
    rebuild();
}

void Domain::rebuild() {
    migrate();
    find_ghosts();
    costs_.assign(owned_.positions.size(), 1.0);
    if (lists_ == Lists::kept) {
        mpi::all_or_none(*comm_, [&] {
            listing([&] {
                neighbours_ = find_neighbours_of_first(structure_, cutoff_ + skin_, owned());
            });
        });
        for (int i = 0; i < owned(); ++i)
            costs_[static_cast<std::size_t>(i)] += neighbours_.of(i).size();
    }
    moved_.assign(owned_.positions.size(), Vec3::Zero());
    ++rebuilds_;
}

void Domain::listing(std::function<void()> const& work) const {
    constexpr double one_point = 1e-6;  // [Å], as find_neighbours() has it
    try {
        work();
    } catch (DataError const&) {
        auto const& r = structure_.positions;
        std::vector<std::size_t> order(r.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::sort(order, {}, [&](std::size_t i) { return r[i].x(); });
        for (std::size_t a = 0; a < order.size(); ++a)
            for (auto b = a + 1; b < order.size(); ++b) {
                auto const [i, j] = std::minmax(order[a], order[b]);
                if (r[order[b]].x() - r[order[a]].x() > one_point) break;
                if (i < owned_.ids.size() && (r[i] - r[j]).norm() < one_point)
                    throw DataError(fmt::format(
                        "atom {} at ({:.6g}, {:.6g}, {:.6g}) and another one, or an image, sit on "
                        "the same point: remove one of them, or correct the cell",
                        owned_.ids[i] + 1, r[i].x(), r[i].y(), r[i].z()));
            }
        throw;
    }
}

void Domain::migrate() {
    std::vector<Vec3> fractional;
    mpi::all_or_none(*comm_, [&] { fractional = wrap(cell_, owned_); });
    Bisection const division{*comm_, cell_, fractional, costs_};
    boxes_.clear();
    for (int r = 0; r < comm_->size(); ++r) boxes_.push_back(division.box(r));

    std::vector<int> owner, counts(static_cast<std::size_t>(comm_->size()), 0);
    for (auto const& f : fractional) {
        owner.push_back(division.owner(f));
        ++counts[static_cast<std::size_t>(owner.back())];
    }
    std::vector<int> order(owner.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](int i) { return owner[static_cast<std::size_t>(i)]; });
    // velocities go if any rank has some: a rank may have had no atom
    bool const moving = comm_->all_reduce(mpi::Op::max, owned_.velocities.empty() ? 0 : 1) > 0;
    mpi::Exchange const exchange{*comm_, counts};
    Atoms here{exchanged(exchange, in_order(owned_.ids, order)),
               exchanged(exchange, in_order(owned_.species, order)),
               exchanged(exchange, in_order(owned_.positions, order)),
               {}};
    if (moving) here.velocities = exchanged(exchange, in_order(owned_.velocities, order));
    auto const sorted = order_in_space(cell_, here);
    owned_ = {in_order(here.ids, sorted), in_order(here.species, sorted),
              in_order(here.positions, sorted), in_order(here.velocities, sorted)};
}

void Domain::find_ghosts() {
    Vec3 margin;
    for (int k = 0; k < 3; ++k)  // wider by more than rounding may lose
        margin[k] = (cutoff_ + skin_) / cell_.height(k) * (1.0 + 1e-9) + 1e-12;
    std::vector<Vec3> fractional;
    Box mine{Vec3::Constant(1e300), Vec3::Constant(-1e300)};
    for (auto const& r : owned_.positions) {
        fractional.push_back(cell_.to_fractional(r));
        mine.low = mine.low.cwiseMin(fractional.back());
        mine.high = mine.high.cwiseMax(fractional.back());
    }
    sent_.clear();
    std::vector<Vec3> positions;
    std::vector<int> counts;
    for (int rank = 0; rank < comm_->size(); ++rank) {
        auto const before = sent_.size();
        Box const& box = boxes_[static_cast<std::size_t>(rank)];
        Vec3 const low = box.low - margin, high = box.high + margin;
        std::array<std::array<int, 2>, 3> s{};
        for (int k = 0; k < 3 && !fractional.empty(); ++k)
            s[static_cast<std::size_t>(k)] =
                shifts(cell_.periodic()[static_cast<std::size_t>(k)], mine.low[k], mine.high[k],
                       box.low[k], box.high[k], margin[k]);
        for (int a = s[0][0]; a <= s[0][1]; ++a)
            for (int b = s[1][0]; b <= s[1][1]; ++b)
                for (int c = s[2][0]; c <= s[2][1]; ++c) {
                    Vec3 const shift(a, b, c);
                    if (rank == comm_->rank() && shift == Vec3::Zero()) continue;
                    Vec3 const from = low - shift, to = high - shift;
                    if ((mine.high.array() < from.array()).any() ||
                        (mine.low.array() > to.array()).any())
                        continue;
                    Vec3 const moved_by = cell_.to_cartesian(shift);
                    for (std::size_t i = 0; i < fractional.size(); ++i) {
                        auto const f = fractional[i].array();
                        if ((f < from.array()).any() || (f > to.array()).any()) continue;
                        sent_.push_back(static_cast<int>(i));
                        positions.push_back(owned_.positions[i] + moved_by);
                    }
                }
        counts.push_back(static_cast<int>(sent_.size() - before));
    }
    halo_ = mpi::Exchange{*comm_, std::move(counts)};
    auto const append = [](auto& to, auto const& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    structure_.species = owned_.species;
    structure_.positions = owned_.positions;
    append(structure_.species, exchanged(halo_, in_order(owned_.species, sent_)));
    append(structure_.positions, exchanged(halo_, positions));
}

void Domain::move(std::span<Vec3 const> displacements) {
    KAMACITE_EXPECTS(displacements.size() == owned_.positions.size());
    double farthest = 0.0;
    mpi::all_or_none(*comm_, [&] {
        for (std::size_t i = 0; i < displacements.size(); ++i) {
            if (!displacements[i].allFinite())
                throw NumericalError(fmt::format(
                    "atom {} is to move by ({}, {}, {}) Å (must be finite): is the time step "
                    "too long, or are atoms on top of each other?",
                    owned_.ids[i] + 1, displacements[i].x(), displacements[i].y(),
                    displacements[i].z()));
            owned_.positions[i] += displacements[i];
            moved_[i] += displacements[i];
            farthest = std::max(farthest, moved_[i].norm());
        }
    });
    if (comm_->all_reduce(mpi::Op::max, farthest) > 0.5 * skin_) {
        rebuild();
        return;
    }
    std::vector<Vec3> all(displacements.begin(), displacements.end());
    auto const ghosts = exchanged(halo_, in_order(all, sent_));
    all.insert(all.end(), ghosts.begin(), ghosts.end());
    for (std::size_t i = 0; i < all.size(); ++i) structure_.positions[i] += all[i];
    if (lists_ == Lists::kept) neighbours_.move(all);
}

Prediction Domain::predict(Potential const& potential) const {
    Prediction prediction;
    mpi::all_or_none(*comm_, [&] {
        if (lists_ == Lists::kept)
            prediction = potential.predict(structure_, neighbours_);
        else
            listing([&] { prediction = predict_in_blocks(potential, structure_, owned()); });
    });
    auto const n = owned_.positions.size();
    constexpr int width = 12;  // a force and a virial
    std::vector<double> out, back(sent_.size() * width);
    out.reserve((structure_.positions.size() - n) * width);
    for (std::size_t i = n; i < structure_.positions.size(); ++i) {
        out.insert(out.end(), prediction.forces[i].data(), prediction.forces[i].data() + 3);
        out.insert(out.end(), prediction.virials[i].data(), prediction.virials[i].data() + 9);
    }
    halo_.reversed().run<double>(std::span<double const>{out}, std::span{back}, width);
    prediction.forces.resize(n);
    prediction.virials.resize(n);
    for (std::size_t k = 0; k < sent_.size(); ++k) {
        auto const i = static_cast<std::size_t>(sent_[k]);
        double const* const part = back.data() + k * width;
        prediction.forces[i] += Eigen::Map<Vec3 const>(part);
        prediction.virials[i] += Eigen::Map<Mat3 const>(part + 3);
    }
    return prediction;
}

}  // namespace kamacite::domain
