#include "kamacite/dynamics/heat_flux.hpp"

#include "dynamics/energy_moment.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "potential/eam_support.hpp"
#include "support/catch.hpp"
#include "support/dipoles.hpp"
#include "support/ghosts.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::dynamics;

namespace {

EmbeddedAtom embedded_atom() {
    test::Scratch const scratch;
    return EmbeddedAtom{read_eam(scratch.file("made_up.eam.fs", test::eam_text()))};
}

/// Iron and chromium, 16 atoms in empty space.
Structure cluster() {
    auto s = test::rattled_bcc(2, 5, 0.1);
    s.cell = Cell::around(s.positions);
    for (std::size_t i = 0; i < s.species.size(); i += 3) s.species[i] = 24;
    return s;
}

using test::flux_of;

template <class Flux>
test::Comparison compare(Potential const& potential, double dt, Flux const& flux) {
    return test::compare(potential, cluster(), dt, 40.0, flux);
}

void check_against_differences(Potential const& potential) {
    auto const total = [](test::Trajectory const& t) { return flux_of(t).total(); };
    auto const coarse = compare(potential, 0.5, total), fine = compare(potential, 0.25, total);
    CAPTURE(coarse.error, fine.error, fine.scale);
    CHECK(fine.scale > 1e-3);
    CHECK(fine.error < 1e-3 * fine.scale);
    CHECK_THAT(coarse.error / fine.error, WithinAbs(4.0, 0.3));
    // Neither part is small enough for the other to pass alone.
    auto const convective =
        compare(potential, 0.25, [](auto const& t) -> Vec3 { return flux_of(t).convective; });
    auto const virial =
        compare(potential, 0.25, [](auto const& t) -> Vec3 { return flux_of(t).virial; });
    CHECK(convective.error > 0.05 * fine.scale);
    CHECK(virial.error > 0.05 * fine.scale);
}

/// Σ W_i is the virial, which for a cluster is Σ r_i ⊗ F_i.
void check_sum_of_virials(Potential const& potential) {
    auto const s = cluster();
    auto const p = test::predict(potential, s);
    Mat3 sum = Mat3::Zero(), moments = Mat3::Zero();
    for (std::size_t i = 0; i < p.virials.size(); ++i) {
        sum += p.virials[i];
        moments += s.positions[i] * p.forces[i].transpose();
    }
    CHECK((sum - p.virial()).norm() < 1e-10);
    CHECK((sum - moments).norm() < 1e-10);
    CHECK(sum.norm() > 0.1);
}

void check_gauge(Potential const& potential) {
    auto t = test::start(potential, cluster(), 1500.0);
    auto const before = flux_of(t);
    constexpr double e0 = -8.3;
    for (auto& e : t.now.energies) e += e0;
    auto const after = flux_of(t);
    Vec3 sum = Vec3::Zero();
    for (auto const& v : t.velocities) sum += v;
    CHECK(sum.norm() > 1e-4);  // two elements: no momentum, and yet a sum of velocities
    CHECK((after.convective - before.convective - e0 * sum).norm() < 1e-13);
    CHECK(after.virial == before.virial);

    auto s = cluster();
    s.species.assign(s.species.size(), 26);
    t = test::start(potential, s, 1500.0);
    Vec3 const one_element = flux_of(t).total();
    for (auto& e : t.now.energies) e += e0;
    CHECK((flux_of(t).total() - one_element).norm() < 1e-12);
}

/// Renumbered atoms keep their velocities, by their numbers, and the flux.
void check_order(Potential const& potential) {
    auto const t = test::start(potential, cluster(), 1500.0);
    auto const n = t.ids.size();
    std::vector<long long> ids(n);
    Structure s = t.structure;
    for (std::size_t i = 0; i < n; ++i) {
        auto const from = (5 * i + 3) % n;  // n = 16
        ids[i] = t.ids[from];
        s.species[i] = t.structure.species[from];
        s.positions[i] = t.structure.positions[from];
    }
    auto v = thermal_velocities(s.species, ids, 1500.0, 1);
    auto const masses = masses_of(s.species);
    remove_drift(v, momentum(v, masses), std::accumulate(masses.begin(), masses.end(), 0.0));
    for (std::size_t i = 0; i < n; ++i)
        CHECK((v[i] - t.velocities[static_cast<std::size_t>(ids[i])]).norm() < 1e-15);
    auto const p = test::predict(potential, s);
    auto const here = heat_flux(p, v, masses), there = flux_of(t);
    CHECK((here.convective - there.convective).norm() < 1e-12);
    CHECK((here.virial - there.virial).norm() < 1e-12);
}

/// The fluxes of the parts of a crystal, with the ghosts' virials handed back, add up to the whole.
void check_parts(Potential const& potential) {
    auto const s = test::rattled_bcc(2, 7);
    auto const t = test::start(potential, s, 900.0);
    int const half = s.size() / 3;
    std::vector<Mat3> virials(t.masses.size(), Mat3::Zero());
    std::array<std::vector<double>, 2> energies;
    for (int part = 0; part < 2; ++part) {
        auto const g = test::with_ghosts(s, potential.cutoff(), part == 0 ? 0 : half,
                                         part == 0 ? half : s.size());
        auto const p = potential.predict(g.structure, g.neighbours);
        energies[static_cast<std::size_t>(part)] = p.energies;
        for (std::size_t i = 0; i < g.original.size(); ++i)
            virials[static_cast<std::size_t>(g.original[i])] += p.virials[i];
    }
    Vec3 sum = Vec3::Zero();
    std::size_t begin = 0;
    for (auto const& e : energies) {
        Prediction part;
        part.energies = e;
        part.virials.assign(virials.begin() + static_cast<std::ptrdiff_t>(begin), virials.end());
        sum += heat_flux(part, std::span{t.velocities}.subspan(begin, e.size()),
                         std::span{t.masses}.subspan(begin, e.size()))
                   .total();
        begin += e.size();
    }
    Vec3 const whole = flux_of(t).total();
    CHECK(whole.norm() > 1e-3);
    CHECK((sum - whole).norm() < 1e-11);
}

void check_all(Potential const& potential) {
    check_against_differences(potential);
    check_sum_of_virials(potential);
    check_gauge(potential);
    check_order(potential);
    check_parts(potential);
}

}  // namespace

TEST_CASE("the heat flux of pairs", "[dynamics]") {
    check_all(LennardJones{{}});
}

TEST_CASE("the heat flux of embedded atoms", "[dynamics]") {
    auto const potential = embedded_atom();
    check_all(potential);
    // The pair-stress form gives half of r_ij ⊗ F_ij to either end of a bond: the mean of W_i and
    // of the virial of E_i alone. The sum is the same, and for pairs every term is.
    auto const pair_form = [](Potential const& p) {
        return [&p](test::Trajectory const& t) -> Vec3 {
            auto const lists = find_neighbours(t.structure, p.cutoff());
            auto both = t.now;
            for (int i = 0; i < t.structure.size(); ++i) {
                Neighbours own;
                for (int j = 0; j < t.structure.size(); ++j) {
                    auto const list = lists.of(j);
                    if (j == i)
                        own.add_atom(list.atom, list.x, list.y, list.z);
                    else
                        own.close_atom();
                }
                auto& w = both.virials[static_cast<std::size_t>(i)];
                w = 0.5 * (w + p.predict(t.structure, own).virial());
            }
            CHECK((both.virial() - t.now.virial()).norm() < 1e-10);
            return heat_flux(both, t.velocities, t.masses).total();
        };
    };
    LennardJones const pairs{{}};
    auto const good = compare(pairs, 0.5, pair_form(pairs));
    CHECK(good.error < 1e-2 * good.scale);
    auto const other = compare(potential, 0.5, pair_form(potential));
    CAPTURE(good.error / good.scale, other.error / other.scale);
    CHECK(other.error > 0.02 * other.scale);
}

TEST_CASE("the heat flux of forces that are not along bonds", "[dynamics]") {
    test::Dipoles const potential;
    test::check_potential(potential, cluster());
    check_all(potential);
    auto const transposed = [](test::Trajectory const& t) -> Vec3 {
        auto p = t.now;
        for (auto& w : p.virials) w = Mat3(w.transpose());
        return heat_flux(p, t.velocities, t.masses).total();
    };
    auto const other = compare(potential, 0.5, transposed);
    CHECK(other.error > 0.01 * other.scale);
}

TEST_CASE("a heat flux needs virials", "[dynamics]") {
    Prediction p;
    p.energies = {1.0};
    std::vector<Vec3> const v{{1, 0, 0}};
    std::vector<double> const m{2.0};
    CHECK_THROWS_AS(heat_flux(p, v, m), DataError);
    p.virials = {Mat3::Identity()};
    CHECK((heat_flux(p, v, m).total() - Vec3(3, 0, 0)).norm() < 1e-15);
    CHECK(heat_flux({}, {}, {}).total() == Vec3::Zero());
}
