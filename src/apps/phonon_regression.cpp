#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/io/atomic_file.hpp"
#include "kamacite/phonons/bands.hpp"
#include "kamacite/phonons/conductivity.hpp"
#include "kamacite/phonons/phonopy_files.hpp"
#include "kamacite/phonons/regression.hpp"
#include "phonon_work.hpp"

namespace kamacite::apps {
namespace {

using phonons::Harmonic;
using phonons::Renormalised;
using phonons::ThirdOrder;
using phonons::thz;
using Rows = std::vector<std::vector<double>>;

phonons::RegressionSettings settings_of(config::PhononOptions const& o) {
    phonons::RegressionSettings settings;
    settings.temperature = o.regression_temperature;
    settings.statistics = o.statistics == config::PhononOptions::Statistics::quantum
                              ? phonons::Statistics::quantum
                              : phonons::Statistics::classical;
    settings.cells = o.cells;
    settings.iterations = o.iterations;
    if (o.second_cutoff > 0.0) settings.second_cutoff = o.second_cutoff;
    settings.third_cutoff = o.third_cutoff > 0.0 ? o.third_cutoff : o.triple_cutoff;
    settings.seed = static_cast<std::uint64_t>(o.seed);
    return settings;
}

void tell(Context& context, PhononWork& work, Renormalised const& found) {
    auto const& o = work.options.phonons;
    auto const& fit = found.fit;
    std::string changes;
    for (double const c : found.changes) changes += fmt::format(" {:.3f}", c / thz);
    context.log.info(
        "phonons at {} K: {} and {} force constants of second and third order from {} cells, "
        "condition {:.1e}; forces of cells not fitted are missed by {:.1f} meV/Å (R² {:.4f}); "
        "iterations change frequencies by at most{} THz",
        o.regression_temperature, fit.second_unknowns, fit.third_unknowns, o.cells, fit.condition,
        1e3 * fit.error, fit.determination, changes);
    if (fit.determination < 0.9)
        work.statics.notes.push_back(fmt::format(
            "phonons at {} K: the fit leaves {:.0f} % of the squared forces of cells it has not "
            "seen (more than 10 %): raise phonons.regression.cells and third_cutoff, or the "
            "crystal is too anharmonic for force constants",
            o.regression_temperature, 100.0 * (1.0 - fit.determination)));
    if (fit.reach.extrapolation > 0.0)
        context.log.info("phonons at {} K: cells extrapolate by {:.2f} at most",
                         o.regression_temperature, fit.reach.extrapolation);
}

/// A renormalised crystal, what its errors are made of, and the one at rest.
struct Crystals {
    Harmonic hot, last;
    std::vector<Harmonic> without;
};

/// Frequencies [THz] of one wave vector, their errors, and those at rest.
struct Frequencies {
    std::vector<double> hot, error, rest;
};

Frequencies frequencies_at(Crystals const& c, Harmonic const& at_rest, Vec3 const& q) {
    Frequencies f{c.hot.modes(q).frequencies, {}, at_rest.modes(q).frequencies};
    auto const last = c.last.modes(q).frequencies;
    Rows without;
    for (auto const& crystal : c.without) without.push_back(crystal.modes(q).frequencies);
    for (std::size_t b = 0; b < f.hot.size(); ++b) {
        std::vector<double> values;
        for (auto const& one : without) values.push_back(one[b]);
        f.error.push_back((phonons::jackknife_error(values) + std::abs(f.hot[b] - last[b])) / thz);
        f.hot[b] /= thz;
        f.rest[b] /= thz;
    }
    return f;
}

void add_bands(PhononWork& work, std::vector<Crystals> const& crystals, Reach const& reach) {
    auto const& o = work.options.phonons;
    auto const points = phonons::points_along(
        phonons::usual_path(generate::lattice_of(work.options.lattice), work.unit), work.unit.cell,
        0.06);
    auto const branches = static_cast<std::size_t>(3 * work.unit.size());
    std::vector<Rows> hot(branches, Rows(crystals.size())), rest = hot;
    Rows errors(branches);
    std::vector<std::string> shown, labels;
    std::vector<double> along;
    std::array<std::vector<double>, 3> q;
    for (auto const& p : points) {
        std::vector<MemberNumbers> here(branches);
        for (std::size_t m = 0; m < crystals.size(); ++m) {
            auto const f = frequencies_at(crystals[m], work.members[m].at_rest.crystal, p.q);
            for (std::size_t b = 0; b < branches; ++b) {
                here[b].add(f.hot[b], f.error[b]);
                hot[b][m].push_back(f.hot[b]);
                rest[b][m].push_back(f.rest[b]);
            }
        }
        for (std::size_t b = 0; b < branches; ++b)
            errors[b].push_back(value_of("", "THz", here[b], {}).error);
        labels.push_back(p.label);
        along.push_back(p.along);
        for (int k = 0; k < 3; ++k) q[std::size_t(k)].push_back(p.q(k));
        if (p.label.empty() || p.label == "Γ" ||
            std::find(shown.begin(), shown.end(), p.label) != shown.end())
            continue;
        shown.push_back(p.label);
        for (std::size_t b = 0; b < branches; ++b)
            if (b == 0 || here[b].values[0] - here[b - 1].values[0] > 1e-4)
                work.statics.values.push_back(value_of(
                    fmt::format("phonon_{}{}_{}K", p.label, b + 1, o.regression_temperature), "THz",
                    here[b], reach));
    }
    report::CsvTable table;
    table.comments = {
        fmt::format("force constants at {} K, at the volume at rest, and those of small "
                    "displacements; error: jackknife over the cells, and the last iteration",
                    o.regression_temperature)};
    table.add("point", labels);
    table.add("along [1/angstrom]", along);
    for (std::size_t k = 0; k < 3; ++k) table.add(fmt::format("q{}", k + 1), q[k]);
    for (std::size_t b = 0; b < branches; ++b) {
        add_columns(table, fmt::format("branch {}", b + 1), "THz", hot[b]);
        table.add(fmt::format("error of branch {} [THz]", b + 1), errors[b]);
        add_columns(table, fmt::format("branch {} at rest", b + 1), "THz", rest[b]);
    }
    work.statics.curves.emplace("phonon_bands_at_temperature", table);
}

/// κ [W/m/K] of one kind of solution, mean over the axes.
double mean_axis(PhononWork const& work, phonons::Conductivity const& c) {
    Mat3 const& kappa = work.options.phonons.method == config::PhononOptions::Method::iterative
                            ? c.iterative
                            : c.relaxation_time;
    return kappa.trace() / 3.0 / phonons::watt_per_metre_kelvin;
}

void add_hot_conductivity(Context& context, PhononWork& work,
                          std::vector<Renormalised> const& found,
                          std::vector<ThirdOrder> const& thirds) {
    auto const& o = work.options.phonons;
    auto const settings = conductivity_settings(work);
    std::array const temperatures{o.regression_temperature};
    auto const fine = work.mesh(o.conductivity_mesh_length);
    auto const coarse = work.mesh(o.conductivity_mesh_length / 1.5);
    auto const kappa = [&](Harmonic const& crystal, ThirdOrder const& third,
                           phonons::Mesh const& mesh) {
        return mean_axis(work, phonons::conductivity(context.comm, crystal, third, work.group, mesh,
                                                     temperatures, settings)
                                   .front());
    };
    std::array<MemberNumbers, 3> numbers;  // at rest; second order hot; both hot
    Reach resting = work.reach();
    for (auto const& third : thirds) resting.include(third.reach);
    Reach hottest = resting;
    for (std::size_t m = 0; m < found.size(); ++m) {
        auto const& rest = work.members[m].at_rest.crystal;
        auto const& fit = found[m].fit;
        hottest.include(fit.reach);
        Harmonic const hot{fit.constants.second};
        double const bare = kappa(rest, thirds[m], fine);
        numbers[0].add(bare, std::abs(bare - kappa(rest, thirds[m], coarse)));
        double const middle = kappa(hot, thirds[m], fine);
        numbers[1].add(middle, std::abs(middle - kappa(hot, thirds[m], coarse)));
        double const both = kappa(hot, fit.constants.third, fine);
        // Halves have half of the cells each: the whole has half of their difference.
        auto const& h = fit.halves;
        double const noise = 0.5 * std::abs(kappa(Harmonic{h[0].second}, h[0].third, coarse) -
                                            kappa(Harmonic{h[1].second}, h[1].third, coarse));
        numbers[2].add(both, noise + std::abs(both - kappa(hot, fit.constants.third, coarse)));
    }
    report::CsvTable table;
    table.comments = {
        fmt::format("at {} K and the volume at rest; error: by which a mesh with two "
                    "thirds of the divisions differs, and halves of the cells",
                    o.regression_temperature)};
    std::array const names{"at rest", "second order at temperature", "both at temperature"};
    std::vector<std::string> constants;
    std::vector<double> values, errors, spreads;
    for (std::size_t k = 0; k < 3; ++k) {
        auto const v = value_of("", "W/m/K", numbers[k], {});
        constants.emplace_back(names[k]);
        values.push_back(v.value);
        errors.push_back(v.error);
        spreads.push_back(v.spread);
    }
    table.add("force constants", constants);
    table.add("conductivity [W/m/K]", values);
    table.add("error [W/m/K]", errors);
    if (found.size() > 1) table.add("spread [W/m/K]", spreads);
    work.statics.curves.emplace("phonon_conductivity_at_temperature", table);
    auto const t = o.regression_temperature;
    work.statics.values.push_back(
        value_of(fmt::format("phonon_conductivity_at_rest_{}K", t), "W/m/K", numbers[0], resting));
    work.statics.values.push_back(value_of(fmt::format("phonon_conductivity_renormalised_{}K", t),
                                           "W/m/K", numbers[2], hottest));
}

}  // namespace

void add_regression(Context& context, PhononWork& work,
                    std::vector<Potential const*> const& members,
                    std::vector<ThirdOrder> const& thirds) {
    auto const settings = settings_of(work.options.phonons);
    std::vector<Renormalised> found;
    std::vector<Crystals> crystals;
    double unstable = 0.0;
    for (std::size_t m = 0; m < members.size(); ++m) {
        auto const& member = work.members[m];
        found.push_back(phonons::renormalise(context.comm, *members[m], member.at_rest.crystal,
                                             member.plan.operations, settings));
        tell(context, work, found.back());
        Crystals c{Harmonic{found.back().fit.constants.second}, Harmonic{found.back().last}, {}};
        for (auto const& fc : found.back().fit.without) c.without.emplace_back(fc);
        crystals.push_back(std::move(c));
        unstable =
            std::max(unstable, unstable_part(spectrum_of(crystals.back().hot, work.mesh(15.0))));
        if (work.options.phonons.files) {
            auto const folder = work.folder_of(m) / "at_temperature";
            io::write_text_file(folder / "FORCE_CONSTANTS",
                                phonons::phonopy_force_constants(found.back().fit.constants.second),
                                context.comm);
            io::write_text_file(folder / "FORCE_CONSTANTS_3RD",
                                phonons::third_order_text(found.back().fit.constants.third),
                                context.comm);
            if (work.options.phonons.phono3py)
                write_phono3py(context, folder, found.back().fit.constants.second,
                               found.back().fit.constants.third);
        }
    }
    Reach reach = work.reach();
    for (auto const& f : found) reach.include(f.fit.reach);
    add_bands(work, crystals, reach);
    if (unstable > 0.0)
        work.statics.notes.push_back(fmt::format(
            "phonons at {} K: {:.2g} % of the vibrations have imaginary frequencies: the crystal "
            "is unstable, or there are too few cells",
            settings.temperature, 100.0 * unstable));
    if (!thirds.empty()) add_hot_conductivity(context, work, found, thirds);
}

}  // namespace kamacite::apps
