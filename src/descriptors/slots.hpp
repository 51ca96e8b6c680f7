#pragma once
#include <array>
#include <span>
#include <vector>

#include "kamacite/core/element.hpp"
#include "plan.hpp"

namespace kamacite::detail {

/// In which slot each atom is, seen by the others.
class Slots {
public:
    /// \param species  must outlive it
    /// \throws DataError naming the first atom whose element is not in the set
    Slots(Plan const& plan, std::span<int const> species);

    [[nodiscard]] CentrePlan const& plan_of(int i) const {
        auto const slot = static_cast<std::size_t>(seen_from_[0][static_cast<std::size_t>(i)]);
        return plan_->centres[static_cast<std::size_t>(plan_->element_of_slot[slot])];
    }
    /// Slots of all atoms as atom i sees them.
    [[nodiscard]] std::span<int const> seen_by(int i) const {
        auto const direction = direction_of(species_[static_cast<std::size_t>(i)]);
        auto const& slots = seen_from_[static_cast<std::size_t>(direction)];
        return slots.empty() ? seen_from_[0] : slots;
    }

private:
    Plan const* plan_;
    std::span<int const> species_;
    std::array<std::vector<int>, 3> seen_from_;  // by the centre's Direction; empty: as if up
};

}  // namespace kamacite::detail
