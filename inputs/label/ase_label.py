#!/usr/bin/env python3
"""Labels one structure with a calculator of ASE: for 'kamacite label' with 'program: {name: command}'.

Reads an extended XYZ file, writes another with energy, forces, stress and, where the calculator has them, magmoms.
Usage: ase_label.py structure.xyz labelled.xyz [--calculator emt|gpaw]"""
import argparse
import os

from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import read, write


def emt():
    from ase.calculators.emt import EMT
    return EMT()


def gpaw():
    """What is set here belongs to the level of theory: write it into 'level', and change both together."""
    from gpaw import GPAW, PW, FermiDirac
    return GPAW(mode=PW(400), xc="PBE", kpts={"density": 5.0, "gamma": True}, occupations=FermiDirac(0.1), txt="gpaw.txt")


calculators = {"emt": emt, "gpaw": gpaw}

arguments = argparse.ArgumentParser()
arguments.add_argument("structure")
arguments.add_argument("labelled")
arguments.add_argument("--calculator", choices=calculators, default="emt")
given = arguments.parse_args()

atoms = read(given.structure)  # with the column initial_magmoms, if a magnetic start has one
atoms.calc = calculators[given.calculator]()
labels = {"forces": atoms.get_forces()}
try:
    labels["energy"] = atoms.get_potential_energy(force_consistent=True)  # what the forces are derivatives of
except PropertyNotImplementedError:
    labels["energy"] = atoms.get_potential_energy()
if atoms.pbc.all():
    labels["stress"] = atoms.get_stress()  # tension positive
if atoms.get_initial_magnetic_moments().any():
    try:
        labels["magmoms"] = atoms.get_magnetic_moments()
    except PropertyNotImplementedError:
        pass  # a calculator without spin

atoms.calc = SinglePointCalculator(atoms, **labels)
atoms.set_initial_magnetic_moments(None)
write("labelled.part", atoms, format="extxyz")
os.replace("labelled.part", given.labelled)  # complete, or not there
