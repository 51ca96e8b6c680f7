#include "kamacite/formats/extxyz.hpp"

#include <limits>

#include "files.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/frame_lines.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using test::check_complaint;

namespace {

std::vector<Frame> parse(std::string const& text) {
    return parse_extxyz(text, "f.xyz");
}

Frame one_atom(std::string const& comment) {
    return parse("1\n" + comment + "\nFe 0 0 0\n").front();
}

std::string const two_frames =
    "2\n"
    "Lattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-5.5 "
    "config_type=\"a b\" stress=[[1,0,0],[0,1,0],[0,0,1]]\n"
    "Fe 0.0 0.0 0.0 1.0 2.0 3.0\n"
    "Fe 1.5 1.5 1.5 -1.0 -2.0 -3.0\n"
    "1\n"
    "Lattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3 energy=-2.5\n"
    "Ni 0.0 0.5 0.25\n";

}  // namespace

TEST_CASE("keys of the comment line are read in every way that they are written", "[formats]") {
    auto const frame = one_atom(
        "Properties=species:S:1:pos:R:3 bare=12 spaced = 3.5 quoted=\"two words\" single='x y' "
        "escaped=\"say \\\"hi\\\" \\\\ \\n.\" old={1 2 3} array=[1.5, 2.5] nested=[[1,2],[3,4]] "
        "\"odd key\"=7 yes=T no=False flag list=\"1 2.5d1 +3\" json=\"_JSON [[0, 1], [2, 3]]\"");
    CHECK(frame.find("bare")->real() == 12.0);
    CHECK(frame.find("spaced")->real() == 3.5);
    CHECK(frame.find("quoted")->text == "two words");
    CHECK(frame.find("single")->text == "x y");
    CHECK(frame.find("escaped")->text == "say \"hi\" \\ \n.");
    CHECK(frame.find("old")->reals() == std::vector{1.0, 2.0, 3.0});
    CHECK(frame.find("array")->reals() == std::vector{1.5, 2.5});
    CHECK(frame.find("nested")->reals() == std::vector{1.0, 2.0, 3.0, 4.0});
    CHECK(frame.find("odd key")->real() == 7.0);
    CHECK(frame.find("yes")->logicals() == std::vector{true});
    CHECK(frame.find("no")->logicals() == std::vector{false});
    CHECK(frame.find("flag")->logicals() == std::vector{true});
    CHECK(frame.find("list")->reals() == std::vector{1.0, 25.0, 3.0});
    CHECK_FALSE(frame.find("quoted")->reals());
    CHECK_FALSE(frame.find("bar"));
}

TEST_CASE("columns of every type and width are kept", "[formats]") {
    auto const frame = parse(
                           "2\nProperties=id:I:1:species:S:1:pos:R:3:ok:L:2:tensor:R:9:label:S:2\n"
                           "7 Fe 0 0 1.5 T F 1 2 3 4 5 6 7 8 9 a b\n"
                           "-8 Ni 1 1 1 F T 9 8 7 6 5 4 3 2 1 c d\n")
                           .front();
    CHECK(std::get<2>(frame.find_column("id")->values) == std::vector<long long>{7, -8});
    CHECK(std::get<3>(frame.find_column("ok")->values) == std::vector<char>{1, 0, 0, 1});
    CHECK(std::get<1>(frame.find_column("tensor")->values)[17] == 1.0);
    CHECK(std::get<0>(frame.find_column("label")->values) ==
          std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("a frame written and read again is the same", "[formats]") {
    auto frames = read_extxyz(test::data_file("ase.xyz"));
    auto const more =
        parse(two_frames +
              "1\nProperties=id:I:1:species:S:1:pos:R:3:ok:L:2 flag a=\"\\\\ \\\"q\\\" \\n\" "
              "b={1 2} pbc=\"T F T\" Lattice=\"1 0 0 0 1 0 0 0 1\" \"k k\"=v\n"
              "1 Fe 0.1 0.2 0.30000000000000004 T F\n");
    frames.insert(frames.end(), more.begin(), more.end());
    REQUIRE(frames.size() == 6);
    std::string text;
    for (auto const& frame : frames) text += to_text(frame);
    auto const again = parse(text);
    REQUIRE(again.size() == frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        CAPTURE(i);
        CHECK(again[i].info == frames[i].info);
        CHECK(again[i].columns == frames[i].columns);
    }
}

TEST_CASE("what is added to a frame comes after what it had", "[formats]") {
    auto frame = parse(two_frames).front();
    frame.set("energy", -7.25);
    frame.set("energy_std", 0.5);
    frame.set("virial", Mat3(Vec3(1.0, 2.0, 3.0).asDiagonal()));
    frame.set("note", std::string{"two words"});
    frame.set_column("magmoms", 1, {2.0, 2.5});
    frame.set_column("forces", std::vector<Vec3>{Vec3(0, 0, 1), Vec3(0, 0, -1)});
    CHECK(to_text(frame) ==
          "2\nLattice=\"3 0 0 0 3 0 0 0 3\" Properties=species:S:1:pos:R:3:forces:R:3:magmoms:R:1 "
          "energy=-7.25 config_type=\"a b\" stress=[[1,0,0],[0,1,0],[0,0,1]] energy_std=0.5 "
          "virial=\"1.0 0.0 0.0 0.0 2.0 0.0 0.0 0.0 3.0\" note=\"two words\"\n"
          "Fe 0.0 0.0 0.0 0.0 0.0 1.0 2.0\nFe 1.5 1.5 1.5 0.0 0.0 -1.0 2.5\n");
}

TEST_CASE("any part of an indexed file reads as the same part of the whole", "[formats]") {
    test::TemporaryFolder const folder;
    auto const path =
        folder.file("many.xyz", "\n" + two_frames + "  \n" + two_frames + two_frames + "\n\n");
    auto const index = index_extxyz(path);
    REQUIRE(index.size() == 6);
    CHECK(index.lines == std::vector<long long>{2, 6, 10, 14, 17, 21});
    auto const all = read_extxyz(path);
    for (long long first = 0; first <= 6; ++first)
        for (long long last = first; last <= 6; ++last) {
            auto const part = read_extxyz(index, first, last);
            REQUIRE(std::ssize(part) == last - first);
            for (std::size_t i = 0; i < part.size(); ++i) {
                auto const& whole = all[i + static_cast<std::size_t>(first)];
                CHECK(part[i].columns == whole.columns);
                CHECK(part[i].info == whole.info);
                CHECK(part[i].place.line == whole.place.line);
                CHECK(part[i].place.frame == first + static_cast<long long>(i));
            }
        }
    CHECK(index_extxyz(folder.file("empty.xyz", "")).size() == 0);
}

TEST_CASE("lines longer than the buffer and Windows line ends are read", "[formats]") {
    test::TemporaryFolder const folder;
    std::string const filler(3 << 20, 'x');
    auto const path =
        folder.file("long.xyz", "1\r\nkey=" + filler + "\r\nFe 0 0 1\r\n1\r\n\r\nNi 0 0 2\r\n");
    auto const frames = read_extxyz(path);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].find("key")->text == filler);
    CHECK(to_record(frames[1]).structure.species == std::vector{28});
}

TEST_CASE("a file cut off anywhere is refused", "[formats]") {
    test::TemporaryFolder const folder;
    auto const boundary = two_frames.find("1\nLattice", 2);
    for (std::size_t cut = 1; cut < two_frames.size(); ++cut) {
        CAPTURE(cut);
        // At the end of a frame, or within its last number, nothing shows that something is
        // missing.
        auto const is_silent = [&](std::size_t end, std::size_t digits) {
            return cut <= end && cut + digits > end;
        };
        if (is_silent(boundary, std::string{"-3.0\n"}.size()) ||
            is_silent(two_frames.size(), std::string{"0.25\n"}.size()))
            continue;
        auto const text = two_frames.substr(0, cut);
        CHECK_THROWS_AS(parse(text), DataError);
        auto const path = folder.file("cut.xyz", text);
        CHECK_THROWS_AS(read_extxyz(path), DataError);
    }
}

TEST_CASE("complaints about malformed frames name file, line and frame", "[formats]") {
    std::string const good = "1\n\nFe 0 0 0\n";
    std::string const here = "f.xyz:4 (frame 1, counted from 0): ";
    auto const check = [&](std::string const& bad, std::string const& reason,
                           std::string const& place) {
        check_complaint([&] { (void)parse(good + bad); }, place, reason);
    };
    check("Fe 0 0 0\n", "where the number of atoms is expected", here);
    check("-1\n\n", "where the number of atoms is expected", here);
    check("99999999999\n\n", "where the number of atoms is expected", here);
    check("2\n\nFe 0 0 0\n", "ends after 1 of 2 atom lines", here);
    std::string const comment = "f.xyz:5 (frame 1";
    check("1\na=\"b\nFe 0 0 0\n", "quote in column 3", comment);
    check("1\na=[1 2\nFe 0 0 0\n", "bracket in column 3", comment);
    check("1\n=3\nFe 0 0 0\n", "'=' without a key", comment);
    check("1\na=3 a=4\nFe 0 0 0\n", "'a' stands twice", comment);
    check("1\nProperties=species:S:1:pos:R\nFe 0 0 0\n", "incomplete column", comment);
    check("1\nProperties=species:S:1:pos:X:3\nFe 0 0 0\n", "'X' as type of 'pos'", comment);
    check("1\nProperties=species:S:1:pos:R:0\nFe 0 0 0\n", "'0' as width", comment);
    check("1\nProperties=a:S:1:a:R:3\nFe 0 0 0\n", "'a' twice", comment);
    std::string const atom = "f.xyz:6 (frame 1";
    check("1\n\nFe 0 0\n", "ends before column 'pos'", atom);
    check("1\n\nFe 0 0 abc\n", "'abc' is no value of column 'pos' (type R)", atom);
    check("1\n\nFe 0 0 0 5\n", "'5' after its last column", atom);
    check("1\nProperties=species:S:1:pos:R:3:n:I:1\nFe 0 0 0 1.5\n", "'1.5' is no value", atom);
    check("1\nProperties=species:S:1:pos:R:3:n:L:1\nFe 0 0 0 yes\n", "'yes' is no value", atom);
    check("1\n\nFe 0 0 1e999\n", "'1e999' is no value", atom);
}

TEST_CASE("files that cannot be read are missing, not wrong", "[formats]") {
    CHECK_THROWS_AS(index_extxyz("/nowhere/at/all.xyz"), MissingError);
    CHECK_THROWS_AS(index_extxyz("/"), MissingError);
}

TEST_CASE("a written file is complete and has no temporary beside it", "[formats]") {
    test::TemporaryFolder const folder;
    auto const frames = parse(two_frames);
    write_extxyz(folder.path() / "out.xyz", frames);
    CHECK(test::text_of(folder.path() / "out.xyz") == to_text(frames[0]) + to_text(frames[1]));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "out.xyz.part"));
    CHECK_THROWS_AS(write_extxyz(folder.path() / "no/such/folder.xyz", frames), SystemError);
}

TEST_CASE("a frame is read and written in parts as it is whole", "[formats]") {
    test::TemporaryFolder const tmp;
    auto const path = tmp.file("two.xyz", "\n" + two_frames);
    auto const index = index_extxyz(path);
    auto const whole = read_extxyz(path);
    for (long long f = 0; f < 2; ++f) {
        auto const& frame = whole[static_cast<std::size_t>(f)];
        auto const head = read_frame_head(index, f);
        CHECK(head.frame.atoms == frame.atoms);
        CHECK(head.frame.info == frame.info);
        CHECK(has_cell(head.frame));
        CHECK(cell_of(head.frame).rows() == structure_of(frame).cell.rows());
        CHECK(head_text(head.frame, 7).starts_with("7\n"));
        auto const bytes = test::text_of(path);
        std::string_view rest{bytes};
        rest = rest.substr(static_cast<std::size_t>(head.begin),
                           static_cast<std::size_t>(head.end - head.begin));
        std::string lines;
        for (long long atom = 0; atom < frame.atoms; ++atom) {
            auto const end = rest.find('\n') + 1;
            auto const part = parse_atom_lines(head, rest.substr(0, end), atom);
            rest.remove_prefix(end);
            CHECK(part.atoms == 1);
            CHECK(structure_of(part).positions.front() ==
                  structure_of(frame).positions[static_cast<std::size_t>(atom)]);
            lines += atom_lines(part);
        }
        CHECK(rest.empty());
        CHECK(head_text(frame, frame.atoms) + lines == to_text(frame));
    }
    auto const head = read_frame_head(index, 0);
    check_complaint([&] { (void)parse_atom_lines(head, "Fe 0 0\n", 1); }, "two.xyz:5 (frame 0",
                    "atom line 2 ends");
    check_complaint([&] { (void)structure_of(parse_atom_lines(head, "Fe 0 nan 0 1 1 1\n", 1)); },
                    "two.xyz:5 (frame 0", "finite");
    CHECK_FALSE(has_cell(parse("1\nProperties=species:S:1:pos:R:3\nFe 0 0 0\n").front()));
    CHECK_FALSE(has_cell(one_atom("Lattice=\"0 0 0 0 0 0 0 0 0\" pbc=\"F F F\"")));
}
