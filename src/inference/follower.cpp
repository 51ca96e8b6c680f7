#include "kamacite/inference/follower.hpp"

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/structure/short_lattice.hpp"

namespace kamacite::inference {
namespace {

/// The strain F that takes the vectors of one cell to those of another, r ← F r.
Mat3 strain_between(Cell const& from, Cell const& to) {
    return (from.rows().inverse() * to.rows()).transpose();
}

/// Whether a domain may follow a cell by a strain, or is better made anew.
bool is_small(Mat3 const& F) {
    constexpr double largest = 0.05;
    return (F - Mat3::Identity()).cwiseAbs().maxCoeff() < largest;
}

/// Largest of the atoms of all ranks; nothing if no rank has any. Collective.
std::optional<double> largest(mpi::Communicator const& comm, std::vector<double> const& mine) {
    double const nothing = -1.0;
    double const here = mine.empty() ? nothing : *std::ranges::max_element(mine);
    double const there = comm.all_reduce(mpi::Op::max, here);
    return there == nothing ? std::nullopt : std::optional{there};
}

}  // namespace

Follower::Follower(mpi::Communicator const& comm, std::vector<int> species,
                   std::vector<Potential const*> members, Calibration const& factors, double skin)
    : comm_{&comm},
      species_{std::move(species)},
      members_{std::move(members)},
      factors_{factors},
      cutoff_{0.0},
      skin_{skin} {
    KAMACITE_EXPECTS(!members_.empty() && skin >= 0.0);
    for (auto const* const member : members_) cutoff_ = std::max(cutoff_, member->cutoff());
}

void Follower::begin(Cell const& cell, std::span<Vec3 const> positions) {
    before_ = rebuilds();
    domain_.reset();
    auto const block =
        mpi::block_of(comm_->rank(), comm_->size(), static_cast<long long>(species_.size()));
    domain::Atoms atoms;
    for (auto i = block.begin; i < block.end; ++i) {
        atoms.ids.push_back(i);
        atoms.species.push_back(species_[static_cast<std::size_t>(i)]);
        atoms.positions.push_back(positions[static_cast<std::size_t>(i)]);
    }
    domain_.emplace(*comm_, cell, std::move(atoms), cutoff_, skin_);
}

bool Follower::move(Cell const& cell, std::span<Vec3 const> positions) {
    constexpr double farthest = 2.0;  // [Å] what goes farther is no step: swaps, other replicas
    // From where the atoms are, not from where they were sent before: rounding does not add up.
    Mat3 const F = domain_->cell().rows() == cell.rows() ? Mat3{Mat3::Identity()}
                                                         : strain_between(domain_->cell(), cell);
    auto const& atoms = domain_->atoms();
    auto const lattice = short_lattice(cell);
    std::vector<Vec3> displacements;
    displacements.reserve(atoms.ids.size());
    double way = 0.0;
    for (std::size_t i = 0; i < atoms.ids.size(); ++i) {
        displacements.push_back(lattice.nearest(positions[static_cast<std::size_t>(atoms.ids[i])] -
                                                F * atoms.positions[i]));
        way = std::max(way, displacements.back().norm());
    }
    if (comm_->all_reduce(mpi::Op::max, way) > farthest) return false;
    domain_->move(displacements, F);
    return true;
}

std::vector<Vec3> Follower::in_order(std::vector<Vec3> const& mine) {
    if (order_of_ != rebuilds()) {
        order_.emplace(*comm_, domain_->atoms().ids, static_cast<long long>(species_.size()));
        order_of_ = rebuilds();
    }
    return order_->on_every_rank(mine);
}

FollowedAnswer Follower::answer(Cell const& cell, std::span<Vec3 const> positions) {
    KAMACITE_EXPECTS(positions.size() == species_.size());
    bool const is_near = domain_ && domain_->cell().periodic() == cell.periodic() &&
                         is_small(strain_between(domain_->cell(), cell));
    if (!is_near || !move(cell, positions)) begin(cell, positions);
    auto const said = answer_of(*comm_, *domain_, members_, factors_);
    FollowedAnswer a;
    a.total = said.total;
    a.forces = in_order(said.mean.forces);
    a.energy_std = said.energy_std;
    a.force_std = largest(*comm_, said.force_std);
    a.extrapolation = largest(*comm_, said.mean.extrapolation);
    a.grade = largest(*comm_, said.mean.grade);
    return a;
}

}  // namespace kamacite::inference
