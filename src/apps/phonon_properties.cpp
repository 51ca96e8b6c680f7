#include "phonon_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/phonons/bands.hpp"
#include "kamacite/phonons/phonopy_files.hpp"
#include "phonon_work.hpp"

namespace kamacite::apps {
namespace {

using phonons::thz;

void add_bands(PhononWork& work) {
    auto const lattice = generate::lattice_of(work.options.lattice);
    auto const points =
        phonons::points_along(phonons::usual_path(lattice, work.unit), work.unit.cell, 0.03);
    auto const branches = static_cast<std::size_t>(3 * work.unit.size());
    auto const many = work.members.size();
    using Rows = std::vector<std::vector<double>>;
    std::vector<Rows> frequencies(branches, Rows(many)), errors = frequencies, gammas = frequencies;
    std::vector<std::string> shown;
    for (auto const& p : points) {
        std::vector<MemberNumbers> here(branches);
        for (std::size_t m = 0; m < many; ++m) {
            auto const& member = work.members[m];
            auto const f = member.at_rest.crystal.modes(p.q).frequencies;
            std::vector<std::vector<double>> checks;
            for (auto const& check : member.checks) checks.push_back(check.modes(p.q).frequencies);
            auto const gamma = phonons::grueneisen_parameters(
                member.lower.crystal, member.at_rest.crystal, member.upper.crystal, p.q);
            for (std::size_t b = 0; b < branches; ++b) {
                double error = 0.0;
                for (auto const& check : checks) error += std::abs(check[b] - f[b]) / thz;
                here[b].add(f[b] / thz, error);
                frequencies[b][m].push_back(f[b] / thz);
                errors[b][m].push_back(error);
                gammas[b][m].push_back(gamma[b] == 0.0 ? std::nan("") : gamma[b]);
            }
        }
        if (p.label.empty() || p.label == "Γ" ||
            std::find(shown.begin(), shown.end(), p.label) != shown.end())
            continue;
        shown.push_back(p.label);
        // Branches that symmetry makes equal are one value.
        for (std::size_t b = 0; b < branches; ++b)
            if (b == 0 || here[b].values[0] - here[b - 1].values[0] > 1e-4)
                work.statics.values.push_back(value_of(fmt::format("phonon_{}{}", p.label, b + 1),
                                                       "THz", here[b], work.reach()));
    }
    report::CsvTable table;
    table.comments = {
        "error: by which a displacement twice as large and a smaller supercell disagree"};
    std::vector<double> along;
    std::vector<std::string> labels;
    std::array<std::vector<double>, 3> q;
    for (auto const& p : points) {
        along.push_back(p.along);
        labels.push_back(p.label);
        for (int k = 0; k < 3; ++k) q[std::size_t(k)].push_back(p.q(k));
    }
    table.add("point", labels);
    table.add("along [1/angstrom]", along);
    for (std::size_t k = 0; k < 3; ++k) table.add(fmt::format("q{}", k + 1), q[k]);
    for (std::size_t b = 0; b < branches; ++b) {
        add_columns(table, fmt::format("branch {}", b + 1), "THz", frequencies[b]);
        std::vector<double> error;
        for (std::size_t row = 0; row < points.size(); ++row) {
            double sum = 0.0;
            for (auto const& member : errors[b]) sum += member[row];
            error.push_back(sum / static_cast<double>(many));
        }
        table.add(fmt::format("error of branch {} [THz]", b + 1), error);
    }
    for (std::size_t b = 0; b < branches; ++b)
        add_columns(table, fmt::format("Grueneisen {}", b + 1), "1", gammas[b]);
    work.statics.curves.emplace("phonon_bands", table);
}

/// What the members' force constants missed before the rules were imposed.
void tell_asymmetry(PhononWork& work, Logger& log) {
    phonons::Asymmetry most;
    for (auto const& m : work.members) {
        auto const& a = m.at_rest.crystal.constants().asymmetry;
        most.exchange = std::max(most.exchange, a.exchange);
        most.sum = std::max(most.sum, a.sum);
    }
    log.info(
        "phonons: {} atoms, {} displacement(s) per volume; force constants miss exchange symmetry "
        "by {:.1e} eV/Å² and the sum rule by {:.1e} eV/Å², before both are imposed",
        work.members[0].plan.supercell.size(), work.members[0].plan.displacements.size(),
        most.exchange, most.sum);
}

void write_files(Context& context, PhononWork const& work) {
    for (std::size_t m = 0; m < work.members.size(); ++m) {
        auto const folder = work.folder_of(m);
        auto const& member = work.members[m];
        io::write_text_file(folder / "FORCE_CONSTANTS",
                            phonons::phonopy_force_constants(member.at_rest.crystal.constants()),
                            context.comm);
        io::write_text_file(folder / "phonopy_params.yaml",
                            phonons::phonopy_parameters(member.plan, member.forces), context.comm);
    }
}

}  // namespace

StaticValue value_of(std::string name, std::string unit, MemberNumbers const& n,
                     Reach const& reach) {
    auto const all = over_members(n.values);
    return {std::move(name),
            std::move(unit),
            all.value,
            all.error,
            over_members(n.errors).value,
            reach};
}

void add_columns(report::CsvTable& table, std::string const& name, std::string const& unit,
                 std::vector<std::vector<double>> const& rows) {
    std::vector<double> means, spreads;
    for (std::size_t row = 0; row < rows.front().size(); ++row) {
        std::vector<double> values;
        for (auto const& member : rows) values.push_back(member[row]);
        auto const all = over_members(values);
        means.push_back(all.value);
        spreads.push_back(all.error);
    }
    table.add(fmt::format("{} [{}]", name, unit), means);
    if (rows.size() > 1) table.add(fmt::format("spread of {} [{}]", name, unit), spreads);
}

Reach PhononWork::reach() const {
    Reach most;
    for (auto const& m : members) most.include(m.reach);
    return most;
}

Reach PhononWork::grid_reach() const {
    Reach most;
    for (auto const& m : members) most.include(m.grid_reach);
    return most;
}

std::filesystem::path PhononWork::folder_of(std::size_t member) const {
    auto folder = options.output / "phonopy";
    if (members.size() > 1) folder /= fmt::format("member_{}", member + 1);
    return folder;
}

phonons::Mesh PhononWork::mesh(double length) const {
    return make_mesh(group, phonons::mesh_divisions(unit.cell, 2.0 * std::numbers::pi / length));
}

std::vector<double> PhononWork::temperatures() const {
    auto const& o = options.phonons;
    std::vector<double> all;
    for (int k = 0; k * o.temperature_step <= o.highest_temperature * (1.0 + 1e-12); ++k)
        all.push_back(k * o.temperature_step);
    return all;
}

void add_phonons(Context& context, config::PropertiesOptions const& o,
                 std::vector<Potential const*> const& members, Statics& statics) {
    if (!o.phonons.wanted) return;
    auto const volume = std::find_if(statics.values.begin(), statics.values.end(),
                                     [](auto const& v) { return v.name == "volume"; });
    try {
        auto const crystals = compute_crystals(context.comm, o, members, volume->value);
        auto const& unit = crystals.front().at_rest.crystal.unit();
        PhononWork work{o, crystals, statics, unit, phonons::find_space_group(unit)};
        tell_asymmetry(work, context.log);
        add_bands(work);
        add_thermodynamics(work);
        if (o.phonons.expansion) add_expansion(work);
        std::vector<phonons::ThirdOrder> thirds;
        if (o.phonons.conductivity) thirds = add_conductivity(context, work, members);
        if (o.phonons.conductivity) add_conductivity_of_lattices(context, work, members);
        if (o.phonons.regression) add_regression(context, work, members, thirds);
        if (o.phonons.files) write_files(context, work);
    } catch (NumericalError const& e) {
        statics.notes.emplace_back(e.what());
    }
}

}  // namespace kamacite::apps
