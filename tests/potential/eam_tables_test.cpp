#include "kamacite/potential/eam_tables.hpp"

#include "eam_support.hpp"
#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

test::EamShape const small{.by_pair = true, .densities = 7, .distances = 11};

std::string complaint_of(std::string const& text) {
    try {
        (void)parse_eam(text, "x.eam");
    } catch (DataError const& e) {
        return e.what();
    }
    return "none";
}

std::string replaced(std::string text, std::string const& what, std::string const& by) {
    auto const at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

/// The text with line `number` (from 1) replaced.
std::string with_line(std::string const& text, int number, std::string const& line) {
    std::size_t begin = 0;
    for (int k = 1; k < number; ++k) begin = text.find('\n', begin) + 1;
    return text.substr(0, begin) + line + text.substr(text.find('\n', begin));
}

bool says(std::string const& complaint, std::string const& part) {
    return complaint.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("which of the two formats a file has, its numbers tell", "[potential]") {
    auto shape = small;
    auto const fs = parse_eam(test::eam_text(shape), "x");
    CHECK(fs.kind == EamTables::Kind::finnis_sinclair);
    CHECK(fs.elements == std::vector{26, 24});
    CHECK(fs.density.size() == 4);
    CHECK(fs.pair.size() == 3);
    CHECK(fs.embedding[1].size() == 7);
    CHECK(fs.pair[2].size() == 11);
    CHECK(fs.cutoff == 4.6);
    CHECK_THAT(fs.distance_step, WithinRel(0.46, 1e-15));
    shape.by_pair = false;
    auto const alloy = parse_eam(test::eam_text(shape), "x");
    CHECK(alloy.kind == EamTables::Kind::alloy);
    CHECK(alloy.density.size() == 2);
    CHECK(alloy.density[1] == fs.density[2]);  // of the first pair of each element
    CHECK(alloy.pair == fs.pair);
    shape.elements = {"Fe"};
    CHECK(parse_eam(test::eam_text(shape), "x").kind == EamTables::Kind::alloy);
}

TEST_CASE("a setfl file is known by its header", "[potential]") {
    CHECK(looks_like_eam(test::eam_text(small)));
    CHECK_FALSE(looks_like_eam(""));
    CHECK_FALSE(looks_like_eam("\x89HDF\r\n\x1a\n"));
    CHECK_FALSE(looks_like_eam("2\nLattice=\"1 0 0\"\nFe 0 0 0\nFe 1 1 1\n2\n"));
    CHECK_FALSE(looks_like_eam("a\nb\nc\n2 Fe\n7 1 11 1 4\n"));
    CHECK_FALSE(is_eam_file("there is no such file"));
    test::Scratch const scratch;
    CHECK(is_eam_file(scratch.file("a", test::eam_text(small))));
    CHECK_FALSE(is_eam_file(scratch.path()));
    CHECK_THROWS_AS(read_eam(scratch.path() / "absent"), MissingError);
}

TEST_CASE("complaints about a setfl file name file, line and what is wrong", "[potential]") {
    auto const good = test::eam_text(small);
    CHECK(complaint_of(good) == "none");
    // the end of every line is a place where a file may be cut off
    std::size_t cut = 0;
    while ((cut = good.find('\n', cut)) + 1 < good.size()) {
        CAPTURE(cut);
        CHECK(says(complaint_of(good.substr(0, ++cut)), "x.eam:"));
    }
    CHECK(says(complaint_of(""), "x.eam:0:"));
    CHECK(says(complaint_of(with_line(good, 4, "3 Fe Cr")), "x.eam:4: '3 Fe Cr'"));
    CHECK(says(complaint_of(with_line(good, 4, "2 Fe Xx")), "x.eam:4: element 'Xx'"));
    CHECK(says(complaint_of(with_line(good, 4, "2 Fe Fe")), "x.eam:4: element Fe is named twice"));
    CHECK(says(complaint_of(with_line(good, 5, "7 0.1 11 0.46")), "x.eam:5: the line has 4"));
    CHECK(says(complaint_of(with_line(good, 5, "7 -0.1 11 0.46 4.6")),
               "x.eam:5: the step of density"));
    CHECK(
        says(complaint_of(with_line(good, 5, "7 0.1 11 0 4.6")), "x.eam:5: the step of distance"));
    CHECK(says(complaint_of(with_line(good, 5, "7 0.1 11 0.46 nan")),
               "x.eam:5: the cutoff is 'nan'"));
    CHECK(
        says(complaint_of(with_line(good, 5, "7 0.1 11 0.46 5.2")), "x.eam:5: the cutoff is 5.2"));
    CHECK(says(complaint_of(with_line(good, 5, "7 0.1 4 0.46 1.1")), "x.eam:5: number of points"));
    CHECK(says(complaint_of(with_line(good, 5, "8 0.1 11 0.46 4.6")), "x.eam:9:"));
    CHECK(says(complaint_of(with_line(good, 6, "26 50 2.86")), "x.eam:6: '26 50 2.86'"));
    CHECK(says(
        complaint_of(with_line(good, 7, "1 2 nan 4 5")),
        "x.eam:7: 'nan' is not a finite number (number 3 of 7 of the embedding function of Fe"));
    CHECK(says(complaint_of(with_line(good, 7, "1 2 inf 4 5")), "x.eam:7: 'inf'"));
    CHECK(says(complaint_of(with_line(good, 7, "1 2 3,4 5 6")), "x.eam:7: '3,4'"));
    CHECK(says(complaint_of(with_line(good, 7, "1 2 3 4 5 6")), "x.eam:8: the embedding function"));
    CHECK(says(complaint_of(good + "1.0\n"), "there are more numbers"));
    CHECK(says(complaint_of(replaced(good, "made up", "UNITS: real")),
               "x.eam:1: the units are 'real'"));
    CHECK(complaint_of(replaced(good, "made up", "UNITS: metal")) == "none");
}
