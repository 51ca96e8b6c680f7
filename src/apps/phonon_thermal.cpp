#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "phonon_work.hpp"

namespace kamacite::apps {
namespace {

using phonons::QuasiHarmonicPoint;
using phonons::Spectrum;
using phonons::thz;
using Rows = std::vector<std::vector<double>>;

constexpr double room = 300.0;  // [K], where values stand in the table of properties
constexpr double meV = 1e-3;    // [eV]

/// Spectra of one member: as they count, on a mesh half as dense, and of the checks on that.
struct Spectra {
    Spectrum fine, coarse;
    std::vector<Spectrum> checks;
};

/// A number of a spectrum, with what mesh, displacement and supercell may change in it.
using Number = std::function<double(Spectrum const&)>;

void add_checked(MemberNumbers& numbers, Spectra const& spectra, double unit,
                 Number const& number) {
    double const coarse = number(spectra.coarse), fine = number(spectra.fine);
    double error = std::abs(fine - coarse);
    for (auto const& check : spectra.checks) error += std::abs(number(check) - coarse);
    numbers.add(fine / unit, error / unit);
}

void add_density(PhononWork& work, std::vector<Spectra> const& spectra, phonons::Mesh const& mesh) {
    constexpr int points = 400;
    double low = 0.0, high = 0.0;
    for (auto const& s : spectra) {
        low = std::min(low, s.fine.frequencies.minCoeff());
        high = std::max(high, 1.001 * s.fine.frequencies.maxCoeff());
    }
    std::vector<double> grid;
    for (int k = 0; k < points; ++k) grid.push_back(low + (high - low) * k / (points - 1));
    Rows densities;
    for (auto const& s : spectra) {
        densities.push_back(density_of_states(mesh, work.unit.cell, s.fine.frequencies, grid));
        for (double& d : densities.back()) d *= thz / s.fine.atoms;
    }
    for (double& w : grid) w /= thz;
    report::CsvTable table;
    table.comments = {"vibrations per THz and atom; their integral is 3"};
    table.add("frequency [THz]", grid);
    add_columns(table, "density", "1/THz/atom", densities);
    work.statics.curves.emplace("phonon_dos", table);
}

/// A quantity against temperature.
struct Quantity {
    std::string name, unit;
    double in_unit;
    std::function<double(phonons::Thermodynamics const&)> of;
    std::string value;  ///< its name among the properties, at room temperature; empty: not there
};

std::vector<Quantity> quantities_of(double mass) {
    using T = phonons::Thermodynamics;
    return {{"free energy", "meV/atom", meV, [](T const& t) { return t.free_energy; }, ""},
            {"energy", "meV/atom", meV, [](T const& t) { return t.energy; }, ""},
            {"entropy", "k_B/atom", units::k_boltzmann, [](T const& t) { return t.entropy; },
             "vibrational_entropy_300K"},
            {"heat capacity", "k_B/atom", units::k_boltzmann,
             [](T const& t) { return t.heat_capacity; }, "heat_capacity_v_300K"},
            {"displacement", "Å", 1.0,
             [mass](T const& t) { return std::sqrt(phonons::h_bar / mass * t.inverse_frequency); },
             "displacement_300K"}};
}

void tell_unstable(PhononWork& work, std::vector<Spectra> const& spectra) {
    double unstable = 0.0;
    for (auto const& s : spectra) unstable = std::max(unstable, unstable_part(s.fine));
    if (unstable > 0.0)
        work.statics.notes.push_back(fmt::format(
            "phonons: {:.2g} % of the vibrations of {} {} have imaginary frequencies, negative in "
            "the tables: the crystal is unstable at 0 K, and its thermodynamics are those of the "
            "other vibrations",
            100.0 * unstable, work.options.lattice, work.options.element));
}

/// The quasi-harmonic points of one member, and the same without the outermost volumes.
struct Expansion {
    std::vector<QuasiHarmonicPoint> points, narrow;
};

Expansion expansion_of(PhononWork& work, MemberCrystals const& member, phonons::Mesh const& mesh,
                       std::vector<double> const& temperatures) {
    std::vector<phonons::VolumeSpectrum> volumes;
    for (auto const& at : member.grid) {
        auto spectrum = spectrum_of(at.crystal, mesh);
        if (unstable_part(spectrum) == 0.0)
            volumes.push_back({at.volume, at.energy, std::move(spectrum)});
    }
    if (volumes.size() < member.grid.size())
        work.statics.notes.push_back(
            fmt::format("thermal expansion: a member's crystal is unstable at {} of {} volumes, "
                        "which are left out",
                        member.grid.size() - volumes.size(), member.grid.size()));
    if (volumes.size() < 7)
        throw NumericalError(
            fmt::format("thermal expansion: {} volumes with a stable crystal (7 at least are "
                        "needed, so that two can be left out to find the error): give more",
                        volumes.size()));
    std::sort(volumes.begin(), volumes.end(),
              [](auto const& a, auto const& b) { return a.volume < b.volume; });
    Expansion expansion{quasi_harmonic(volumes, temperatures), {}};
    try {
        expansion.narrow =
            quasi_harmonic(std::span{volumes}.subspan(1, volumes.size() - 2), temperatures);
    } catch (NumericalError const&) {  // there is no error then where it is not reached
    }
    return expansion;
}

}  // namespace

void add_thermodynamics(PhononWork& work) {
    double const length = work.options.phonons.mesh_length;
    auto const fine = work.mesh(length), coarse = work.mesh(0.5 * length);
    std::vector<Spectra> spectra;
    for (auto const& m : work.members) {
        spectra.push_back(
            {spectrum_of(m.at_rest.crystal, fine), spectrum_of(m.at_rest.crystal, coarse), {}});
        for (auto const& check : m.checks)
            spectra.back().checks.push_back(spectrum_of(check, coarse));
    }
    add_density(work, spectra, fine);

    auto& values = work.statics.values;
    auto const add_value = [&](std::string const& name, std::string const& unit, double in_unit,
                               Number const& number) {
        MemberNumbers numbers;
        for (auto const& s : spectra) add_checked(numbers, s, in_unit, number);
        values.push_back(value_of(name, unit, numbers, work.reach()));
    };
    add_value("zero_point_energy", "meV/atom", meV,
              [](Spectrum const& s) { return thermodynamics(s, 0.0).energy; });
    add_value("debye_temperature", "K", 1.0,
              [](Spectrum const& s) { return debye_temperature(s, 0); });

    auto const temperatures = work.temperatures();
    report::CsvTable table;
    table.comments = {
        "harmonic, at the volume at rest; displacement: root mean square along one axis"};
    table.add("temperature [K]", temperatures);
    for (auto const& quantity : quantities_of(mass_of(atomic_number_of(work.options.element)))) {
        Rows rows;
        for (auto const& s : spectra) {
            rows.emplace_back();
            for (double const t : temperatures)
                rows.back().push_back(quantity.of(thermodynamics(s.fine, t)) / quantity.in_unit);
        }
        add_columns(table, quantity.name, quantity.unit, rows);
        if (!quantity.value.empty())
            add_value(quantity.value, quantity.unit, quantity.in_unit,
                      [&](Spectrum const& s) { return quantity.of(thermodynamics(s, room)); });
    }
    work.statics.curves.emplace("phonon_thermodynamics", table);

    MemberNumbers gamma;
    for (auto const& m : work.members) {
        auto const on = [&](phonons::Mesh const& mesh) {
            return mean_grueneisen(m.lower.crystal, m.at_rest.crystal, m.upper.crystal, mesh, room);
        };
        double const value = on(coarse);
        gamma.add(value, std::abs(on(work.mesh(0.25 * length)) - value));
    }
    values.push_back(value_of("grueneisen_300K", "1", gamma, work.reach()));
    tell_unstable(work, spectra);
}

void add_expansion(PhononWork& work) {
    auto temperatures = work.temperatures();
    temperatures.push_back(room);
    std::sort(temperatures.begin(), temperatures.end());
    temperatures.erase(std::unique(temperatures.begin(), temperatures.end()), temperatures.end());
    auto const mesh = work.mesh(0.5 * work.options.phonons.mesh_length);
    std::vector<Expansion> members;
    auto reached = temperatures.size();
    for (auto const& m : work.members) {
        members.push_back(expansion_of(work, m, mesh, temperatures));
        reached = std::min(reached, members.back().points.size());
    }
    if (reached < temperatures.size())
        work.statics.notes.push_back(
            fmt::format("thermal expansion: ends below {} K, where the free energy of a member's "
                        "crystal has no minimum between the volumes: give larger ones",
                        temperatures[reached]));
    temperatures.resize(reached);

    auto const lattice = generate::lattice_of(work.options.lattice);
    auto const constant = [&](QuasiHarmonicPoint const& p) {
        return properties::lattice_constant(lattice, p.volume).value;
    };
    struct Column {
        std::string name, unit, value;
        std::function<double(QuasiHarmonicPoint const&)> of;
    };
    using P = QuasiHarmonicPoint;
    std::vector<Column> const columns{
        {"lattice constant", "Å", "lattice_constant_300K", constant},
        {"linear expansion", "1e-6/K", "linear_expansion_300K",
         [](P const& p) { return 1e6 / 3.0 * p.expansion; }},
        {"bulk modulus", "GPa", "bulk_modulus_300K",
         [](P const& p) { return p.bulk.value / units::GPa; }},
        {"heat capacity", "k_B/atom", "heat_capacity_p_300K",
         [](P const& p) { return p.heat_capacity_p / units::k_boltzmann; }},
        {"Grueneisen", "1", "", [](P const& p) { return p.grueneisen; }}};
    report::CsvTable table;
    table.comments = {
        "quasi-harmonic, at no pressure; heat capacity at constant pressure; error: by which a fit "
        "without the outermost volumes differs"};
    table.add("temperature [K]", temperatures);
    for (auto const& column : columns) {
        Rows rows;
        std::vector<MemberNumbers> numbers(reached);
        for (auto const& member : members) {
            rows.emplace_back();
            for (std::size_t t = 0; t < reached; ++t) {
                double const value = column.of(member.points[t]);
                rows.back().push_back(value);
                numbers[t].add(value, t < member.narrow.size()
                                          ? std::abs(column.of(member.narrow[t]) - value)
                                          : std::nan(""));
            }
        }
        add_columns(table, column.name, column.unit, rows);
        std::vector<double> errors;
        for (std::size_t t = 0; t < reached; ++t) {
            auto const v = value_of(column.value, column.unit, numbers[t], work.grid_reach());
            errors.push_back(v.error);
            if (temperatures[t] == room && !column.value.empty()) work.statics.values.push_back(v);
        }
        table.add(fmt::format("error of {} [{}]", column.name, column.unit), errors);
    }
    work.statics.curves.emplace("thermal_expansion", table);
}

}  // namespace kamacite::apps
