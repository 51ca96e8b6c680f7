#include "kamacite/config/phonons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kamacite::config {

void fields(Fields& f, PhononOptions& o) {
    f.quantity({"supercell_edge",
                "Shortest edge of the supercell, at least: whole conventional cells are taken"},
               o.supercell_edge, Dimension::length, {2.0, 200.0});
    f.quantity({"displacement", "How far atoms are moved for the force constants"}, o.displacement,
               Dimension::length, {1e-4, 0.2});
    f.quantity({"mesh_length",
                "Density of the mesh of wave vectors: 2π over this is the largest distance of "
                "neighbours"},
               o.mesh_length, Dimension::length, {5.0, 1000.0});
    f.quantity({"highest_temperature", "Up to which thermodynamics are given"},
               o.highest_temperature, Dimension::temperature, {300.0, 1e4});
    f.quantity({"temperature_step", "In which steps from 0 K"}, o.temperature_step,
               Dimension::temperature, {1.0, 300.0});
    f.flag({"files", "Write FORCE_CONSTANTS and phonopy_params.yaml for phonopy"}, o.files);
    f.optional_section(
        {"expansion", "Thermal expansion in the quasi-harmonic approximation"}, o.expansion,
        [&](Fields& s) {
            s.numbers({"volumes", "Volumes at which phonons are computed, over that at rest"},
                      o.volumes, {0.7, 1.4});
            s.demand([&o]() -> std::vector<Fault> {
                if (std::set<double>(o.volumes.begin(), o.volumes.end()).size() >= 7) return {};
                return {{"volumes",
                         fmt::format("{} different volumes (7 at least, an equation of state is "
                                     "fitted to them, and without two of them again): give more",
                                     std::set<double>(o.volumes.begin(), o.volumes.end()).size())}};
            });
        });
    f.optional_section(
        {"conductivity", "Thermal conductivity of the phonons, by their Boltzmann equation"},
        o.conductivity, [&](Fields& s) {
            s.quantity({"cutoff",
                        "Third-order force constants: largest distance within a triple of atoms, "
                        "a third of the supercell's shortest edge at most"},
                       o.triple_cutoff, Dimension::length, {1.0, 50.0});
            s.quantity({"displacement", "How far two atoms are moved for them"},
                       o.triple_displacement, Dimension::length, {1e-4, 0.2});
            s.quantity({"mesh_length",
                        "Density of the mesh of wave vectors, as above; the error is by which one "
                        "with two thirds of the divisions differs"},
                       o.conductivity_mesh_length, Dimension::length, {5.0, 1000.0});
            s.quantities({"temperatures", "At which it is wanted"}, o.conductivity_temperatures,
                         Dimension::temperature, {1.0, 1e5});
            s.quantities(
                {"lattice_constants",
                 "At which it is computed beside that of the crystal at rest (cubic lattices)",
                 Key::Need::optional, "2.75 2.80 2.85 2.90 2.95 angstrom"},
                o.conductivity_constants, Dimension::length, {0.5, 20.0});
            using Method = PhononOptions::Method;
            s.choice({"method", "What is solved"}, o.method,
                     {{Method::iterative, "iterative",
                       "the whole equation; the relaxation-time approximation is given beside it"},
                      {Method::relaxation_time, "rta",
                       "each mode decays by itself: the relaxation-time approximation alone"}});
            s.flag({"isotopes", "Isotopes of natural composition scatter phonons too"}, o.isotopes);
            s.flag(
                {"phono3py",
                 "Write fc2.hdf5, fc3.hdf5 and phono3py_params.yaml for phono3py: 216 bytes times "
                 "the atoms of the supercell squared, and those of the cell"},
                o.phono3py);
            s.quantity({"smearing",
                        "Width of a Gaussian in place of tetrahedra for the conservation of "
                        "energy; 0 for tetrahedra"},
                       o.smearing, Dimension::energy, {0.0, 0.1});
        });
    f.optional_section(
        {"regression",
         "Force constants at a temperature, from a fit to the forces of rattled cells"},
        o.regression, [&](Fields& s) {
            s.quantity({"temperature", "Of the ensemble that the cells are drawn from"},
                       o.regression_temperature, Dimension::temperature, {1.0, 1e5});
            s.integer({"cells", "Supercells that are drawn, in pairs of opposite displacements"},
                      o.cells, {4.0, 1e5});
            s.integer({"iterations", "How often they are drawn from what was fitted last"},
                      o.iterations, {1.0, 100.0});
            s.quantity({"second_cutoff",
                        "Second order: largest distance of two atoms; else all of the supercell"},
                       o.second_cutoff, Dimension::length, {1.0, 200.0});
            s.quantity({"third_cutoff",
                        "Third order: largest distance within a triple; else conductivity.cutoff"},
                       o.third_cutoff, Dimension::length, {1.0, 50.0});
            using Statistics = PhononOptions::Statistics;
            s.choice({"statistics", "How vibrations are occupied"}, o.statistics,
                     {{Statistics::quantum, "quantum", "zero-point motion included"},
                      {Statistics::classical, "classical", "as in molecular dynamics"}});
            s.integer({"seed", "Of the random numbers"}, o.seed, {0.0, 9e15});
            s.demand([&o]() -> std::vector<Fault> {
                if (o.cells % 2 == 0) return {};
                return {{"cells", fmt::format("{} cells (they come in pairs): give an even number",
                                              o.cells)}};
            });
        });
}

}  // namespace kamacite::config
