#include <cmath>
#include <filesystem>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/potential/embedded_atom.hpp"
#include "kamacite/potential/lennard_jones.hpp"
#include "kamacite/properties/compounds.hpp"
#include "kamacite/properties/elastic.hpp"
#include "kamacite/properties/solutes.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::properties;
using generate::Lattice;

namespace {

std::filesystem::path const folder{"/usr/share/lammps/potentials"};

bool there(char const* file) {
    if (std::filesystem::exists(folder / file)) return true;
    WARN("skipped: there is no " << file << " (it is in Debian's package lammps-data)");
    return false;
}

mpi::Communicator alone() {
    return test::world().split(test::world().rank(), 0);
}

Crystalline at_rest(Potential const& potential, Lattice lattice, std::vector<int> const& elements,
                    dynamics::RelaxOptions const& relax = {1e-4, 5000, 0.1}) {
    auto const s = generate::make_lattice(lattice, {5.0, generate::ideal_ratio(lattice)},
                                          generate::CellChoice::conventional, elements);
    return crystal_at_rest(alone(), potential, scaled_to_minimum(potential, s), relax);
}

/// Iron by embedded atoms, and a solute that pairs attract where a neighbour of an octahedral site
/// is: φ(r) = −A exp(−(r − r₀)²/w²), cut off smoothly by itself.
class WithAttraction final : public Potential {
public:
    explicit WithAttraction(Potential const& host) : host_{&host} {}
    [[nodiscard]] double cutoff() const override { return host_->cutoff(); }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
        Structure iron = s;
        std::vector<bool> solute;
        for (int& z : iron.species) solute.push_back(z == 6);
        // The host does not know carbon: its atoms are left out of the lists.
        Neighbours without;
        without.reserve(n.size(), n.entries());
        for (int i = 0; i < n.size(); ++i) {
            auto const seen = n.of(i);
            if (!solute[static_cast<std::size_t>(i)])
                for (int k = 0; k < seen.size(); ++k)
                    if (!solute[static_cast<std::size_t>(seen.atom[static_cast<std::size_t>(k)])])
                        without.add(seen.atom[static_cast<std::size_t>(k)], seen.vector(k));
            without.close_atom();
        }
        for (int& z : iron.species) z = 26;
        auto p = host_->predict(iron, without);
        for (int i = 0; i < n.size(); ++i) {
            auto const a = static_cast<std::size_t>(i);
            auto const seen = n.of(i);
            for (int k = 0; k < seen.size(); ++k) {
                auto const b = static_cast<std::size_t>(seen.atom[static_cast<std::size_t>(k)]);
                if (solute[a] == solute[b]) continue;
                Vec3 const r = seen.vector(k);
                double const d = r.norm(), x = (d - 2.02) / 0.3;
                double const e = -0.5 * 0.15 * std::exp(-x * x);
                Vec3 const slope = -2.0 * x / 0.3 * e / d * r;  // ∂E_a/∂r_ab
                p.energies[a] += e;
                p.forces[a] += slope;
                p.forces[b] -= slope;
                p.virials[b] -= r * slope.transpose();
            }
        }
        return p;
    }

private:
    Potential const* host_;
};

}  // namespace

// Reference: LAMMPS (2022), fix box/relax aniso with minimize to 1e-10 eV/Å, of the same files.
TEST_CASE("compounds at rest are those of LAMMPS", "[alloys]") {
    if (!there("NiAlH_jea.eam.alloy")) return;
    EmbeddedAtom const eam{read_eam(folder / "NiAlH_jea.eam.alloy")};
    double const nickel = at_rest(eam, Lattice::fcc, {28}).energy;
    double const aluminium = at_rest(eam, Lattice::fcc, {13}).energy;
    CHECK_THAT(nickel, WithinAbs(-4.45000001, 1e-6));
    CHECK_THAT(aluminium, WithinAbs(-3.36, 1e-6));
    struct Known {
        Lattice lattice;
        std::vector<int> elements;
        double energy, a, c;
    };
    for (auto const& known : {Known{Lattice::L1_2, {28, 13}, -4.59834534, 3.567653, 3.567653},
                              Known{Lattice::B2, {28, 13}, -4.42535933, 2.862989, 2.862989},
                              Known{Lattice::L1_0, {28, 13}, -4.39660497, 3.750599, 3.468358}}) {
        CAPTURE(generate::name_of(known.lattice));
        auto const found = at_rest(eam, known.lattice, known.elements);
        CHECK_THAT(found.energy, WithinAbs(known.energy, 1e-6));
        CHECK_THAT(found.structure.cell.rows().row(0).norm(), WithinAbs(known.a, 2e-4));
        CHECK_THAT(found.structure.cell.rows().row(2).norm(), WithinAbs(known.c, 2e-4));
        std::vector<double> references;
        for (int const z : found.structure.species)
            references.push_back(z == 28 ? nickel : aluminium);
        double const part = known.lattice == Lattice::L1_2 ? 0.75 : 0.5;
        CHECK_THAT(formation_energy(found.energy, references),
                   WithinAbs(known.energy + 4.45000001 * part + 3.36 * (1.0 - part), 2e-6));
    }
    auto const ordered = at_rest(eam, Lattice::L1_2, {28, 13});
    // The volumes at ±0.5 GPa are 11.3202649 and 11.3849774 Å³/atom there.
    double const bulk = hydrostatic_bulk_modulus(alone(), eam, ordered, {1e-4, 5000, 0.1});
    CHECK_THAT(bulk / units::GPa, WithinAbs(11.352406 / (11.3849774065 - 11.3202649028), 0.1));
    auto const c = elastic_constants(eam, ordered.structure, 0.002);
    CHECK_THAT(bulk, WithinRel((c.c11() + 2.0 * c.c12()) / 3.0, 2e-3));
}

TEST_CASE("a compound of equal atoms is their crystal", "[alloys]") {
    LennardJones const lj{{0.0104, 3.4, 7.5, 9.0}};
    double const fcc = at_rest(lj, Lattice::fcc, {18}).energy;
    auto const found = at_rest(lj, Lattice::L1_2, {18, 18});
    CHECK_THAT(found.energy, WithinAbs(fcc, 1e-7));
    CHECK_THAT(formation_energy(found.energy, std::vector(4, fcc)), WithinAbs(0.0, 1e-7));
    CHECK_THAT(formation_energy(-3.0, {-1.0, -2.0}), WithinAbs(-1.5, 1e-14));
    // The c/a of L1_0 of equal atoms is the cube's, wherever it begins.
    auto const layered = at_rest(lj, Lattice::L1_0, {18, 18});
    auto const& rows = layered.structure.cell.rows();
    CHECK_THAT(rows.row(2).norm() / rows.row(0).norm(), WithinAbs(1.0, 1e-4));
}

TEST_CASE("a solute in its own crystal costs nothing", "[alloys]") {
    LennardJones const lj{{0.0104, 3.4, 6.0, 7.0}};
    auto const crystal = at_rest(lj, Lattice::fcc, {18});
    Host const host{Lattice::fcc, 18, std::cbrt(4.0 * crystal.volume), 3};
    auto const found = solute_energy(lj, host, 18, "substitutional", crystal.energy, 2);
    CHECK_THAT(found.solution, WithinAbs(0.0, 1e-5));
    // Bound to a vacancy is then: the vacancy alone.
    for (double const b : found.bindings) CHECK_THAT(b, WithinAbs(0.0, 2e-4));
    CHECK(with_solute(host, 6, "octahedral").size() == 109);
    CHECK(with_solute_and_vacancy(host, 6, "octahedral", 1).size() == 108);
    CHECK_THROWS_AS(with_solute(host, 6, "edge"), InputError);
    CHECK_THROWS_AS(with_solute({Lattice::hcp, 18, 3.0, 2}, 6, "octahedral"), InputError);
    CHECK_THROWS_AS(with_solute_and_vacancy(host, 6, "octahedral", 50), InputError);
    CHECK_THROWS_AS(octahedral_jump(alone(), lj, host, 6, 3), InputError);
}

// Reference: LAMMPS (2022), minimize to 1e-6 eV/Å at fixed cell, 54 atoms, of the same files.
TEST_CASE("solutes in iron and their binding to a vacancy are those of LAMMPS", "[alloys]") {
    if (!there("AlFe_mm.eam.fs") || !there("FeP_mm.eam.fs")) return;
    dynamics::RelaxOptions const relax{1e-4, 5000, 0.1};
    EmbeddedAtom const eam{read_eam(folder / "AlFe_mm.eam.fs")};
    Host const host{Lattice::bcc, 26, 2.855312, 3};
    auto const found = solute_energy(eam, host, 13, "substitutional", -3.36970548, 2, relax);
    CHECK_THAT(found.solution,
               WithinAbs(-217.06808379 + 53.0 / 54.0 * 216.70104456 + 3.36970548, 1e-5));
    REQUIRE(found.bindings.size() == 2);
    double const apart = -217.06808379 - 210.95876809 + 216.70104456;
    CHECK_THAT(found.bindings[0], WithinAbs(apart + 211.32740679, 1e-5));
    CHECK_THAT(found.bindings[1], WithinAbs(apart + 211.34400488, 1e-5));
    EmbeddedAtom const phosphorus{read_eam(folder / "FeP_mm.eam.fs")};
    Host const other{Lattice::bcc, 26, 2.8553, 3};
    CHECK_THAT(solute_energy(phosphorus, other, 15, "octahedral", 0.0, 0, relax).solution,
               WithinAbs(216.70104447 - 214.52187607, 1e-5));
    CHECK_THAT(solute_energy(phosphorus, other, 15, "tetrahedral", 0.0, 0, relax).solution,
               WithinAbs(216.70104447 - 215.26598681, 1e-5));
}

TEST_CASE("a solute jumps from octahedral to octahedral over the tetrahedral site", "[alloys]") {
    if (!there("Fe_mm.eam.fs")) return;
    EmbeddedAtom const iron{read_eam(folder / "Fe_mm.eam.fs")};
    WithAttraction const potential{iron};
    Host const host{Lattice::bcc, 26, 2.8553, 3};
    dynamics::RelaxOptions const relax{1e-3, 5000, 0.1};
    double const octahedral =
        solute_energy(potential, host, 6, "octahedral", 0.0, 0, relax).solution;
    double const tetrahedral =
        solute_energy(potential, host, 6, "tetrahedral", 0.0, 0, relax).solution;
    REQUIRE(tetrahedral > octahedral + 0.05);
    auto const path = octahedral_jump(alone(), potential, host, 6, 3, relax);
    REQUIRE(path.energies.size() == 5);
    CHECK_THAT(path.barrier, WithinAbs(tetrahedral - octahedral, 1e-3));
    CHECK_THAT(path.energies.back(), WithinAbs(0.0, 1e-4));
    CHECK_THAT(path.energies[1], WithinAbs(path.energies[3], 1e-3));
}

// Reference: LAMMPS (2022), 192 atoms of the same crystal, fix box/relax aniso, of the same file: a
// potential for iron and phosphorus, which has its own idea of an orthorhombic carbide.
TEST_CASE("an orthorhombic cell relaxes with its inner coordinates as in LAMMPS", "[alloys]") {
    if (!there("FeP_mm.eam.fs")) return;
    EmbeddedAtom const eam{read_eam(folder / "FeP_mm.eam.fs")};
    dynamics::RelaxOptions const relax{1e-4, 20000, 0.1};
    auto const found = at_rest(eam, Lattice::cementite, {26, 15}, relax);
    CHECK_THAT(found.energy, WithinAbs(-3.45176095, 1e-6));
    auto const& rows = found.structure.cell.rows();
    CHECK_THAT(rows.row(0).norm(), WithinAbs(5.611388, 1e-3));
    CHECK_THAT(rows.row(1).norm(), WithinAbs(7.097982, 1e-3));
    CHECK_THAT(rows.row(2).norm(), WithinAbs(4.555247, 1e-3));
    // The volumes at ±0.5 GPa are 11.30725439 and 11.37348471 Å³/atom there.
    double const bulk = hydrostatic_bulk_modulus(alone(), eam, found, relax);
    CHECK_THAT(bulk / units::GPa, WithinAbs(11.33958552 / (11.37348471 - 11.30725439), 0.3));
}
