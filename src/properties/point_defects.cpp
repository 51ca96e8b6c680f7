#include "kamacite/properties/point_defects.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/point_defects.hpp"

namespace kamacite::properties {
namespace {

constexpr char const* vacancy = "vacancy";

Structure with_defect(Structure const& host, generate::Parent const& parent,
                      std::string const& defect, int element) {
    RandomStream random{0, "defect", 0};  // all sites of a kind are equivalent
    if (defect == vacancy) return generate::with_vacancies(host, host.size(), {}, random);
    return generate::with_interstitial(host, parent, generate::site_of(defect), element, 0.0, {},
                                       random);
}

}  // namespace

std::vector<std::string> defect_names() {
    auto names = generate::site_names();
    names.insert(names.begin(), vacancy);
    return names;
}

DefectEnergy defect_energy(Potential const& potential, generate::Lattice lattice, int element,
                           double a, std::string const& defect, int copies,
                           dynamics::RelaxOptions const& relax) {
    KAMACITE_EXPECTS(a > 0.0 && copies > 0);
    generate::Shape const shape{a, 1.0};
    auto const parent = generate::parent_of(lattice, shape);
    if (lattice != generate::Lattice::bcc && lattice != generate::Lattice::fcc)
        throw InputError(
            fmt::format("point defects are known in bcc and fcc, not in {}: leave "
                        "them out",
                        generate::name_of(lattice)));
    auto const cell =
        generate::make_lattice(lattice, shape, generate::CellChoice::conventional, {element});
    auto const host = supercell(cell, {copies, copies, copies});
    auto const energy_of = [&](Structure const& s) {
        return potential.predict(s, find_neighbours(s, potential.cutoff())).energy();
    };
    auto const placed = with_defect(host, parent, defect, element);
    double const crystal = energy_of(host) / host.size() * placed.size();
    DefectEnergy result;
    result.unrelaxed = energy_of(placed) - crystal;
    result.atoms = host.size();
    auto const relaxed = dynamics::relax_positions(potential, placed, relax);
    if (!relaxed.converged)
        throw NumericalError(
            fmt::format("{}: the atoms do not come to rest ({} steps, force {:.2g} eV/Å): raise "
                        "the tolerance or the number of steps",
                        defect, relaxed.steps, relaxed.largest_force));
    result.formation = relaxed.energy - crystal;
    result.steps = relaxed.steps;
    auto const& s = relaxed.structure;
    result.pressure = -potential.predict(s, find_neighbours(s, potential.cutoff()))
                           .stress(s.cell.volume())
                           .trace() /
                      3.0;
    return result;
}

}  // namespace kamacite::properties
