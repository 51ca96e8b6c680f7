#include "slots.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"

namespace kamacite::detail {

std::vector<int> slots_of(Plan const& plan, std::span<int const> species) {
    std::vector<int> slots(species.size());
    for (std::size_t i = 0; i < species.size(); ++i) {
        bool const known = species[i] >= 0 && species[i] < Plan::largest_z;
        slots[i] = known ? plan.slot_of_z[static_cast<std::size_t>(species[i])] : -1;
        if (slots[i] < 0)
            throw DataError(
                fmt::format("atom {} has atomic number {}, for which there are no symmetry "
                            "functions: add the element to the set, or leave the structure out",
                            i + 1, species[i]));
    }
    return slots;
}

}  // namespace kamacite::detail
