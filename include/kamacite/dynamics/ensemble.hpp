#pragma once
#include <optional>
#include <variant>

#include "kamacite/dynamics/barostat.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "kamacite/dynamics/thermostat.hpp"

namespace kamacite::dynamics {

/// No bath: the energy stays.
struct Isolated {};
/// The cell stays.
struct FixedCell {};

/// What keeps temperature and pressure, and how the two are led along.
struct Ensemble {
    std::variant<Isolated, Langevin, Rescaling, NoseHoover> thermostat;
    /// MartynaTobiasKlein goes with NoseHoover alone. CellRescaling needs a thermostat.
    std::variant<FixedCell, CellRescaling, MartynaTobiasKlein> barostat{};
    /// Led to from those above, along a straight line, in the first `ramp_steps` steps.
    std::optional<double> final_temperature{}, final_pressure{};
    long long ramp_steps = 1;
    /// F_e of a field that drives a heat current (driving_forces()) [1/Å]; zero: none. It needs a
    /// momentum that is conserved and a fixed cell.
    Vec3 heat_field = Vec3::Zero();

    /// Target of the thermostat at a step [K]; 0 without one.
    [[nodiscard]] double temperature(long long step) const;
    /// Target of the barostat at a step [eV/Å³]; 0 without one.
    [[nodiscard]] double pressure(long long step) const;
    /// Whether the momentum of all atoms is conserved.
    [[nodiscard]] bool keeps_momentum() const {
        return !std::holds_alternative<Langevin>(thermostat);
    }
};

}  // namespace kamacite::dynamics
