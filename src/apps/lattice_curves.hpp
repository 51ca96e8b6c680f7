#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/model/model.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What a model says of the perfect lattices of an element, beside the DFT points that there are.

namespace kamacite::apps {

/// Which of bcc, fcc, hcp a structure is, if all of its atoms see one of these shells of
/// neighbours: distances equal within 0.1 %; hcp may have any c/a from about 1.55 to 1.72.
[[nodiscard]] std::optional<properties::Lattice> perfect_lattice_of(Structure const& s);

/// c/a of a body-centred tetragonal crystal (bcc: 1, fcc: √2) in its cell of two atoms or its
/// primitive one along the axes; nothing if the structure is none. Axes equal within 0.1 %.
[[nodiscard]] std::optional<double> tetragonal_ratio_of(Structure const& s);

/// One lattice: the curve of the model, and the points of DFT.
struct LatticeCurve {
    properties::Lattice lattice;
    bool stored = false;  ///< the model's points are those of a file of predictions
    std::vector<properties::VolumePoint> model;
    std::vector<double> extrapolation;  ///< of each point of the model, as Model::extrapolation()
    std::vector<properties::VolumePoint> dft;  ///< pressure and moment NaN where they are not known
    std::optional<properties::EquationOfState> model_fit, dft_fit;
    std::string model_complaint, dft_complaint;  ///< why there is no fit
};

/// The element whose lattices are shown: iron if the model knows it, else that of the most DFT
/// points; nothing if there is no point of another element, as nobody then says which volumes it
/// has.
[[nodiscard]] std::optional<int> lattice_element(Model const& model, std::span<Record const> dft);

/// Curves of bcc, fcc and hcp over the same volumes: those that iron has (bcc a = 2.55 … 3.15 Å),
/// of other elements those of the DFT points and 5 % more. DFT points are those records of the
/// element that are perfect lattices.
/// \param predicted  predictions of this model that are stored; where they hold a lattice at twenty
///                   volumes or more they are its curve
[[nodiscard]] std::vector<LatticeCurve> lattice_curves(Model const& model, int element,
                                                       std::span<Record const> dft,
                                                       std::span<Record const> predicted);

/// A point of the Bain path: bct at fixed volume, energy above bcc.
struct BainPoint {
    double ratio;          ///< c/a
    double energy;         ///< [eV/atom]
    double extrapolation;  ///< as Model::extrapolation(); NaN of DFT
};

/// The path in the model, and the DFT points at its volume.
struct BainPath {
    double volume = 0.0;  ///< [Å³/atom]
    std::vector<BainPoint> model, dft;
};

/// The Bain path at the volume (within 0.5 %) at which DFT has the most c/a, three or more; without
/// such points at that of the model's bcc minimum. Nothing if there is neither.
/// \param bcc  the curve of bcc; where DFT has no bcc at that volume its fit gives the zero
[[nodiscard]] std::optional<BainPath> bain_path(Model const& model, int element,
                                                LatticeCurve const& bcc,
                                                std::span<Record const> dft);

}  // namespace kamacite::apps
