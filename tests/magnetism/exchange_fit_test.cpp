#include "kamacite/magnetism/exchange_fit.hpp"

#include <cmath>

#include "crystals.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/magnetism/spins.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::magnetism;
using generate::Lattice;

namespace {

/// Random directions on a crystal, with the energy of an exchange and noise.
std::vector<SpinConfiguration> configurations(Structure const& s, std::span<Shells const> shells,
                                              int n, double offset, double noise,
                                              std::uint64_t seed) {
    auto const exchange = exchange_by_shells(s, shells);
    std::vector<SpinConfiguration> all;
    RandomStream random{seed, "noise", 0};
    for (int c = 0; c < n; ++c) {
        Spins spins{exchange, 300.0, {seed, "directions", static_cast<std::uint64_t>(c)}};
        spins.randomise();
        SpinConfiguration one{s, {}, 0.0};
        for (int i = 0; i < s.size(); ++i) one.spins.push_back(spins.spin(i));
        one.energy = spins.energy() + s.size() * (offset + noise * random.normal());
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

TEST_CASE("exchange comes back from the energies that it gave", "[magnetism]") {
    auto const s = test::crystal(Lattice::bcc, 4);
    auto const shells = test::iron_shells();
    auto const exact = fit_exchange(configurations(s, shells, 12, -3.0, 0.0, 1), shells);
    for (std::size_t k = 0; k < 4; ++k)
        CHECK_THAT(exact.shells[0].couplings[k], WithinAbs(shells[0].couplings[k], 1e-12));
    CHECK_THAT(exact.energy.value, WithinAbs(-3.0, 1e-12));
    CHECK(exact.residual < 1e-12);

    // Two kinds of atoms, three kinds of pairs.
    auto const b2 = test::crystal(Lattice::B2, 4, {26, 28});
    std::vector<Shells> const pairs{
        {26, 28, {0.010}}, {26, 26, {0.006, 0.001}}, {28, 28, {-0.001}}};
    auto const alloy = fit_exchange(configurations(b2, pairs, 20, 1.0, 0.0, 2), pairs);
    for (std::size_t p = 0; p < pairs.size(); ++p)
        for (std::size_t k = 0; k < pairs[p].couplings.size(); ++k)
            CHECK_THAT(alloy.shells[p].couplings[k], WithinAbs(pairs[p].couplings[k], 1e-12));
}

TEST_CASE("small cells tell of exchange as large ones do", "[magnetism]") {
    // parallel, and antiferromagnets of cells with 2 to 8 atoms, in which atoms are their own
    // neighbours; energies by the exchange of a large crystal
    std::vector<Shells> const shells{{0, 0, {0.018, 0.010}}};
    auto const cell = test::crystal(Lattice::bcc, 1);
    std::vector<SpinConfiguration> all;
    auto const energy_of = [](SpinConfiguration const& c, std::span<Shells const> given) {
        auto const n = c.spins.size();
        auto const exchange = exchange_by_shells(supercell(c.structure, {4, 4, 4}), given);
        double energy = 0.0;
        for (int i = 0; i < exchange.size(); ++i)
            for (std::size_t k = 0; k < exchange.neighbours_of(i).size(); ++k) {
                auto const j = static_cast<std::size_t>(exchange.neighbours_of(i)[k]);
                energy -= exchange.couplings_of(i)[k] *
                          c.spins[static_cast<std::size_t>(i) % n].dot(c.spins[j % n]) / 64.0;
            }
        return energy;
    };
    auto const add = [&](std::array<int, 3> const& copies, std::vector<double> const& signs) {
        SpinConfiguration c{supercell(cell, copies), {}, 0.0};
        for (double const s : signs) c.spins.emplace_back(0.0, 0.0, s);
        c.energy = energy_of(c, shells);
        all.push_back(std::move(c));
    };
    add({1, 1, 1}, {1, 1});
    add({1, 1, 1}, {1, -1});
    add({2, 1, 1}, {1, 1, -1, -1});
    add({2, 1, 1}, {1, 1, 1, -1});
    add({2, 2, 1}, {1, 1, -1, 1, -1, 1, 1, -1});
    auto const fit = fit_exchange(all, shells);
    CHECK_THAT(fit.shells[0].couplings[0], WithinAbs(0.018, 1e-12));
    CHECK_THAT(fit.shells[0].couplings[1], WithinAbs(0.010, 1e-12));
    CHECK(fit.left_out < 1e-12);
    for (std::size_t k = 0; k < all.size(); ++k)
        CHECK_THAT(fit.fitted[k], WithinAbs(all[k].energy / all[k].structure.size(), 1e-12));

    // what is left out is missed by as much as a fit to the others says
    add({2, 2, 1}, {1, 1, 1, 1, 1, 1, 1, -1});
    for (auto& c : all) c.energy += 0.001 * c.structure.size() * std::sin(70.0 * c.energy);
    double square = 0.0;
    for (std::size_t k = 0; k < all.size(); ++k) {
        auto others = all;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
        auto const one = fit_exchange(others, shells);
        double const missed =
            (all[k].energy - energy_of(all[k], one.shells)) / all[k].structure.size() -
            one.energy.value;
        square += missed * missed / static_cast<double>(all.size());
    }
    auto const noisy = fit_exchange(all, shells);
    CHECK_THAT(noisy.left_out, WithinRel(std::sqrt(square), 1e-9));
    CHECK(noisy.left_out > 1.2 * noisy.residual);
}

TEST_CASE("errors of the exchange are what repeated fits scatter by", "[magnetism]") {
    auto const s = test::crystal(Lattice::bcc, 3);
    std::vector<Shells> const shells{{0, 0, {0.018, 0.010}}};
    double square = 0.0, told = 0.0;
    constexpr int fits = 60;
    for (int f = 0; f < fits; ++f) {
        auto const fit = fit_exchange(
            configurations(s, shells, 15, 0.0, 1e-4, 100 + static_cast<std::uint64_t>(f)), shells);
        square += std::pow(fit.shells[0].couplings[0] - 0.018, 2) / fits;
        told += std::pow(fit.errors[0][0], 2) / fits;
    }
    // The scatter of 60 is known to 9 %.
    CHECK(std::sqrt(square / told) > 0.7);
    CHECK(std::sqrt(square / told) < 1.35);
}

TEST_CASE("configurations that say too little are refused", "[magnetism]") {
    auto const s = test::crystal(Lattice::bcc, 3);
    auto const shells = test::iron_shells();
    CHECK_THROWS_AS(fit_exchange(configurations(s, shells, 5, 0.0, 0.0, 1), shells), DataError);
    auto alike = configurations(s, shells, 1, 0.0, 0.0, 1);
    alike.resize(12, alike.front());
    CHECK_THROWS_AS(fit_exchange(alike, shells), DataError);
    alike.front().spins.pop_back();
    CHECK_THROWS_AS(fit_exchange(alike, shells), DataError);
}
