#pragma once
#include "kamacite/petsc/petsc.hpp"

namespace kamacite::dynamics {

/// Objects of PETSc over several ranks: all of them close one.
template <class Traits>
struct OverRanks : Traits {
    static constexpr bool collective = true;
};
template <class Traits>
using Shared = Handle<OverRanks<Traits>>;

}  // namespace kamacite::dynamics
