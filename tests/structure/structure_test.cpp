#include "kamacite/structure/structure.hpp"

#include <functional>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/structure/record.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

TEST_CASE("a cell has a positive volume in either handedness", "[structure]") {
    Mat3 rows = Vec3(2.0, 3.0, 4.0).asDiagonal();
    CHECK_THAT(Cell{rows}.volume(), WithinAbs(24.0, 1e-12));
    rows.row(0).swap(rows.row(1));
    CHECK_THAT(Cell{rows}.volume(), WithinAbs(24.0, 1e-12));
    CHECK_THROWS_AS(Cell{Mat3::Ones()}, DataError);
    CHECK_THROWS_AS(Cell{Mat3::Constant(std::numeric_limits<double>::quiet_NaN())}, DataError);
}

TEST_CASE("fractional and Cartesian coordinates are each other's inverse", "[structure]") {
    auto const s = test::rattled_bcc(1, 4);
    for (auto const& r : s.positions)
        CHECK((s.cell.to_cartesian(s.cell.to_fractional(r)) - r).norm() < 1e-12);
}

TEST_CASE("heights of a skewed cell are distances of lattice planes", "[structure]") {
    Mat3 rows;
    rows << 3.0, 0.0, 0.0, 1.5, 2.0, 0.0, 0.3, 0.2, 5.0;
    Cell const cell{rows};
    CHECK_THAT(cell.height(2), WithinAbs(5.0, 1e-12));  // a and b lie in the xy plane
    CHECK_THAT(cell.height(1) * rows.row(2).cross(rows.row(0)).norm(),
               WithinAbs(cell.volume(), 1e-12));
}

TEST_CASE("a supercell holds copies at every lattice point", "[structure]") {
    auto const s = test::rattled_bcc(1, 2);
    auto const big = supercell(s, {2, 1, 3});
    CHECK(big.size() == 6 * s.size());
    CHECK_THAT(big.cell.volume(), WithinAbs(6.0 * s.cell.volume(), 1e-9));
    int const copy = 2 + 3 * (0 + 1 * 1);  // (a, b, c) = (1, 0, 2)
    Vec3 const expected = s.positions[1] + s.cell.to_cartesian(Vec3(1, 0, 2));
    CHECK((big.positions[static_cast<std::size_t>(1 + s.size() * copy)] - expected).norm() < 1e-12);
}

TEST_CASE("strain moves cell and atoms alike", "[structure]") {
    auto const s = test::rattled_bcc(1, 3);
    Mat3 e;
    e << 0.01, 0.02, 0.0, -0.01, 0.03, 0.01, 0.0, 0.02, -0.02;
    auto const t = strained(s, e);
    for (std::size_t i = 0; i < s.positions.size(); ++i)
        CHECK((t.cell.to_fractional(t.positions[i]) - s.cell.to_fractional(s.positions[i])).norm() <
              1e-12);
}

TEST_CASE("records that cannot be used are refused with the reason", "[structure]") {
    Record r{test::rattled_bcc(1, 1), {}, "", "", "", "", ""};
    check(r);
    SECTION("a NaN position") {
        r.structure.positions[1].y() = std::numeric_limits<double>::quiet_NaN();
        CHECK_THROWS_AS(check(r), DataError);
    }
    SECTION("forces for other atoms") {
        r.labels.forces.resize(1, Vec3::Zero());
        CHECK_THROWS_AS(check(r), DataError);
    }
    SECTION("no atoms") {
        r.structure.positions.clear();
        r.structure.species.clear();
        CHECK_THROWS_AS(check(r), DataError);
    }
}

TEST_CASE("a record says what is wrong with it before it is stored", "[structure]") {
    auto const complaint = [](std::function<void(Record&)> const& spoil) -> std::string {
        Record record{test::rattled_bcc(1, 1), {}, "n", "f", "t", "s", ""};
        spoil(record);
        try {
            check(record);
        } catch (DataError const& e) {
            return e.what();
        }
        return "";
    };
    auto const says = [&](std::string const& what, std::function<void(Record&)> const& spoil) {
        auto const message = complaint(spoil);
        CAPTURE(what, message);
        CHECK(message.find(what) != std::string::npos);
    };
    CHECK(complaint([](Record&) {}).empty());
    CHECK(complaint([](Record& r) { r.structure.positions[1].x() = 9e5; }).empty());
    says("position of atom 2", [](Record& r) { r.structure.positions[1].x() = -1e300; });
    says("position of atom 1", [](Record& r) { r.structure.positions[0].z() = std::nan(""); });
    says("below zero", [](Record& r) { r.labels.properties["temperature"] = -300.0; });
    CHECK(complaint([](Record& r) { r.labels.properties["temperature"] = 0.0; }).empty());
    says("family 'Gr\xEF\xBF\xBDn' is not UTF-8", [](Record& r) { r.family = "Gr\xFCn"; });
    says("level of theory", [](Record& r) { r.level = "\xFC"; });
    says("source", [](Record& r) { r.source = "\xFC"; });
    says("property", [](Record& r) { r.labels.properties["\xFC"] = 1.0; });
    CHECK(complaint([](Record& r) { r.family = "Grün"; }).empty());
}
