#include "resistivity_properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/magnetism/rescaling.hpp"
#include "kamacite/transport/phonon_resistivity.hpp"
#include "kamacite/transport/resistivity.hpp"
#include "lattice_part.hpp"
#include "resistivity_correction.hpp"

namespace kamacite::apps {
namespace {

using config::ResistivityOptions;
using properties::Estimate;
using transport::micro_ohm_cm;
using transport::watt_per_metre_kelvin;

/// Of the file that is named, or as the block phonons of the same input has computed it.
report::CsvTable density_of(Context& context, ResistivityOptions const& o, Statics const& statics) {
    if (!o.density.empty()) return read_table(context, o.density, {"frequency", "density"});
    auto const found = statics.curves.find("phonon_dos");
    if (found == statics.curves.end())
        throw InputError(
            "resistivity.density: missing (the input computes no phonons either): name a table, or "
            "add the block phonons");
    return found->second;
}

transport::Baseline baseline_of(Context& context, ResistivityOptions const& o,
                                Statics const& statics) {
    transport::Baseline b;
    b.residual = o.residual * micro_ohm_cm;
    b.phonon = o.phonon * micro_ohm_cm;
    b.reference = o.reference;
    b.disorder = o.disorder * micro_ohm_cm;
    b.asymmetry = o.asymmetry;
    b.mixing = o.mixing * micro_ohm_cm;
    if (o.spectrum == ResistivityOptions::Spectrum::debye) {
        b.shape = [debye = o.debye, n = o.power](double t) {
            return transport::bloch_gruneisen(t, debye, n);
        };
        return b;
    }
    auto const table = density_of(context, o, statics);
    transport::PhononDensity phonons{table.numbers("frequency"), table.numbers("density")};
    for (double& nu : phonons.frequency) nu *= 1e-3;  // THz
    if (!(transport::resistivity_of_density(o.reference, phonons, o.power) > 0.0))
        throw DataError("the phonon density of states is zero: give one that is not");
    b.shape = [phonons, n = o.power](double t) {
        return transport::resistivity_of_density(t, phonons, n);
    };
    return b;
}

/// M(T)/M(0) with its error.
Estimate magnetisation_at(ResistivityOptions const& o, Magnetic const& magnetic, double t) {
    switch (o.magnetisation) {
        case ResistivityOptions::Magnetisation::full:
            return {1.0, 0.0};
        case ResistivityOptions::Magnetisation::spins:
            return magnetic.magnetisation(t);
        default:
            return {magnetism::kuzmin(t, magnetism::kuzmin_iron()), 0.0};
    }
}

/// One temperature and lattice constant, in the units of the files.
struct Row {
    transport::Resistivity parts;
    Estimate resistivity, conductivity;  // total [μΩ cm], of the electrons [W/m/K]
};

Row row_of(transport::Baseline const& b, double t, Estimate const& m,
           transport::Lattice const& lattice) {
    Row row;
    row.parts = transport::resistivity(b, t, m.value, lattice);
    double const total = row.parts.total();
    // The error of M, by differences of one standard error.
    auto const with = [&](double moved) {
        return transport::resistivity(b, t, std::clamp(moved, 0.0, 1.0), lattice).total();
    };
    double const error = 0.5 * std::abs(with(m.value + m.error) - with(m.value - m.error));
    row.resistivity = {total / micro_ohm_cm, error / micro_ohm_cm};
    double const kappa = transport::wiedemann_franz(t, total) / watt_per_metre_kelvin;
    row.conductivity = {kappa, kappa * error / total};
    return row;
}

}  // namespace

void add_resistivity(Context& context, config::PropertiesOptions const& options,
                     Magnetic const& magnetic, Statics& statics) {
    auto const& o = options.resistivity;
    if (!o.wanted) return;
    auto const b = baseline_of(context, o, statics);
    LatticePart const lattice_part{context, o.lattice_conductivity};

    double const a0 = constant_at_rest(statics);
    auto constants = o.lattice_constants;
    if (constants.empty()) constants.push_back(a0);
    bool const strained = std::any_of(constants.begin(), constants.end(),
                                      [&](double a) { return std::abs(a - a0) > 1e-9; });
    if (strained && !magnetic.moment_ratio)
        statics.notes.push_back(
            "resistivity: the disorder of the spins does not follow the lattice constant (no "
            "moments are computed): add the block magnetism.moments");

    if (lattice_part.tells() && std::isnan(lattice_part.at(constants.front(), 300.0).value))
        statics.notes.push_back(
            fmt::format("conductivity: the table of the lattice does not reach a = {:.4f} Å or 300 "
                        "K: there the "
                        "sum is missing",
                        constants.front()));
    if (strained && lattice_part.given() && !lattice_part.tells())
        statics.notes.push_back(
            "conductivity: that of the lattice does not follow the lattice constant (its table has "
            "no column for it): name one that has, e.g. phonon_conductivity_lattice.csv");

    auto const lattice_at = [&](double a) {
        return transport::Lattice{transport::stiffening(a / a0, o.gruneisen),
                                  magnetic.moment_ratio ? magnetic.moment_ratio(a) : 1.0};
    };
    std::optional<transport::ResistivityCorrection> correction;
    if (o.correction.wanted)
        correction = learned_correction(
            context, o.correction,
            [&](double a, double t, double m) {
                return transport::resistivity(b, t, m, lattice_at(a)).total() / micro_ohm_cm;
            },
            [&](double t) { return magnetisation_at(o, magnetic, t).value; }, statics);
    auto const corrected = [&](double a, double t, double rho) {
        if (!correction) return Estimate{std::nan(""), std::nan("")};
        auto const ratio = (*correction)({a, t, magnetisation_at(o, magnetic, t).value});
        double const value = rho * std::exp(ratio.value);
        return Estimate{value, value * ratio.error};
    };

    std::vector<std::vector<double>> columns(16);
    for (double const a : constants) {
        auto const lattice = lattice_at(a);
        for (double const t : o.temperatures) {
            auto const r = row_of(b, t, magnetisation_at(o, magnetic, t), lattice);
            bool const holds = t >= transport::wiedemann_franz_above * o.debye * lattice.stiffening;
            auto const kappa_lattice = lattice_part.at(a, t);
            auto const learned = corrected(a, t, r.resistivity.value);
            std::array const row{a,
                                 t,
                                 r.parts.residual / micro_ohm_cm,
                                 r.parts.phonon / micro_ohm_cm,
                                 r.parts.disorder / micro_ohm_cm,
                                 r.parts.deviation / micro_ohm_cm,
                                 r.resistivity.value,
                                 r.resistivity.error,
                                 r.conductivity.value,
                                 holds ? 1.0 : 0.0,
                                 kappa_lattice.value,
                                 kappa_lattice.error,
                                 r.conductivity.value + kappa_lattice.value,
                                 std::hypot(r.conductivity.error, kappa_lattice.error),
                                 learned.value,
                                 learned.error};
            for (std::size_t c = 0; c < row.size(); ++c) columns[c].push_back(row[c]);
        }
    }
    constexpr std::array names{"lattice constant [angstrom]",
                               "temperature [K]",
                               "residual [muOhm cm]",
                               "phonons [muOhm cm]",
                               "spins [muOhm cm]",
                               "deviation [muOhm cm]",
                               "resistivity [muOhm cm]",
                               "error [muOhm cm]",
                               "electrons [W/m/K]",
                               "Wiedemann-Franz holds",
                               "lattice [W/m/K]",
                               "lattice error [W/m/K]",
                               "conductivity [W/m/K]",
                               "conductivity error [W/m/K]",
                               "corrected [muOhm cm]",
                               "corrected error [muOhm cm]"};
    report::CsvTable table;
    table.comments = {
        "error: of M(T) alone; that of the parameters that were given is not in it. electrons: "
        "L0 T/resistivity, too high where Wiedemann-Franz does not hold (0); lattice: as it was "
        "given, an upper bound where electrons and spins do not scatter it"};
    for (std::size_t c = 0; c < names.size(); ++c) table.add(names[c], columns[c]);
    statics.curves.emplace("resistivity", std::move(table));

    auto const at = row_of(b, 300.0, magnetisation_at(o, magnetic, 300.0), {});
    statics.values.push_back(
        {"resistivity_300K", "μΩ cm", at.resistivity.value, std::nan(""), at.resistivity.error});
    if (correction) {
        auto const learned = corrected(a0, 300.0, at.resistivity.value);
        statics.values.push_back(
            {"resistivity_corrected_300K", "μΩ cm", learned.value, std::nan(""), learned.error});
    }
    statics.values.push_back({"electronic_conductivity_300K", "W/m/K", at.conductivity.value,
                              std::nan(""), at.conductivity.error});
    if (300.0 < transport::wiedemann_franz_above * o.debye)
        statics.notes.push_back(fmt::format(
            "electronic_conductivity_300K: Wiedemann–Franz gives too much below {:.0f} "
            "K, {} of the Debye temperature",
            transport::wiedemann_franz_above * o.debye, transport::wiedemann_franz_above));
}

}  // namespace kamacite::apps
