#include "kamacite/generate/displacement.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/generate/check.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/generate/recipe.hpp"
#include "kamacite/generate/sobol.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

Structure big_bcc() {
    auto const cell = generate::make_lattice(generate::Lattice::bcc, {2.83, 1.0},
                                             generate::CellChoice::conventional, {26});
    return supercell(cell, {10, 10, 10});
}

/// Variance of all coordinates, and its standard error for normal numbers.
struct Spread {
    double variance;
    double error;
};
Spread spread(Structure const& moved, Structure const& still) {
    double sum = 0.0;
    for (std::size_t i = 0; i < moved.positions.size(); ++i)
        sum += (moved.positions[i] - still.positions[i]).squaredNorm();
    double const n = 3.0 * static_cast<double>(moved.positions.size());
    return {sum / n, sum / n * std::sqrt(2.0 / n)};
}

}  // namespace

TEST_CASE("Debye amplitudes of iron are those of the literature", "[generate]") {
    // σ_x [Å] for Θ = 470 … 420 K, worked out by hand from the Debye–Waller formula
    struct Row {
        double temperature, low, high;
    };
    auto const row = GENERATE(Row{100.0, 0.042, 0.046}, Row{300.0, 0.061, 0.068},
                              Row{600.0, 0.085, 0.095}, Row{1000.0, 0.109, 0.122});
    double const low = std::sqrt(generate::debye_variance(row.temperature, 470.0, mass_of(26)));
    double const high = std::sqrt(generate::debye_variance(row.temperature, 420.0, mass_of(26)));
    CHECK_THAT(low, WithinAbs(row.low, 0.0006));
    CHECK_THAT(high, WithinAbs(row.high, 0.0006));
}

TEST_CASE("the Debye amplitude has the classical and the quantum limit", "[generate]") {
    double const mass = mass_of(26);
    double const debye = 450.0;
    double const hbar = 0.6582119569;  // eV fs, CODATA
    double const scale = 3.0 * hbar * hbar / (mass * units::k_boltzmann * debye);
    CHECK_THAT(generate::debye_variance(0.0, debye, mass), WithinRel(0.25 * scale, 1e-9));
    // ∫₀^∞ x/(eˣ−1) dx = π²/6
    double const t = 5.0 / debye;
    double const pi = 3.14159265358979323846;
    CHECK_THAT(generate::debye_variance(5.0, debye, mass),
               WithinRel(scale * (0.25 + t * t * pi * pi / 6.0), 1e-6));
    // (T/Θ)² ∫₀^{Θ/T} (1 − x/2 + x²/12) dx + 1/4 = T/Θ + Θ/(36 T): the zero point cancels
    double const hot = 9000.0;
    CHECK_THAT(generate::debye_variance(hot, debye, mass),
               WithinRel(scale * (hot / debye + debye / (36.0 * hot)), 1e-6));
}

TEST_CASE("displacements have the variance that is asked for", "[generate]") {
    auto const s = big_bcc();
    RandomStream random{7, "test", 0};
    SECTION("gaussian") {
        auto const found = spread(generate::displaced(s, 0.07, random), s);
        CHECK(std::abs(found.variance - 0.07 * 0.07) < 5.0 * found.error);
    }
    SECTION("thermal") {
        auto const found = spread(generate::thermally_displaced(s, 300.0, 440.0, random), s);
        double const expected = generate::debye_variance(300.0, 440.0, mass_of(26));
        CHECK(std::abs(found.variance - expected) < 5.0 * found.error);
    }
    SECTION("light atoms move more") {
        auto carbon = s;
        for (int& z : carbon.species) z = 6;
        auto const found =
            spread(generate::thermally_displaced(carbon, 300.0, 440.0, random), carbon);
        double const iron = generate::debye_variance(300.0, 440.0, mass_of(26));
        CHECK(found.variance > 2.0 * iron);
    }
}

// First points printed by scipy.stats.qmc.Sobol(6, scramble=False) of SciPy 1.10.
TEST_CASE("Sobol points are the published ones", "[generate]") {
    using Point = std::array<double, 6>;
    CHECK(generate::sobol_point(0) == Point{});
    CHECK(generate::sobol_point(1) == Point{0.5, 0.5, 0.5, 0.5, 0.5, 0.5});
    CHECK(generate::sobol_point(2) == Point{0.75, 0.25, 0.25, 0.25, 0.75, 0.75});
    CHECK(generate::sobol_point(4) == Point{0.375, 0.375, 0.625, 0.875, 0.375, 0.125});
    CHECK(generate::sobol_point(6) == Point{0.625, 0.125, 0.875, 0.625, 0.625, 0.875});
    CHECK(generate::sobol_point(8) == Point{0.1875, 0.3125, 0.9375, 0.4375, 0.5625, 0.3125});
}

TEST_CASE("every interval of a coordinate holds one Sobol point", "[generate]") {
    int const n = 1024;
    for (std::size_t j = 0; j < 6; ++j) {
        std::set<int> intervals;
        for (std::uint32_t i = 0; i < n; ++i)
            intervals.insert(static_cast<int>(generate::sobol_point(i)[j] * n));
        CHECK(intervals.size() == n);
    }
    std::set<std::pair<int, int>> boxes;  // the first two coordinates are a (0, m, 2) net
    for (std::uint32_t i = 0; i < n; ++i) {
        auto const x = generate::sobol_point(i);
        boxes.emplace(static_cast<int>(x[0] * 32), static_cast<int>(x[1] * 32));
    }
    CHECK(boxes.size() == n);
}

TEST_CASE("Sobol strains are symmetric, within the maximum, and even", "[generate]") {
    generate::Strains const strains{generate::Strains::Kind::sobol, 0.15, 1023, {}};
    Mat3 mean = Mat3::Zero();
    double largest = 0.0;
    for (int i = 0; i < strains.count; ++i) {
        Mat3 const e = generate::strain_of(strains, i);
        CHECK(e == e.transpose());
        largest = std::max(largest, e.cwiseAbs().maxCoeff());
        mean += e / strains.count;
    }
    CHECK(generate::strain_of(strains, 0).norm() < 1e-15);
    CHECK(largest <= 0.15);
    CHECK(largest > 0.149);
    CHECK(mean.cwiseAbs().maxCoeff() < 0.15 * 2.0 / 1023);
}

TEST_CASE("elastic strains are plus and minus each Voigt component", "[generate]") {
    generate::Strains const strains{generate::Strains::Kind::elastic, 0.0, 0, {0.01, 0.02}};
    REQUIRE(generate::count(strains) == 24);
    Mat3 sum = Mat3::Zero();
    for (int i = 0; i < 24; ++i) sum += generate::strain_of(strains, i);
    CHECK(sum.norm() < 1e-15);
    CHECK_THAT(generate::strain_of(strains, 0)(0, 0), WithinAbs(0.01, 1e-15));
    CHECK_THAT(generate::strain_of(strains, 12 + 7)(1, 2), WithinAbs(-0.01, 1e-15));  // γ = −0.02
    CHECK_THAT(generate::strain_of(strains, 12 + 7)(2, 1), WithinAbs(-0.01, 1e-15));
}

TEST_CASE("a single displacement moves the first atom along the axes of the cube", "[generate]") {
    generate::Recipe r;
    r.name = "frozen";
    r.crystals.lattice_constants = {2.83};
    r.crystals.supercell = {2, 1, 1};
    r.displacements = generate::Displacements{
        generate::Displacements::Kind::single, {0.05, 0.1}, {}, 440.0, {"100", "1 -1 0", "111"}};
    REQUIRE(generate::count(r) == 6);
    auto still = r;
    still.displacements.reset();
    generate::Plan const plan{1, {r}}, rest{1, {still}};
    auto const original = std::get<Record>(generate::make(rest, 0)).structure;
    std::array<Vec3, 3> const directions{Vec3(1, 0, 0), Vec3(1, -1, 0) / std::sqrt(2.0),
                                         Vec3(1, 1, 1) / std::sqrt(3.0)};
    for (int i = 0; i < 6; ++i) {
        auto const record = std::get<Record>(generate::make(plan, i));
        double const amplitude = i < 3 ? 0.05 : 0.1;
        Vec3 const moved = record.structure.positions[0] - original.positions[0];
        CHECK((moved - amplitude * directions[std::size_t(i % 3)]).norm() < 1e-12);
        CHECK((record.structure.positions[1] - original.positions[1]).norm() < 1e-12);
        auto const told = nlohmann::json::parse(record.recipe).at("displacement");
        CHECK(told.at("amplitude") == amplitude);
        CHECK(told.at("direction") == r.displacements->directions[std::size_t(i % 3)]);
    }
    r.repetitions = 2;  // would make the same again
    CHECK(generate::complaints(r).size() == 1);
    r.repetitions = 1;
    r.displacements->directions = {"100", "north"};
    auto const found = generate::complaints(r);
    REQUIRE(found.size() == 1);
    CHECK(found.front().key == "displacements.directions[1]");
}
