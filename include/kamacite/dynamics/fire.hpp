#pragma once

namespace kamacite::dynamics {

/// The fast inertial relaxation engine: how velocities are turned towards the forces, and how long
/// the next step is, from three sums over all coordinates. With unit masses.
///
///     v ← keep v + push F,   x ← x + dt v
///
/// It does not look at energies, so that their rounding does not matter, and does not break
/// symmetries beyond rounding.
/// Source: Bitzek, Koskinen, Gähler, Moseler, Gumbsch, Phys. Rev. Lett. 97, 170201 (2006).
class Fire {
public:
    struct Step {
        double keep;  ///< of the old velocity
        double push;  ///< of the force
        double dt;    ///< in √(u Å²/eV) with u the unit mass
    };
    /// \param power  F·v
    /// \param speed  v·v
    /// \param force  F·F
    [[nodiscard]] Step next(double power, double speed, double force);

private:
    double dt_ = 0.1, mixing_ = 0.1;
    int downhill_ = 0;
};

}  // namespace kamacite::dynamics
