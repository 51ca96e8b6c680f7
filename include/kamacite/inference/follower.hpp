#pragma once
#include <optional>

#include "kamacite/domain/by_number.hpp"
#include "kamacite/inference/large.hpp"

namespace kamacite::inference {

/// What the members of a model say of one geometry, on every rank.
struct FollowedAnswer {
    domain::Totals total;
    std::vector<Vec3> forces;             ///< [eV/Å], of all atoms in their order
    std::optional<double> energy_std;     ///< spread of the energy [eV]
    std::optional<double> force_std;      ///< largest spread of a force [eV/Å]
    std::optional<double> extrapolation;  ///< largest of the atoms
    std::optional<double> grade;          ///< largest extrapolation grade of the atoms
};

/// Predictions for atoms that someone else moves: geometry after geometry of the same atoms.
///
/// All ranks share the structure, as domain::Domain divides it. Boxes, ghosts and lists of
/// neighbours are kept from one geometry to the next, while no atom moves by more than half the
/// skin, and the cell is strained by little; any other geometry will do too and takes longer.
class Follower {
public:
    /// \param comm, members  must outlive it; members: one at least
    /// \param species  atomic numbers
    /// \param factors  by which spreads are multiplied
    /// \param skin     [Å], not negative
    Follower(mpi::Communicator const& comm, std::vector<int> species,
             std::vector<Potential const*> members, Calibration const& factors, double skin);

    /// \param positions  of all atoms, the same on all ranks; images of an atom are one [Å]
    /// \throws what Domain and answer_of() throw. Collective.
    [[nodiscard]] FollowedAnswer answer(Cell const& cell, std::span<Vec3 const> positions);

    /// How often boxes, ghosts and lists have been found.
    [[nodiscard]] long long rebuilds() const noexcept {
        return before_ + (domain_ ? domain_->rebuilds() : 0);
    }

private:
    void begin(Cell const& cell, std::span<Vec3 const> positions);
    /// \returns false, with nothing moved, if an atom goes too far for that
    [[nodiscard]] bool move(Cell const& cell, std::span<Vec3 const> positions);
    [[nodiscard]] std::vector<Vec3> in_order(std::vector<Vec3> const& mine);

    mpi::Communicator const* comm_;
    std::vector<int> species_;
    std::vector<Potential const*> members_;
    Calibration factors_;
    double cutoff_, skin_;
    std::optional<domain::Domain> domain_;
    std::optional<domain::ByNumber> order_;
    long long order_of_ = -1;  // rebuilds() that the order belongs to
    long long before_ = 0;     // rebuilds of domains that are gone
};

}  // namespace kamacite::inference
