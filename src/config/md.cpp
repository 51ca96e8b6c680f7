#include "kamacite/config/md.hpp"

#include <fmt/format.h>

#include "words.hpp"

namespace kamacite::config {
namespace {

using Thermostat = MdOptions::Thermostat;
using Barostat = MdOptions::Barostat;

Bounds const at_least_one{1.0};
Bounds const not_negative{0.0};
Bounds const temperatures{0.0, 1e5};
Bounds const times{1e-3, 1e9};       // [fs]
Bounds const pressures{-1.0, 10.0};  // [eV/Å³]

void thermostat_fields(Fields& f, MdOptions& o) {
    f.choice<Thermostat>(
        {"kind", "What exchanges heat with the atoms"}, o.thermostat,
        {{Thermostat::langevin, "langevin",
          "friction and noise on every atom (BAOAB); the momentum fluctuates"},
         {Thermostat::rescaling, "rescaling",
          "stochastic velocity rescaling: canonical, and gentle with diffusion and vibrations"},
         {Thermostat::nose_hoover, "nose_hoover", "a chain of deterministic thermostats",
          [&o](Fields& s) {
              s.integer({"chain", "Thermostats in the chain"}, o.chain, {1.0, 20.0});
          }}});
    f.quantity({"temperature", "Temperature that is kept"}, o.temperature, Dimension::temperature,
               temperatures);
    f.quantity({"final_temperature",
                "Temperature at the last step, reached along a straight line; not given: the same "
                "throughout",
                Key::Need::optional, "900 K"},
               o.final_temperature, Dimension::temperature, temperatures);
    f.quantity({"time_constant",
                "How long velocities (langevin), the kinetic energy (rescaling) or the swing of "
                "the heat (nose_hoover) are remembered"},
               o.heat_time, Dimension::time, times);
}

void barostat_fields(Fields& f, MdOptions& o) {
    f.choice<Barostat>(
        {"kind", "What changes the cell"}, o.barostat,
        {{Barostat::rescaling, "rescaling",
          "stochastic cell rescaling, of first order: no swinging; goes with any thermostat",
          [&o](Fields& s) {
              s.quantity({"bulk_modulus", "Of the material, about: it sets the speed of the cell"},
                         o.bulk_modulus, Dimension::pressure, {1e-4, 100.0});
          }},
         {Barostat::mtk, "mtk",
          "Martyna, Tobias, Klein: a cell with inertia and a chain of its own; goes with "
          "nose_hoover"}});
    f.quantity({"pressure", "Pressure that is kept"}, o.pressure, Dimension::pressure, pressures);
    f.quantity({"final_pressure",
                "Pressure at the last step, reached along a straight line; not given: the same "
                "throughout",
                Key::Need::optional, "10 GPa"},
               o.final_pressure, Dimension::pressure, pressures);
    f.quantity({"time_constant", "How long the volume is remembered"}, o.pressure_time,
               Dimension::time, times);
    f.choice<dynamics::CellFreedom>(
        {"cell", "What of the cell moves"}, o.cell,
        {{dynamics::CellFreedom::isotropic, "isotropic", "its size"},
         {dynamics::CellFreedom::full, "full", "its size and its shape"}});
}

void hold_fields(Fields& f, MdOptions& o) {
    f.integers({"atoms", "Numbers of atoms, counted from 1, in the supercell", Key::Need::optional,
                "[1, 2]"},
               o.held_atoms, at_least_one);
    f.texts({"elements", "All atoms of these elements", Key::Need::optional, "[C]"},
            o.held_elements, symbols());
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.hold && o.held_atoms.empty() && o.held_elements.empty())
            faults.push_back({"",
                              "nothing is named (no atom stays): give atoms or elements, or "
                              "leave 'hold' out"});
        return faults;
    });
}

void frame_fields(Fields& f, MdOptions& o) {
    f.integer({"every", "Steps between frames"}, o.frames_every, at_least_one);
    f.flag({"velocities", "Whether they have velocities"}, o.velocities);
    f.flag({"forces", "Whether they have forces"}, o.forces);
    f.flag({"moments", "Whether they have magnetic moments, where the model gives them"},
           o.moments);
    f.quantity({"memory",
                "Frames that wait for their file on one rank; when they need more, a file and a "
                "checkpoint are written"},
               o.frames_memory, Dimension::memory, {1e5, 1e12});
}

void observer_fields(Fields& f, MdOptions& o) {
    f.optional_section({"radial", "Radial distribution functions"}, o.radial, [&](Fields& s) {
        s.integer({"every", "Steps between samples"}, o.radial_every, at_least_one);
        s.quantity({"reach", "Longest distance"}, o.radial_reach, Dimension::length, {1.0, 50.0});
        s.integer({"bins", "How many"}, o.radial_bins, {10, 100000});
    });
    f.optional_section(
        {"displacements", "Mean squared displacements, by element"}, o.displacements,
        [&](Fields& s) {
            s.integer({"every", "Steps between samples"}, o.displacements_every, at_least_one);
        });
    f.optional_section(
        {"crystal",
         "How many atoms are surrounded as in bcc, fcc, hcp (adaptive common-neighbour analysis)"},
        o.crystal, [&](Fields& s) {
            s.integer({"every", "Steps between samples"}, o.crystal_every, at_least_one);
        });
}

void limit_fields(Fields& f, MdOptions& o) {
    f.integer({"every", "Steps between looks"}, o.limits_every, at_least_one);
    f.number({"extrapolation",
              "How far a descriptor may lie outside the range of the training set, in units of "
              "that range"},
             o.most_extrapolation, not_negative);
    f.number({"grade", "Extrapolation grade γ (D-optimality) that an atom may have"}, o.most_grade,
             not_negative);
    f.quantity({"force_std", "Spread of the committee's forces that an atom may have"},
               o.most_spread, Dimension::force, {0.0, 1e3});
}

std::vector<Fault> faults_of(MdOptions const& o) {
    std::vector<Fault> faults;
    if (o.structure.empty() == o.from.empty())
        faults.push_back({"structure",
                          "a run begins from one thing: give a file as 'structure', or the "
                          "directory of another run as 'from'"});
    if (o.supercell.size() != 3)
        faults.push_back({"supercell", fmt::format("{} numbers (copies along a, b and c are "
                                                   "three): write e.g. [10, 10, 10]",
                                                   o.supercell.size())});
    if (!o.from.empty() && o.supercell != std::vector<int>{1, 1, 1})
        faults.push_back({"supercell",
                          "the atoms of another run are taken as they are (velocities have no "
                          "copies): leave it out"});
    bool const chained = o.heated && o.thermostat == Thermostat::nose_hoover;
    if (o.pressed && o.barostat == Barostat::mtk && !chained)
        faults.push_back({"barostat.kind",
                          "mtk goes with the thermostat nose_hoover alone: choose it, or the "
                          "barostat rescaling"});
    if (o.pressed && !o.heated)
        faults.push_back({"barostat",
                          "a barostat needs a thermostat (its noise or its inertia is that of a "
                          "temperature): give one"});
    if (o.pressed && o.hold)
        faults.push_back({"hold",
                          "atoms that are held do not go with a barostat (the cell would carry "
                          "them along): leave one of the two out"});
    bool const warm = chained || o.pressed;
    if (warm && !(o.temperature > 0.0))
        faults.push_back({"thermostat.temperature",
                          "0 K (chains and barostats have no inertia there): give more, or use "
                          "'relax'"});
    if (o.limits && o.most_extrapolation == MdOptions::not_given &&
        o.most_grade == MdOptions::not_given && o.most_spread == MdOptions::not_given)
        faults.push_back(
            {"stop", "nothing is limited: give 'extrapolation', 'grade' or 'force_std'"});
    return faults;
}

}  // namespace

void fields(Fields& f, MdOptions& o) {
    f.text({"model",
            "Model: model.h5, a committee, a directory of n2p2, an embedded-atom file (setfl), or "
            "the name of one that comes with kamacite"},
           o.model);
    f.path(
        {"structure", "File of the atoms, in any readable format", Key::Need::instead, "iron.xyz"},
        o.structure);
    f.path({"from",
            "Directory of another run of md, whose last checkpoint gives cell, atoms and "
            "velocities",
            Key::Need::instead, "equilibration"},
           o.from);
    f.integer({"index", "Which structure of the file, from 0; -1 is the last"}, o.index);
    f.integers({"supercell", "Copies of the structure along a, b and c"}, o.supercell, {1.0, 1e5});
    f.path({"output", "Directory for everything that is written"}, o.output);
    f.integer({"steps", "Steps in all, those before a restart among them"}, o.steps, at_least_one);
    f.quantity({"timestep", "Length of a step"}, o.timestep, Dimension::time, {1e-4, 100.0});
    f.integer({"seed", "Seed of velocities and noise"}, o.seed, not_negative);
    f.quantity({"initial_temperature",
                "Temperature that velocities are drawn for; not given: that of the thermostat. A "
                "perfect crystal takes half of it for its potential energy. Without meaning where "
                "'from' gives velocities"},
               o.initial_temperature, Dimension::temperature, temperatures);
    f.optional_section({"thermostat", "Keeps a temperature; without it the energy is constant"},
                       o.heated, [&](Fields& s) { thermostat_fields(s, o); });
    f.optional_section({"barostat", "Keeps a pressure; without it the cell is fixed"}, o.pressed,
                       [&](Fields& s) { barostat_fields(s, o); });
    f.optional_section({"hold", "Atoms that do not move"}, o.hold,
                       [&](Fields& s) { hold_fields(s, o); });
    f.integer({"stop_drift",
               "Steps after which the motion of the centre of mass is taken away; 0: once, of "
               "velocities that are drawn. Not done with langevin, or where atoms are held"},
              o.stop_drift, not_negative);
    f.integer({"thermo", "Steps between rows of thermo.csv"}, o.thermo_every, at_least_one);
    f.integer({"equilibration", "Steps at the beginning that averages and observers leave out"},
              o.equilibration, not_negative);
    f.optional_section({"frames", "Positions along the way (H5MD)"}, o.frames,
                       [&](Fields& s) { frame_fields(s, o); });
    observer_fields(f, o);
    f.optional_section(
        {"stop",
         "Ends the run (exit code 65) where the model is not to be trusted, and writes the "
         "atom's surroundings"},
        o.limits, [&](Fields& s) { limit_fields(s, o); });
    f.section({"checkpoint", "When the run is saved, besides at its end and at a signal"},
              [&](Fields& s) {
                  s.integer({"every", "Steps; 0: by time alone"}, o.checkpoint_every, not_negative);
                  s.number({"minutes", "Minutes of wall time; 0: by steps alone"},
                           o.checkpoint_minutes, not_negative);
              });
    f.quantity({"skin", "How much farther than the model's cutoff neighbours are listed"}, o.skin,
               Dimension::length, {0.0, 10.0});
    f.demand([&o] { return faults_of(o); });
}

dynamics::Ensemble ensemble_of(MdOptions const& o, std::uint64_t noise) {
    dynamics::Ensemble e;
    e.ramp_steps = o.steps;
    if (o.heated) {
        if (o.thermostat == Thermostat::langevin)
            e.thermostat = dynamics::Langevin{o.temperature, 1.0 / o.heat_time, noise};
        if (o.thermostat == Thermostat::rescaling)
            e.thermostat = dynamics::Rescaling{o.temperature, o.heat_time, noise};
        if (o.thermostat == Thermostat::nose_hoover)
            e.thermostat = dynamics::NoseHoover{o.temperature, o.heat_time, o.chain};
        if (o.final_temperature >= 0.0) e.final_temperature = o.final_temperature;
    }
    if (o.pressed) {
        if (o.barostat == Barostat::rescaling)
            e.barostat = dynamics::CellRescaling{o.pressure, o.pressure_time, 1.0 / o.bulk_modulus,
                                                 o.cell, noise};
        if (o.barostat == Barostat::mtk)
            e.barostat = dynamics::MartynaTobiasKlein{o.pressure, o.pressure_time, o.cell, o.chain};
        if (o.final_pressure != MdOptions::not_given) e.final_pressure = o.final_pressure;
    }
    return e;
}

}  // namespace kamacite::config
