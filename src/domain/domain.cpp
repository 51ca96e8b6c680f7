#include "kamacite/domain/domain.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/prediction_in_parts.hpp"
#include "order_in_space.hpp"

namespace kamacite::domain {
namespace {

/// Of an atom without neighbours, in those of a neighbour in its list: 35 was measured for embedded
/// atoms, 195 for the networks of iron.
constexpr double cost_of_atom = 100.0;

/// Adds the neighbours in their lists to the costs of atoms.
void add_costs(BlockList const& block, std::vector<double>& costs) {
    for (int i = 0; i < block.listed(); ++i) {
        auto const k = static_cast<std::size_t>(i);
        costs[static_cast<std::size_t>(block.begin + i)] += block.first[k + 1] - block.first[k];
    }
}

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
template <class T, class V>
std::vector<V> exchanged_as(mpi::Exchange const& exchange, std::vector<V> const& values) {
    std::vector<V> result(static_cast<std::size_t>(exchange.received()));
    exchange.run<T>(flat<T>(values), flat_in<T>(result), sizeof(V) / sizeof(T));
    return result;
}
std::vector<Vec3> exchanged(mpi::Exchange const& exchange, std::vector<Vec3> const& values) {
    return exchanged_as<double>(exchange, values);
}
std::vector<std::array<int, 3>> exchanged(mpi::Exchange const& exchange,
                                          std::vector<std::array<int, 3>> const& values) {
    return exchanged_as<int>(exchange, values);
}

/// Moves positions into the short cell along its periodic directions; their fractional coordinates
/// in it.
std::vector<Vec3> wrap(ShortLattice const& lattice, Atoms& atoms) {
    auto const& cell = lattice.cell;
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
        for (std::size_t k = 0; k < 3 && !atoms.images.empty(); ++k)  // along the given vectors
            for (std::size_t l = 0; l < 3; ++l)
                atoms.images[i][l] += static_cast<int>(shift[static_cast<int>(k)]) *
                                      static_cast<int>(lattice.in_old[k][l]);
        fractional.push_back(f - shift);
    }
    return fractional;
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

/// Names an atom that is farther from where it was listed than it may be, or nowhere.
void expect_bounded(Atoms const& atoms, std::span<Vec3 const> listed_at, double farthest) {
    for (std::size_t i = 0; i < atoms.positions.size(); ++i) {
        double const moved = (atoms.positions[i] - listed_at[i]).norm();
        if (moved < farthest) continue;
        throw NumericalError(fmt::format(
            "atom {} has moved by {:.4g} Å since neighbours were found (must be less than {:.3g} "
            "Å, past which it follows none of their forces): take a shorter time step, or relax "
            "the structure first",
            atoms.ids[i] + 1, moved, farthest));
    }
}

}  // namespace

Domain::Domain(mpi::Communicator const& comm, Cell cell, Atoms atoms, double cutoff, double skin,
               Lists lists)
    : comm_{&comm},
      cell_{std::move(cell)},
      lattice_{short_lattice(cell_)},
      cutoff_{cutoff},
      skin_{skin},
      lists_{lists},
      owned_{std::move(atoms)},
      costs_(owned_.positions.size(), cost_of_atom),
      boxes_(static_cast<std::size_t>(comm.size()), Box{Vec3::Zero(), Vec3::Zero()}),
      halo_{comm, lattice_.cell, {}, boxes_, cutoff + skin} {
    KAMACITE_EXPECTS(cutoff > 0.0 && skin >= 0.0);
    KAMACITE_EXPECTS(owned_.velocities.empty() ||
                     owned_.velocities.size() == owned_.positions.size());
    expect_matter(comm, cell_, owned_);
    rebuild();
}

void Domain::rebuild() {
    Mat3 rows = cell_.rows();  // the choice of vectors hangs on every bit
    comm_->broadcast(std::span{rows.data(), 9});
    cell_ = Cell{rows, cell_.periodic()};
    lattice_ = short_lattice(cell_);
    migrate();
    halo_ = Halo{*comm_, lattice_.cell, owned_.positions, boxes_, cutoff_ + skin_};
    ghosts_.resize(static_cast<std::size_t>(halo_.size()));
    halo_.follow(lattice_.cell, owned_.positions, ghosts_);
    species_ = owned_.species;
    auto const copies = halo_.copies(std::span<int const>{owned_.species});
    species_.insert(species_.end(), copies.begin(), copies.end());
    costs_.assign(owned_.positions.size(), cost_of_atom);
    if (lists_ == Lists::kept) find_lists();
    listed_at_ = owned_.positions;
    strain_ = Mat3::Identity();
    ++rebuilds_;
}

void Domain::find_lists() {
    blocks_.resize(static_cast<std::size_t>((owned() + atoms_per_block - 1) / atoms_per_block));
    mpi::all_or_none(*comm_, [&] {
        listing([&] {
            auto const positions = all_positions();
            AtomBins bins{positions, cutoff_ + skin_};
            int begin = 0;
            for (auto& block : blocks_) {
                bins.fill(begin, std::min(owned(), begin + atoms_per_block), block);
                begin = block.end;
            }
        });
    });
    for (auto const& block : blocks_) add_costs(block, costs_);
}

long long Domain::list_bytes() const noexcept {
    std::size_t numbers = 0;
    for (auto const& block : blocks_)
        numbers += block.atom.capacity() + block.around.capacity() + block.first.capacity();
    return static_cast<long long>(numbers * sizeof(int));
}

std::vector<Vec3> Domain::all_positions() const {
    auto positions = owned_.positions;
    positions.insert(positions.end(), ghosts_.begin(), ghosts_.end());
    return positions;
}

Structure Domain::structure() const {
    return {Cell{cell_.rows(), {false, false, false}}, species_, all_positions()};
}

long long Domain::entries() const noexcept {
    long long sum = 0;
    for (auto const& block : blocks_) sum += static_cast<long long>(block.atom.size());
    return sum;
}

void Domain::listing(std::function<void()> const& work) const {
    constexpr double one_point = 1e-6;  // [Å], as find_neighbours() has it
    try {
        work();
    } catch (DataError const&) {
        auto const r = all_positions();
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
    mpi::all_or_none(*comm_, [&] { fractional = wrap(lattice_, owned_); });
    Bisection const division{*comm_, lattice_.cell, fractional, costs_};
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
    mpi::Exchange const exchange{*comm_, counts};
    Atoms here{exchanged(exchange, in_order(owned_.ids, order)),
               exchanged(exchange, in_order(owned_.species, order)),
               exchanged(exchange, in_order(owned_.positions, order)),
               {}};
    // what atoms may have goes if any rank has some: a rank may have had no atom
    auto const take = [&](auto Atoms::*values) {
        if (comm_->all_reduce(mpi::Op::max, (owned_.*values).empty() ? 0 : 1) > 0)
            here.*values = exchanged(exchange, in_order(owned_.*values, order));
    };
    take(&Atoms::velocities);
    take(&Atoms::images);
    take(&Atoms::marks);
    auto sorted = order_in_space(lattice_.cell, here.positions, here.ids);
    shell_ = shell_first(here.positions, sorted);
    owned_ = {in_order(here.ids, sorted),       in_order(here.species, sorted),
              in_order(here.positions, sorted), in_order(here.velocities, sorted),
              in_order(here.images, sorted),    in_order(here.marks, sorted)};
}

int Domain::shell_first(std::span<Vec3 const> positions, std::vector<int>& order) const {
    if (comm_->size() == 1) return static_cast<int>(order.size());
    auto const& box = boxes_[static_cast<std::size_t>(comm_->rank())];
    Vec3 margin;
    for (int k = 0; k < 3; ++k)  // wider by more than rounding may lose, as the halo is
        margin[k] = (cutoff_ + skin_) / lattice_.cell.height(k) * (1.0 + 1e-8) + 1e-9;
    auto const inside = std::ranges::stable_partition(order, [&](int i) {
        Vec3 const f = lattice_.cell.to_fractional(positions[static_cast<std::size_t>(i)]);
        return ((f - box.low).array() <= margin.array()).any() ||
               ((box.high - f).array() <= margin.array()).any();
    });
    return static_cast<int>(inside.begin() - order.begin());
}

double Domain::slack() const {
    if (strain_ == Mat3::Identity()) return 0.5 * skin_;
    // What was beyond cutoff + skin when it was listed is beyond that times the least stretch now.
    Eigen::SelfAdjointEigenSolver<Mat3> const squares{strain_.transpose() * strain_};
    double const least = std::sqrt(squares.eigenvalues().minCoeff());
    return 0.5 * (least * (cutoff_ + skin_) - cutoff_);
}

void Domain::strain(Mat3 const& F) {
    if (F == Mat3::Identity()) return;
    if (!F.allFinite() || F.determinant() <= 0.0)
        throw NumericalError(fmt::format(
            "the cell is to be strained by a matrix of determinant {} (must be positive and "
            "finite): is the time step too long, or the barostat too fast?",
            F.determinant()));
    auto const strained = [&](Cell const& cell) {
        return Cell{cell.rows() * F.transpose(), cell.periodic()};
    };
    cell_ = strained(cell_);
    lattice_.cell = strained(lattice_.cell);
    for (auto& r : owned_.positions) r = F * r;
    for (auto& r : listed_at_) r = F * r;
    strain_ = F * strain_;
}

template <class Displacement>
void Domain::move_by(Displacement const& displacement, Mat3 const& F) {
    strain(F);
    double const loose = slack(), farthest = cutoff_ + skin_;
    double const limit = loose * std::abs(loose), bound = farthest * farthest;
    int far = 0, lost = 0;  // no branches: the loop is made of vector instructions
    for (std::size_t i = 0; i < owned_.positions.size(); ++i) {
        owned_.positions[i] += displacement(i);
        double const moved = (owned_.positions[i] - listed_at_[i]).squaredNorm();
        far |= static_cast<int>(moved > limit);
        lost |= static_cast<int>(!(moved < bound));
    }
    double const state = comm_->all_reduce(mpi::Op::max, lost != 0 ? 2.0 : far != 0 ? 1.0 : 0.0);
    if (state > 1.0)
        mpi::all_or_none(*comm_, [&] { expect_bounded(owned_, listed_at_, farthest); });
    if (state > 0.0)
        rebuild();
    else
        halo_.follow(lattice_.cell, owned_.positions, ghosts_);
}

void Domain::move(std::span<Vec3 const> displacements, Mat3 const& F) {
    KAMACITE_EXPECTS(displacements.size() == owned_.positions.size());
    move_by([&](std::size_t i) { return displacements[i]; }, F);
}

void Domain::drift(double dt, Mat3 const& F) {
    KAMACITE_EXPECTS(owned_.velocities.size() == owned_.positions.size());
    move_by([&](std::size_t i) { return Vec3{dt * owned_.velocities[i]}; }, F);
}

void Domain::refresh() {
    costs_.assign(owned_.positions.size(), cost_of_atom);
    rebuild();
    // what an atom costs is known once its neighbours are, and to be forgotten with what came
    // before
    if (comm_->size() == 1) return;
    if (lists_ == Lists::as_needed)  // counted once, and forgotten
        mpi::all_or_none(*comm_, [&] {
            listing([&] {
                auto const positions = all_positions();
                AtomBins bins{positions, cutoff_ + skin_};
                BlockList block;
                for (int begin = 0; begin < owned(); begin += atoms_per_block) {
                    bins.fill(begin, std::min(owned(), begin + atoms_per_block), block);
                    add_costs(block, costs_);
                }
            });
        });
    rebuild();
}

void Domain::add_ghosts(std::span<Vec3> values) const {
    auto const n = owned_.positions.size();
    KAMACITE_EXPECTS(values.size() == n + ghosts_.size());
    auto const of_ghosts = flat<double>(std::span<Vec3 const>{values}.subspan(n));
    halo_.give_back(of_ghosts, 3, [&](std::size_t i, double const* more) {
        values[i] += Eigen::Map<Vec3 const>(more);
    });
}

std::vector<long long> Domain::with_ghosts(std::span<long long const> of_owned) const {
    KAMACITE_EXPECTS(of_owned.size() == owned_.positions.size());
    std::vector<long long> all(of_owned.begin(), of_owned.end());
    auto const ghosts = halo_.copies(of_owned);
    all.insert(all.end(), ghosts.begin(), ghosts.end());
    return all;
}

Prediction Domain::predict(Potential const& potential) const {
    KAMACITE_EXPECTS(potential.cutoff() <= cutoff_);
    return PredictionInParts::at_once(*comm_, *this, potential);
}

}  // namespace kamacite::domain
