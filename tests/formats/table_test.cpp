#include "kamacite/formats/table.hpp"

#include <cmath>

#include "files.hpp"
#include "kamacite/core/units.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using test::check_complaint;

namespace {

std::vector<Record> records(std::string const& csv) {
    auto const table = parse_csv(csv, "t.csv");
    return records_of(table, 0, table.rows.size());
}

/// Smallest distance of atom 0 to any atom or image, by trying all images up to 3.
double nearest(Structure const& s) {
    double least = 1e9;
    for (int a = -3; a <= 3; ++a)
        for (int b = -3; b <= 3; ++b)
            for (int c = -3; c <= 3; ++c)
                for (auto const& r : s.positions) {
                    double const d =
                        (r - s.positions[0] + s.cell.to_cartesian(Vec3(a, b, c))).norm();
                    if (d > 1e-9) least = std::min(least, d);
                }
    return least;
}

void check_same(std::vector<Record> const& a, std::vector<Record> const& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CAPTURE(i);
        CHECK(a[i].structure.cell.rows() == b[i].structure.cell.rows());
        CHECK(a[i].structure.cell.periodic() == b[i].structure.cell.periodic());
        CHECK(a[i].structure.species == b[i].structure.species);
        CHECK(a[i].structure.positions == b[i].structure.positions);
        CHECK(a[i].labels.energy == b[i].labels.energy);
        CHECK(a[i].labels.properties == b[i].labels.properties);
        CHECK(a[i].name == b[i].name);
        CHECK(a[i].family == b[i].family);
        CHECK(a[i].trajectory == b[i].trajectory);
    }
}

std::vector<Record> examples() {
    Record first{test::rattled_bcc(1, 1), {}, "one, \"quoted\"", "a & <b>", "t", "", ""};
    first.labels.energy = -1.0 / 3.0;
    first.labels.properties = {{"temperature", 300.0}, {"thermal_conductivity", 80.25}};
    Record second{test::rattled_bcc(1, 2), {}, "# two", "1e5", "", "", ""};
    second.structure.species[1] = 28;
    second.structure.cell = Cell{second.structure.cell.rows(), {true, false, true}};
    second.labels.properties = {{"electrical_resistivity", 9.7}, {"odd", -1e-300}};
    return {first, second};
}

}  // namespace

TEST_CASE("rows with a lattice constant become crystals", "[formats]") {
    auto const all = records(
        "lattice_constant [angstrom],phase,species,c [angstrom],temperature [K],kappa [W/(m K)]\n"
        "2.86,bcc,Fe,,300,80.4\n"
        "3.6,FCC,Ni,,,\n"
        "2.5,hcp,Co,4.0,NA,nan\n"
        "2.5,hcp,Fe,,10,-\n"
        "2.87,,,,1,2\n");
    REQUIRE(all.size() == 5);
    CHECK_THAT(all[0].structure.cell.volume(), WithinRel(std::pow(2.86, 3) / 2.0, 1e-12));
    CHECK_THAT(nearest(all[0].structure), WithinRel(2.86 * std::sqrt(3.0) / 2.0, 1e-12));
    CHECK(all[0].labels.properties ==
          std::map<std::string, double>{{"temperature", 300.0}, {"thermal_conductivity", 80.4}});
    CHECK_THAT(all[1].structure.cell.volume(), WithinRel(std::pow(3.6, 3) / 4.0, 1e-12));
    CHECK_THAT(nearest(all[1].structure), WithinRel(3.6 / std::sqrt(2.0), 1e-12));
    CHECK(all[1].structure.species == std::vector{28});
    CHECK(all[1].labels.properties.empty());
    CHECK_THAT(all[2].structure.cell.volume(),
               WithinRel(std::sqrt(3.0) / 2.0 * 2.5 * 2.5 * 4.0, 1e-12));
    CHECK(all[2].structure.species == std::vector{27, 27});
    CHECK_THAT(nearest(all[3].structure), WithinRel(2.5, 1e-12));  // ideal c/a: all 12 at a
    CHECK_THAT((all[3].structure.positions[1]).norm(), WithinRel(2.5, 1e-12));
    CHECK(all[3].labels.properties == std::map<std::string, double>{{"temperature", 10.0}});
    CHECK(all[4].structure.species == std::vector{26});
    CHECK(all[4].source == "t.csv:6");
}

TEST_CASE("lengths and energies of a table are converted", "[formats]") {
    auto const r = records("a [bohr],energy [hartree]\n5.0,-1\n").front();
    CHECK_THAT(r.structure.cell.volume(),
               WithinRel(std::pow(5.0 * 0.529177210903, 3) / 2.0, 1e-12));
    CHECK_THAT(*r.labels.energy, WithinRel(-27.211386245988, 1e-12));
    CHECK_THAT(*records("a,phase,energy [eV/atom]\n2.5,hcp,-3\n").front().labels.energy,
               WithinRel(-6.0, 1e-14));
}

TEST_CASE("rows that name a file get its structure and labels", "[formats]") {
    test::TemporaryFolder const folder;
    (void)folder.file("s.xyz", "1\nenergy=-1\nFe 0 0 0\n1\nenergy=-2 config_type=x\nNi 0 0 0\n");
    auto const path =
        folder.file("t.csv", "file,frame,resistivity [uohm cm]\ns.xyz,1,9.7\ns.xyz,,\n");
    auto const table = read_csv(path);
    auto const all = records_of(table, 0, 2);
    CHECK(all[0].structure.species == std::vector{28});
    CHECK(all[0].labels.energy == -2.0);
    CHECK(all[0].family == "x");
    CHECK(all[0].labels.properties.at("electrical_resistivity") == 9.7);
    CHECK(all[1].labels.energy == -1.0);
    CHECK(all[1].labels.properties.empty());
    auto const bad = read_csv(folder.file("bad.csv", "file,frame\ns.xyz,2\n"));
    check_complaint([&] { (void)records_of(bad, 0, 1); }, "bad.csv:2", "has frames 0 to 1");
    auto const none = read_csv(folder.file("none.csv", "file\nnone.xyz\n"));
    CHECK_THROWS_AS(records_of(none, 0, 1), MissingError);
}

TEST_CASE("csv is read with quotes, comments, any separator and line end", "[formats]") {
    auto const table = parse_csv(
        "\xEF\xBB\xBF# a comment, with \"quote\n\"# quoted comment\"\n\na; b ;\"c \"\"x\"\" "
        ";\"\r\n1;2\r\n\"3\n4\";;5\r\n#x\n;;\n",
        "t.csv");
    CHECK(table.header == std::vector<std::string>{"a", "b", "c \"x\" ;"});
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0] == std::vector<std::string>{"1", "2", ""});
    CHECK(table.rows[1] == std::vector<std::string>{"3\n4", "", "5"});
    CHECK(table.lines == std::vector<long long>{5, 6});
    CHECK(parse_csv("a\tb,c\td\n1\t2\t3", "t").rows.front() ==
          std::vector<std::string>{"1", "2", "3"});
    CHECK(parse_csv("", "t").header.empty());
}

TEST_CASE("complaints about tables name file, row and column", "[formats]") {
    auto const check = [](std::string const& csv, std::string const& place,
                          std::string const& reason) {
        check_complaint([&] { (void)records(csv); }, place, reason);
    };
    check("T [K],x\n1,2\n", "t.csv", "no column says what the structures are");
    check("a,T\n2.8,\n,5\n", "t.csv:3", "says no structure");
    check("a,T\n2.8,warm\n", "t.csv:2", "'warm' in column 'T'");
    check("a,T\n2.8,inf\n", "t.csv:2", "'inf' in column 'T'");
    check("a,T\n2.8,1,3\n", "t.csv:2", "3 cells for 2 columns");
    check("a,T,temperature\n2.8,1,3\n", "t.csv", "two columns mean temperature");
    check("a,phase\n2.8,bccc\n", "t.csv:2", "unknown lattice 'bccc'");
    check("a,species\n2.8,Xx\n", "t.csv:2", "Xx");
    check("a\n-2.8\n", "t.csv:2", "must be positive");
    check("a,x\n\"2.8,1\n", "t.csv:2", "quote is not closed");
    check("symbols,positions\nFe Fe,0 0 0\n", "t.csv:2", "3 numbers in positions for 2 symbols");
    check("symbols,positions,cell\nFe,0 0 0,1 2\n", "t.csv:2", "2 numbers in cell");
    check("symbols,positions,cell\nFe,0 0 x,1 2\n", "t.csv:2", "'x' in column positions");
}

TEST_CASE("records written as csv and read again are the same", "[formats]") {
    auto const all = examples();
    check_same(all, records(to_csv(to_table(all))));
}

TEST_CASE("records written as xlsx and read again are the same", "[formats]") {
    test::TemporaryFolder const folder;
    auto const path = folder.path() / "out.xlsx";
    auto all = examples();
    write_xlsx(path, to_table(all));
    auto const table = read_xlsx(path);
    check_same(all, records_of(table, 0, table.rows.size()));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "out.xlsx.part"));
    auto const bytes = test::text_of(path);
    write_xlsx(path, to_table(all));
    CHECK(test::text_of(path) == bytes);
    CHECK_THROWS_AS(write_xlsx(folder.path() / "no/out.xlsx", to_table(all)), SystemError);
    Table const huge{"", {"x"}, {{std::string(40000, 'x')}}, {2}};
    check_complaint([&] { write_xlsx(path, huge); }, "A2", "40000 characters");
}

TEST_CASE("a workbook of another program is read", "[formats]") {
    // shared strings, a formatted text, numbers, an empty cell, a comment row, two sheets out of
    // order
    auto const table = read_xlsx(test::data_file("other.xlsx"));
    CHECK(table.header == std::vector<std::string>{"lattice_constant [angstrom]", "phase", "T [K]",
                                                   "kappa [W/(m K)]"});
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0] == std::vector<std::string>{"2.86", "bcc", "300", "80.5"});
    CHECK(table.rows[1] == std::vector<std::string>{"3.65", "fcc", "", "25.5"});
    auto const all = records_of(table, 0, 2);
    CHECK(all[1].labels.properties ==
          std::map<std::string, double>{{"thermal_conductivity", 25.5}});
}

TEST_CASE("files that are no workbooks or are damaged are refused", "[formats]") {
    test::TemporaryFolder const folder;
    auto const text = folder.file("text.xlsx", "hello");
    check_complaint([&] { (void)read_xlsx(text); }, text.string(), "no zip archive");
    auto const whole = test::text_of(test::data_file("other.xlsx"));
    for (std::size_t cut = 0; cut < whole.size(); cut += 37) {
        auto const path = folder.file("cut.xlsx", whole.substr(0, cut));
        CAPTURE(cut);
        CHECK_THROWS_AS(read_xlsx(path), DataError);
    }
    auto damaged = whole;
    auto const at = damaged.find("xl/worksheets/sheet2.xml") + 60;
    for (std::size_t i = 0; i < 8; ++i) damaged[at + i] = static_cast<char>(damaged[at + i] ^ 0x55);
    auto const path = folder.file("damaged.xlsx", damaged);
    check_complaint([&] { (void)read_xlsx(path); }, path.string(), "damaged part");
    CHECK_THROWS_AS(read_xlsx(folder.path() / "none.xlsx"), MissingError);
}
