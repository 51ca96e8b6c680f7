#include "kamacite/config/magnetism.hpp"

#include <fmt/format.h>

#include "words.hpp"

namespace kamacite::config {
namespace {

constexpr double most_kelvin = 20000.0;

void moments_fields(Fields& f, MagnetismOptions::Moments& o) {
    f.text({"model", "MODEL that gives moments; that of the input where none is named"}, o.model);
    f.quantity({"lowest", "Lattice constant where the curve begins"}, o.lowest, Dimension::length,
               {0.5, 20.0});
    f.quantity({"highest", "Lattice constant where it ends"}, o.highest, Dimension::length,
               {0.5, 20.0});
    f.integer({"points", "Of the curve"}, o.points, {2, 10000});
    f.quantities({"temperatures",
                  "Of dynamics at which the moments are averaged; without them there are none",
                  Key::Need::optional, "100 300 500 K"},
                 o.temperatures, Dimension::temperature, {1.0, most_kelvin});
    f.quantity({"lattice_constant",
                "At which the atoms vibrate, the same at all temperatures; that of the crystal at "
                "rest where none is given",
                Key::Need::optional, "2.87 angstrom"},
               o.lattice_constant, Dimension::length, {0.5, 20.0});
    f.integer({"supercell", "Conventional cells along each edge"}, o.supercell, {1, 50});
    f.integer({"equilibration", "Steps of 2 fs before moments are looked at"}, o.equilibration,
              {0, 1e9});
    f.integer({"steps", "Steps while they are"}, o.steps, {40, 1e9});
    f.demand([&o] {
        std::vector<Fault> faults;
        if (!(o.lowest < o.highest))
            faults.push_back({"highest", fmt::format("{} Å (not above lowest, {} Å): raise it",
                                                     o.highest, o.lowest)});
        return faults;
    });
}

void distance_fields(Fields& f, MagnetismOptions::Spins& o) {
    f.quantity({"alpha", "α", Key::Need::required, "25 meV"}, o.alpha, Dimension::energy,
               {-10.0, 10.0});
    f.quantity({"delta", "δ", Key::Need::required, "2 angstrom"}, o.delta, Dimension::length,
               {0.01, 100.0});
    f.number({"gamma", "γ", Key::Need::required, "0.3"}, o.gamma, {-1e3, 1e3});
    f.quantity({"cutoff", "Pairs that are farther have no exchange"}, o.cutoff, Dimension::length,
               {0.5, 50.0});
}

std::vector<Fault> spins_faults(MagnetismOptions::Spins const& o) {
    std::vector<Fault> faults;
    int const given = (o.shells.empty() ? 0 : 1) + (o.by_distance ? 1 : 0) + (o.fit.wanted ? 1 : 0);
    if (given == 0)
        faults.push_back(
            {"shells", "missing (spins need an exchange): give shells, fit or bethe_slater"});
    if (given > 1)
        faults.push_back({o.by_distance ? "bethe_slater" : "fit",
                          "given beside another exchange (which of them?): leave one out"});
    for (std::size_t k = 0; k < o.shells.size(); ++k) {
        if (o.shells[k].elements.size() != 0 && o.shells[k].elements.size() != 2)
            faults.push_back({fmt::format("shells[{}].elements", k),
                              fmt::format("{} elements (a pair has two): name two, or none for all",
                                          o.shells[k].elements.size())});
        if (o.shells[k].couplings.empty())
            faults.push_back({fmt::format("shells[{}].couplings", k),
                              "empty (no exchange): give J of one shell or more"});
    }
    if (o.sizes.size() != 2 || o.sizes[0] >= o.sizes[1])
        faults.push_back({"sizes",
                          "not two ascending numbers (T_c is where two sizes cross): [8, 12], for "
                          "instance"});
    return faults;
}

void spins_fields(Fields& f, MagnetismOptions::Spins& o) {
    f.list({"shells",
            "Exchange J by shells, nearest first, in H = −Σ_{i≠j} J_ij e_i·e_j, which counts every "
            "pair twice"},
           o.shells, [](Fields& s, MagnetismOptions::Shells& shells) {
               s.texts({"elements", "A pair of elements; any where none are named"},
                       shells.elements, symbols());
               s.quantities({"couplings", "J of the shells of the pair", Key::Need::required,
                             "1.34 0.76 -0.06 mRy"},
                            shells.couplings, Dimension::energy, {-10.0, 10.0});
           });
    f.optional_section(
        {"fit",
         "Instead, J by shells fitted to energies of collinear spin configurations of a crystal"},
        o.fit.wanted, [&](Fields& s) {
            s.path({"data",
                    "Their energies and moments, signed: a dataset, or any readable file, e.g. of "
                    "label",
                    Key::Need::required, "spins.h5"},
                   o.fit.data);
            s.integer({"shells", "How many J, of each pair of elements"}, o.fit.shells, {1, 20});
            s.quantity(
                {"smallest",
                 "Moment that has a direction; configurations with smaller ones are refused"},
                o.fit.smallest, Dimension::moment, {0.0, 10.0});
        });
    f.optional_section(
        {"bethe_slater",
         "Instead, exchange by distance: J(r) = 4α (r/δ)² [1 − γ (r/δ)²] exp(−(r/δ)²)"},
        o.by_distance, [&](Fields& s) { distance_fields(s, o); });
    f.path({"structure",
            "A file whose first structure the spins sit on: an alloy, or a frame of dynamics; the "
            "crystal of the input at rest where none is named",
            Key::Need::optional, "frame.xyz"},
           o.structure);
    f.integers({"sizes",
                "Copies of the cell (of the crystal: the conventional one) along each edge, two "
                "numbers; M(T) is that of the larger"},
               o.sizes, {1, 200});
    f.quantities({"temperatures", "Of M(T), susceptibility and heat capacity"}, o.temperatures,
                 Dimension::temperature, {1.0, most_kelvin});
    f.number({"rescaling",
              "α of T_sim = T_c,sim (T/T_c)^α, for M(T) as quantum statistics have it (iron: "
              "2.876); 1: classical"},
             o.rescaling, {1.0, 10.0});
    f.quantity(
        {"curie", "T_c that the rescaled M(T) is to have; that of the spins where none is given",
         Key::Need::optional, "1043 K"},
        o.curie, Dimension::temperature, {1.0, most_kelvin});
    f.integer({"sweeps", "Measured at each temperature, by each replica"}, o.sweeps, {64, 1e9});
    f.integer({"thermalisation", "Sweeps before"}, o.thermalisation, {0, 1e9});
    f.integer({"over_relaxations", "After each heat bath"}, o.over_relaxations, {0, 100});
    f.integer({"replicas", "Independent runs at each temperature"}, o.replicas, {1, 1000});
    f.integer({"seed", "Of the random numbers"}, o.seed, {0, 1e15});
    f.demand([&o] { return spins_faults(o); });
}

}  // namespace

void fields(Fields& f, MagnetismOptions& o) {
    f.optional_section(
        {"moments", "Moments by the model: m(a) of the perfect crystal, m(T) of vibrating atoms"},
        o.moments.wanted, [&](Fields& s) { moments_fields(s, o.moments); });
    f.optional_section(
        {"spins", "Monte Carlo of classical spins: T_c, M(T), susceptibility, heat capacity"},
        o.spins.wanted, [&](Fields& s) { spins_fields(s, o.spins); });
}

}  // namespace kamacite::config
