#include "kamacite/config/properties.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/generate/surface.hpp"
#include "kamacite/properties/migration.hpp"
#include "kamacite/properties/point_defects.hpp"
#include "kamacite/properties/stacking_faults.hpp"
#include "words.hpp"

namespace kamacite::config {
namespace {

Bounds const at_least_one{1.0};

void equation_fields(Fields& f, PropertiesOptions& o) {
    f.number({"width", "Volumes that are fitted: part of the volume at rest, on either side"},
             o.width, {0.005, 0.3});
    f.integer({"points", "How many"}, o.points, {5, 1000});
    f.quantity({"lowest_volume", "Volume per atom where the search for the minimum begins"},
               o.lowest_volume, Dimension::volume, {1.0, 1000.0});
    f.quantity({"highest_volume", "Volume per atom where it ends"}, o.highest_volume,
               Dimension::volume, {1.0, 1000.0});
}

std::vector<Fault> plane_faults(PropertiesOptions const& o) {
    std::vector<Fault> faults;
    for (std::size_t i = 0; i < o.planes.size(); ++i) {
        try {
            (void)generate::plane_of(o.planes[i]);
        } catch (InputError const& e) {
            faults.push_back({fmt::format("planes[{}]", i), e.what()});
        }
    }
    return faults;
}

void fault_fields(Fields& f, PropertiesOptions& o) {
    f.list({"lines",
            "Planes and directions of shifts, a whole period each; none: of bcc {110} and {112} "
            "along ⟨111⟩, of fcc {111} along ⟨112⟩"},
           o.lines, [](Fields& s, FaultLineOptions& line) {
               s.text({"plane", "Miller indices", Key::Need::required, "\"110\""}, line.plane);
               s.text({"direction", "Within the plane", Key::Need::required, "\"1 -1 1\""},
                      line.direction);
           });
    f.integer({"layers", "Atomic planes of the cell: thicker than twice the cutoff"},
              o.fault_layers, {2, 10000});
    f.integer({"points", "Of a line, both ends included"}, o.fault_points, {5, 1001});
    f.demand([&o] {
        std::vector<Fault> faults;
        for (std::size_t i = 0; i < o.lines.size(); ++i) {
            try {
                properties::check_line(o.lines[i].plane, o.lines[i].direction);
            } catch (InputError const& e) {
                faults.push_back({fmt::format("lines[{}]", i), e.what()});
            }
        }
        return faults;
    });
}

std::vector<Fault> faults_of(PropertiesOptions const& o) {
    std::vector<Fault> faults;
    if (!(o.lowest_volume < o.highest_volume))
        faults.push_back({"equation_of_state.highest_volume",
                          fmt::format("{} Å³ (not above lowest_volume, {} Å³): raise it",
                                      o.highest_volume, o.lowest_volume)});
    bool const cubic = o.lattice == "bcc" || o.lattice == "fcc";
    if (o.defects && !cubic)
        faults.push_back({"point_defects",
                          fmt::format("lattice '{}' (their sites are known in bcc and fcc): say "
                                      "'point_defects: false'",
                                      o.lattice)});
    if (o.faults && !cubic)
        faults.push_back(
            {"stacking_faults",
             fmt::format("lattice '{}' (they are known in bcc and fcc): leave them out",
                         o.lattice)});
    if (o.defects && o.lattice == "fcc" && std::ranges::count(o.migrating, "dumbbell_110") > 0)
        faults.push_back({"point_defects.migrating",
                          "the way of a dumbbell_110 is known in bcc, not in fcc: leave it out"});
    for (auto const& fault : faults_of(o.resistivity, o.element, o.lattice,
                                       o.magnetism.wanted && o.magnetism.spins.wanted))
        faults.push_back(fault);
    for (auto const& fault : faults_of(o.heat_transport, o.lattice)) faults.push_back(fault);
    if (!o.phonons.conductivity_constants.empty() &&
        generate::has_ratio(generate::lattice_of(o.lattice)))
        faults.push_back({"phonons.conductivity.lattice_constants",
                          fmt::format("lattice '{}' has two of them: leave it out", o.lattice)});
    if (o.screw && o.lattice != "bcc")
        faults.push_back(
            {"screw_dislocation",
             fmt::format("lattice '{}' (this dislocation is of bcc): leave it out", o.lattice)});
    if (o.screw && o.screw_columns % 6 != 3)
        faults.push_back(
            {"screw_dislocation.columns",
             fmt::format("{} (they do not make a cell): take 9, 15 or 21", o.screw_columns)});
    for (auto const& fault : faults_of(o.warm_elastic, o.lattice)) faults.push_back(fault);
    for (auto const& fault : faults_of(o.alloys, o.element, o.lattice)) faults.push_back(fault);
    return faults;
}

Words plain_lattices() {
    Words words;
    for (auto const& name : generate::lattice_names()) {
        auto const lattice = generate::lattice_of(name);
        if (generate::n_elements(lattice) == 1 && lattice != generate::Lattice::bct)
            words.push_back(name);
    }
    return words;
}

}  // namespace

std::string name_of(FaultLineOptions const& line) {
    auto name = line.plane + "_" + line.direction;
    std::erase(name, ' ');
    return name;
}

std::vector<FaultLineOptions> fault_lines(PropertiesOptions const& o) {
    if (!o.lines.empty()) return o.lines;
    if (o.lattice == "fcc") return {{"111", "1 1 -2"}};
    return {{"110", "1 -1 1"}, {"112", "1 1 -1"}};
}

void fields(Fields& f, PropertiesOptions& o) {
    f.text(
        {"model",
         "Model: model.h5, a committee, a directory of n2p2, an embedded-atom file (setfl), or the "
         "name of one that comes "
         "with kamacite"},
        o.model);
    f.path({"output", "Directory for the table and the curves"}, o.output);
    f.text({"element", "Chemical symbol of the crystal"}, o.element, symbols());
    f.text({"lattice", "Its lattice"}, o.lattice, plain_lattices());
    f.section({"equation_of_state", "Lattice constant, bulk modulus and its derivative"},
              [&](Fields& s) { equation_fields(s, o); });
    f.optional_section(
        {"elastic", "Elastic constants C11, C12, C44 (of the relaxed crystal)"}, o.elastic,
        [&](Fields& s) {
            s.number({"strain", "Largest strain of the differences"}, o.strain, {1e-5, 0.02});
        });
    f.optional_section({"bain", "Energies along the Bain path, from bcc to fcc and beyond"}, o.bain,
                       [&](Fields& s) {
                           s.numbers({"ratios", "c/a"}, o.ratios, {0.3, 4.0});
                       });
    f.optional_section(
        {"point_defects", "Formation and migration energies in a supercell of fixed size"},
        o.defects, [&](Fields& s) {
            s.texts({"kinds", "Which", Key::Need::optional, "[vacancy]"}, o.kinds,
                    properties::defect_names());
            s.integer({"supercell", "Conventional cells along each edge"}, o.supercell, {2, 50});
            s.texts({"migrating",
                     "Which of them jump to the next site: energies of their saddle points"},
                    o.migrating, properties::migrating_defects());
            s.integer(
                {"images", "Of a jump between its ends; fewer than 4 miss a valley on the way"},
                o.images, {1, 100});
        });
    f.optional_section({"surfaces", "Surface energies, relaxed"}, o.surfaces, [&](Fields& s) {
        s.texts({"planes", "Miller indices", Key::Need::optional, "[\"100\", \"110\"]"}, o.planes);
        s.integer({"layers", "Atomic planes of a slab"}, o.layers, at_least_one);
        s.demand([&o] { return plane_faults(o); });
    });
    f.optional_section(
        {"stacking_faults", "Energies of one half of the crystal shifted against the other"},
        o.faults, [&](Fields& s) { fault_fields(s, o); });
    f.optional_section({"screw_dislocation",
                        "Of bcc, ½⟨111⟩: easy and hard cores, and the barrier between valleys"},
                       o.screw, [&](Fields& s) {
                           s.integer({"columns",
                                      "Of atoms in a row of the cell: 9, 15 or 21 (of 45, 135 or "
                                      "273 atoms)"},
                                     o.screw_columns, {9, 21});
                           s.integer(
                               {"images", "Of the way between valleys, beside its ends; 0: no way"},
                               o.screw_images, {0, 100});
                       });
    f.optional_section({"alloys", "Compounds, and foreign atoms in the crystal"}, o.alloys.wanted,
                       [&](Fields& s) { fields(s, o.alloys); });
    f.optional_section(
        {"elastic_temperature", "Elastic constants at temperatures, by molecular dynamics"},
        o.warm_elastic.wanted, [&](Fields& s) { fields(s, o.warm_elastic); });
    f.optional_section({"phonons", "Vibrations of the crystal and what follows from them"},
                       o.phonons.wanted, [&](Fields& s) { fields(s, o.phonons); });
    f.optional_section({"magnetism", "Moments, and spins that lose their order"},
                       o.magnetism.wanted, [&](Fields& s) { fields(s, o.magnetism); });
    f.optional_section({"heat_transport", "Heat that vibrations conduct, by molecular dynamics"},
                       o.heat_transport.wanted, [&](Fields& s) { fields(s, o.heat_transport); });
    f.optional_section({"resistivity", "Electrical resistivity, and the heat of the electrons"},
                       o.resistivity.wanted, [&](Fields& s) { fields(s, o.resistivity); });
    f.quantity({"force_tolerance", "Largest force of a relaxed structure"}, o.force_tolerance,
               Dimension::force, {1e-10, 1.0});
    f.integer({"max_steps", "Steps of a relaxation at most"}, o.max_steps, at_least_one);
    f.demand([&o] { return faults_of(o); });
}

}  // namespace kamacite::config
