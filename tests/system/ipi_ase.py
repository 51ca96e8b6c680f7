"""ASE's SocketIOCalculator as the server: forces and stress are derivatives of the energy, and what `predict` says; an
optimiser gets on with it. Usage: ipi_ase.py write <structure.xyz> | serve <structure.xyz> <as
kamacite sees it.xyz> <answer.json> <port>"""
import json
import sys

import numpy as np
from ase import units
from ase.build import bulk
from ase.io import read

if sys.argv[1] == "write":
    atoms = bulk("Fe", "bcc", a=2.85, cubic=True) * (2, 2, 2)
    atoms.set_cell(atoms.cell @ (np.eye(3) + [[0.02, 0.03, 0], [0, -0.01, 0.02], [0.01, 0, 0]]), scale_atoms=True)
    atoms.rattle(0.08, seed=3)
    atoms.write(sys.argv[2])
    sys.exit()

from ase.calculators.socketio import SocketIOCalculator
from ase.constraints import UnitCellFilter
from ase.optimize import BFGS

structure, seen, answer, port = sys.argv[2:]
atoms = read(structure)
with SocketIOCalculator(port=int(port), timeout=60) as server:
    atoms.calc = server
    forces, stress = atoms.get_forces(), atoms.get_stress(voigt=False)
    # Units of ASE are older: what it calls an angstrom and an electronvolt, in those of today.
    angstrom, eV = 0.529177210903 / units.Bohr, 2 * 13.605693122994 / units.Ha
    told = {
        "energy": atoms.get_potential_energy() * eV,
        "forces": (forces * eV / angstrom).tolist(),
        "virial": (-stress * atoms.get_volume() * eV).tolist(),
    }
    words = lambda values: " ".join(repr(float(v)) for v in values)
    with open(seen, "w") as file:
        file.write(f'{len(atoms)}\nLattice="{words(atoms.cell[:].ravel() * angstrom)}" ')
        file.write('Properties=species:S:1:pos:R:3 pbc="T T T"\n')
        for symbol, position in zip(atoms.symbols, atoms.positions * angstrom):
            file.write(f"{symbol} {words(position)}\n")

    def energy(change):
        other = atoms.copy()
        change(other)
        other.calc = server
        return other.get_potential_energy()

    def slope(change, h):
        """Central difference to fourth order of the energy along change(atoms, h)."""
        e = [energy(lambda a, k=k: change(a, k * h)) for k in (-2, -1, 1, 2)]
        return (e[0] - 8 * e[1] + 8 * e[2] - e[3]) / (12 * h)

    for atom, axis in ((0, 0), (5, 1), (15, 2)):
        def move(a, h):
            a.positions[atom, axis] += h
        expected = -slope(move, 2e-3)
        print(f"force {atom} {axis}: {forces[atom, axis]:.8f}, finite difference {expected:.8f} eV/Å")
        assert abs(forces[atom, axis] - expected) < 2e-5
    for i, j in ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2)):
        def strain(a, h):
            e = np.eye(3)
            e[i, j] += h / 2
            e[j, i] += h / 2
            a.set_cell(a.cell @ e, scale_atoms=True)
        expected = slope(strain, 5e-4) / atoms.get_volume()
        print(f"stress {i} {j}: {stress[i, j]:.8f}, finite difference {expected:.8f} eV/Å³")
        assert abs(stress[i, j] - expected) < 2e-6
    relaxed = atoms.copy()
    relaxed.calc = server
    assert BFGS(UnitCellFilter(relaxed), logfile="relax.log").run(fmax=0.02, steps=60), open("relax.log").read()
    print("relaxed: energy", relaxed.get_potential_energy(), "volume per atom", relaxed.get_volume() / len(relaxed))
with open(answer, "w") as file:
    json.dump(told, file)
