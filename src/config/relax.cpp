#include "kamacite/config/relax.hpp"

#include <fmt/format.h>

#include "words.hpp"

namespace kamacite::config {
namespace {

using dynamics::CellFreedom;

Bounds const at_least_one{1.0};

void cell_fields(Fields& f, RelaxOptions& o) {
    f.quantity({"pressure", "Of the surroundings, positive if it compresses"}, o.pressure,
               Dimension::pressure, {-1000.0 * units::GPa, 1000.0 * units::GPa});
    f.quantity({"stress_tolerance",
                "Largest component of stress + pressure, of what may change of the cell, that "
                "counts as none"},
               o.stress_tolerance, Dimension::pressure, {1e-9 * units::GPa, 10.0 * units::GPa});
}

void method_fields(Fields& f, RelaxOptions& o) {
    f.text({"petsc", "Further options of PETSc, e.g. '-relax_ksp_rtol 1e-6'", Key::Need::optional,
            "'-relax_ksp_rtol 1e-6'"},
           o.petsc);
}

void fixed_fields(Fields& f, RelaxOptions::Fixed& o) {
    f.texts({"elements", "All atoms of these", Key::Need::optional, "[Fe]"}, o.elements, symbols());
    f.integers(
        {"atoms", "Atoms by their numbers in the supercell, from 1", Key::Need::optional, "[1, 2]"},
        o.atoms, at_least_one);
    f.optional_section(
        {"region", "Atoms in a part of the cell, fractional coordinates"}, o.region,
        [&](Fields& s) {
            s.numbers({"low", "Lower corner along a, b, c"}, o.low);
            s.numbers({"high", "Upper corner along a, b, c"}, o.high);
            s.demand([&o] {
                auto faults = three("low", o.low.size());
                for (auto& fault : three("high", o.high.size())) faults.push_back(fault);
                for (std::size_t k = 0; k < 3 && faults.empty(); ++k)
                    if (!(o.low[k] < o.high[k]))
                        faults.push_back({"high", fmt::format("{} is not above {} of 'low': "
                                                              "nothing lies between",
                                                              o.high[k], o.low[k])});
                return faults;
            });
        });
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.elements.empty() && o.atoms.empty() && !o.region)
            faults.push_back({"",
                              "nothing is named (no atom stays): give elements, atoms or a "
                              "region, or leave 'fixed' out"});
        return faults;
    });
}

void path_fields(Fields& f, RelaxOptions& o) {
    auto& p = o.path;
    f.path({"final",
            "Where the path ends: a readable file, with the atoms of 'structure' in their order "
            "and in the same cell",
            Key::Need::required, "final.xyz"},
           p.final);
    f.integer({"final_index", "Which structure of that file, from 0"}, p.final_index, {0.0, 1e15});
    f.integer({"images", "Structures between the ends"}, p.images, {1.0, 1000.0});
    f.flag({"relax_ends", "Bring the ends to rest first, by 'method'"}, p.relax_ends);
    f.flag({"climb", "The highest image goes up to the saddle point"}, p.climb);
    f.number({"spring", "Stiffness of the springs between images, in eV/angstrom^2"}, p.spring,
             {1e-3, 1e3});
    f.quantity(
        {"force_tolerance",
         "Largest force on an atom across the path, and of the springs along it, that counts "
         "as none"},
        p.force_tolerance, Dimension::force, {1e-9, 1.0});
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.cell != CellFreedom::fixed)
            faults.push_back({"",
                              "the cell is to change (the images of a path share one cell): "
                              "say 'cell: fixed', after the ends were relaxed alone"});
        return faults;
    });
}

}  // namespace

void fields(Fields& f, RelaxOptions& o) {
    f.text({"model",
            "Model: model.h5, a committee (its mean is followed), a directory of n2p2, an "
            "embedded-atom file (setfl), or the name of one that comes with kamacite"},
           o.model);
    f.path({"structure", "Where it begins: any readable file", Key::Need::required}, o.structure);
    f.integer({"index", "Which structure of that file, from 0; -1 is the last"}, o.index);
    f.integers({"supercell", "Copies of it along a, b, c"}, o.supercell, {1.0, 1e5});
    f.path({"output", "Directory for the relaxed structure and the table of steps"}, o.output);
    f.choice<RelaxOptions::Method>(
        {"method", "How atoms and cell are moved"}, o.method,
        {{RelaxOptions::Method::preconditioned, "preconditioned",
          "limited-memory BFGS of PETSc TAO with a preconditioner made from the neighbours: some "
          "tens of steps, for large structures as for small ones",
          [&](Fields& s) { method_fields(s, o); }},
         {RelaxOptions::Method::fire, "fire",
          "steps of damped dynamics: robust, slow in large structures"}});
    f.choice<CellFreedom>(
        {"cell", "What of the cell may change"}, o.cell,
        {{CellFreedom::fixed, "fixed", "nothing"},
         {CellFreedom::isotropic, "isotropic", "its volume", [&](Fields& s) { cell_fields(s, o); }},
         {CellFreedom::full, "full", "volume and shape", [&](Fields& s) { cell_fields(s, o); }}});
    f.quantity({"force_tolerance", "Largest force on an atom that counts as none"},
               o.force_tolerance, Dimension::force, {1e-12, 1.0});
    f.quantity({"longest_step", "Way of an atom at once, at most"}, o.longest_step,
               Dimension::length, {1e-4, 1.0});
    f.integer({"max_steps", "Evaluations of the model at most; --resume goes on with as many more"},
              o.max_steps, {1.0, 1e9});
    f.optional_section({"fixed",
                        "Atoms that stay, in fractional coordinates: what is named in any "
                        "of these ways"},
                       o.some_fixed, [&](Fields& s) { fixed_fields(s, o.fixed); });
    f.optional_section(
        {"path",
         "The path of least energy from 'structure' to another one, with its barrier: "
         "nudged elastic band"},
        o.some_path, [&](Fields& s) { path_fields(s, o); });
    f.demand([&o] { return three("supercell", o.supercell.size()); });
}

}  // namespace kamacite::config
