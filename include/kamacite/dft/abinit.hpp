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

/// How ABINIT and its conducti are to be used, for labels with the electrical resistivity.
struct AbinitSettings {
    std::string command = "mpirun -np {processes} abinit";
    std::string conducti = "conducti";
    std::map<std::string, std::filesystem::path> potentials;  ///< element → its PAW data (XML)
    double ecut = 20.0 * units::hartree;                      ///< of plane waves [eV]
    double pawecutdg = 40.0 * units::hartree;                 ///< of the fine grid of PAW [eV]
    int bands_per_atom = 14;
    double k_spacing = 0.25;                   ///< [1/Å, with the 2π], as of pw.x
    std::optional<std::array<int, 3>> k_mesh;  ///< in place of k_spacing
    double smearing = 0.01 * units::hartree;   ///< k_B T of Fermi and Dirac [eV]
    double convergence = 1e-12;                ///< largest residual of a band [hartree²]
    int steps = 100;                           ///< of self-consistency
    double broadening = 0.15 * units::eV;      ///< of the δ of conducti: a Gaussian [eV]
    double highest_frequency = 10.0 * units::eV;
    int frequencies = 1000;
    double window_low = 0.3 * units::eV, window_high = 2.0 * units::eV;  ///< of drude_limit() [eV]
    std::vector<std::string> starts{"ferromagnetic"};  ///< as magnetic_starts() takes them
    std::vector<std::string> extra;                    ///< further lines, part of the level
};

/// Labels by ABINIT: energy (free energy), forces, stress, moments in atomic spheres, and by the
/// formula of Kubo and Greenwood (conducti) the properties electrical_resistivity [μΩ cm],
/// electrical_resistivity_error and temperature [K], that of the electrons.
///
///     σ(ω) = (2π e² ħ²/3 m² ω V) Σ_k w_k Σ_{n≠m,α} (f_m − f_n) |⟨n|∇_α|m⟩|² δ(E_n − E_m − ħω)
///
/// for states that hold two electrons; of spin-polarised ones both channels are summed with half of
/// it. The resistivity is 1/σ(0), transport::drude_limit() of the window. It is that of the frozen
/// atoms of one cell: of a crystal at rest it says nothing, of snapshots their mean is wanted.
/// Rungs: 1 another mixing of the density (iprcel 45); 2 twice the steps as well.
/// \throws InputError if a setting makes no sense
/// Source: Holst, French, Redmer, Phys. Rev. B 83, 235120 (2011); what ABINIT 9.6.2 and its
/// conducti (prtnabla, PAW) read and write was measured.
[[nodiscard]] std::unique_ptr<Engine> make_abinit(AbinitSettings settings);

}  // namespace kamacite::dft
