#pragma once
// Private to the module.
#include <vector>

#include "kamacite/model/committee.hpp"

namespace kamacite::campaign {

/// The members of a committee, for what takes potentials. It must outlive them.
[[nodiscard]] inline std::vector<Potential const*> members_of(Committee const& committee) {
    std::vector<Potential const*> members;
    for (auto const& m : committee.members()) members.push_back(&m);
    return members;
}

}  // namespace kamacite::campaign
