#pragma once
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/core/units.hpp"
#include "kamacite/dft/engine.hpp"

namespace kamacite::dft {

/// How VASP is to be used.
struct VaspSettings {
    std::string command = "mpirun -np {processes} vasp_std";  ///< {processes}: Remedy::processes
    std::map<std::string, std::filesystem::path> potcars;     ///< element → its POTCAR
    double encut = 400.0 * units::eV;                         ///< [eV]
    double ediff = 1e-6 * units::eV;                          ///< [eV] of the whole cell
    int ismear = 1;
    double sigma = 0.15 * units::eV;  ///< [eV]
    int nelm = 120;
    /// [1/Å, with the 2π] max(1, ⌈|b_i|/k_spacing⌉) points along b_i, or more, as the symmetry of
    /// the lattice wants.
    double k_spacing = 0.25;
    std::optional<std::array<int, 3>> k_mesh;  ///< in place of k_spacing
    /// Names as magnetic_starts() takes them: part of the level, as the lowest of them is the
    /// label.
    std::vector<std::string> starts{"ferromagnetic"};
    enum class Mesh { gamma, monkhorst };  ///< whether Γ is always among the points
    Mesh mesh = Mesh::gamma;
    std::map<std::string, std::string> incar;  ///< further keys, part of the level of theory
};

/// Labels by VASP. Files: POSCAR (atoms grouped by element; labels come back in the order of the
/// structure), INCAR, KPOINTS, POTCAR. ISPIN, MAGMOM, LORBIT = 11, NSW = 0 and ISIF are set here.
/// Rungs: 1 linear mixing of AMIX, BMIX; 2 ALGO = All; 3 a density with three times SIGMA first.
/// VASP is told to stop by STOPCAR when 95 % of the time are over.
///
/// \throws InputError if `incar` sets what is set here
/// Source: VASP wiki, "INCAR", "POSCAR", "KPOINTS", "STOPCAR".
[[nodiscard]] std::unique_ptr<Engine> make_vasp(VaspSettings settings);

}  // namespace kamacite::dft
