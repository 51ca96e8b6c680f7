#pragma once
#include "kamacite/potential/potential.hpp"

namespace kamacite::test {

/// The smallest potential whose forces are not along the bonds, so that W_i is not symmetric:
///
///     E_i = ½ a |D_i|² + ½ b Σ_j f_ij²,   D_i = Σ_j f_ij r_ij,   f = (1 − (r/r_c)²)³
class Dipoles final : public Potential {
public:
    [[nodiscard]] double cutoff() const override { return 4.0; }
    [[nodiscard]] Prediction predict(Structure const& s,
                                     Neighbours const& neighbours) const override {
        auto const n = static_cast<std::size_t>(s.size());
        Prediction p;
        p.forces.assign(n, Vec3::Zero());
        p.virials.assign(n, Mat3::Zero());
        for (int i = 0; i < neighbours.size(); ++i) {
            auto const list = neighbours.of(i);
            Vec3 dipole = Vec3::Zero();
            double pairs = 0.0;
            for (int k = 0; k < list.size(); ++k) {
                double const f = fade(list.vector(k));
                dipole += f * list.vector(k);
                pairs += 0.5 * b * f * f;
            }
            p.energies.push_back(0.5 * a * dipole.squaredNorm() + pairs);
            for (int k = 0; k < list.size(); ++k) {
                Vec3 const r = list.vector(k);
                double const y = 1.0 - r.squaredNorm() / (cutoff() * cutoff());
                double const slope = -6.0 * y * y / (cutoff() * cutoff());  // df/dr over r
                Vec3 const g =
                    a * (fade(r) * dipole + slope * dipole.dot(r) * r) + b * fade(r) * slope * r;
                auto const j = static_cast<std::size_t>(list.atom[static_cast<std::size_t>(k)]);
                p.forces[static_cast<std::size_t>(i)] += g;
                p.forces[j] -= g;
                p.virials[j] -= r * g.transpose();
            }
        }
        return p;
    }

private:
    static constexpr double a = 0.4, b = 2.0;
    [[nodiscard]] double fade(Vec3 const& r) const {
        double const y = 1.0 - r.squaredNorm() / (cutoff() * cutoff());
        return y * y * y;
    }
};

}  // namespace kamacite::test
