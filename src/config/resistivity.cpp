#include "kamacite/config/resistivity.hpp"

#include <fmt/format.h>

namespace kamacite::config {

void fields(Fields& f, ResistivityOptions& o) {
    using Spectrum = ResistivityOptions::Spectrum;
    using Magnetisation = ResistivityOptions::Magnetisation;
    f.quantities({"temperatures", "Of the curve"}, o.temperatures, Dimension::temperature,
                 {1.0, 20000.0});
    f.number({"residual", "ρ₀ of impurities, μΩ cm"}, o.residual, {0.0, 1e6});
    f.number({"phonon", "ρ_ph of the vibrations at `reference`, μΩ cm"}, o.phonon, {0.0, 1e6});
    f.quantity({"reference", "Temperature at which ρ_ph is given"}, o.reference,
               Dimension::temperature, {1.0, 20000.0});
    f.choice({"spectrum", "Vibrations that scatter electrons"}, o.spectrum,
             {{Spectrum::debye, "debye", "up to one temperature (Bloch and Grüneisen)"},
              {Spectrum::density, "density", "a phonon density of states, α²F ∝ ν^(power−3) g(ν)",
               [&o](Fields& s) {
                   s.path({"density",
                           "CSV with columns frequency (THz) and density (any unit); that of the "
                           "block phonons where none is named",
                           Key::Need::optional, "phonons/phonon_dos.csv"},
                          o.density);
               }}});
    f.quantity({"debye", "Debye temperature: of the spectrum, and of where Wiedemann–Franz holds"},
               o.debye, Dimension::temperature, {1.0, 10000.0});
    f.integer({"power", "n of ρ_ph ∝ Tⁿ at low temperatures: 5, or 3 for s–d scattering"}, o.power,
              {2, 5});
    f.number({"disorder", "ρ_∞ of spins without any order, μΩ cm"}, o.disorder, {0.0, 1e6});
    f.number({"asymmetry",
              "ρ↓/ρ↑ at full magnetisation, two currents in parallel; 1: Matthiessen's rule"},
             o.asymmetry, {0.001, 1000.0});
    f.number({"mixing", "ρ↑↓ of spins without any order, μΩ cm"}, o.mixing, {0.0, 1e6});
    f.choice({"magnetisation", "M(T) of the spin disorder"}, o.magnetisation,
             {{Magnetisation::measured, "measured", "that of iron in closed form (Kuz'min 2005)"},
              {Magnetisation::spins, "spins", "that of the block magnetism.spins"},
              {Magnetisation::full, "full", "all spins parallel at every temperature"}});
    f.number({"gruneisen", "γ of Θ ∝ a^(−3γ)"}, o.gruneisen, {-10.0, 10.0});
    f.quantities({"lattice_constants",
                  "At which curves are computed; that of the crystal at rest is the reference",
                  Key::Need::optional, "2.80 2.85 2.90 angstrom"},
                 o.lattice_constants, Dimension::length, {0.5, 20.0});
    f.path({"lattice_conductivity",
            "CSV with columns temperature (K) and conductivity (W/m/K) of the lattice, which is "
            "added to that of the electrons, its error and lattice constant (angstrom) where there "
            "are some: of the blocks phonons and heat_transport",
            Key::Need::optional, "phonons/phonon_conductivity_lattice.csv"},
           o.lattice_conductivity);
    f.optional_section(
        {"correction",
         "log(ρ/ρ of the parts) learned from labels, applied if what is left out of them is met "
         "better with it than without"},
        o.correction.wanted, [&](Fields& s) {
            s.path(
                {"labels",
                 "CSV with columns lattice constant (angstrom), temperature (K), resistivity (μΩ "
                 "cm), and where there are some error and magnetisation (M/M₀)",
                 Key::Need::required, "kubo_greenwood.csv"},
                o.correction.labels);
            s.text({"source",
                    "Where they are from, as it is told beside the result: what is learned from "
                    "measurements is no prediction",
                    Key::Need::required, "'Kubo-Greenwood, ABINIT 9.6.2 PBE, 128 atoms'"},
                   o.correction.source);
            s.integer({"seed", "Of the members' draws"}, o.correction.seed, {0.0, 1e15});
        });
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.correction.wanted && o.correction.source.find_first_not_of(' ') == std::string::npos)
            faults.push_back(
                {"correction.source", "empty (who reads the result must know): name it"});
        if (o.temperatures.empty())
            faults.push_back({"temperatures", "empty (no curve): give one or more"});
        if (o.residual + o.phonon + o.disorder <= 0.0)
            faults.push_back({"phonon",
                              "0, as residual and disorder are (there is no resistivity): "
                              "give one of them"});
        return faults;
    });
}

std::vector<Fault> faults_of(ResistivityOptions const& o, std::string const& element,
                             std::string const& lattice, bool spins) {
    using Magnetisation = ResistivityOptions::Magnetisation;
    if (!o.wanted) return {};
    if (o.magnetisation == Magnetisation::spins && !spins)
        return {{"resistivity.magnetisation",
                 "spins (the input simulates none): add the block magnetism.spins, or say "
                 "'measured'"}};
    if (o.magnetisation == Magnetisation::measured && (element != "Fe" || lattice != "bcc"))
        return {{"resistivity.magnetisation",
                 fmt::format("measured (that is of bcc Fe, the crystal is {} {}): say 'full', or "
                             "'spins' with the block magnetism.spins",
                             lattice, element)}};
    return {};
}

}  // namespace kamacite::config
