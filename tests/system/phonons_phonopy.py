"""Holds phonons of kamacite against those of phonopy. Usage: phonons_phonopy.py displace|compare <directory>."""
import csv
import re
import sys

import numpy as np
import phonopy
from phonopy.file_IO import parse_FORCE_CONSTANTS

what, folder = sys.argv[1:]
files = folder + "/phonopy/"
given = phonopy.load(files + "phonopy_params.yaml", is_nac=False, symmetrize_fc=True, log_level=0)
own = phonopy.Phonopy(given.unitcell, supercell_matrix=given.supercell_matrix, primitive_matrix=np.eye(3))
own.generate_displacements(distance=1e-3)


def table(name):
    return list(csv.DictReader(line for line in open(f"{folder}/{name}.csv") if line[0] != "#"))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def worst(name, mine, theirs, most):
    difference = np.abs(np.asarray(mine) - np.asarray(theirs)).max()
    print(f"{folder}: {name} differs by {difference:.1e} (at most {most:.0e})")
    assert difference < most, name


if what == "displace":
    with open(folder + "/displaced.xyz", "w") as out:
        for cell in own.supercells_with_displacements:
            lattice = " ".join(repr(x) for x in cell.cell.ravel())
            out.write(f'{len(cell)}\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"\n')
            for symbol, r in zip(cell.symbols, cell.positions):
                out.write(f"{symbol} " + " ".join(repr(x) for x in r) + "\n")
    sys.exit()

# From our displacements and forces, phonopy makes our force constants.
constants = parse_FORCE_CONSTANTS(files + "FORCE_CONSTANTS")
theirs = given.force_constants
if theirs.shape != constants.shape:
    theirs = theirs[given.primitive.p2s_map]
worst("force constants, eV/Å²", constants, theirs, 1e-7)

# From displacements of its own, it finds our frequencies and thermodynamics.
lines = open(folder + "/forces.xyz").read().splitlines()
forces = []
while lines:
    n = int(lines[0])
    columns = re.search(r"Properties=(\S+)", lines[1])[1].split(":")
    at = sum(int(k) for name, k in zip(columns[::3], columns[2::3])
             if columns[::3].index(name) < columns[::3].index("forces"))
    forces.append([[float(x) for x in line.split()[at:at + 3]] for line in lines[2:2 + n]])
    lines = lines[2 + n:]
own.forces = np.array(forces)
own.produce_force_constants()
own.symmetrize_force_constants()
bands = table("phonon_bands")
q = np.stack([column(bands, f"q{k}") for k in (1, 2, 3)], axis=1)
mine = np.stack([column(bands, f"branch {b + 1} [THz]") for b in range(3 * len(own.primitive))], axis=1)
for name, crystal in (("its own displacements", own), ("our force constants", given)):
    if crystal is given:
        given.force_constants = constants
    frequencies = np.array([crystal.get_frequencies(x) for x in q])
    moving = np.abs(mine) > 0.05  # near Γ, ω² is small and ω without digits
    worst(f"frequencies with {name}, THz", mine[moving], frequencies[moving], 1e-4)

rows = table("phonon_thermodynamics")
reciprocal = np.linalg.norm(np.linalg.inv(own.primitive.cell), axis=0)
own.run_mesh(np.ceil(reciprocal * 30.0 - 1e-6).astype(int), is_gamma_center=True)
own.run_thermal_properties(temperatures=column(rows, "temperature [K]"), cutoff_frequency=1e-3)
told = own.get_thermal_properties_dict()
atoms, kj = len(own.primitive), 96.485332  # 1 eV in kJ/mol
k_b = 8.617333262e-5 * kj * 1e3  # J/K/mol
worst("free energy, meV/atom", column(rows, "free energy [meV/atom]"), told["free_energy"] / kj / atoms * 1e3, 1e-3)
worst("entropy, k_B/atom", column(rows, "entropy [k_B/atom]"), told["entropy"] / k_b / atoms, 1e-4)
worst("heat capacity, k_B/atom", column(rows, "heat capacity [k_B/atom]"), told["heat_capacity"] / k_b / atoms, 1e-4)
