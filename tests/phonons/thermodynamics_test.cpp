#include "kamacite/phonons/thermodynamics.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/quasi_harmonic.hpp"
#include "phonons/crystals.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;

namespace {

LennardJones const pairs{{}};
constexpr double k = units::k_boltzmann;

Harmonic crystal_at(double volume) {
    auto const unit = properties::perfect_lattice(Lattice::fcc, 26, volume);
    return Harmonic{force_constants(test::world(), pairs, unit,
                                    supercell_matrix(unit, find_space_group(unit), 8.0), 1e-3)};
}

Spectrum spectrum_at(double volume, int divisions = 6) {
    auto const crystal = crystal_at(volume);
    auto const group = find_space_group(crystal.unit());
    return spectrum_of(crystal, make_mesh(group, Vec3i::Constant(divisions)));
}

}  // namespace

TEST_CASE("one frequency gives Einstein's crystal", "[phonons]") {
    Spectrum const one{Matrix::Constant(1, 3, 6.0 * thz), {1.0}, 1};
    double const t = 300.0, x = h_bar * 6.0 * thz / (k * t);
    CHECK_THAT(h_bar * thz, WithinRel(4.135667696e-3, 1e-9));  // 1 THz, CODATA
    auto const at = thermodynamics(one, t);
    CHECK_THAT(at.heat_capacity,
               WithinRel(3.0 * k * x * x * std::exp(x) / std::pow(std::exp(x) - 1.0, 2), 1e-12));
    CHECK_THAT(at.energy, WithinRel(3.0 * h_bar * 6.0 * thz / 2.0 / std::tanh(x / 2.0), 1e-12));
    CHECK_THAT(thermodynamics(one, 0.0).energy, WithinRel(1.5 * h_bar * 6.0 * thz, 1e-12));
    CHECK(thermodynamics(one, 0.0).heat_capacity == 0.0);
    CHECK_THAT(thermodynamics(one, 1e5).heat_capacity, WithinRel(3.0 * k, 1e-4));
}

TEST_CASE("a Debye spectrum has its Debye temperature by every moment", "[phonons]") {
    int const n = 20000;
    double const highest = 9.0 * thz;
    Spectrum debye{Matrix(n, 1), std::vector<double>(std::size_t(n), 3.0 / n), 1};
    for (int i = 0; i < n; ++i) debye.frequencies(i, 0) = highest * std::cbrt((i + 0.5) / n);
    for (int const m : {-1, 0, 1, 2, 4})
        CHECK_THAT(debye_temperature(debye, m), WithinRel(h_bar * highest / k, 2e-3));
}

TEST_CASE("entropy and heat capacity are derivatives of the free energy", "[phonons]") {
    auto const s = spectrum_at(9.8);
    double const t = 150.0;
    test::check_derivative([&](double x) { return 1e4 * thermodynamics(s, x).free_energy; }, t,
                           -1e4 * thermodynamics(s, t).entropy, 4.0);
    test::check_derivative([&](double x) { return 1e4 * thermodynamics(s, x).energy; }, t,
                           1e4 * thermodynamics(s, t).heat_capacity, 4.0);
    CHECK(unstable_part(s) == 0.0);
}

TEST_CASE("imaginary frequencies are counted, and left out of sums", "[phonons]") {
    Spectrum s{Matrix::Constant(2, 3, 5.0 * thz), {0.25, 0.75}, 1};
    s.frequencies(0, 0) = -2.0 * thz;
    CHECK_THAT(unstable_part(s), WithinRel(0.25 / 3.0, 1e-12));
    CHECK_THAT(thermodynamics(s, 0.0).energy,
               WithinRel((3.0 - 0.25) * 0.5 * h_bar * 5.0 * thz, 1e-12));
}

TEST_CASE("Grüneisen parameters are logarithmic slopes of the frequencies", "[phonons]") {
    double const v = 9.8, step = 1e-3;
    auto const lower = crystal_at(v * (1.0 - step)), middle = crystal_at(v),
               upper = crystal_at(v * (1.0 + step));
    Vec3 const q{0.1, 0.25, 0.4};
    auto const gamma = grueneisen_parameters(lower, middle, upper, q);
    auto const a = lower.modes(q).frequencies, b = upper.modes(q).frequencies;
    for (std::size_t m = 0; m < gamma.size(); ++m)
        CHECK_THAT(gamma[m],
                   WithinRel(-std::log(b[m] / a[m]) / std::log((1 + step) / (1 - step)), 1e-3));
    // and their mean is −∂ln Θ_0/∂ln V where all vibrations are excited
    auto const mesh = make_mesh(find_space_group(middle.unit()), {6, 6, 6});
    double const theta = std::log(debye_temperature(spectrum_of(upper, mesh), 0) /
                                  debye_temperature(spectrum_of(lower, mesh), 0)) /
                         std::log((1.0 + step) / (1.0 - step));
    CHECK_THAT(mean_grueneisen(lower, middle, upper, mesh, 1e5), WithinRel(-theta, 1e-3));
}

TEST_CASE("thermal expansion is what the Grüneisen parameters say", "[phonons]") {
    // At a temperature where V(T) is known, α = γ C_v/(B V) must follow from the spectra at V(T)
    // and its neighbours alone: another route than the minimum of the free energy.
    std::vector<VolumeSpectrum> volumes;
    for (int n = 0; n < 9; ++n) {
        double const v = 9.35 + 0.15 * n;
        auto const unit = properties::perfect_lattice(Lattice::fcc, 26, v);
        volumes.push_back({v, properties::volume_point(pairs, unit).energy, spectrum_at(v)});
    }
    std::vector<double> const temperatures{0.0, 100.0, 200.0, 300.0, 5000.0};
    auto const points = quasi_harmonic(volumes, temperatures);
    REQUIRE(points.size() == 4);  // at 5000 K there is no crystal
    CHECK(points[0].expansion == 0.0);
    for (std::size_t n = 1; n < points.size(); ++n) {
        auto const& p = points[n];
        double const v = p.volume.value;
        auto const middle = crystal_at(v);
        auto const mesh = make_mesh(find_space_group(middle.unit()), {6, 6, 6});
        double const gamma = mean_grueneisen(crystal_at(0.995 * v), middle, crystal_at(1.005 * v),
                                             mesh, p.temperature);
        double const c = thermodynamics(spectrum_of(middle, mesh), p.temperature).heat_capacity;
        CHECK_THAT(p.heat_capacity_v, WithinRel(c, 1e-3));
        CHECK_THAT(p.expansion, WithinRel(gamma * c / (p.bulk.value * v), 0.02));
        CHECK_THAT(p.grueneisen, WithinRel(gamma, 0.02));
        CHECK(p.heat_capacity_p > p.heat_capacity_v);
        CHECK(v > points[n - 1].volume.value);
        CHECK(p.bulk.value < points[n - 1].bulk.value);
    }
    volumes.resize(5);  // all compressed
    CHECK_THROWS_AS(quasi_harmonic(std::span{volumes}.first(5), std::vector{4000.0}),
                    NumericalError);
}
