#include "kamacite/formats/input_data.hpp"

#include "files.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using test::check_complaint;

namespace {

std::string const two_structures =
    "begin\n"
    "comment md_0001 of something\n"
    "lattice 3.0 0.1 0.0\nlattice 0.0 4.0 0.0\nlattice 0.0 0.0 5.0\n"
    "atom 0.0 0.5 1.0 Fe 0.0 0.0 1.0 2.0 3.0\n"
    "atom 1.5 2.0 2.5 Ni 0.1 0.0 -1.0 -2.0 -3.0\n"
    "energy -7.5\ncharge 0.0\nend\n"
    "begin\ncomment name=b config_type=\"two words\" trajectory=c\n"
    "atom 0.0 0.0 0.0 Fe 0.0 0.0 0.0 0.0 0.0\nend\n";

}  // namespace

TEST_CASE("structures of input.data are read with what they hold", "[formats]") {
    test::TemporaryFolder const folder;
    auto const records = read_input_data(folder.file("input.data", two_structures));
    REQUIRE(records.size() == 2);
    auto const& first = records[0];
    CHECK(first.structure.cell.rows()(0, 1) == 0.1);
    CHECK(first.structure.species == std::vector{26, 28});
    CHECK(first.structure.positions[1] == Vec3(1.5, 2.0, 2.5));
    CHECK(first.labels.forces[1] == Vec3(-1, -2, -3));
    CHECK(first.labels.energy == -7.5);
    CHECK_FALSE(first.labels.stress);
    CHECK(first.name == "md_0001 of something");
    CHECK(records[1].name == "b");
    CHECK(records[1].family == "two words");
    CHECK(records[1].trajectory == "c");
    CHECK_FALSE(records[1].labels.energy);
    CHECK(records[1].structure.cell.periodic() == std::array{false, false, false});
}

TEST_CASE("units of input.data are those that are said", "[formats]") {
    test::TemporaryFolder const folder;
    auto const path = folder.file("input.data", two_structures);
    auto const r = read_input_data(path, {units::bohr, units::hartree}).front();
    // CODATA 2018: 1 bohr = 0.529177210903 Å, 1 hartree = 27.211386245988 eV
    CHECK_THAT(r.structure.positions[1].x(), WithinRel(1.5 * 0.529177210903, 1e-14));
    CHECK_THAT(r.structure.cell.rows()(2, 2), WithinRel(5.0 * 0.529177210903, 1e-14));
    CHECK_THAT(*r.labels.energy, WithinRel(-7.5 * 27.211386245988, 1e-13));
    CHECK_THAT(r.labels.forces[0].z(), WithinRel(3.0 * 51.42206747632590, 1e-11));
}

TEST_CASE("a record written as input.data and read again is the same", "[formats]") {
    test::TemporaryFolder const folder;
    InputDataUnits const units =
        GENERATE(InputDataUnits{}, InputDataUnits{units::bohr, units::hartree});
    Record r{test::rattled_bcc(1, 3), {}, "a name", "fam", "t", "s", ""};
    r.labels.energy = -1.0 / 3.0;
    r.labels.forces = {Vec3(0.1, 0.2, 0.3), Vec3(-0.1, -0.2, -0.3)};
    auto const again =
        read_input_data(folder.file("input.data", to_input_data(r, units)), units).front();
    CHECK((again.structure.cell.rows() - r.structure.cell.rows()).norm() < 1e-14);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK((again.structure.positions[i] - r.structure.positions[i]).norm() < 1e-14);
        CHECK((again.labels.forces[i] - r.labels.forces[i]).norm() < 1e-14);
    }
    CHECK_THAT(*again.labels.energy, WithinRel(*r.labels.energy, 1e-14));
    CHECK(again.name == r.name);
    CHECK(again.family == r.family);
    CHECK(again.trajectory == r.trajectory);
}

TEST_CASE("what input.data cannot hold is refused", "[formats]") {
    Record r{test::rattled_bcc(1, 3), {}, "", "", "", "set@4", ""};
    check_complaint([&] { (void)to_input_data(r); }, "set@4", "no forces");
    r.labels.forces.resize(2, Vec3::Zero());
    r.structure.cell = Cell{r.structure.cell.rows(), {true, true, false}};
    check_complaint([&] { (void)to_input_data(r); }, "set@4", "only some directions");
}

TEST_CASE("any part of input.data reads as the same part of the whole", "[formats]") {
    test::TemporaryFolder const folder;
    auto const path = folder.file("input.data", two_structures + "\n" + two_structures);
    auto const index = index_input_data(path);
    CHECK(index.size() == 4);
    CHECK(index.lines == std::vector<long long>{1, 11, 16, 26});
    auto const part = read_input_data(index, {}, 1, 3);
    REQUIRE(part.size() == 2);
    CHECK(part[0].name == "b");
    CHECK(part[1].labels.energy == -7.5);
    CHECK(part[1].source == path.string() + "@2");
}

TEST_CASE("complaints about input.data name file and line", "[formats]") {
    test::TemporaryFolder const folder;
    auto const check = [&](std::string const& text, std::string const& place,
                           std::string const& reason) {
        auto const path = folder.file("input.data", text);
        check_complaint([&] { (void)read_input_data(path); }, path.string() + place, reason);
    };
    std::string const atom = "atom 0 0 0 Fe 0 0 0 0 0\n";
    check("begin\n" + atom, ":1 (frame 0", "cut off");
    check("begin\nbegin\n", ":2 ", "has no end");
    check("end\n", ":1 ", "end without begin");
    check("x\n", ":1 ", "outside of a structure");
    check("begin\n" + atom + "foo 3\nend\n", ":3 ", "unknown keyword 'foo'");
    check("begin\natom 0 0 0 Fe 0 0 0 0\nend\n", ":2 ", "has 8 entries");
    check("begin\natom 0 0 0 Xx 0 0 0 0 0\nend\n", ":2 ", "Xx");
    check("begin\natom 0 0 z Fe 0 0 0 0 0\nend\n", ":2 ", "'z' stands where");
    check("begin\n" + atom + "energy\nend\n", ":3 ", "ends before number 1");
    check("begin\nlattice 1 0 0\n" + atom + "end\n", ":1 ", "1 lattice lines");
    check("begin\nlattice 1 0 0\nlattice 2 0 0\nlattice 0 0 1\n" + atom + "end\n", ":1 ",
          "coplanar");
    check("begin\nend\n", ":1 ", "no atoms");
    check(atom, ":1 ", "outside of a structure");
    check("begin\n" + atom + "energy nan\nend\n", ":1 ", "energy is nan");
    for (std::size_t cut = 1; cut < two_structures.size() - 1; ++cut) {
        auto const boundary = two_structures.find("begin", 1);
        if (cut == boundary || cut + 1 == boundary) continue;  // the first structure is whole
        CAPTURE(cut);
        auto const path = folder.file("cut.data", two_structures.substr(0, cut));
        CHECK_THROWS_AS(read_input_data(path), DataError);
    }
}

TEST_CASE("the shared input.data of a supercell reads in full", "[formats]") {
    auto const path = std::filesystem::path{KAMACITE_SHARED_DATA} / "bench/fe32/input.data";
    if (!std::filesystem::exists(path)) {
        WARN("skipped: " << path << " is absent");
        return;
    }
    auto const text = test::text_of(path);
    long long atoms = 0, lines = 0;
    for (auto const& r : read_input_data(path)) atoms += r.structure.size();
    for (auto at = text.find("\natom "); at != std::string::npos; at = text.find("\natom ", at + 1))
        ++lines;
    CHECK(atoms == lines);
    CHECK(atoms > 0);
}
