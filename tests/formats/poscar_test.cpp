#include "kamacite/formats/poscar.hpp"

#include "files.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using test::check_complaint;

namespace {

std::string with(std::string const& scale, std::string const& atoms) {
    return "iron nickel\n" + scale + "\n2 0 0\n0 3 0\n0 0 4\nFe Ni\n1 1\n" + atoms;
}
Record parse(std::string const& text) {
    return parse_poscar(text, "POSCAR");
}

}  // namespace

TEST_CASE("POSCAR is read with every scale and kind of coordinates", "[formats]") {
    auto const atoms = "Direct\n0 0 0\n0.5 0.25 0.5\n";
    auto const one = parse(with("1.0", atoms));
    CHECK(one.structure.species == std::vector{26, 28});
    CHECK(one.structure.positions[1] == Vec3(1.0, 0.75, 2.0));
    CHECK(one.name == "iron nickel");
    CHECK(one.source == "POSCAR");
    CHECK_THAT(parse(with("2.0", atoms)).structure.cell.volume(), WithinRel(192.0, 1e-14));
    auto const by_volume = parse(with("-100.0", atoms)).structure;
    CHECK_THAT(by_volume.cell.volume(), WithinRel(100.0, 1e-14));
    CHECK((by_volume.cell.to_fractional(by_volume.positions[1]) - Vec3(0.5, 0.25, 0.5)).norm() <
          1e-14);
    CHECK((parse(with("1 2 3", atoms)).structure.positions[1] - Vec3(1.0, 1.5, 6.0)).norm() <
          1e-14);
    CHECK((parse(with("2.0", "Cartesian\n0 0 0\n1 2 3\n")).structure.positions[1] - Vec3(2, 4, 6))
              .norm() < 1e-14);
    CHECK((parse(with("2.0",
                      "Selective dynamics\nkartesisch\n0 0 0 T T F\n1 2 3 F F F\n\n0 0 0\n0 0 0\n"))
               .structure.positions[1] -
           Vec3(2, 4, 6))
              .norm() < 1e-14);
}

TEST_CASE("a POSCAR written by ASE is read", "[formats]") {
    // ase.build.bulk('Fe', 'fcc', 3.6) with one atom moved by (0.1, 0.2, 0.3), repeated 1 1 2
    auto const r = read_poscar(test::data_file("POSCAR.ase"));
    CHECK(r.structure.species == std::vector{26, 28});
    CHECK_THAT(r.structure.cell.volume(), WithinRel(2.0 * 3.6 * 3.6 * 3.6 / 4.0, 1e-12));
    CHECK((r.structure.positions[0] - Vec3(0.1, 0.2, 0.3)).norm() < 1e-12);
    CHECK((r.structure.positions[1] - Vec3(1.8, 1.8, 0.0)).norm() < 1e-12);
}

TEST_CASE("a structure written as POSCAR and read again is the same", "[formats]") {
    Record r{test::rattled_bcc(2, 7), {}, "", "", "", "here@1", ""};
    r.structure.species[3] = 6;  // an element between others keeps its place
    auto const again = parse(to_poscar(r));
    CHECK(again.structure.cell.rows() == r.structure.cell.rows());
    CHECK(again.structure.positions == r.structure.positions);
    CHECK(again.structure.species == r.structure.species);
    CHECK(again.name == "CFe15");
    r.structure.cell = Cell{r.structure.cell.rows(), {true, false, true}};
    check_complaint([&] { (void)to_poscar(r); }, "here@1", "not periodic");
}

TEST_CASE("complaints about POSCAR name file and line", "[formats]") {
    auto const check = [](std::string const& text, std::string const& place,
                          std::string const& reason) {
        check_complaint([&] { (void)parse(text); }, "POSCAR" + place, reason);
    };
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\n2\nDirect\n0 0 0\n", ":6", "add one before the counts");
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\nXx\n1\nDirect\n0 0 0\n", ":6", "Xx");
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\nFe\n1 2\nDirect\n0 0 0\n", ":7", "2 counts for 1 symbols");
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\nFe\nx\nDirect\n0 0 0\n", ":7", "'x' is no number of atoms");
    check("c\nx\n1 0 0\n", ":2", "the scale factor is expected");
    check("c\n0\n1 0 0\n0 1 0\n0 0 1\n", ":5", "scale factor 0");
    check("c\n1\n1 0\n", ":3", "a lattice vector is expected");
    check("c\n1\n1 0 0\n2 0 0\n0 0 1\nFe\n1\nDirect\n0 0 0\n", ": ", "coplanar");
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\nFe\n1\nfoo\n0 0 0\n", ":8",
          "Direct or Cartesian is expected");
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\nFe\n2\nDirect\n0 0 0\n", ":10", "the file ends");
    check("c\n1\n1 0 0\n0 1 0\n0 0 1\nFe\n0\nDirect\n", ": ", "no atoms");
    auto const whole = with("1.0", "Direct\n0 0 0\n0.5 0.25 0.5");
    for (std::size_t cut = 0; cut + 3 < whole.size(); ++cut) {
        CAPTURE(cut);
        CHECK_THROWS_AS(parse(whole.substr(0, cut)), DataError);
    }
}
