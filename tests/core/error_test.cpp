#include "kamacite/core/error.hpp"

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("each kind of error has the exit code of the contract", "[core]") {
    CHECK(static_cast<int>(UsageError("x").kind()) == 2);
    CHECK(static_cast<int>(DataError("x").kind()) == 65);
    CHECK(static_cast<int>(MissingError("x").kind()) == 66);
    CHECK(static_cast<int>(NumericalError("x").kind()) == 70);
    CHECK(static_cast<int>(SystemError("x").kind()) == 74);
    CHECK(static_cast<int>(InputError("x").kind()) == 78);
    CHECK_THROWS_AS(throw_error(ErrorKind::data, "x"), DataError);
}

TEST_CASE("elements are known by number and symbol", "[core]") {
    CHECK(symbol_of(26) == "Fe");
    CHECK(atomic_number_of("Ni") == 28);
    CHECK(mass_of(26) / units::dalton == 55.845);
    CHECK_THROWS_AS(atomic_number_of("FE"), DataError);
    CHECK_THROWS_AS(symbol_of(0), DataError);
    for (int z = 1; z <= last_element; ++z) CHECK(atomic_number_of(symbol_of(z)) == z);
}
