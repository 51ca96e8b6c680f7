#include "kamacite/report/plot.hpp"

#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "support/catch.hpp"
#include "support/well_formed.hpp"

using namespace kamacite;
using namespace kamacite::report;

namespace {

Plot parity(int n) {
    RandomStream random{1, "parity", 0};
    Series cloud{"", {}, {}, Series::Style::points};
    for (int i = 0; i < n; ++i) {
        cloud.x.push_back(random.normal());
        cloud.y.push_back(cloud.x.back() + 0.1 * random.normal());
    }
    return {"parity", "Forces.", {"DFT / eV/Å"}, {"model / eV/Å"}, {cloud}, Plot::Guide::diagonal};
}

}  // namespace

TEST_CASE("a histogram counts every value once", "[report]") {
    std::vector<double> values;
    RandomStream random{1, "histogram", 0};
    for (int i = 0; i < 5000; ++i) values.push_back(random.normal());
    values.push_back(1000.0);  // an outlier does not stretch the bins
    values.push_back(NAN);
    auto const h = histogram_of(values, 40);
    CHECK(std::accumulate(h.counts.begin(), h.counts.end(), 0.0) == 5001.0);
    CHECK(h.centres.back() < 5.0);
    CHECK(histogram_of(std::vector{2.0, 2.0}, 3).counts.size() == 3);
    CHECK(histogram_of(std::vector<double>{}, 3).counts.empty());
}

TEST_CASE("cells of a dense cloud hold all of its points", "[report]") {
    auto const plot = parity(20000);
    auto const grid = density_of(plot.series[0].x, plot.series[0].y, 100);
    CHECK(std::accumulate(grid.count.begin(), grid.count.end(), 0.0) == 20000.0);
    CHECK(grid.x.size() < 6000);
    // the mean of cell centres, weighted, is the mean of the points within a cell's width
    double const mean = std::inner_product(grid.x.begin(), grid.x.end(), grid.count.begin(), 0.0);
    double const truth = std::accumulate(plot.series[0].x.begin(), plot.series[0].x.end(), 0.0);
    CHECK_THAT(mean / 20000.0, WithinAbs(truth / 20000.0, 0.005));
}

TEST_CASE("the numbers of a plot are a table with a row per point", "[report]") {
    Plot const plot{"p", "c", {"V"}, {"E"}, {{"a", {1, 2}, {3, 4}}, {"b", {5}, {6}}}};
    auto const table = numbers_of(plot);
    CHECK(table.texts("series") == std::vector<std::string>{"a", "a", "b"});
    CHECK(table.cells[2] == std::vector<std::string>{"3", "4", "6"});
}

TEST_CASE("a histogram of few counts has no marks between whole numbers", "[report]") {
    auto const script = [](std::vector<double> const& counts, Series::Style style) {
        return gnuplot_script({"p", "", {"x"}, {"count"}, {{"", {1, 2}, counts, style}}}, "o.svg");
    };
    CHECK(script({3, 4}, Series::Style::bars).find("set ytics 1\n") != std::string::npos);
    CHECK(script({3, 4000}, Series::Style::bars).find("set ytics 1\n") == std::string::npos);
    CHECK(script({3, 4}, Series::Style::line).find("set ytics 1\n") == std::string::npos);
}

TEST_CASE("gnuplot draws plots of every kind as inline SVG", "[report]") {
    auto const gnuplot = Gnuplot::find();
    if (!gnuplot) {
        WARN("skipped: gnuplot is not installed");
        return;
    }
    Plot curve{"curve", "Loss.", {"epoch"}, {"RMSE / meV"}, {}};
    curve.y.scale = Axis::Scale::logarithmic;
    curve.series.push_back({"train \"x\" \\ y", {1, 2, 3}, {10.0, NAN, 1.0}});
    curve.series.push_back({"none", {}, {}});
    curve.series.push_back({"beyond", {3, 4}, {1, 2}, Series::Style::dashed});
    curve.series.push_back({"dft", {1, 2}, {3, 4}, Series::Style::line_points});
    Plot steps{"steps", "", {"error / eV"}, {"count"}, {{"", {1, 2}, {3, 4}, Series::Style::bars}}};
    steps.guide = Plot::Guide::zero;
    for (auto const& plot : {curve, steps, parity(200), parity(5000)}) {
        CAPTURE(plot.id);
        auto const svg = gnuplot->svg(plot);
        CHECK(svg.find("<svg") == 0);
        CHECK(test::complaint_about_tags(svg) == "");
        CHECK(svg.find("<?xml") == std::string::npos);
        CHECK(svg.find(plot.x.label) != std::string::npos);
        CHECK(svg.find("id=\"gp") == std::string::npos);  // every id bears the plot's name
        CHECK(svg.find("id='gp") == std::string::npos);
    }
}

TEST_CASE("a script has no series without points, and its marks", "[report]") {
    Plot plot{"p", "", {"x"}, {"y"}, {}};
    plot.series.push_back({"there", {1, 2, 3}, {3, NAN, 4}});
    plot.series.push_back({"absent", {}, {}});
    plot.series.push_back({"unknown", {1, 2}, {NAN, NAN}});
    plot.marks.push_back({1.5, "kept"});
    auto const script = gnuplot_script(plot, "out.svg");
    CHECK(script.find("\"there\"") != std::string::npos);
    CHECK(script.find("absent") == std::string::npos);
    CHECK(script.find("unknown") == std::string::npos);
    CHECK(script.find("set label \"kept\" at 1.5") != std::string::npos);
    if (auto const gnuplot = Gnuplot::find())
        CHECK(gnuplot->svg(plot).find("kept") != std::string::npos);
}

TEST_CASE("a program that is not gnuplot gives an error", "[report]") {
    CHECK_THROWS_AS(Gnuplot{"/bin/false"}.svg(parity(3)), SystemError);
    CHECK_THROWS_AS(Gnuplot{"/nonexistent/gnuplot"}.svg(parity(3)), SystemError);
}
