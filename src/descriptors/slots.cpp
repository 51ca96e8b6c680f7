#include "slots.hpp"

#include <fmt/format.h>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::detail {

Slots::Slots(Plan const& plan, std::span<int const> species) : plan_{&plan}, up_(species.size()) {
    for (std::size_t i = 0; i < species.size(); ++i) {
        up_[i] = plan.slot_of(species[i]);
        if (up_[i] < 0)
            throw DataError(
                fmt::format("atom {} has atomic number {}, for which there are no symmetry "
                            "functions: add the element to the set, or leave the structure out",
                            i + 1, element_of(species[i])));
    }
    if (plan.element_of_slot.size() == plan.centres.size()) return;
    down_.reserve(up_.size());
    for (int const slot : up_) down_.push_back(plan.mirror[static_cast<std::size_t>(slot)]);
}

}  // namespace kamacite::detail
