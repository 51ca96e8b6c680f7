#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/inference/reliability.hpp"
#include "kamacite/model/committee.hpp"

namespace kamacite::campaign {

/// What new labels say of one quantity that a committee predicted before it had seen them.
struct Foretold {
    std::vector<double> error;   ///< of the mean of the members
    std::vector<double> spread;  ///< of the members, without the factor; as many
};

/// New labels of one round, of structures that the committee had not learnt from.
struct FreshLabels {
    Foretold energy;   ///< [eV/atom], one per structure
    Foretold forces;   ///< [eV/Å], per component; spread of an atom is √3 that of a component
    Calibration used;  ///< factors that were in use when they were selected
};

/// How reliable the spreads of one round were, with the factors in use.
struct Coverage {
    inference::Reliability energy, forces;
};

/// What follows from new labels.
struct CalibrationReport {
    Calibration factors;           ///< from the labels of all rounds given
    std::vector<Coverage> rounds;  ///< of each round
    std::string text;              ///< a line for each round and quantity, one for the factors
};

/// Factors from new labels, and what those in use were worth. Selected structures are not like
/// those of a run: they are where the spread is large, so that factors from them are for what will
/// be selected.
/// \param rounds   in order of time; to forget old models, give the last few alone
/// \param members  of the committee, at least 2
[[nodiscard]] CalibrationReport calibrated(std::span<FreshLabels const> rounds, int members);

/// Largest spread up to which labels are not needed: of the predictions with at most this spread,
/// those whose error is above `wanted` are at most a share `risk`, counted as (k + 1)/(n + 1) to be
/// right for the next one. An estimate: a guarantee would take a share that grows with the spread.
///
/// \param error, spread  as many of each
/// \param wanted  error that one can live with, positive
/// \param risk    share of errors above it, in (0, 1)
/// \returns nothing if no spread is small enough: everything is worth a label
/// Source: Angelopoulos et al., Conformal Risk Control, arXiv:2208.02814 (2022).
[[nodiscard]] std::optional<double> spread_threshold(std::span<double const> error,
                                                     std::span<double const> spread, double wanted,
                                                     double risk);

}  // namespace kamacite::campaign
