#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace kamacite {

/// The functions of an embedded-atom potential on equal grids that begin at zero. Elements are
/// counted by their place in `elements`, n of them.
struct EamTables {
    /// Whether the density that an atom gives depends on the element that feels it.
    enum class Kind {
        alloy,           ///< no: ρ_β(r), one function of each element (LAMMPS eam/alloy)
        finnis_sinclair  ///< yes: ρ_αβ(r), one of each ordered pair (LAMMPS eam/fs)
    };

    Kind kind = Kind::alloy;
    std::vector<int> elements;                   ///< atomic numbers, no two the same
    double cutoff = 0.0;                         ///< r_c [Å]
    double density_step = 0.0;                   ///< Δρ, in the unit of ρ, which cancels
    double distance_step = 0.0;                  ///< Δr [Å]
    std::vector<std::vector<double>> embedding;  ///< F_α(k Δρ) [eV], (n, n_ρ)
    /// ρ(k Δr) of an atom of element β, (n, n_r); of Finnis-Sinclair at an atom of element α, at
    /// [β n + α], (n², n_r).
    std::vector<std::vector<double>> density;
    /// r φ_αβ(r) [eV Å] at r = k Δr, for α ≥ β at [α (α + 1)/2 + β], (n (n + 1)/2, n_r).
    std::vector<std::vector<double>> pair;
};

/// Whether a text begins as a setfl file does: five lines, of which the fourth is a count and as
/// many words, and the fifth five numbers.
[[nodiscard]] bool looks_like_eam(std::string_view text);
/// The same of a file; false if it cannot be read.
[[nodiscard]] bool is_eam_file(std::filesystem::path const& path);

/// Reads the text of a setfl file, of eam/alloy or eam/fs: which, the count of its numbers tells
/// (with one element the two are the same). Its unit of energy is eV, that of length Å.
/// \param name  of the file, for errors
/// \throws DataError naming file and line: no header of setfl, units that are not "metal", unknown
///         or repeated elements, steps or cutoff that are not positive, a cutoff beyond the tables,
///         numbers that are missing, too many, not finite or no numbers
/// Source: LAMMPS manual, pair_style eam (formats "setfl" and Finnis-Sinclair).
[[nodiscard]] EamTables parse_eam(std::string_view text, std::string const& name);

/// The same from a file. \throws MissingError if it cannot be read; as parse_eam()
[[nodiscard]] EamTables read_eam(std::filesystem::path const& path);

}  // namespace kamacite
