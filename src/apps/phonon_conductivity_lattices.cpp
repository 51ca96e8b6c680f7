#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <tuple>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/phonons/conductivity.hpp"
#include "kamacite/phonons/interaction.hpp"
#include "magnetic_properties.hpp"
#include "phonon_work.hpp"

namespace kamacite::apps {
namespace {

using phonons::Conductivity;
using Found = std::vector<Conductivity>;

/// Volume per atom of a cubic lattice [Å³].
double volume_at(generate::Lattice lattice, int element, double constant) {
    auto const s = generate::make_lattice(lattice, {constant, generate::ideal_ratio(lattice)},
                                          generate::CellChoice::conventional, {element});
    return s.cell.volume() / s.size();
}

/// Force constants of one member at one lattice constant.
struct Crystal {
    phonons::Harmonic harmonic;
    phonons::ThirdOrder third;
};

class Lattices {
public:
    Lattices(Context& context, PhononWork const& work, std::vector<Potential const*> const& members)
        : context_{&context}, work_{&work}, members_{&members} {}

    /// Of every member, fine and on the coarse mesh, at all temperatures.
    [[nodiscard]] std::pair<std::vector<Found>, std::vector<Found>> at(double constant,
                                                                       double at_rest) const;

private:
    [[nodiscard]] std::vector<Crystal> crystals_at(double constant, double at_rest) const;

    Context* context_;
    PhononWork const* work_;
    std::vector<Potential const*> const* members_;
};

std::vector<Crystal> Lattices::crystals_at(double constant, double at_rest) const {
    auto const& o = work_->options;
    int const element = atomic_number_of(o.element);
    auto const lattice = generate::lattice_of(o.lattice);
    auto const unit =
        properties::perfect_lattice(lattice, element, volume_at(lattice, element, constant));
    auto const matrix = work_->members.front().plan.supercell.matrix();
    auto const plan = phonons::plan_displacements(unit, matrix, o.phonons.displacement);
    auto const triples = phonons::plan_third_order(
        unit, matrix, o.phonons.triple_cutoff * constant / at_rest, o.phonons.triple_displacement);
    std::vector<phonons::ForceJob> jobs;
    for (auto const* member : *members_) {
        for (auto& job : phonons::force_jobs(plan, *member)) jobs.push_back(std::move(job));
        for (auto& job : phonons::force_jobs(triples, *member)) jobs.push_back(std::move(job));
    }
    auto const results = phonons::compute_forces(context_->comm, jobs);
    std::vector<Crystal> all;
    std::span rest{results};
    for (std::size_t m = 0; m < members_->size(); ++m) {
        auto const singles = plan.displacements.size() + 1, pairs = triples.pairs.size();
        all.push_back({phonons::Harmonic{phonons::solve_force_constants(
                           plan, phonons::force_set(plan, rest.first(singles)))},
                       phonons::solve_third_order(triples, rest.subspan(singles, pairs))});
        rest = rest.subspan(singles + pairs);
    }
    return all;
}

std::pair<std::vector<Found>, std::vector<Found>> Lattices::at(double constant,
                                                               double at_rest) const {
    auto const& o = work_->options.phonons;
    auto const settings = conductivity_settings(*work_);
    std::pair<std::vector<Found>, std::vector<Found>> found;
    for (auto const& crystal : crystals_at(constant, at_rest)) {
        auto const group = phonons::find_space_group(crystal.harmonic.unit());
        auto const on = [&](double length) {
            // as many wave vectors as at rest
            auto const mesh = make_mesh(
                group, phonons::mesh_divisions(work_->unit.cell, 2.0 * std::numbers::pi / length));
            return phonons::conductivity(context_->comm, crystal.harmonic, crystal.third, group,
                                         mesh, o.conductivity_temperatures, settings);
        };
        found.first.push_back(on(o.conductivity_mesh_length));
        found.second.push_back(on(o.conductivity_mesh_length / 1.5));
    }
    return found;
}

double mean_axis(Mat3 const& kappa) {
    return kappa.trace() / 3.0 / phonons::watt_per_metre_kelvin;
}

}  // namespace

void add_conductivity_of_lattices(Context& context, PhononWork& work,
                                  std::vector<Potential const*> const& members) {
    auto const& o = work.options.phonons;
    if (o.conductivity_constants.empty()) return;
    double const at_rest = constant_at_rest(work.statics);
    Lattices const lattices{context, work, members};
    bool const whole = o.method == config::PhononOptions::Method::iterative;
    std::vector<double> constants, temperatures, values, spreads, errors, approximate;
    for (double const a : o.conductivity_constants) {
        context.log.info("phonon conductivity at a = {:.4f} Å", a);
        std::vector<Found> fine, coarse;
        try {
            std::tie(fine, coarse) = lattices.at(a, at_rest);
        } catch (NumericalError const& e) {  // on all ranks
            work.statics.notes.push_back(
                fmt::format("phonon conductivity at a = {:.4f} Å is left out: {}", a, e.what()));
            continue;
        }
        for (std::size_t t = 0; t < o.conductivity_temperatures.size(); ++t) {
            std::vector<double> of_members, rta;
            double error = 0.0;
            for (std::size_t m = 0; m < fine.size(); ++m) {
                auto const kind = whole ? &Conductivity::iterative : &Conductivity::relaxation_time;
                of_members.push_back(mean_axis(fine[m][t].*kind));
                rta.push_back(mean_axis(fine[m][t].relaxation_time));
                error += std::abs(mean_axis(coarse[m][t].*kind) - of_members.back()) /
                         static_cast<double>(fine.size());
            }
            auto const all = over_members(of_members);
            constants.push_back(a);
            temperatures.push_back(o.conductivity_temperatures[t]);
            values.push_back(all.value);
            spreads.push_back(members.size() > 1 ? all.error : std::nan(""));
            errors.push_back(error);
            approximate.push_back(over_members(rta).value);
        }
    }
    report::CsvTable table;
    table.comments = {
        "phonons alone, scattered by phonons and isotopes, at lattice constants; spread: over the "
        "members; error: by which a mesh with two thirds of the divisions differs"};
    table.add("lattice constant [angstrom]", constants);
    table.add("temperature [K]", temperatures);
    table.add("conductivity [W/m/K]", values);
    table.add("spread of conductivity [W/m/K]", spreads);
    table.add("error of conductivity [W/m/K]", errors);
    table.add("relaxation-time conductivity [W/m/K]", approximate);
    work.statics.curves.emplace("phonon_conductivity_lattice", std::move(table));
}

}  // namespace kamacite::apps
