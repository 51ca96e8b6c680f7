#include "kamacite/phonons/scattering.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/phonons/collisions.hpp"
#include "kamacite/phonons/interaction.hpp"
#include "kamacite/phonons/isotopes.hpp"
#include "kamacite/phonons/tetrahedra.hpp"
#include "kamacite/phonons/thermodynamics.hpp"
#include "kamacite/potential/embedded_atom.hpp"
#include "phonons/argon.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::phonons;
using generate::Lattice;

namespace {

/// Near neighbours after Cleri and Rosato, cut off smoothly before the second shell of fcc.
EmbeddedAtom near_atoms() {
    EamTables t;
    t.elements = {29};
    t.cutoff = 3.5;
    t.distance_step = 1e-3;
    t.density_step = 0.01;
    auto const shape = [](double r) {
        double const y = std::clamp((3.5 - r) / 0.7, 0.0, 1.0);
        return y * y * y * y * (35.0 + y * (-84.0 + y * (70.0 - 20.0 * y)));
    };
    std::vector<double> embedding, density, pair;
    for (int k = 0; k < 4000; ++k) embedding.push_back(-std::sqrt(0.01 * k));
    for (int k = 0; k < 4000; ++k) {
        double const r = 1e-3 * k, x = r / 2.556 - 1.0;
        density.push_back(1.224 * 1.224 * std::exp(-2.0 * 2.278 * x) * shape(r));
        pair.push_back(r * 2.0 * 0.0855 * std::exp(-10.96 * x) * shape(r));
    }
    t.embedding = {embedding};
    t.density = {density};
    t.pair = {pair};
    return EmbeddedAtom{t};
}

double bose(double w, double temperature) {
    return 1.0 / std::expm1(h_bar * w / (units::k_boltzmann * temperature));
}

std::vector<double> sines_of(GridModes const& modes, double temperature) {
    std::vector<double> sines;
    for (double const w : modes.frequencies)
        sines.push_back(w > still ? std::sinh(h_bar * w / (2.0 * units::k_boltzmann * temperature))
                                  : 0.0);
    return sines;
}

std::vector<int> all_points(Mesh const& mesh) {
    std::vector<int> points;
    for (int p = 0; p < mesh.size(); ++p) points.push_back(p);
    return points;
}

}  // namespace

TEST_CASE("weights of a tetrahedron are those of a linear function", "[phonons]") {
    RandomStream random{7, "tetrahedra", 0};
    for (int trial = 0; trial < 20; ++trial) {
        std::array<double, 4> f{};
        for (auto& value : f) value = random.uniform();
        if (trial == 1) f[2] = f[0];
        std::array<double, 4> whole{};
        constexpr int steps = 20000;
        for (int n = 0; n < steps; ++n) {
            double const w = (n + 0.5) / steps;
            auto const weights = delta_weights(f, w);
            double sum = 0.0, first = 0.0;
            for (std::size_t k = 0; k < 4; ++k) {
                CHECK_FALSE(weights[k] < 0.0);
                whole[k] += weights[k] / steps;
                sum += weights[k];
                first += weights[k] * f[k];
            }
            CHECK(std::abs(first - w * sum) < 1e-9 * (1.0 + sum));
        }
        // ∫ x dV of a function that is 1 at a corner is a quarter of the volume.
        for (double const w : whole) CHECK_THAT(w, WithinAbs(0.25, 2e-3));
    }
}

TEST_CASE("Grüneisen parameters of the third order are those of crystals that grow", "[phonons]") {
    LennardJones const pairs{{0.5, 2.2, 2.9, 3.6}};
    auto const atoms = near_atoms();
    struct Case {
        Potential const* potential;
        double cutoff, edge, largest;  // reach of the third order
    };
    for (auto const& c : {Case{&pairs, 3.6, 11.0, 1e-3}, Case{&atoms, 5.4, 17.0, 5e-3}}) {
        double const v = test::volume_at_rest(*c.potential, Lattice::fcc, 29, 7.0, 13.0);
        auto const unit = properties::perfect_lattice(Lattice::fcc, 29, v);
        auto const crystal = test::anharmonic(*c.potential, unit, c.edge, c.cutoff, 5e-3);
        auto const at = [&](double ratio) {
            auto const cell = properties::perfect_lattice(Lattice::fcc, 29, ratio * v);
            return Harmonic{force_constants(test::world(), *c.potential, cell,
                                            supercell_matrix(cell, crystal.group, c.edge), 5e-3)};
        };
        for (Vec3 const& q : {Vec3{0.31, 0.12, 0.05}, Vec3{0.5, 0.2, 0.3}}) {
            auto const gamma = grueneisen_parameters(crystal.harmonic, crystal.third, q);
            std::vector<double> errors;
            for (double const h : {0.01, 0.005}) {
                auto const wanted =
                    grueneisen_parameters(at(1.0 - h), crystal.harmonic, at(1.0 + h), q);
                double most = 0.0;
                for (std::size_t b = 0; b < gamma.size(); ++b) {
                    CHECK(std::abs(wanted[b]) > 0.5);
                    most = std::max(most, std::abs(gamma[b] / wanted[b] - 1.0));
                }
                errors.push_back(most);
            }
            CAPTURE(c.cutoff, errors[0], errors[1]);
            CHECK(errors[0] < 20.0 * c.largest);
            CHECK(errors[1] < 5.0 * c.largest);
        }
    }
}

TEST_CASE("the matrix of collisions is symmetric and takes nothing from equilibrium", "[phonons]") {
    auto const crystal = test::argon();
    auto const mesh = make_mesh(crystal.group, {4, 4, 4});
    auto const modes = grid_modes(crystal.harmonic, mesh);
    auto const points = all_points(mesh);
    Star const star{crystal.group, mesh, modes};
    auto const alone = test::world().split(test::world().rank(), 0);
    std::vector<double> const isotopes{1e-3};
    for (double const width : {0.0, 0.1}) {
        auto const processes = find_processes(crystal.harmonic, {crystal.third, isotopes}, mesh,
                                              modes, points, {width * thz});
        Collisions const collisions{alone, star, points, processes, sines_of(modes, 30.0)};
        RandomStream random{3, "fields", 0};
        auto const field = [&] {
            std::vector<double> numbers;
            for (std::size_t m = 0; m < 3 * modes.frequencies.size(); ++m)
                numbers.push_back(modes.frequencies[m / 3] > still ? random.normal() : 0.0);
            return star.fold(numbers);
        };
        auto const dot = [&](std::vector<Vec3> const& a, std::vector<Vec3> const& b) {
            double sum = 0.0;
            for (std::size_t m = 0; m < a.size(); ++m)
                sum += star.size(m / star.branches()) * a[m].dot(b[m]);
            return sum;
        };
        for (int trial = 0; trial < 5; ++trial) {
            auto const a = field(), b = field();
            auto const on_a = collisions(a), on_b = collisions(b);
            CHECK(dot(a, on_a) > 0.0);
            CHECK_THAT(dot(b, on_a), WithinAbs(dot(a, on_b), 1e-12 * dot(a, on_a)));
        }
    }
}

TEST_CASE("scattering keeps energy and detailed balance as the mesh grows", "[phonons]") {
    auto const crystal = test::argon();
    double const t = 40.0;
    double before = 1.0;
    for (int const divisions : {5, 10}) {
        auto const mesh = make_mesh(crystal.group, Vec3i::Constant(divisions));
        auto const modes = grid_modes(crystal.harmonic, mesh);
        auto const points = all_points(mesh);
        auto const all =
            find_processes(crystal.harmonic, {crystal.third, {}}, mesh, modes, points, {});
        auto const grid = grid_indices(mesh);
        double decays = 0.0, fusions = 0.0, energy = 0.0, lost = 0.0, forth = 0.0, back = 0.0;
        for (std::size_t p = 0; p < points.size(); ++p)
            for (int b = 0; b < modes.branches; ++b) {
                double const w1 = modes.frequencies[std::size_t(grid[p] * modes.branches + b)];
                for (auto const& process : all[p][std::size_t(b)]) {
                    double const w2 = modes.frequencies[process.second],
                                 w3 = modes.frequencies[process.third];
                    double const flow = mesh.weights[p] * process.strength;
                    bool const decay = process.kind == Process::Kind::decay;
                    double const n1 = bose(w1, t), n2 = bose(w2, t), n3 = bose(w3, t);
                    (decay ? decays : fusions) +=
                        flow * (decay ? 0.5 * n1 * (n2 + 1.0) * (n3 + 1.0) : n1 * n2 * (n3 + 1.0));
                    if (!decay) continue;
                    lost += 0.5 * flow * n1 * (n2 + 1.0) * (n3 + 1.0) * w1;
                    energy += 0.5 * flow * n1 * (n2 + 1.0) * (n3 + 1.0) * (w2 + w3);
                    forth += flow * n1 * (n2 + 1.0) * (n3 + 1.0);
                    back += flow * (n1 + 1.0) * n2 * n3;
                }
            }
        // A fusion of two is found from either of them.
        double const error = std::max({std::abs(energy / lost - 1.0), std::abs(forth / back - 1.0),
                                       std::abs(fusions / decays / 2.0 - 1.0)});
        CAPTURE(divisions, energy / lost, forth / back, fusions / decays);
        CHECK(error < 0.7 * before);
        before = error;
    }
    CHECK(before < 0.04);
}

TEST_CASE("isotopes of the elements vary as published", "[phonons]") {
    // Lindsay, Broido and Reinecke, Phys. Rev. B 87, 165201 (2013), Si; phono3py's manual, others.
    CHECK_THAT(mass_variance(14), WithinRel(2.007e-4, 1e-3));
    CHECK_THAT(mass_variance(26), WithinRel(8.2444e-5, 1e-4));
    CHECK_THAT(mass_variance(28), WithinRel(4.3071e-4, 1e-4));
    CHECK_THAT(mass_variance(6), WithinRel(7.3872e-5, 1e-4));
    CHECK_THAT(mass_variance(18), WithinRel(3.5099e-5, 1e-4));
    CHECK_THROWS_AS(mass_variance(92), InputError);
}
