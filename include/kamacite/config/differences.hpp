#pragma once
#include <string>
#include <vector>

#include "kamacite/config/description.hpp"

namespace kamacite::config {

/// What two inputs of one command differ in, in the order of the table: "thermostat.temperature was
/// 500 K and is 600 K". Where another branch was chosen, or a section is left out, that is said of
/// it and not of the keys below.
/// \param before, now  the same table with the values of either
[[nodiscard]] std::vector<std::string> differences(std::vector<KeyDescription> const& before,
                                                   std::vector<KeyDescription> const& now);

/// The same for options whose table is `fields(Fields&, Options&)`.
template <class Options>
[[nodiscard]] std::vector<std::string> differences(Options before, Options now) {
    return differences(describe([&](Fields& f) { fields(f, before); }),
                       describe([&](Fields& f) { fields(f, now); }));
}

}  // namespace kamacite::config
