#pragma once
#include <span>
#include <vector>

#include "plan.hpp"

namespace kamacite::detail {

/// In which slot each atom is, seen by the others.
class Slots {
public:
    /// \throws DataError naming the first atom whose element is not in the set
    Slots(Plan const& plan, std::span<int const> species);

    [[nodiscard]] CentrePlan const& plan_of(int i) const {
        auto const slot = static_cast<std::size_t>(up_[static_cast<std::size_t>(i)]);
        return plan_->centres[static_cast<std::size_t>(plan_->element_of_slot[slot])];
    }
    /// Slots of all atoms as atom i sees them, whose own moment is up for it.
    [[nodiscard]] std::span<int const> seen_by(int i) const {
        return !down_.empty() && plan_->is_opposite(up_[static_cast<std::size_t>(i)]) ? down_ : up_;
    }

private:
    Plan const* plan_;
    std::vector<int> up_;    // as an atom sees them whose moment is up
    std::vector<int> down_;  // and one whose moment is down; empty if there are no directions
};

}  // namespace kamacite::detail
