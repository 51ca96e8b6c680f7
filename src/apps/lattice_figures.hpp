#pragma once
#include <optional>
#include <span>
#include <string>

#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"
#include "lattice_curves.hpp"

/// \file
/// Pictures and tables of perfect lattices.

namespace kamacite::apps {

/// Energies over volume, moments over volume (if there are any), the Bain path.
[[nodiscard]] report::Plot energy_plot(std::span<LatticeCurve const> curves);
[[nodiscard]] std::optional<report::Plot> moment_plot(std::span<LatticeCurve const> curves);
[[nodiscard]] report::Plot bain_plot(BainPath const& path);

/// Equilibrium of each lattice: model, DFT points fitted alike, and for bcc iron a published DFT
/// curve, whose source the caption names.
[[nodiscard]] report::Table equilibrium_table(std::span<LatticeCurve const> curves, int element);

/// Every point as a table: source, lattice, volume, energy, pressure, moment, extrapolation.
[[nodiscard]] report::CsvTable points_table(std::span<LatticeCurve const> curves);

/// Volumes at which a curve is inside the range of the training set: "9.30 – 13.00, 14.60 – 15.63";
/// empty if nowhere.
[[nodiscard]] std::string volumes_inside(LatticeCurve const& curve);

/// Whether B′ is what solids have, 2 to 10: what is far from it tells of a curve with wiggles.
[[nodiscard]] bool is_usual(properties::EquationOfState const& fit);

}  // namespace kamacite::apps
