#include "kamacite/properties/equation_of_state.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"

using namespace kamacite;
using namespace kamacite::properties;

namespace {

/// ε = 1 eV, σ = 2.3 Å. Cut where always the same shells are within, and continued beyond as a
/// uniform medium, so that energies fall with volume just as the infinite sums do.
class LennardJones final : public Potential {
public:
    [[nodiscard]] double cutoff() const override { return 18.0; }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
        double const density = s.size() / s.cell.volume();
        double const cut = 7.0 / std::cbrt(density);
        double const sigma6 = std::pow(2.3, 6);
        Prediction p;
        for (int i = 0; i < s.size(); ++i) {
            double e = -8.0 * M_PI / 3.0 * density * sigma6 / (cut * cut * cut);
            Mat3 w = 2.0 * e * Mat3::Identity();
            auto const list = n.of(i);
            for (int k = 0; k < list.size(); ++k) {
                double const d = list.distance[static_cast<std::size_t>(k)];
                if (d > cut) continue;
                double const x = sigma6 / std::pow(d, 6);
                e += 2.0 * (x * x - x);
                double const slope = -12.0 * (2.0 * x * x - x) / d;  // φ′/2
                w -= slope / d * list.vector(k) * list.vector(k).transpose();
            }
            p.energies.push_back(e);
            p.virials.push_back(w);
        }
        return p;
    }
};

EquationOfState iron() {
    EquationOfState eos;
    eos.energy.value = -3460.85;
    eos.volume.value = 11.35;
    eos.bulk.value = 178.0 * units::GPa;
    eos.derivative.value = 5.2;
    return eos;
}

std::vector<double> grid(double low, double high, int n) {
    std::vector<double> v;
    for (int i = 0; i < n; ++i) v.push_back(low + (high - low) * i / (n - 1));
    return v;
}

}  // namespace

TEST_CASE("the parameters of an exact Birch–Murnaghan curve are recovered", "[properties]") {
    auto const truth = iron();
    auto const volumes = grid(10.0, 13.5, 9);
    std::vector<double> energies;
    for (double const v : volumes) energies.push_back(truth.energy_at(v));
    auto const fit = fit_equation_of_state(volumes, energies);
    CHECK_THAT(fit.energy.value, WithinAbs(truth.energy.value, 1e-9));
    CHECK_THAT(fit.volume.value, WithinRel(truth.volume.value, 1e-8));
    CHECK_THAT(fit.bulk.value / units::GPa, WithinRel(178.0, 1e-7));
    CHECK_THAT(fit.derivative.value, WithinRel(5.2, 1e-6));
    CHECK(fit.residual < 1e-10);
    CHECK(fit.lowest_volume == 10.0);
    CHECK(fit.highest_volume == 13.5);
}

TEST_CASE("pressure is the negative slope of the energy, B its curvature, B′ its derivative",
          "[properties]") {
    auto const eos = iron();
    auto const energy = [&](double v) { return eos.energy_at(v); };
    auto const pressure = [&](double v) { return eos.pressure_at(v); };
    for (double const v : {9.5, 11.35, 12.8}) {
        CAPTURE(v);
        // the offset of −3460 eV costs digits in differences
        auto const offset_free = [&](double x) { return energy(x) - eos.energy.value; };
        test::check_derivative(offset_free, v, -eos.pressure_at(v));
    }
    double const h = 1e-3;
    double const v0 = eos.volume.value;
    auto const bulk = [&](double v) {
        return -v * (pressure(v + h) - pressure(v - h)) / (2.0 * h);
    };
    CHECK(std::abs(pressure(v0)) < 1e-12);
    CHECK_THAT(bulk(v0), WithinRel(eos.bulk.value, 1e-6));
    double const derivative = (bulk(v0 + h) - bulk(v0 - h)) / (pressure(v0 + h) - pressure(v0 - h));
    CHECK_THAT(derivative, WithinRel(5.2, 1e-5));
}

TEST_CASE("standard errors cover the truth as often as they say", "[properties]") {
    auto const truth = iron();
    auto const volumes = grid(10.3, 12.5, 15);
    int const trials = 400;
    int volume = 0, bulk = 0, derivative = 0;
    for (int t = 0; t < trials; ++t) {
        RandomStream random{8, "noise", static_cast<std::uint64_t>(t)};
        std::vector<double> energies;
        for (double const v : volumes)
            energies.push_back(truth.energy_at(v) + 1e-3 * random.normal());
        auto const fit = fit_equation_of_state(volumes, energies);
        auto const covers = [](Estimate const& e, double value) {
            return std::abs(e.value - value) < e.error;
        };
        volume += covers(fit.volume, truth.volume.value);
        bulk += covers(fit.bulk, truth.bulk.value);
        derivative += covers(fit.derivative, truth.derivative.value);
    }
    // Student t with 11 degrees of freedom: 66 % within one standard error; binomial error 2.4 %.
    CAPTURE(volume, bulk, derivative);
    for (int const count : {volume, bulk, derivative})
        CHECK((count > 0.58 * trials && count < 0.75 * trials));
}

TEST_CASE("a minimum that is not bracketed is refused", "[properties]") {
    auto const truth = iron();
    auto const fit = [&](double low, double high, int n) {
        auto const volumes = grid(low, high, n);
        std::vector<double> energies;
        for (double const v : volumes) energies.push_back(truth.energy_at(v));
        return fit_equation_of_state(volumes, energies);
    };
    CHECK_THROWS_AS(fit(11.6, 13.0, 9), NumericalError);
    CHECK_THROWS_AS(fit(9.0, 11.2, 9), NumericalError);
    CHECK_THROWS_AS(fit(10.0, 13.0, 3), DataError);
    CHECK_NOTHROW(fit(10.0, 13.0, 4));
    CHECK(fit(10.0, 13.0, 4).bulk.error == 0.0);
    std::vector<double> const volumes{10.0, 11.0, 12.0, 13.0};
    std::vector<double> const broken{0.0, -1.0, NAN, 0.0};
    CHECK_THROWS_AS(fit_equation_of_state(volumes, broken), DataError);
}

TEST_CASE("volume per atom and lattice constant are each other's reverse", "[properties]") {
    CHECK_THAT(volume_per_atom(Lattice::bcc, 2.83), WithinRel(2.83 * 2.83 * 2.83 / 2.0, 1e-12));
    CHECK_THAT(volume_per_atom(Lattice::fcc, 3.6), WithinRel(3.6 * 3.6 * 3.6 / 4.0, 1e-12));
    // ideal hcp is as dense as fcc with the same distance of neighbours
    CHECK_THAT(volume_per_atom(Lattice::hcp, 2.5),
               WithinRel(2.5 * 2.5 * 2.5 / std::sqrt(2.0), 1e-12));
    auto const a = lattice_constant(Lattice::bcc, {2.83 * 2.83 * 2.83 / 2.0, 0.03});
    CHECK_THAT(a.value, WithinRel(2.83, 1e-12));
    double const larger =
        lattice_constant(Lattice::bcc, {2.83 * 2.83 * 2.83 / 2.0 + 0.03, 0}).value;
    CHECK_THAT(a.error, WithinRel(larger - 2.83, 3e-3));
}

TEST_CASE("a Lennard-Jones crystal has the equation of state of its lattice sums", "[properties]") {
    // E(R) = 2ε [A12 (σ/R)¹² − A6 (σ/R)⁶] with R the distance of nearest neighbours. At the minimum
    // R⁶ = 2 (A12/A6) σ⁶, E = −ε A6²/(2 A12), B = V ∂²E/∂V² = −8 E/V.  As E = a V⁻⁴ − b V⁻², the
    // derivative is B′ = 8. Lattice sums of fcc: A12 = 12.13188, A6 = 14.45392 (Kittel, chapter 3).
    double const a12 = 12.13188, a6 = 14.45392;
    double const r0 = 2.3 * std::pow(2.0 * a12 / a6, 1.0 / 6.0);
    double const v0 = r0 * r0 * r0 / std::sqrt(2.0);
    double const e0 = -a6 * a6 / (2.0 * a12);
    auto const curve =
        energy_volume_curve(LennardJones{}, Lattice::fcc, 26, grid(0.97 * v0, 1.03 * v0, 13));
    auto const fit = fit_near_minimum(curve);
    CHECK_THAT(fit.volume.value, WithinRel(v0, 1e-3));
    CHECK_THAT(fit.energy.value, WithinRel(e0, 2e-3));  // the tail beyond the cutoff
    CHECK_THAT(fit.bulk.value, WithinRel(-8.0 * e0 / v0, 5e-3));
    CHECK_THAT(fit.derivative.value, WithinAbs(8.0, 0.15));
    for (auto const& point : curve) CHECK(std::isnan(point.moment));
    // The virial says the same pressure as the energies.
    CHECK_THAT(curve[3].pressure, WithinAbs(fit.pressure_at(curve[3].volume), 2e-3));
}
