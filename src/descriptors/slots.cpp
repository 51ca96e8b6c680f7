#include "slots.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"

namespace kamacite::detail {

Slots::Slots(Plan const& plan, std::span<int const> species) : plan_{&plan}, species_{species} {
    for (auto const direction : {Direction::up, Direction::down, Direction::none}) {
        auto& slots = seen_from_[static_cast<std::size_t>(direction)];
        slots.reserve(species.size());
        for (std::size_t i = 0; i < species.size(); ++i) {
            slots.push_back(plan.slot_of(direction, species[i]));
            if (slots.back() < 0)
                throw DataError(
                    fmt::format("atom {} has atomic number {}, for which there are no symmetry "
                                "functions: add the element to the set, or leave the structure out",
                                i + 1, element_of(species[i])));
        }
        if (plan.element_of_slot.size() == plan.centres.size()) return;  // there are no directions
    }
}

}  // namespace kamacite::detail
