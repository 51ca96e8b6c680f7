#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/model/model.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/report/page.hpp"
#include "kamacite/report/plot.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What a model says of the perfect lattices of an element, beside the DFT points that there are.

namespace kamacite::apps {

/// Which of bcc, fcc, hcp a structure is, if all of its atoms see one of these shells of
/// neighbours: distances equal within 0.1 %; hcp may have any c/a from about 1.55 to 1.72.
[[nodiscard]] std::optional<properties::Lattice> perfect_lattice_of(Structure const& s);

/// One lattice: the curve of the model, and the points of DFT.
struct LatticeCurve {
    properties::Lattice lattice;
    std::vector<properties::VolumePoint> model;
    std::vector<double> extrapolation;  ///< of each point of the model, as Model::extrapolation()
    std::vector<properties::VolumePoint> dft;  ///< pressure and moment NaN where they are not known
    std::optional<properties::EquationOfState> model_fit, dft_fit;
    std::string model_complaint, dft_complaint;  ///< why there is no fit
};

/// Curves of bcc, fcc and hcp around the volumes that iron has (bcc a = 2.55 … 3.15 Å), the same
/// volumes for all. DFT points are those records of one element that are perfect lattices.
[[nodiscard]] std::vector<LatticeCurve> lattice_curves(Model const& model, int element,
                                                       std::span<Record const> dft);

/// A point of the Bain path: bct at fixed volume, energy above bcc.
struct BainPoint {
    double ratio;          ///< c/a
    double energy;         ///< [eV/atom]
    double extrapolation;  ///< as Model::extrapolation()
};
[[nodiscard]] std::vector<BainPoint> bain_path(Model const& model, int element, double volume);

/// Energies over volume, moments over volume (if there are any), the Bain path.
[[nodiscard]] report::Plot energy_plot(std::span<LatticeCurve const> curves);
[[nodiscard]] std::optional<report::Plot> moment_plot(std::span<LatticeCurve const> curves);
[[nodiscard]] report::Plot bain_plot(std::span<BainPoint const> path, int element);

/// Equilibrium of each lattice: model, DFT points fitted alike, and for bcc iron published values.
[[nodiscard]] report::Table equilibrium_table(std::span<LatticeCurve const> curves, int element);

/// Every point as a table: source, lattice, volume, energy, pressure, moment, extrapolation.
[[nodiscard]] report::CsvTable points_table(std::span<LatticeCurve const> curves);

}  // namespace kamacite::apps
