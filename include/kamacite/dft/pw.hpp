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

/// How pw.x of Quantum ESPRESSO is to be used. The defaults are for iron with a pseudopotential of
/// eight electrons; what matters for the labels goes into level().
struct PwSettings {
    /// How it is started; {processes} stands for Remedy::processes, " -in … > …" is appended.
    std::string command = "mpirun -np {processes} pw.x";
    std::filesystem::path pseudopotential_directory;
    std::map<std::string, std::string> pseudopotentials;  ///< element → file in the directory
    double ecutwfc = 40.0 * units::rydberg;               ///< [eV] of wave functions
    double ecutrho = 400.0 * units::rydberg;              ///< [eV] of the density
    /// [1/Å, with the 2π] along b_i there are max(1, ⌈|b_i|/k_spacing⌉) points or more, as the
    /// symmetry of the lattice wants, Γ among them.
    double k_spacing = 0.25;
    std::optional<std::array<int, 3>> k_mesh;  ///< in place of k_spacing
    /// Names as magnetic_starts() takes them: part of the level, as the lowest of them is the
    /// label.
    std::vector<std::string> starts{"ferromagnetic"};
    std::string smearing = "mv";                    ///< as pw.x calls it: mv, mp, gauss, fd
    double smearing_width = 0.02 * units::rydberg;  ///< [eV]
    /// Kohn-Sham states per atom; 0: z/2 + 2.5, with z valence electrons. What pw.x takes by
    /// itself, 0.6 z, is less than half of spin-up iron needs in cells of more than a few atoms.
    double bands_per_atom = 0.0;
    double convergence = 1e-8 * units::rydberg;  ///< [eV] conv_thr per atom
    int steps = 120;                             ///< electron_maxstep
    double mixing_beta = 0.4;
    /// Of an scf run pw.x 6.7 leaves the XML file with all digits from "low" on, not with "nowf".
    /// The wave functions are removed when it is over.
    std::string disk_io = "low";
    /// Namelist ("control", "system", "electrons") → lines that are added to it as they are. They
    /// are part of the level of theory.
    std::map<std::string, std::string> extra;
};

/// Labels by pw.x: nspin = 2 with collinear starting moments, or nspin = 1 for a start without
/// moments, which is exact for a nonmagnetic state and half as dear.
///
/// Input: pw.in; for the last rung pw.first.in besides. Output: pw.out, pw.err, scratch/, which are
/// removed before the program starts, so that nothing of an earlier attempt can be taken for this
/// one's. Rungs: 1 smaller mixing_beta; 2 local-TF mixing; 3 conjugate gradients; 4 a density that
/// is converged with three times the smearing first. Labels are read from the run with the
/// settings.
///
/// No labels are read where the XML file shows that there were too few states.
///
/// \throws InputError for settings that contradict themselves
/// Source of the input: Quantum ESPRESSO 6.7, INPUT_PW.
[[nodiscard]] std::unique_ptr<Engine> make_pw(PwSettings settings);

}  // namespace kamacite::dft
