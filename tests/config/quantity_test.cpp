#include "kamacite/config/quantity.hpp"

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::config;

namespace {
std::string complaint(std::string const& text, Dimension dimension) {
    try {
        (void)parse_quantity(text, dimension);
    } catch (InputError const& e) {
        return e.what();
    }
    return "";
}
}  // namespace

TEST_CASE("quantities are converted to internal units", "[config]") {
    CHECK(parse_quantity("6.5 angstrom", Dimension::length) == 6.5);
    CHECK(parse_quantity(" 6.5Å ", Dimension::length) == 6.5);
    CHECK(parse_quantity("12 bohr", Dimension::length) == 12.0 * units::bohr);
    CHECK(parse_quantity("-25 GPa", Dimension::pressure) == -25.0 * units::GPa);
    CHECK(parse_quantity("+1e-1 1/angstrom^2", Dimension::inverse_area) == 0.1);
    CHECK(parse_quantity("2 Ry/bohr", Dimension::force) == 2.0 * (units::rydberg / units::bohr));
    CHECK(parse_quantity("300 K", Dimension::temperature) == 300.0);
    CHECK(parse_quantity("2 ps", Dimension::time) == 2000.0);
    CHECK(parse_quantity("50 μ_B", Dimension::moment) == 50.0);
    CHECK(parse_quantity("1.5 GB", Dimension::memory) == 1.5e9);
    // 1 eV/Å³ = 160.2177 GPa, from the definition of the electronvolt
    CHECK_THAT(parse_quantity("160.21766 GPa", Dimension::pressure),
               Catch::Matchers::WithinRel(1.0, 1e-7));
}

TEST_CASE("several numbers may share the unit at the end", "[config]") {
    CHECK(parse_quantities("2.8 2.9 3e0 angstrom", Dimension::length) ==
          std::vector{2.8, 2.9, 3.0});
    CHECK(complaint("2.8 2.9 angstrom", Dimension::length).find("2 numbers, but one is wanted") !=
          std::string::npos);
}

TEST_CASE("a quantity without a unit, with a wrong or unknown one, or no number is refused",
          "[config]") {
    CHECK(complaint("6.5", Dimension::length) ==
          "'6.5' (a number without a unit, but this is a length): write e.g. '6.5 angstrom'");
    CHECK(complaint("6.5 eV", Dimension::length)
              .find("eV is a unit of energy, but this is a length") != std::string::npos);
    CHECK(complaint("6.5 angstorm", Dimension::length).find("did you mean 'angstrom'?") !=
          std::string::npos);
    CHECK(complaint("angstrom", Dimension::length).find("not a number with a unit") !=
          std::string::npos);
    CHECK(complaint("nan angstrom", Dimension::length).find("not a number") != std::string::npos);
    CHECK(complaint("inf K", Dimension::temperature).find("not a number") != std::string::npos);
    CHECK(complaint(".nan", Dimension::none).find("not a finite number") != std::string::npos);
    CHECK(complaint("1e999", Dimension::none).find("not a finite number") != std::string::npos);
    CHECK(complaint("3 K", Dimension::none).find("not a finite number") != std::string::npos);
    CHECK_THROWS_AS(parse_integer("1.5"), InputError);
    CHECK_THROWS_AS(parse_integer(""), InputError);
    CHECK(parse_integer("+12") == 12);
}

TEST_CASE("a formatted quantity gives the same bits when parsed", "[config]") {
    for (auto const dimension :
         {Dimension::none, Dimension::length, Dimension::inverse_area, Dimension::energy,
          Dimension::force, Dimension::pressure, Dimension::time, Dimension::temperature,
          Dimension::moment, Dimension::memory}) {
        for (double const v : {0.0, 1.0, 1.0 / 3.0, -6.5, 1e-17, 3.3e22, 25.0 * units::GPa,
                               12.0 * units::bohr, 600e15, 0.1 * units::GPa}) {
            auto const text = format_quantity(v, dimension);
            CAPTURE(text);
            CHECK(parse_quantity(text, dimension) == v);
        }
    }
    CHECK(format_quantity(25.0 * units::GPa, Dimension::pressure) == "25 GPa");
    CHECK(format_quantity(2.0e18, Dimension::time) == "2000 s");
    CHECK(format_quantity(2.0e9, Dimension::memory) == "2 GB");
    CHECK(format_quantity(0.005, Dimension::energy) == "5 meV");
    // YAML 1.1 takes a number with an exponent but no point for a text.
    CHECK(format_quantity(5e-5, Dimension::none) == "5.0e-05");
    CHECK(format_quantity(2.5e30, Dimension::none) == "2.5e+30");
}
