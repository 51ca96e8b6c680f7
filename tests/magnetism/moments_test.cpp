#include "kamacite/magnetism/moments.hpp"

#include <cmath>

#include "crystals.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;
using generate::Lattice;

namespace {

/// Springs to the places of a crystal: what moves in it is known exactly. Its moment is a number
/// and a part that grows with the square of an atom's displacement.
class Springs final : public Potential {
public:
    Springs(Structure rest, double spring, bool magnetic)
        : rest_{std::move(rest)}, spring_{spring}, magnetic_{magnetic} {}
    [[nodiscard]] double cutoff() const override { return 3.0; }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const&) const override {
        Prediction p;
        for (std::size_t i = 0; i < s.positions.size(); ++i) {
            Vec3 const u = s.positions[i] - rest_.positions[i % rest_.positions.size()];
            p.energies.push_back(0.5 * spring_ * u.squaredNorm());
            p.forces.push_back(-spring_ * u);
            if (magnetic_) p.moments.push_back(2.0 + u.squaredNorm());
            p.extrapolation.push_back(u.norm());
        }
        return p;
    }

private:
    Structure rest_;
    double spring_;
    bool magnetic_;
};

/// |m| = a/2, for cells of one atom.
class Linear final : public Potential {
public:
    [[nodiscard]] double cutoff() const override { return 3.0; }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const&) const override {
        Prediction p;
        p.moments = {0.5 * std::cbrt(2.0 * s.cell.volume())};
        p.grade = {0.1};
        return p;
    }
};

}  // namespace

TEST_CASE("moments along a row of lattice constants", "[magnetism]") {
    std::vector<double> const constants{2.7, 2.8, 2.9};
    auto const curve = moment_curve(Linear{}, Lattice::bcc, 26, constants);
    REQUIRE(curve.size() == 3);
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK_THAT(curve[k].moment, WithinRel(0.5 * constants[k], 1e-12));
        CHECK(curve[k].grade == 0.1);
    }
    auto const rest = test::crystal(Lattice::bcc, 1);
    CHECK_THROWS_AS(moment_curve(Springs{rest, 1.0, false}, Lattice::bcc, 26, constants),
                    DataError);
}

TEST_CASE("moments of vibrating atoms follow equipartition, on any number of ranks",
          "[magnetism]") {
    // ⟨u²⟩ = 3 k_B T/k for springs k: ⟨m⟩ = 2 + 3 k_B T/k, and σ(u²) = √6 k_B T/k.
    auto const rest = test::crystal(Lattice::bcc, 3);
    double const spring = 5.0;
    Springs const springs{rest, spring, true};
    std::vector<Potential const*> const models{&springs, &springs};
    std::vector<double> const temperatures{300.0, 600.0, 900.0};
    ThermalOptions options;
    options.steps = 4000;
    auto const found = thermal_moments(test::world(), springs, models, rest, temperatures, options);
    REQUIRE(found.size() == 3);
    for (std::size_t k = 0; k < 3; ++k) {
        double const u2 = units::k_boltzmann * temperatures[k] / spring;
        auto const& m = found[k].moments.front();
        CAPTURE(temperatures[k], m.value, m.error, found[k].measured.value);
        CHECK(std::abs(m.value - 2.0 - 3.0 * u2) < 4.0 * m.error);
        CHECK(m.error < 0.1 * 3.0 * u2);
        CHECK(std::abs(found[k].measured.value - temperatures[k]) < 4.0 * found[k].measured.error);
        CHECK_THAT(found[k].width, WithinRel(std::sqrt(6.0) * u2, 0.1));
        CHECK(found[k].converged);
        CHECK(found[k].extrapolation > std::sqrt(3.0 * u2));
        CHECK(std::isnan(found[k].grade));
        CHECK(found[k].moments[1].value == m.value);
        if (k != 1) continue;
        auto const serial =
            thermal_moment(springs, models, rest, temperatures[k], options, static_cast<int>(k));
        CHECK(serial.moments.front().value == m.value);
        CHECK(serial.measured.error == found[k].measured.error);
    }
    Springs const silent{rest, spring, false};
    std::vector<Potential const*> const none{&silent};
    CHECK_THROWS_AS(thermal_moments(test::world(), springs, none, rest, temperatures, options),
                    DataError);
}
