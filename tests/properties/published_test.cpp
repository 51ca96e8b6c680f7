#include <filesystem>

#include "kamacite/core/units.hpp"
#include "kamacite/potential/embedded_atom.hpp"
#include "kamacite/properties/elastic.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/properties/point_defects.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::properties;

namespace {

/// What the authors of a potential say of it.
struct Published {
    char const* file;
    Lattice lattice;
    int element;
    double a;                 // [Å]
    double energy;            // [eV/atom]
    double c11, c12, c44;     // [GPa]
    double vacancy;           // relaxed [eV]
    double a_digit, c_digit;  // half of the last digit that is published
};

int atoms_per_cube(Lattice lattice) {
    return lattice == Lattice::bcc ? 2 : 4;
}

/// Lattice constant at which the pressure vanishes, near `a`.
double lattice_constant_at_rest(Potential const& potential, Published const& p) {
    double low = 0.97 * p.a, high = 1.03 * p.a;
    for (int k = 0; k < 50; ++k) {
        double const a = (low + high) / 2.0;
        auto const crystal =
            perfect_lattice(p.lattice, p.element, a * a * a / atoms_per_cube(p.lattice));
        (volume_point(potential, crystal).pressure > 0.0 ? low : high) = a;
    }
    return low;
}

}  // namespace

TEST_CASE("published potentials have the properties that their authors publish", "[properties]") {
    // Source: Mendelev et al., Phil. Mag. 83, 3977 (2003), potential 2, its constants as compared
    // in Malerba et al., J. Nucl. Mater. 406, 19 (2010); Mishin et al., Phys. Rev. B 63, 224106
    // (2001), EAM1.
    auto const published = GENERATE(Published{"Fe_mm.eam.fs", Lattice::bcc, 26, 2.8553, -4.122,
                                              243.0, 145.0, 116.0, 1.71, 5e-5, 0.5},
                                    Published{"Cu_mishin1.eam.alloy", Lattice::fcc, 29, 3.615,
                                              -3.54, 169.9, 122.6, 76.2, 1.272, 5e-4, 0.05});
    std::filesystem::path const file =
        std::filesystem::path{"/usr/share/lammps/potentials"} / published.file;
    CAPTURE(published.file);
    if (!std::filesystem::exists(file)) {
        WARN("skipped: there is no " << file << " (it is in Debian's package lammps-data)");
        return;
    }
    EmbeddedAtom const eam{read_eam(file)};
    double const a = lattice_constant_at_rest(eam, published);
    CHECK_THAT(a, WithinAbs(published.a, published.a_digit));
    auto const crystal = generate::make_lattice(
        published.lattice, {a, 1.0}, generate::CellChoice::conventional, {published.element});
    double const energy =
        eam.predict(crystal, find_neighbours(crystal, eam.cutoff())).energy() / crystal.size();
    CHECK_THAT(energy, WithinAbs(published.energy, 5e-4));
    auto const elastic = elastic_constants(eam, crystal, 0.002);
    CHECK(elastic.error.norm() < 0.2 * units::GPa);
    CHECK_THAT(elastic.c11() / units::GPa, WithinAbs(published.c11, published.c_digit));
    CHECK_THAT(elastic.c12() / units::GPa, WithinAbs(published.c12, published.c_digit));
    CHECK_THAT(elastic.c44() / units::GPa, WithinAbs(published.c44, published.c_digit));
    // 250 or 256 atoms at fixed cell: some 0.01 eV from an endless crystal.
    int const copies = published.lattice == Lattice::bcc ? 5 : 4;
    auto const vacancy =
        defect_energy(eam, published.lattice, published.element, a, "vacancy", copies);
    CHECK_THAT(vacancy.formation, WithinAbs(published.vacancy, 0.02));
}
