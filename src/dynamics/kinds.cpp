#include "kinds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {

std::vector<std::size_t> kinds_of(std::span<int const> species, std::span<int const> elements,
                                  std::string const& what) {
    std::vector<std::size_t> kinds;
    kinds.reserve(species.size());
    for (int const z : species) {
        auto const found = std::ranges::find(elements, z);
        if (found == elements.end())
            throw DataError(fmt::format(
                "an atom is {} ({} are of other elements): name all elements of the structure",
                symbol_of(z), what));
        kinds.push_back(static_cast<std::size_t>(found - elements.begin()));
    }
    return kinds;
}

}  // namespace kamacite::dynamics
