#include "kamacite/formats/any.hpp"

#include "files.hpp"

using namespace kamacite;
using namespace kamacite::formats;

TEST_CASE("formats are guessed by name, else by the first line", "[formats]") {
    for (auto const& [name, format] : {std::pair{"a.xyz", Format::extxyz},
                                       {"a.EXTXYZ", Format::extxyz},
                                       {"input.data", Format::input_data},
                                       {"input.data.gen1", Format::input_data},
                                       {"POSCAR", Format::poscar},
                                       {"CONTCAR_3", Format::poscar},
                                       {"fe.vasp", Format::poscar},
                                       {"fe.lmp", Format::lammps_data},
                                       {"t.csv", Format::csv},
                                       {"t.tsv", Format::csv},
                                       {"t.xlsx", Format::xlsx},
                                       {"OUTCAR.2", Format::outcar},
                                       {"vasprun.relax.xml", Format::vasprun},
                                       {"data-file-schema.xml", Format::pw_xml}})
        CHECK(guess_format(std::filesystem::path{"/nowhere"} / name) == format);
    test::TemporaryFolder const folder;
    CHECK(guess_format(folder.file("a", "\n begin\n")) == Format::input_data);
    CHECK(guess_format(folder.file("b.dat", "3\n\n")) == Format::extxyz);
    CHECK(guess_format(folder.file("c.out", "x\n\n  Program PWSCF v.6.7 starts\n")) ==
          Format::pw_output);
    CHECK(guess_format(folder.file("d", " vasp.6.3.0 20Jan22\n")) == Format::outcar);
    CHECK(guess_format(folder.file("e.xml", "<?xml version=\"1.0\"?>\n<modeling>\n")) ==
          Format::vasprun);
    auto const path = folder.file("c.dat", "hello\n");
    test::check_complaint([&] { (void)guess_format(path); }, path.string(), "--format");
    CHECK_THROWS_AS(guess_format(folder.path() / "none"), MissingError);
}

TEST_CASE("format names are each other's inverse", "[formats]") {
    for (auto const f :
         {Format::extxyz, Format::input_data, Format::poscar, Format::lammps_data, Format::csv,
          Format::xlsx, Format::pw_output, Format::pw_xml, Format::outcar, Format::vasprun})
        CHECK(format_of(name_of(f)) == f);
    CHECK_THROWS_AS(format_of("xml"), UsageError);
}

TEST_CASE("every format is read in parts through one function", "[formats]") {
    test::TemporaryFolder const folder;
    auto const check = [&](std::string const& name, std::string const& text, long long count) {
        auto const path = folder.file(name, text);
        auto const format = guess_format(path);
        auto const index = index_any(path, format);
        CAPTURE(name);
        REQUIRE(index.size() == count);
        CHECK(count_any(path, format) == count);
        std::vector<Record> parts;
        for (long long i = 0; i < count; ++i)
            for (auto& r : read_any(index, format, {{}, "mine"}, i, i + 1))
                parts.push_back(std::move(r));
        auto const whole = read_any(path, format);
        REQUIRE(parts.size() == whole.size());
        for (std::size_t i = 0; i < parts.size(); ++i) {
            CHECK(parts[i].structure.positions == whole[i].structure.positions);
            CHECK(parts[i].source == whole[i].source);
            CHECK(parts[i].family == "mine");
        }
        CHECK(read_any(index, format, {}, 0, 0).empty());
    };
    check("a.xyz", "1\n\nFe 0 0 0\n1\n\nFe 0 0 1\n1\n\nNi 0 1 1\n", 3);
    check("input.data",
          "begin\natom 0 0 1 Fe 0 0 0 0 0\nend\nbegin\natom 0 0 2 Fe 0 0 0 0 0\nend\n", 2);
    check("POSCAR", "c\n1\n1 0 0\n0 1 0\n0 0 1\nFe\n1\nDirect\n0.5 0 0\n", 1);
    check("t.csv", "lattice_constant\n2.8\n2.9\n", 2);
    check("empty.xyz", "", 0);
    CHECK_THROWS_AS(index_any(folder.path() / "POSCAR_none", Format::poscar), MissingError);
    CHECK_THROWS_AS(index_any(folder.path() / "none.xlsx", Format::xlsx), MissingError);
    CHECK_THROWS_AS(index_any(folder.path() / "none.csv", Format::csv), MissingError);
}
