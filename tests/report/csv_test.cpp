#include "kamacite/report/csv.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::report;

TEST_CASE("a table written as CSV reads back the same", "[report]") {
    CsvTable table;
    table.comments = {" made for a test"};
    table.add("family", std::vector<std::string>{"bcc, strained", "say \"fcc\"", "", "two\nlines"});
    table.add("energy [eV/atom]", std::vector<double>{-3460.854747, 1e-12, NAN, 4.0});
    auto const back = parse_csv(to_csv(table), "table");
    CHECK(back.comments == table.comments);
    CHECK(back.columns == table.columns);
    CHECK(back.cells == table.cells);
    auto const numbers = back.numbers("energy");
    CHECK(numbers[0] == -3460.854747);
    CHECK(numbers[1] == 1e-12);
    CHECK(std::isnan(numbers[2]));
    CHECK(std::isnan(back.numbers("pressure").at(0)));
    CHECK(back.texts("family")[1] == "say \"fcc\"");
}

TEST_CASE("a row with a missing cell is refused with its line", "[report]") {
    try {
        (void)parse_csv("# note\na,b\n1,2\n3\n", "curve.csv");
        FAIL("not refused");
    } catch (DataError const& e) {
        CHECK(std::string{e.what()}.find("curve.csv:4:") == 0);
    }
}

TEST_CASE("an empty file is a table without columns and rows", "[report]") {
    CHECK(parse_csv("", "x").rows() == 0);
    CHECK(parse_csv("a,b\n", "x").rows() == 0);
    CHECK(parse_csv("a,b\r\n1,2\r\n", "x").numbers("b") == std::vector<double>{2.0});
}
