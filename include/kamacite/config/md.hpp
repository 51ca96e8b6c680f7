#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"
#include "kamacite/dynamics/ensemble.hpp"

namespace kamacite::config {

/// What `kamacite md` does.
struct MdOptions {
    std::string model{"iron"};  ///< MODEL: a file, a directory, or the name of a shipped one
    std::filesystem::path structure{}, from{};  ///< one of the two
    long long index = 0;                        ///< of the structure in its file; < 0: from the end
    std::vector<int> supercell{1, 1, 1};
    std::filesystem::path output{"md"};

    long long steps = 1000;
    double timestep = 1.0;  ///< [fs]
    double skin = 1.0;      ///< [Å]
    long long seed = 0;
    double initial_temperature = -1.0;  ///< [K]; < 0: that of the thermostat
    long long stop_drift = 1000;        ///< steps between removals of the drift; 0: none

    bool heated = false;  ///< by a thermostat
    enum class Thermostat { langevin, rescaling, nose_hoover };
    Thermostat thermostat = Thermostat::rescaling;
    double temperature = 300.0, final_temperature = -1.0;  ///< [K]
    double heat_time = 100.0;                              ///< [fs]
    int chain = 3;

    bool pressed = false;  ///< by a barostat
    enum class Barostat { rescaling, mtk };
    Barostat barostat = Barostat::rescaling;
    double pressure = 0.0, final_pressure = not_given;  ///< [eV/Å³]
    double pressure_time = 1000.0;                      ///< [fs]
    double bulk_modulus = 170.0 * units::GPa;           ///< [eV/Å³]
    dynamics::CellFreedom cell = dynamics::CellFreedom::isotropic;

    bool hold = false;
    std::vector<int> held_atoms{};
    std::vector<std::string> held_elements{};

    long long thermo_every = 10;
    bool frames = true;
    long long frames_every = 1000;
    bool velocities = false, forces = false, moments = false;
    double frames_memory = 2.56e8;  ///< [bytes] per rank
    long long equilibration = 0;

    bool radial = false;
    long long radial_every = 100;
    double radial_reach = 6.0;  ///< [Å]
    int radial_bins = 300;
    bool displacements = false;
    long long displacements_every = 100;
    bool crystal = false;
    long long crystal_every = 100;

    bool limits = false;
    long long limits_every = 10;
    double most_extrapolation = not_given, most_grade = not_given, most_spread = not_given;

    long long checkpoint_every = 0;
    double checkpoint_minutes = 30.0;

    static constexpr double not_given = std::numeric_limits<double>::infinity();
};

/// Names every key of the input of `md`.
void fields(Fields& f, MdOptions& options);

/// Thermostat and barostat as the options ask for them.
/// \param noise  seed of what is random in them
[[nodiscard]] dynamics::Ensemble ensemble_of(MdOptions const& options, std::uint64_t noise);

}  // namespace kamacite::config
