#include "phonon_crystals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::apps {
namespace {

using phonons::DisplacementPlan;
using phonons::Harmonic;
using phonons::Mat3i;

/// Where the pressure vanishes, by bisection.
double volume_at_rest(Potential const& potential, properties::Lattice lattice, int element,
                      double near) {
    auto const pressure = [&](double v) {
        return properties::volume_point(potential, properties::perfect_lattice(lattice, element, v))
            .pressure;
    };
    double low = 0.9 * near, high = 1.1 * near;
    if (!(pressure(low) > 0.0 && pressure(high) < 0.0))
        throw NumericalError(
            fmt::format("phonons: the pressure does not change sign from {:.3f} to {:.3f} Å³ per "
                        "atom (the members disagree on the volume): look at energy_volume.csv",
                        low, high));
    for (int k = 0; k < 50; ++k) {
        double const v = 0.5 * (low + high);
        (pressure(v) > 0.0 ? low : high) = v;
    }
    return 0.5 * (low + high);
}

/// The supercell with one conventional cell less along each edge of two or more.
Mat3i smaller(Mat3i matrix, Mat3i const& conventional) {
    for (int k = 0; k < 3; ++k)
        if (matrix.row(k) != conventional.row(k)) matrix.row(k) -= conventional.row(k);
    return matrix;
}

/// What is planned for one member, and which results are its.
struct Planned {
    double volume;
    DisplacementPlan plan;
    std::size_t first = 0;
};

}  // namespace

std::vector<MemberCrystals> compute_crystals(mpi::Communicator const& comm,
                                             config::PropertiesOptions const& o,
                                             std::vector<Potential const*> const& members,
                                             double volume) {
    auto const& p = o.phonons;
    int const element = atomic_number_of(o.element);
    auto const lattice = generate::lattice_of(o.lattice);
    auto const unit_at = [&](double v) { return properties::perfect_lattice(lattice, element, v); };
    auto const group = phonons::find_space_group(unit_at(volume));
    auto const matrix = phonons::supercell_matrix(unit_at(volume), group, p.supercell_edge);

    std::vector<phonons::ForceJob> jobs;
    std::vector<std::vector<Planned>> planned(members.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
        double const rest = volume_at_rest(*members[m], lattice, element, volume);
        auto const plan = [&](double v, Mat3i const& cells, double distance) {
            planned[m].push_back(
                {v, phonons::plan_displacements(unit_at(v), cells, distance), jobs.size()});
            for (auto& job : phonons::force_jobs(planned[m].back().plan, *members[m]))
                jobs.push_back(std::move(job));
        };
        plan(rest, matrix, p.displacement);
        plan(rest, matrix, 2.0 * p.displacement);
        plan(rest, smaller(matrix, group.conventional), p.displacement);
        plan(0.99 * rest, matrix, p.displacement);
        plan(1.01 * rest, matrix, p.displacement);
        if (p.expansion)
            for (double const ratio : p.volumes) plan(ratio * rest, matrix, p.displacement);
    }
    auto const results = phonons::compute_forces(comm, jobs);

    std::vector<MemberCrystals> all;
    for (auto const& of_member : planned) {
        Reach reach;
        auto const set_of = [&](Planned const& one) {
            auto set = phonons::force_set(
                one.plan, std::span{results}.subspan(one.first, one.plan.displacements.size() + 1));
            reach.include(set.reach);
            return set;
        };
        auto const harmonic = [&](Planned const& one) {
            return Harmonic{phonons::solve_force_constants(one.plan, set_of(one))};
        };
        auto const at = [&](Planned const& one) {
            double const energy = results[one.first].energy / one.plan.supercell.size();
            return VolumeCrystal{one.volume, energy, harmonic(one)};
        };
        MemberCrystals crystals{of_member[0].plan,
                                set_of(of_member[0]),
                                at(of_member[0]),
                                {harmonic(of_member[1]), harmonic(of_member[2])},
                                at(of_member[3]),
                                at(of_member[4]),
                                {},
                                {},
                                {}};
        crystals.reach = reach;
        for (std::size_t k = 5; k < of_member.size(); ++k)
            crystals.grid.push_back(at(of_member[k]));
        crystals.grid_reach = reach;
        all.push_back(std::move(crystals));
    }
    return all;
}

}  // namespace kamacite::apps
