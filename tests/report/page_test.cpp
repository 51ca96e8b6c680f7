#include "kamacite/report/page.hpp"

#include <regex>

#include "kamacite/report/plot.hpp"
#include "support/catch.hpp"
#include "support/well_formed.hpp"

using namespace kamacite;
using namespace kamacite::report;

namespace {

Page example(std::string const& svg) {
    Page page{"Model <iron> & more", "run \"7\""};
    page.section("Errors");
    page.highlights({{"2.83 Å", "lattice constant", "DFT <2.84 Å>"}});
    page.table({{{"family", Table::Align::left}, {"RMSE"}}, {{"bcc<ev>", "1.5"}}, "per family"});
    page.section("Pictures");
    page.figure(svg, "Energy & volume", "data/ev.csv");
    page.figure(svg, "again", "");
    page.note("a < b");
    page.details("Settings & more", "a: <b>");
    page.small("small & print");
    page.table({{{"", Table::Align::left}, {""}}, {{"epochs", "5"}}, ""});
    page.preformatted("x: [1, 2]\n# 'quoted'");
    page.list({"one", "two & three"});
    return page;
}

}  // namespace

TEST_CASE("a page is well-formed and fetches nothing", "[report]") {
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><g/></svg>";
    if (auto const gnuplot = Gnuplot::find()) {
        Plot plot{"ev", "E–V", {"V / Å³"}, {"E / eV"}, {{"a", {1, 2, 3}, {3, 1, 2}}}};
        svg = gnuplot->svg(plot);
    } else {
        WARN("gnuplot is not installed: a page without its pictures is checked");
    }
    std::string const html = example(svg).html();
    CHECK(test::complaint_about_tags(html) == "");
    // href="#…" and relative CSV links are all that a page may point to
    std::regex const outside{R"((src|href)\s*=\s*["'](https?:|//|file:))"};
    CHECK_FALSE(std::regex_search(html, outside));
    CHECK_FALSE(std::regex_search(html, std::regex{"<(img|script|link|iframe)"}));
    CHECK_FALSE(std::regex_search(html, std::regex{R"(url\(\s*["']?https?:)"}));
    CHECK(html.find("<svg") != std::string::npos);
    CHECK(html.find("href=\"data/ev.csv\"") != std::string::npos);
}

TEST_CASE("texts are shown as they are, not read as HTML", "[report]") {
    std::string const html = example("").html();
    CHECK(html.find("<title>Model &lt;iron&gt; &amp; more</title>") != std::string::npos);
    CHECK(html.find("bcc&lt;ev&gt;") != std::string::npos);
    CHECK(html.find("run &quot;7&quot;") != std::string::npos);
    CHECK(html.find("gnuplot is not installed") != std::string::npos);  // the picture was empty
}

TEST_CASE("the check of tags finds a tag that is not closed", "[report]") {
    CHECK(test::complaint_about_tags("<p><b>x</p></b>") != "");
    CHECK(test::complaint_about_tags("<p>x") != "");
    CHECK(test::complaint_about_tags("<!DOCTYPE html><p a=\"1>2\">x<br/></p>") == "");
}
