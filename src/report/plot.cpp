#include "kamacite/report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "kamacite/core/error.hpp"

namespace kamacite::report {
namespace {

// Okabe and Ito's palette, told apart by colour-blind readers too.
constexpr std::array colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                             "#E69F00", "#56B4E9", "#8C564B", "#555555"};

std::string quoted(std::string const& text) {
    std::string result = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' ? ' ' : c;
    }
    return result + "\"";
}

std::string axis_script(char name, Axis const& axis) {
    std::string script = fmt::format("set {}label {}\n", name, quoted(axis.label));
    if (axis.scale == Axis::Scale::logarithmic)
        script += fmt::format("set logscale {0}\nset format {0} \"%g\"\n", name);
    auto const end = [](std::optional<double> const& v) {
        return v ? fmt::format("{:.8g}", *v) : std::string{"*"};
    };
    script += fmt::format("set {}range [{}:{}]\n", name, end(axis.low), end(axis.high));
    return script;
}

char const* with(Series::Style style) {
    switch (style) {
        case Series::Style::line:
            return "lines lw 1.8";
        case Series::Style::dashed:
            return "lines lw 1.6 dt 2";
        case Series::Style::points:
            return "points pt 7 ps 0.5";
        case Series::Style::line_points:
            return "linespoints pt 7 ps 0.45 lw 1.2";
        case Series::Style::bars:
            return "boxes fs solid 0.35 border lw 1";
    }
    return "lines";
}

bool has_points(Series const& s) {
    for (std::size_t i = 0; i < s.x.size(); ++i)
        if (std::isfinite(s.x[i]) && std::isfinite(s.y[i])) return true;
    return false;
}

bool is_dense(Series const& s) {
    return s.style == Series::Style::points && s.x.size() > most_points;
}

/// Whether the plot is a histogram with so few in each bin that gnuplot would mark halves.
bool counts_few(Plot const& plot) {
    double most = 0.0;
    for (auto const& s : plot.series) {
        if (s.style != Series::Style::bars) return false;
        for (double const y : s.y) most = std::max(most, y);
    }
    return !plot.series.empty() && most <= 10.0;
}

}  // namespace

Histogram histogram_of(std::span<double const> values, int bins) {
    KAMACITE_EXPECTS(bins > 0);
    std::vector<double> sorted;
    for (double const v : values)
        if (std::isfinite(v)) sorted.push_back(v);
    if (sorted.empty()) return {};
    std::sort(sorted.begin(), sorted.end());
    auto const cut = static_cast<std::size_t>(0.001 * static_cast<double>(sorted.size()));
    double low = sorted[cut];
    double high = sorted[sorted.size() - 1 - cut];
    if (!(high > low)) {
        double const margin = std::max(1e-12, 1e-6 * std::abs(low));
        low -= margin;
        high += margin;
    }
    Histogram result;
    double const width = (high - low) / bins;
    result.counts.assign(static_cast<std::size_t>(bins), 0.0);
    for (int i = 0; i < bins; ++i) result.centres.push_back(low + (i + 0.5) * width);
    for (double const v : sorted)
        result.counts[static_cast<std::size_t>(std::clamp((v - low) / width, 0.0, bins - 1.0))] +=
            1.0;
    return result;
}

DensityGrid density_of(std::span<double const> x, std::span<double const> y, int cells) {
    KAMACITE_EXPECTS(x.size() == y.size() && cells > 0);
    auto const good = [&](std::size_t i) { return std::isfinite(x[i]) && std::isfinite(y[i]); };
    auto const range_of = [&](std::span<double const> v) {
        double low = INFINITY, high = -INFINITY;
        for (std::size_t i = 0; i < v.size(); ++i)
            if (good(i)) {
                low = std::min(low, v[i]);
                high = std::max(high, v[i]);
            }
        return std::pair{low, high > low ? (high - low) / cells : 1.0};
    };
    auto const [x0, dx] = range_of(x);
    auto const [y0, dy] = range_of(y);
    std::map<std::pair<int, int>, double> count;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (good(i)) {
            auto const cell = [&](double v, double low, double width) {
                return std::clamp(static_cast<int>((v - low) / width), 0, cells - 1);
            };
            count[{cell(x[i], x0, dx), cell(y[i], y0, dy)}] += 1.0;
        }
    DensityGrid grid;
    for (auto const& [cell, n] : count) {
        grid.x.push_back(x0 + (cell.first + 0.5) * dx);
        grid.y.push_back(y0 + (cell.second + 0.5) * dy);
        grid.count.push_back(n);
    }
    return grid;
}

CsvTable numbers_of(Plot const& plot) {
    std::vector<std::string> names;
    std::vector<double> x, y;
    for (auto const& s : plot.series) {
        names.insert(names.end(), s.x.size(), s.name);
        x.insert(x.end(), s.x.begin(), s.x.end());
        y.insert(y.end(), s.y.begin(), s.y.end());
    }
    CsvTable table;
    table.comments = {" " + plot.caption};
    table.add("series", std::move(names));
    table.add("x: " + plot.x.label, x);
    table.add("y: " + plot.y.label, y);
    return table;
}

std::string gnuplot_script(Plot const& plot, std::string const& output) {
    bool const square = plot.guide == Plot::Guide::diagonal;
    bool const dense = std::any_of(plot.series.begin(), plot.series.end(), is_dense);
    std::string script = "set encoding utf8\n";
    // one width for all, so that letters are alike on a page
    script += fmt::format(
        "set terminal svg size 600,{} noenhanced dynamic font \"Helvetica,13\" linewidth 1\n",
        square ? 560 : 440);
    script += fmt::format("set output {}\n", quoted(output));
    script +=
        "set border 3 lc rgb \"#444444\"\nset tics nomirror out scale 0.6 tc rgb \"#222222\"\n"
        "set grid lc rgb \"#e4e4e4\" lw 0.6 dt 1\n"
        "set palette defined (0 \"#c6dbef\", 0.5 \"#4292c6\", 1 \"#08306b\")\n";
    script +=
        "set key above horizontal left reverse Left samplen 1.4 spacing 1.1 width 1\n"
        "set boxwidth 0.96 relative\n";
    script += axis_script('x', plot.x) + axis_script('y', plot.y);
    if (square) script += "set size ratio 1\n";
    if (counts_few(plot)) script += "set ytics 1\n";  // there is no half of a pair
    if (plot.guide == Plot::Guide::zero)
        script += "set arrow 1 from 0, graph 0 to 0, graph 1 nohead lc rgb \"#888888\" dt 2 back\n";
    for (auto const& mark : plot.marks)
        script += fmt::format(
            "set arrow from {0:.8g}, graph 0 to {0:.8g}, graph 1 nohead lc rgb \"#888888\" dt 3 "
            "back\nset label {1} at {0:.8g}, graph 0.97 right offset -0.5,0 tc rgb \"#555555\"\n",
            mark.x, quoted(mark.label));
    if (dense) script += "set logscale cb\nset cblabel \"pairs per cell\"\nset cbrange [1:*]\n";

    std::string commands;
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        auto const& s = plot.series[i];
        KAMACITE_EXPECTS(s.x.size() == s.y.size());
        if (!has_points(s)) continue;
        auto const colour = s.colour < 0 ? i : static_cast<std::size_t>(s.colour);
        std::string const title = s.name.empty() ? "notitle" : "title " + quoted(s.name);
        script += fmt::format("$data{} << EOD\n", i);
        if (is_dense(s)) {
            auto const grid = density_of(s.x, s.y, 120);
            for (std::size_t k = 0; k < grid.x.size(); ++k)
                script +=
                    fmt::format("{:.6g} {:.6g} {:.6g}\n", grid.x[k], grid.y[k], grid.count[k]);
            commands += fmt::format(", $data{} using 1:2:3 with points pt 5 ps 0.28 lc palette {}",
                                    i, title);
        } else {
            for (std::size_t k = 0; k < s.x.size(); ++k)
                script += std::isfinite(s.x[k]) && std::isfinite(s.y[k])
                              ? fmt::format("{:.8g} {:.8g}\n", s.x[k], s.y[k])
                              : std::string{"\n"};
            commands += fmt::format(", $data{} using 1:2 with {} lc rgb \"{}\" {}", i,
                                    with(s.style), colours[colour % colours.size()], title);
        }
        script += "EOD\n";
    }
    if (square) commands += ", x with lines lc rgb \"#888888\" lw 0.8 dt 2 notitle";
    if (commands.empty()) commands = ", NaN notitle";
    return script + "plot " + commands.substr(2) + "\n";
}

}  // namespace kamacite::report
