#include "kamacite/dynamics/motion.hpp"

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "potential/eam_support.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/trajectory.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

constexpr double k_boltzmann = units::k_boltzmann;

/// Every atom tied to its site by a spring: E_i = ½ k |r_i − s_i|².
class Springs final : public Potential {
public:
    Springs(double stiffness, std::vector<Vec3> sites) : k_{stiffness}, sites_{std::move(sites)} {}
    [[nodiscard]] double cutoff() const override { return 1.0; }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const&) const override {
        Prediction p;
        for (std::size_t i = 0; i < sites_.size(); ++i) {
            Vec3 const d = s.positions[i] - sites_[i];
            p.energies.push_back(0.5 * k_ * d.squaredNorm());
            p.forces.emplace_back(-k_ * d);
        }
        return p;
    }

private:
    double k_;
    std::vector<Vec3> sites_;
};

Structure grid(int n, double spacing) {
    std::vector<Vec3> sites;
    sites.reserve(static_cast<std::size_t>(n * n * n));
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j)
            for (int k = 0; k < n; ++k) sites.emplace_back(spacing * Vec3(i, j, k));
    return {Cell::around(sites), std::vector<int>(sites.size(), 26), sites};
}

Structure warm_crystal() {
    auto const cell = generate::make_lattice(generate::Lattice::fcc, {3.5, 1.0},
                                             generate::CellChoice::conventional, {26});
    return supercell(cell, {2, 2, 2});
}

EmbeddedAtom embedded_atom() {
    test::Scratch const scratch;
    return EmbeddedAtom{read_eam(scratch.file("made_up.eam.fs", test::eam_text()))};
}

/// Largest |E(t) − E(0)| in 100 fs.
double energy_error(Potential const& potential, Structure const& s, double dt) {
    auto t = test::start(potential, s, 600.0);
    double const before = t.energy();
    double worst = 0.0;
    auto const per_4_fs = std::lround(4.0 / dt);
    for (int k = 0; k < 25; ++k) {
        for (long i = 0; i < per_4_fs; ++i) test::verlet(potential, t, dt);
        worst = std::max(worst, std::abs(t.energy() - before));
    }
    return worst;
}

/// Mean of numbers that remember each other, with its standard error from the means of blocks that
/// are long against the memory.
struct Mean {
    double value, error;
};
Mean mean_of(std::vector<double> const& x, std::size_t block) {
    auto const blocks = x.size() / block;
    double sum = 0.0, squares = 0.0;
    for (std::size_t b = 0; b < blocks; ++b) {
        double m = 0.0;
        for (std::size_t i = 0; i < block; ++i) m += x[b * block + i];
        m /= static_cast<double>(block);
        sum += m, squares += m * m;
    }
    auto const n = static_cast<double>(blocks);
    double const mean = sum / n;
    return {mean, std::sqrt((squares / n - mean * mean) / (n - 1.0))};
}

/// Kinetic energies have the mean and the variance of n degrees of freedom at temperature T:
/// n k_B T/2 and n (k_B T)²/2.
void check_kinetic(std::vector<double> const& kinetic, double degrees_of_freedom, double t,
                   std::size_t block) {
    double const kt = k_boltzmann * t, expected = 0.5 * degrees_of_freedom * kt;
    auto const mean = mean_of(kinetic, block);
    auto squares = kinetic;
    for (auto& x : squares) x = (x - expected) * (x - expected);
    auto const variance = mean_of(squares, block);
    CAPTURE(mean.value, mean.error, variance.value, variance.error);
    CHECK_THAT(mean.value, WithinAbs(expected, 4.0 * mean.error));
    CHECK(mean.error < 3e-3 * expected);
    CHECK_THAT(variance.value, WithinAbs(expected * kt, 4.0 * variance.error));
    CHECK(variance.error < 0.06 * expected * kt);
}

}  // namespace

TEST_CASE("the energy error of velocity Verlet falls as the square of the step", "[dynamics]") {
    auto const ratio = [](Potential const& potential, Structure const& s) {
        double const coarse = energy_error(potential, s, 2.0),
                     fine = energy_error(potential, s, 1.0);
        CAPTURE(coarse, fine);
        CHECK(fine > 1e-7);  // it is not rounding
        CHECK(fine < 1e-2);
        CHECK_THAT(coarse / fine, WithinAbs(4.0, 0.3));
    };
    SECTION("Lennard-Jones") {
        ratio(LennardJones{{}}, warm_crystal());
    }
    SECTION("embedded atoms") {
        ratio(embedded_atom(), test::rattled_bcc(2, 1));
    }
}

TEST_CASE("velocity Verlet runs backwards the way it came and keeps the momentum", "[dynamics]") {
    LennardJones const potential{{}};
    auto const begin = test::start(potential, warm_crystal(), 600.0);
    auto t = begin;
    for (int k = 0; k < 200; ++k) test::verlet(potential, t, 2.0);
    double moved = 0.0;
    for (std::size_t i = 0; i < t.masses.size(); ++i)
        moved = std::max(moved, (t.structure.positions[i] - begin.structure.positions[i]).norm());
    CHECK(moved > 0.1);
    CHECK(momentum(t.velocities, t.masses).norm() < 1e-9);
    for (auto& v : t.velocities) v = -v;
    for (int k = 0; k < 200; ++k) test::verlet(potential, t, 2.0);
    for (std::size_t i = 0; i < t.masses.size(); ++i) {
        CHECK((t.structure.positions[i] - begin.structure.positions[i]).norm() < 1e-9);
        CHECK((t.velocities[i] + begin.velocities[i]).norm() < 1e-11);
    }
}

TEST_CASE("an oscillator swings with the period of velocity Verlet", "[dynamics]") {
    // r(n dt) = r(0) cos(n φ) from rest, with sin(φ/2) = ω dt/2: Verlet's own, exact.
    auto s = grid(1, 1.0);
    Springs const potential{5.0, s.positions};
    s.positions[0].x() = 0.3;
    auto t = test::start(potential, s, 0.0);
    double const dt = 10.0, omega = std::sqrt(5.0 / mass_of(26));
    double const phi = 2.0 * std::asin(0.5 * omega * dt);
    for (int n = 1; n <= 50; ++n) {
        test::verlet(potential, t, dt);
        CHECK_THAT(t.structure.positions[0].x(), WithinAbs(0.3 * std::cos(n * phi), 1e-12));
    }
}

TEST_CASE("sums over velocities", "[dynamics]") {
    std::vector<Vec3> v{{1, 2, 3}, {-1, 0, 2}};
    std::vector<double> const m{2.0, 3.0};
    CHECK_THAT(kinetic_energy(v, m), WithinAbs(14.0 + 7.5, 1e-14));
    Mat3 const tensor = kinetic_tensor(v, m);
    Mat3 expected;
    expected << 5, 4, 0, 4, 8, 12, 0, 12, 30;
    CHECK((tensor - expected).norm() < 1e-13);
    CHECK_THAT(tensor.trace(), WithinAbs(2.0 * kinetic_energy(v, m), 1e-13));
    CHECK((momentum(v, m) - Vec3(-1, 4, 12)).norm() < 1e-14);
    CHECK_THAT(temperature(1.5 * 7 * k_boltzmann * 321.0, 21), WithinRel(321.0, 1e-14));
    remove_drift(v, momentum(v, m), 5.0);
    CHECK(momentum(v, m).norm() < 1e-14);
    CHECK((v[0] - v[1] - Vec3(2, 2, 1)).norm() < 1e-14);
    // Ghosts may stand behind the forces.
    std::vector<Vec3> const forces{{1, 0, 0}, {0, 3, 0}, {9, 9, 9}};
    auto const before = v;
    kick(v, forces, m, 2.0);
    CHECK((v[0] - before[0] - Vec3(1, 0, 0)).norm() < 1e-14);
    CHECK((v[1] - before[1] - Vec3(0, 2, 0)).norm() < 1e-14);
    CHECK(kinetic_energy({}, {}) == 0.0);
    CHECK_THROWS_AS(masses_of(std::vector<int>{26, 0}), DataError);
}

TEST_CASE("thermal velocities are those of Maxwell and Boltzmann", "[dynamics]") {
    constexpr std::size_t n = 30000;
    std::vector<int> species(n, 26);
    for (std::size_t i = 0; i < n; i += 3) species[i] = 6;
    std::vector<long long> ids(n);
    std::iota(ids.begin(), ids.end(), 5'000'000'000LL);
    auto const v = thermal_velocities(species, ids, 700.0, 11);
    for (int const z : {6, 26})
        for (int axis = 0; axis < 3; ++axis) {
            // In units of √(k_B T/m): mean 0 ± 1/√N, square 1 ± √(2/N), fourth power 3 ± √(96/N).
            double const unit = std::sqrt(k_boltzmann * 700.0 / mass_of(z));
            double count = 0.0, mean = 0.0, square = 0.0, fourth = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                if (species[i] != z) continue;
                double const x = v[i][axis] / unit;
                ++count, mean += x, square += x * x, fourth += x * x * x * x;
            }
            CAPTURE(z, axis, mean / count, square / count, fourth / count);
            CHECK(std::abs(mean / count) < 4.0 / std::sqrt(count));
            CHECK_THAT(square / count, WithinAbs(1.0, 4.0 * std::sqrt(2.0 / count)));
            CHECK_THAT(fourth / count, WithinAbs(3.0, 4.0 * std::sqrt(96.0 / count)));
        }
    double xy = 0.0, follow = 0.0;
    for (std::size_t i = 1; i < n; ++i) {
        xy += v[i].x() * v[i].y() * mass_of(species[i]);
        follow +=
            v[i].z() * v[i - 1].z() * std::sqrt(mass_of(species[i]) * mass_of(species[i - 1]));
    }
    double const limit = 4.0 * k_boltzmann * 700.0 * std::sqrt(double{n});
    CHECK(std::abs(xy) < limit);
    CHECK(std::abs(follow) < limit);

    auto const few = [&](std::uint64_t seed, double t) {
        return thermal_velocities(std::span{species}.first(5), std::span{ids}.first(5), t, seed);
    };
    CHECK(few(11, 700.0)[4] == v[4]);
    CHECK(few(12, 700.0)[4] != v[4]);
    CHECK(few(11, 0.0)[4] == Vec3::Zero());
    CHECK_THROWS_AS(thermal_velocities(std::vector<int>{0}, std::span{ids}.first(1), 1.0, 1),
                    DataError);
}

TEST_CASE("noise belongs to atom and step, not to the order of atoms", "[dynamics]") {
    std::vector<long long> const ids{7, 3, 900};
    std::vector<double> const masses{5000.0, 1000.0, 3000.0};
    std::vector<Vec3> const begin{{0.01, 0, 0}, {0, 0.02, 0}, {0, 0, 0.03}};
    Langevin const bath{500.0, 0.02, 3};
    auto all = begin;
    exchange_heat(all, masses, ids, bath, 2.0, 5);
    for (std::size_t i : {2, 0, 1}) {
        std::vector<Vec3> one{begin[i]};
        exchange_heat(one, std::span{masses}.subspan(i, 1), std::span{ids}.subspan(i, 1), bath, 2.0,
                      5);
        CHECK(one[0] == all[i]);
    }
    auto const differs = [&](Langevin const& other, long long step) {
        auto v = begin;
        exchange_heat(v, masses, ids, other, 2.0, step);
        for (std::size_t i = 0; i < v.size(); ++i) CHECK((v[i] - all[i]).norm() > 1e-6);
    };
    differs(bath, 6);
    differs({500.0, 0.02, 4}, 5);
    auto still = begin;
    exchange_heat(still, masses, ids, {500.0, 0.0, 3}, 2.0, 5);
    CHECK(still == begin);
    auto cold = begin;
    exchange_heat(cold, masses, ids, {0.0, 0.02, 3}, 2.0, 5);
    for (std::size_t i = 0; i < cold.size(); ++i)
        CHECK((cold[i] - std::exp(-0.04) * begin[i]).norm() < 1e-16);
}

TEST_CASE("free atoms take the temperature of their bath", "[dynamics]") {
    constexpr std::size_t n = 100;
    std::vector<int> species(n, 26);
    for (std::size_t i = 0; i < n / 2; ++i) species[i] = 6;
    auto const masses = masses_of(species);
    std::vector<long long> ids(n);
    std::iota(ids.begin(), ids.end(), 0LL);
    double const dt = GENERATE(1.0, 20.0);  // γ dt = 0.1 and 2: the noise is exact for both
    Langevin const bath{400.0, 0.1, 21};
    auto v = thermal_velocities(species, ids, 400.0, 22);
    std::vector<double> all, light, heavy;
    for (long long step = 0; step < 20000; ++step) {
        exchange_heat(v, masses, ids, bath, dt, step);
        light.push_back(kinetic_energy(std::span{v}.first(n / 2), std::span{masses}.first(n / 2)));
        heavy.push_back(kinetic_energy(std::span{v}.last(n / 2), std::span{masses}.last(n / 2)));
        all.push_back(light.back() + heavy.back());
    }
    check_kinetic(all, 3.0 * n, 400.0, 200);
    check_kinetic(light, 1.5 * n, 400.0, 200);
    check_kinetic(heavy, 1.5 * n, 400.0, 200);
}

TEST_CASE("oscillators in a bath have the known distribution of BAOAB", "[dynamics]") {
    // Positions are exact at any step, ⟨x²⟩ = k_B T/k; velocities are those of T (1 − ω² dt²/4).
    auto const s = grid(5, 4.0);
    constexpr double k = 5.0, dt = 15.0, t = 300.0;
    Springs const potential{k, s.positions};
    auto atoms = test::start(potential, s, t);
    Langevin const bath{t, 0.03, 31};
    std::vector<double> kinetic, squares;
    for (long long step = 0; step < 8000; ++step) {
        test::baoab(potential, atoms, bath, dt, step);
        if (step < 200) continue;
        kinetic.push_back(atoms.kinetic());
        squares.push_back(2.0 * atoms.now.energy());
    }
    double const degrees = 3.0 * s.size();
    double const x = 0.25 * k / mass_of(26) * dt * dt;
    CHECK(x > 0.04);
    check_kinetic(kinetic, degrees, t * (1.0 - x), 100);
    auto const mean = mean_of(squares, 100);
    CAPTURE(mean.value, mean.error);
    CHECK_THAT(mean.value, WithinAbs(degrees * k_boltzmann * t, 4.0 * mean.error));
    CHECK(mean.error < 3e-3 * mean.value);
}
