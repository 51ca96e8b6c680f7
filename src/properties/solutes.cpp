#include "kamacite/properties/solutes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/distance.hpp"

namespace kamacite::properties {
namespace {

using generate::Lattice;

constexpr char const* substitutional = "substitutional";
constexpr char const* octahedral = "octahedral";
constexpr char const* tetrahedral = "tetrahedral";

Structure crystal_of(Host const& host) {
    if (host.lattice != Lattice::bcc && host.lattice != Lattice::fcc)
        throw InputError(
            fmt::format("sites of solutes are known in bcc and fcc, not in {}: leave "
                        "them out",
                        generate::name_of(host.lattice)));
    return supercell(generate::make_lattice(host.lattice, {host.a, 1.0},
                                            generate::CellChoice::conventional, {host.element}),
                     {host.copies, host.copies, host.copies});
}

/// From the atom at the origin, in units of a.
Vec3 offset_of(Lattice lattice, std::string const& site) {
    if (site == octahedral) return {0.5, 0.0, 0.0};
    if (lattice == Lattice::bcc) return {0.5, 0.25, 0.0};
    return {0.25, 0.25, 0.25};
}

double energy_at_rest(Potential const& potential, Structure const& s, std::string const& what,
                      dynamics::RelaxOptions const& relax) {
    auto const rest = dynamics::relax_positions(potential, s, relax);
    if (!rest.converged)
        throw NumericalError(
            fmt::format("{}: the atoms do not come to rest ({} steps, force {:.2g} eV/Å): raise "
                        "the tolerance or the number of steps",
                        what, rest.steps, rest.largest_force));
    return rest.energy;
}

}  // namespace

std::vector<std::string> solute_sites() {
    return {substitutional, octahedral, tetrahedral};
}

bool is_interstitial(std::string const& site) {
    return site != substitutional;
}

Structure with_solute(Host const& host, int solute, std::string const& site) {
    auto const known = solute_sites();
    if (std::ranges::find(known, site) == known.end())
        throw InputError(fmt::format("site '{}' of a solute is not known: use one of {}", site,
                                     fmt::join(known, ", ")));
    auto s = crystal_of(host);
    if (is_interstitial(site)) {
        s.species.push_back(solute);
        s.positions.emplace_back(host.a * offset_of(host.lattice, site));
        return s;
    }
    std::rotate(s.positions.begin(), s.positions.begin() + 1, s.positions.end());
    s.species.back() = solute;
    return s;
}

Structure with_solute_and_vacancy(Host const& host, int solute, std::string const& site,
                                  int shell) {
    KAMACITE_EXPECTS(shell >= 1);
    auto s = with_solute(host, solute, site);
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t i = 0; i + 1 < s.positions.size(); ++i)
        others.emplace_back(
            generate::shortest_vector(s.cell, s.positions.back(), s.positions[i]).norm(), i);
    std::sort(others.begin(), others.end());
    int number = 0;
    double last = -1.0;
    for (auto const& [distance, i] : others) {
        if (distance > last + 1e-3) ++number;
        last = distance;
        if (number < shell) continue;
        s.positions.erase(s.positions.begin() + static_cast<std::ptrdiff_t>(i));
        s.species.erase(s.species.begin() + static_cast<std::ptrdiff_t>(i));
        return s;
    }
    throw InputError(
        fmt::format("a cell of {} atoms has no shell {} about a solute: use a larger supercell",
                    s.size(), shell));
}

SoluteEnergy solute_energy(Potential const& potential, Host const& host, int solute,
                           std::string const& site, double reference, int shells,
                           dynamics::RelaxOptions const& relax) {
    auto const crystal = crystal_of(host);
    double const perfect =
        potential.predict(crystal, find_neighbours(crystal, potential.cutoff())).energy();
    std::string const what = fmt::format("{} {}", symbol_of(solute), site);
    double const alone = energy_at_rest(potential, with_solute(host, solute, site), what, relax);
    double const hosts = is_interstitial(site) ? 1.0 : (crystal.size() - 1.0) / crystal.size();
    SoluteEnergy found;
    found.solution = alone - hosts * perfect - reference;
    if (shells == 0) return found;
    auto holed = crystal;
    holed.positions.pop_back();
    holed.species.pop_back();
    double const vacancy = energy_at_rest(potential, holed, "vacancy", relax);
    for (int s = 1; s <= shells; ++s) {
        double const both =
            energy_at_rest(potential, with_solute_and_vacancy(host, solute, site, s),
                           fmt::format("{} and a vacancy in shell {}", what, s), relax);
        found.bindings.push_back(alone + vacancy - both - perfect);
    }
    return found;
}

Migration octahedral_jump(mpi::Communicator const& alone, Potential const& potential,
                          Host const& host, int solute, int images,
                          dynamics::RelaxOptions const& relax) {
    if (host.lattice != Lattice::bcc)
        throw InputError(
            fmt::format("the way from one octahedral site to the next is known in "
                        "bcc, not in {}: leave it out",
                        generate::name_of(host.lattice)));
    auto const from = with_solute(host, solute, octahedral);
    auto to = from;
    to.positions.back() = host.a * Vec3(0.5, 0.5, 0.0);
    return jump(alone, potential, from, to,
                fmt::format("jump of {} between octahedral sites", symbol_of(solute)), images,
                relax);
}

}  // namespace kamacite::properties
