#include "kamacite/config/alloys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/lattice.hpp"
#include "kamacite/properties/solutes.hpp"
#include "words.hpp"

namespace kamacite::config {
namespace {

using Kind = ReferenceOptions::Kind;

Words lattices_of(int n_elements) {
    Words words;
    for (auto const& name : generate::lattice_names()) {
        auto const lattice = generate::lattice_of(name);
        if (generate::n_elements(lattice) == n_elements && lattice != generate::Lattice::bct)
            words.push_back(name);
    }
    return words;
}

void reference_fields(Fields& f, ReferenceOptions& r) {
    f.text({"element", "Chemical symbol", Key::Need::required, "Ni"}, r.element, symbols());
    f.choice<Kind>({"from", "What its energy is"}, r.kind,
                   {{Kind::crystal, "crystal", "that of a crystal, relaxed by the model",
                     [&r](Fields& s) {
                         s.text({"lattice", "Which"}, r.lattice, lattices_of(1));
                     }},
                    {Kind::energy, "energy", "a number", [&r](Fields& s) {
                         s.quantity({"energy", "Per atom, on the scale of the model",
                                     Key::Need::required, "-9.2 eV"},
                                    r.energy, Dimension::energy);
                     }}});
}

void compound_fields(Fields& f, CompoundOptions& c) {
    f.text({"lattice", "Which compound", Key::Need::required, "L1_2"}, c.lattice, lattices_of(2));
    f.texts({"elements", "A and B: L1_2, D0_3 and cementite are A₃B, Fe2C A₂B, Fe4C A₄B",
             Key::Need::required, "[Ni, Fe]"},
            c.elements, symbols());
}

void solute_fields(Fields& f, SoluteOptions& s) {
    f.text({"element", "Chemical symbol", Key::Need::required, "C"}, s.element, symbols());
    f.texts({"sites", "Where it sits"}, s.sites, properties::solute_sites());
    f.integer({"binding_shells",
               "Shells about it in which a vacancy is put: how they bind, for every site"},
              s.binding_shells, {0.0, 10.0});
    f.flag({"jump", "Whether it jumps from one octahedral site of bcc to the next: the barrier"},
           s.jump);
}

}  // namespace

ReferenceOptions reference_of(AlloyOptions const& o, std::string const& element,
                              std::string const& host, std::string const& host_lattice) {
    for (auto const& r : o.references)
        if (r.element == element) return r;
    if (element == host) return {element, Kind::crystal, host_lattice, 0.0};
    throw InputError(
        fmt::format("{} has no reference (energies of formation are against one): give its "
                    "crystal, e.g. {{element: {}, lattice: fcc}}, or its energy",
                    element, element));
}

void fields(Fields& f, AlloyOptions& o) {
    f.list({"references",
            "What energies of formation and of solution are against, for each element; that of "
            "the crystal's own is the crystal, unless it is here"},
           o.references, reference_fields);
    f.list({"compounds",
            "Relaxed with their cell: lattice constants, volume, energy of formation per atom, "
            "bulk modulus"},
           o.compounds, compound_fields);
    f.list({"solutes", "Foreign atoms in a supercell of the crystal, of fixed size"}, o.solutes,
           solute_fields);
    f.integer({"supercell", "Conventional cells along each edge, for solutes"}, o.supercell,
              {2, 50});
    f.integer({"images", "Of a jump between its ends; an odd number has one at the middle"},
              o.images, {1, 100});
    f.demand([&o] {
        std::vector<Fault> faults;
        std::set<std::string> met;
        for (std::size_t i = 0; i < o.references.size(); ++i)
            if (!met.insert(o.references[i].element).second)
                faults.push_back(
                    {fmt::format("references[{}].element", i),
                     fmt::format("{} is given twice: remove one", o.references[i].element)});
        for (std::size_t i = 0; i < o.compounds.size(); ++i)
            if (o.compounds[i].elements.size() != 2)
                faults.push_back(
                    {fmt::format("compounds[{}].elements", i),
                     fmt::format("{} given, but {} takes two: name A and B",
                                 o.compounds[i].elements.size(), o.compounds[i].lattice)});
        if (o.compounds.empty() && o.solutes.empty())
            faults.push_back({"compounds", "none, and no solutes (nothing to compute): name some"});
        return faults;
    });
}

std::vector<Fault> faults_of(AlloyOptions const& o, std::string const& element,
                             std::string const& lattice) {
    std::vector<Fault> faults;
    if (!o.wanted) return faults;
    auto const need_reference = [&](std::string const& key, std::string const& of) {
        try {
            (void)reference_of(o, of, element, lattice);
        } catch (InputError const& e) {
            faults.push_back({key, e.what()});
        }
    };
    for (std::size_t i = 0; i < o.compounds.size(); ++i)
        for (auto const& of : o.compounds[i].elements)
            need_reference(fmt::format("alloys.compounds[{}].elements", i), of);
    for (std::size_t i = 0; i < o.solutes.size(); ++i) {
        auto const& s = o.solutes[i];
        auto const key = fmt::format("alloys.solutes[{}]", i);
        need_reference(key + ".element", s.element);
        if (lattice != "bcc" && lattice != "fcc")
            faults.push_back({key, fmt::format("lattice '{}' (sites of solutes are known in bcc "
                                               "and fcc): leave solutes out",
                                               lattice)});
        if (s.element == element && std::ranges::count(s.sites, "substitutional") > 0)
            faults.push_back({key + ".sites",
                              fmt::format("{} in place of {} is the crystal itself: name another "
                                          "element or site",
                                          element, element)});
        if (s.jump && lattice != "bcc")
            faults.push_back(
                {key + ".jump", fmt::format("lattice '{}' (the way between octahedral sites is "
                                            "known in bcc): leave it out",
                                            lattice)});
    }
    return faults;
}

}  // namespace kamacite::config
