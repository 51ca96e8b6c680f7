#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/dft/engine.hpp"
#include "kamacite/dft/outcome.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::dft {

/// Moments [μ_B] that atoms start with, by atomic number; elements that are not named start with 0.
/// A little more than bulk has: starts from above fall into a moment, those from near 0 do not.
struct StartMoments {
    std::map<int, double> of{{24, 1.0}, {25, 2.0}, {26, 2.5}, {27, 1.8}, {28, 0.8}};
};

/// All moments up.
[[nodiscard]] Start ferromagnetic_start(Structure const& s, StartMoments const& moments = {});

/// Moments that alternate: nearest magnetic neighbours (up to 1.15 times the shortest distance)
/// opposite where two colours are enough for them, as in bcc; else, as in fcc and hcp, planes that
/// alternate along the longest period of the cell that has several. Nothing if the cell is too
/// small for either.
[[nodiscard]] std::optional<Start> antiferromagnetic_start(Structure const& s,
                                                           StartMoments const& moments = {});

/// Without spin polarisation.
[[nodiscard]] Start nonmagnetic_start();

/// Moments that a model predicts or an earlier calculation found. They are signed as given.
[[nodiscard]] Start predicted_start(std::vector<double> moments);

/// Starts by name ("ferromagnetic", "antiferromagnetic", "nonmagnetic", "predicted"), in this
/// order, without those that the structure does not have. \param predicted  moments for
/// "predicted"; that start is left out if they are empty \throws InputError naming a start that is
/// not known
[[nodiscard]] std::vector<Start> magnetic_starts(Structure const& s,
                                                 std::span<std::string const> names,
                                                 StartMoments const& moments = {},
                                                 std::vector<double> const& predicted = {});

/// Index of the lowest energy [eV], the first among those within 1e-6 eV per atom of it; nothing if
/// there is none.
[[nodiscard]] std::optional<std::size_t> lowest_of(std::span<std::optional<double> const> energies,
                                                   std::size_t atoms);

/// lowest_of() the outcomes that have labels. All must be of the same structure and level.
[[nodiscard]] std::optional<std::size_t> pick_lowest(std::span<Outcome const> outcomes);

}  // namespace kamacite::dft
