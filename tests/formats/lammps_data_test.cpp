#include "kamacite/formats/lammps_data.hpp"

#include "files.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using test::check_complaint;

namespace {

Record parse(std::string const& text) {
    return parse_lammps_data(text, "data");
}
std::string with(std::string const& masses, std::string const& atoms) {
    return "two atoms\n\n2 atoms\n2 atom types\n1 4 xlo xhi\n0 3 ylo yhi # wide\n-1 2 zlo zhi\n\n" +
           masses + "\nAtoms" + atoms;
}
std::string const masses = "Masses\n\n1 55.85\n2 12.011 # C\n";

}  // namespace

TEST_CASE("data that LAMMPS wrote are read", "[formats]") {
    // write_data of atom style charge, a triclinic box, two masses, after 500 steps
    auto const r = read_lammps_data(test::data_file("lammps.data")).structure;
    CHECK(r.species == std::vector{26, 26, 28, 26});
    Mat3 rows;
    rows << 5.74, 0, 0, 0.861, 2.87, 0, 0.28700000000000003, 0.5740000000000001, 2.87;
    CHECK(r.cell.rows() == rows);
    CHECK(r.positions[2] == Vec3(2.3810687378556836, 2.7128880133429183, 1.1905848413188405));
    CHECK(guess_format(test::data_file("lammps.data")) == Format::lammps_data);
}

TEST_CASE("every way to tell the elements, styles and boxes of LAMMPS' data", "[formats]") {
    auto const plain = parse(with(masses, "\n\n2 2 2 1 0\n1 1 1 0 -1\n")).structure;
    CHECK(plain.species == std::vector{26, 6});
    CHECK(plain.positions[0] == Vec3(0, 0, 0));
    CHECK(plain.positions[1] == Vec3(1, 1, 1));
    CHECK(plain.cell.rows() == Mat3(Vec3::Constant(3).asDiagonal()));
    // numbers with gaps: the order of the lines
    CHECK(parse(with(masses, "\n\n7 2 2 1 0\n1 1 1 0 -1\n")).structure.species ==
          std::vector{6, 26});
    for (auto const* const atoms : {" # charge\n\n1 1 0.5 1 0 -1\n2 2 -1 2 1 0 0 0 0\n",
                                    " # full\n\n1 9 1 0 1 0 -1\n2 9 2 0 2 1 0\n",
                                    " # molecular\n\n1 9 1 1 0 -1\n2 9 2 2 1 0\n",
                                    " # sphere\n\n1 1 1 1 1 0 -1\n2 2 1 1 2 1 0\n",
                                    " # spin\n\n1 1 1 0 -1 0 0 1 2\n2 2 2 1 0 0 0 1 0\n",
                                    "   # atomic  \r\n \r\n1 1 1 0 -1 0 0 1\r\n2 2 2 1 0 # "
                                    "here\r\n\r\nVelocities\r\n\r\n1 0 0 0\r\n2 0 0 0\r\n"}) {
        CAPTURE(atoms);
        CHECK(parse(with(masses, atoms)).structure.positions == plain.positions);
        CHECK(parse(with(masses, atoms)).structure.species == plain.species);
    }
    auto const labelled =
        parse(with("Atom Type Labels\n\n1 Fe\n2 C\n\nPair Coeffs # eam\n\nFe 1\nC 2\n",
                   "\n\n1 Fe 1 0 -1\n2 C 2 1 0\n\nMasses\n\nFe 55.845\nC 12\n"));
    CHECK(labelled.structure.species == plain.species);
    CHECK(labelled.name == "two atoms");
    auto const general =
        parse("x\n2 atoms\n1 atom types\n1 2 0 avec\n-2 1 0 bvec\n0 0 3 cvec\n1 1 1 abc origin\n" +
              masses.substr(0, 16) + "\nAtoms\n\n1 1 1 1 1\n2 1 2 2 2\n");
    CHECK(general.structure.cell.rows().row(1) == Vec3(-2, 1, 0).transpose());
    CHECK(general.structure.positions[1] == Vec3(1, 1, 1));
}

TEST_CASE("a structure written as LAMMPS' data and read again is the same crystal", "[formats]") {
    Record r{test::rattled_bcc(2, 7), {}, "carbide", "", "", "here@1", ""};
    r.structure.species[3] = 6;
    Mat3 wanted;
    wanted << 5.7, 0, 0, 0.1, 5.8, 0, -0.3, 2.8, 5.6;
    r.structure.cell = Cell{wanted};
    auto const again = parse(to_lammps_data(r));
    CHECK(again.structure.cell.rows() == r.structure.cell.rows());
    CHECK(again.structure.positions == r.structure.positions);
    CHECK(again.structure.species == r.structure.species);
    CHECK(again.name == "carbide");

    Mat3 tilted;
    tilted << -1.4, 1.4, 1.5, 1.3, -1.5, 1.4, 6.0, 7.5, 1.0;
    r.structure.cell = Cell{tilted};
    if (tilted.determinant() < 0) r.structure.cell = Cell{Mat3(-tilted)};
    auto const turned = parse(to_lammps_data(r)).structure;
    auto const& rows = turned.cell.rows();
    CHECK(rows(0, 1) == 0.0);
    CHECK(std::abs(rows(1, 0)) <= 0.5 * rows(0, 0) * (1 + 1e-8));
    CHECK(std::abs(rows(2, 0)) <= 0.5 * rows(0, 0) * (1 + 1e-8));
    CHECK(std::abs(rows(2, 1)) <= 0.5 * rows(1, 1) * (1 + 1e-8));
    CHECK_THAT(turned.cell.volume(), WithinRel(r.structure.cell.volume(), 1e-12));
    auto const& given = r.structure;
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            Vec3 const d = turned.positions[i] - turned.positions[j];
            CHECK_THAT(d.norm(),
                       WithinAbs((given.positions[i] - given.positions[j]).norm(), 1e-12));
        }
    // The lattice is the same: vectors of one are whole combinations of those of the other.
    Mat3 const full = Mat3((given.cell.rows() * given.cell.rows().transpose()).llt().matrixL());
    Mat3 const whole = rows * full.inverse();
    CHECK((whole - whole.array().round().matrix()).norm() < 1e-12);

    r.structure.cell = Cell{given.cell.rows(), {true, false, true}};
    check_complaint([&] { (void)to_lammps_data(r); }, "here@1", "not periodic");
    r.structure.cell = Cell{Mat3(-given.cell.rows())};
    check_complaint([&] { (void)to_lammps_data(r); }, "here@1", "left-handed");
}

TEST_CASE("complaints about LAMMPS' data name file and line", "[formats]") {
    auto const check = [](std::string const& text, std::string const& place,
                          std::string const& reason) {
        check_complaint([&] { (void)parse(text); }, "data" + place, reason);
    };
    auto const atoms = "\n\n1 1 1 0 -1\n2 2 2 1 0\n";
    check("LAMMPS data file via write_data, units = lj\n2 atoms\n", ":1", "units lj");
    check("x\n\n", ":2", "no line 'N atoms'");
    check(with("Atom Type Labels\n\n1 Fe\nFe C\n\n" + masses, atoms), ":12", "<number> <label>");
    check("x\n2 atoms\n0 1 xlo xhi\n0 0 0 xy xz zy\n", ":4", "'xy xz zy' is nothing that");
    check("x\n2 atoms\n1 atoms\n", ":3", "'atoms' is there twice");
    check(with(masses, "\n\n1 1 1 0 -1\n2 2 2 1 0\n3 2 2 2 0\n"), ":18", "behind the 2 atoms");
    check("x\n0 atoms\n1 atom types\nAtoms\n\n", ":", "no atoms");
    check(with(masses, " # ellipsoid\n\n1 1 1 1 0 -1\n2 2 1 1 0 0\n"), ":16",
          "atom style ellipsoid is not known");
    check(with(masses, "\n\n1 1 0 1 0 -1\n2 2 0 2 1 0\n"), ":16", "name the atom style");
    check(with(masses, "\n\n1 1 1 0 -1\n2 2 2 1\n"), ":17", "4 columns");
    check(with(masses, "\n\n1 1 1 0 -1\n2 3 2 1 0\n"), ":17", "'3' is none of the 2 atom types");
    check(with(masses, "\n\n1 1 1 0 -1\n2 2 2 x 0\n"), ":17", "'x' is no coordinate");
    check(with(masses, "\n\n1 1 1 0 -1\nx 2 2 1 0\n"), ":17", "'x' is no atom's number");
    check(with(masses, "\n\n1 1 1 0 -1\n1 2 2 1 0\n"), ": ", "two atoms have the number 1");
    check(with(masses, "\n\n1 1 1 0 -1\n"), ":16", "after 1 of 2 atoms");
    check(with("", atoms), ":12", "nothing tells the element of atom type 1");
    check(with("Masses\n\n1 2.5\n2 12.011\n", atoms), ":16", "atom type 1");
    check(with("Masses\n\n1 12.011 # Fe\n2 12.011\n", atoms), ": ", "has the mass of C");
    check(with("Masses\n\n3 12.011\n", atoms), ":11", "'3' is none of the 2 atom types");
    check("x\n2 atoms\n2 atom types\n1 0 xlo xhi\n", ":4", "a box from 1 to 0");
    check(
        "x\n2 atoms\n1 atom types\n0 1 xlo xhi\n0 1 ylo yhi\nMasses\n\n1 12.011\n\nAtoms\n\n1 1 0 "
        "0 0\n2 1 1 1 1\n",
        ":", "'zlo zhi'");
    check(with(masses, "\n\n1 1 1 0 -1\n2 1 1 0 nan\n"), ": ", "finite");
    auto const whole = with(masses, "\n\n1 1 1 0 -1\n2 2 2 1 0.5");
    for (std::size_t cut = 0; cut + 3 < whole.size(); ++cut) {
        CAPTURE(cut);
        CHECK_THROWS_AS(parse(whole.substr(0, cut)), DataError);
    }
}
