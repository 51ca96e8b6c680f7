#include "kamacite/simd/instruction_set.hpp"

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("the widest instruction set is used, or the one that is asked for", "[simd]") {
    auto const sets = instruction_sets();
    REQUIRE_FALSE(sets.empty());
    CHECK(sets.back() == "portable");
    CHECK(instruction_set() == sets.front());
    for (auto const& name : sets) {
        UseInstructionSet const only{name};
        CHECK(instruction_set() == name);
    }
    CHECK(instruction_set() == sets.front());
    std::string message;
    try {
        UseInstructionSet const none{"abacus"};
    } catch (UsageError const& e) {
        message = e.what();
    }
    CHECK(message.find("abacus") != std::string::npos);
    CHECK(message.find("portable") != std::string::npos);
    CHECK(instruction_set() == sets.front());
}

TEST_CASE("the measured peak is a rate that a machine may have", "[simd]") {
    for (auto const& name : instruction_sets()) {
        UseInstructionSet const only{name};
        CAPTURE(name);
        auto const rate = measured_arithmetic_rate(Precision::full);
        CHECK(rate.registers > 1e8);
        CHECK(rate.registers < 1e13);
        // a product of matrices does nothing else, and cannot do it faster (but for noise)
        CHECK(rate.matrix_product < 1.3 * rate.registers);
    }
}

TEST_CASE("precisions have names", "[simd]") {
    CHECK(precision_of("double") == Precision::full);
    CHECK(precision_of(name_of(Precision::mixed)) == Precision::mixed);
    CHECK_THROWS_AS(precision_of("half"), InputError);
}
