#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/report/csv.hpp"

namespace kamacite::report {

/// One axis of a plot.
struct Axis {
    enum class Scale { linear, logarithmic };
    std::string label;  ///< with unit: "energy / meV per atom"
    Scale scale = Scale::linear;
    std::optional<double> low{}, high{};  ///< ends of the axis; chosen by the data where absent
};

/// One curve or cloud of points. NaN values are gaps.
struct Series {
    enum class Style { line, dashed, points, line_points, bars };
    std::string name;  ///< in the legend; empty: not in it
    std::vector<double> x, y;
    Style style = Style::line;
    int colour = -1;  ///< series of one colour belong together; negative: its place in the plot
};

/// A place on the x axis that is marked by a thin line, with a word at its top.
struct Mark {
    double x;
    std::string label;
};

/// A plot: what is drawn, not how. The legend stands above the axes, where it covers no point.
struct Plot {
    enum class Guide { none, diagonal, zero };
    std::string id;       ///< file name without ending; letters, digits, '_'
    std::string caption;  ///< one or two sentences below the picture
    Axis x, y;
    std::vector<Series> series;  ///< those without a finite point are left out
    Guide guide = Guide::none;   ///< thin grey line: y = x, or x = 0
    std::vector<Mark> marks{};
};

/// Residuals binned: centres and counts of n equal bins that hold 99.8 % of the values; what lies
/// beyond is in the outermost bins.
struct Histogram {
    std::vector<double> centres;
    std::vector<double> counts;
};
/// The histogram of the finite values.
[[nodiscard]] Histogram histogram_of(std::span<double const> values, int bins);

/// A cloud of points too dense to be drawn one by one: occupied cells of a grid over its range.
struct DensityGrid {
    std::vector<double> x, y;   ///< centres of occupied cells
    std::vector<double> count;  ///< points in each, ≥ 1; their sum is the number of finite points
};
/// Cells of a grid of cells × cells over the range of the finite points.
[[nodiscard]] DensityGrid density_of(std::span<double const> x, std::span<double const> y,
                                     int cells);

/// Point clouds with more points than this are drawn as a DensityGrid.
inline constexpr std::size_t most_points = 3000;

/// The numbers of a plot as a table: columns series, x, y.
[[nodiscard]] CsvTable numbers_of(Plot const& plot);

/// Script for gnuplot that draws the plot as SVG on `output`, with its data inside.
[[nodiscard]] std::string gnuplot_script(Plot const& plot, std::string const& output);

/// Draws plots with the program gnuplot.
class Gnuplot {
public:
    /// Nothing if there is no executable `gnuplot` in PATH.
    [[nodiscard]] static std::optional<Gnuplot> find();
    /// \param program  path of the executable
    explicit Gnuplot(std::string program) : program_{std::move(program)} {}

    /// An <svg> element to stand inside an HTML page: no XML header, ids unique to the plot.
    /// \throws SystemError with gnuplot's complaint if it fails
    [[nodiscard]] std::string svg(Plot const& plot) const;

private:
    std::string program_;
};

/// SVG text of a file as an element inside a page: without XML header, doctype and fixed size, ids
/// and references to them prefixed with `prefix`.
[[nodiscard]] std::string inline_svg(std::string svg, std::string const& prefix);

}  // namespace kamacite::report
