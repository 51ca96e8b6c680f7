#include "kamacite/simd/denormals.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace kamacite;

namespace {

/// Half of the smallest normal number, computed when it is asked for.
float half_of_smallest() {
    float const volatile smallest = std::numeric_limits<float>::min();
    return 0.5F * smallest;
}

}  // namespace

TEST_CASE("denormals are zero where they are flushed, and nowhere else", "[simd]") {
    CHECK(half_of_smallest() > 0.0F);
#if defined(__SSE2__)
    {
        FlushDenormals const keep{Precision::full};
        bool const kept = half_of_smallest() > 0.0F;
        CHECK(kept);
    }
    {
        FlushDenormals const flush{Precision::mixed};
        bool const gone = half_of_smallest() == 0.0F;
        { FlushDenormals const again{Precision::mixed}; }
        bool const still_gone = half_of_smallest() == 0.0F;
        CHECK(gone);
        CHECK(still_gone);
    }
#endif
    CHECK(half_of_smallest() > 0.0F);
}
