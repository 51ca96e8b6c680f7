#pragma once
#include <array>

#include "kamacite/core/types.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/structure/cell.hpp"

namespace kamacite::domain {

/// Part of space between planes of the lattice, in fractional coordinates; without bounds along
/// outer sides that are not periodic.
struct Box {
    Vec3 low, high;
};

/// Division of a cell among ranks by recursive bisection: ranks and atoms are halved, or cut in the
/// ratio of odd numbers of ranks, by a plane across the side along which atoms reach farthest, until
/// a box is left for each rank. It is the atoms' cost that is divided, whatever is empty.
/// Source: Berger and Bokhari, IEEE Trans. Comput. C-36, 570 (1987).
class Bisection {
public:
    /// \param fractional  positions of this rank's atoms, in [0, 1] along periodic directions
    /// \param costs  of each, in any unit, not negative. Collective.
    Bisection(mpi::Communicator const& comm, Cell const& cell, std::span<Vec3 const> fractional,
              std::span<double const> costs);

    /// The rank that owns what is at a position, wrapped into the cell.
    [[nodiscard]] int owner(Vec3 const& fractional) const;
    [[nodiscard]] Box const& box(int rank) const { return boxes_[static_cast<std::size_t>(rank)]; }

private:
    /// A plane and the nodes on its sides, or a rank (axis −1, side[0]).
    struct Node {
        int axis = -1;
        double cut = 0.0;
        std::array<int, 2> side{};
    };
    std::vector<Node> nodes_;
    std::vector<Box> boxes_;
};

}  // namespace kamacite::domain
