#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/inference/metrics.hpp"
#include "kamacite/report/plot.hpp"

/// \file
/// Tables and plots of errors that evaluate writes and report shows.

namespace kamacite::apps {

/// How a quantity is shown to readers: stored value / factor has this unit.
struct Display {
    std::string title;  ///< "energy"
    std::string unit;   ///< "meV/atom"
    double factor = 1.0;
};
[[nodiscard]] Display display_of(std::string const& quantity);

/// Three significant digits without exponent: "1330", "30.7", "0.0123"; "0" below 1e-4, which is
/// the noise of rounding in the units of display_of().
[[nodiscard]] std::string rounded(double value);

/// R² to three digits; "< 0" where it is negative, as the number then tells little but that; "–"
/// where there is none.
[[nodiscard]] std::string r2_text(std::optional<double> r2);

/// Pairs of a quantity as a table: structure, name, family, reference, predicted, error, the last
/// three with units. Of more than `most` pairs the 1000 worst are kept and of the rest every n-th,
/// which a comment tells.
[[nodiscard]] report::CsvTable parity_table(inference::Comparison const& comparison,
                                            std::string const& quantity, std::size_t most);

/// Residuals of all pairs as a histogram: columns error, count.
[[nodiscard]] report::CsvTable residual_table(inference::Pairs const& pairs,
                                              std::string const& quantity);

/// Predictions over references. Energies are counted from the lowest reference, and drawn family by
/// family.
/// \param table  as parity_table() gives it
[[nodiscard]] report::Plot parity_plot(report::CsvTable const& table, std::string const& quantity);

/// Histogram of residuals. \param table  as residual_table() gives it
[[nodiscard]] report::Plot residual_plot(report::CsvTable const& table,
                                         std::string const& quantity);

}  // namespace kamacite::apps
