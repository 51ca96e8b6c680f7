"""Linewidths by brute force from the force constants that kamacite writes, held against its own.

No symmetry, no tables, every pair of modes of the grid: harmonic force constants by phonopy, third-order ones from the
text, (n' + n'' + 1) and (n' - n'') in the symmetric form. Usage: phonons_conductivity.py <directory> <width/meV> <g>.
"""
import csv
import itertools
import json
import sys

import numpy as np
import phonopy
from phonopy.file_IO import parse_FORCE_CONSTANTS

folder, width, variance = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
charge, dalton, boltzmann, hbar = 1.602176634e-19, 1.66053906660e-27, 1.380649e-23, 6.62607015e-34 / (2 * np.pi)
temperature = 300.0

phonons = phonopy.load(folder + "/phonopy/phonopy_params.yaml", is_nac=False, produce_fc=False, log_level=0)
phonons.force_constants = parse_FORCE_CONSTANTS(folder + "/phonopy/FORCE_CONSTANTS")
cell = phonons.unitcell.cell
atoms, masses = len(phonons.unitcell), phonons.unitcell.masses
branches = 3 * atoms
assert abs(np.diff(masses)).sum() == 0, "one element"
mass = masses[0]
places = phonons.unitcell.scaled_positions

rows = list(csv.DictReader(line for line in open(folder + "/phonon_modes.csv") if line[0] != "#"))
points = {}
for row in rows:
    points.setdefault(tuple(float(row[f"q{k}"]) for k in (1, 2, 3)), []).append(float(row["linewidth [THz]"]))
n = np.array([max([1] + [round(1 / abs(q[k])) for q in points if q[k]]) for k in range(3)])
total = n.prod()
grid = [np.array(g) for g in itertools.product(*map(range, n))]
index = {tuple(g): k for k, g in enumerate(grid)}

# ω [rad/s] and vectors of the whole grid.
omega, vectors = [], []
for g in grid:
    phonons.dynamical_matrix.run(g / n)
    values, e = np.linalg.eigh(phonons.dynamical_matrix.dynamical_matrix)
    omega.append(np.sqrt(np.abs(values) * charge / 1e-20 / dalton))
    vectors.append(e)
omega, vectors = np.array(omega), np.array(vectors)

lines = open(folder + "/phonopy/FORCE_CONSTANTS_3RD").read().split("\n\n")
second, third, phi, who = [], [], [], []
for block in lines[1:]:
    t = block.split("\n")
    second.append([float(x) for x in t[1].split()])
    third.append([float(x) for x in t[2].split()])
    who.append([int(x) - 1 for x in t[3].split()])
    phi.append([float(line.split()[3]) for line in t[4:31]])
inverse = np.linalg.inv(cell)
second, third = np.array(second) @ inverse, np.array(third) @ inverse
phi, who = np.array(phi).reshape(-1, 3, 3, 3), np.array(who)
# Places of the cells become distances between the atoms.
second += places[who[:, 1]] - places[who[:, 0]]
third += places[who[:, 2]] - places[who[:, 0]]
assert len(phi) == int(lines[0])


def same(w):
    """Groups of branches of one frequency."""
    groups, first = [], 0
    for k in range(1, branches + 1):
        if k == branches or w[k] - w[k - 1] > 2e-5 * np.pi * 1e12:
            groups.append(range(first, k))
            first = k
    return groups


sigma = width * 1e-3 * charge / hbar
gaussian = lambda x: np.where(np.abs(x) < 6 * sigma, np.exp(-x**2 / 2 / sigma**2) / np.sqrt(2 * np.pi) / sigma, 0.0)
sine = lambda w: np.sinh(hbar * w / 2 / boltzmann / temperature)
still = 2e-3 * np.pi * 1e12
worst = largest = 0.0
for q, theirs in points.items():
    g1 = np.round(np.array(q) * n).astype(int) % n
    k1 = index[tuple(g1)]
    rates = np.zeros(branches)
    for k2, g2 in enumerate(grid):
        g3 = (-g1 - g2) % n
        k3 = index[tuple(g3)]
        whole = (g1 + g2 + g3) / n
        phase = np.exp(2j * np.pi * (second @ (g2 / n) + third @ (g3 / n) + places[who[:, 0]] @ whole))
        e1, e2, e3 = (vectors[k].reshape(atoms, 3, branches) for k in (k1, k2, k3))
        a = np.zeros(3 * (branches,), complex)
        for own in set(map(tuple, who)):
            t = (who == own).all(axis=1)
            tensor = np.einsum("t,tabc->abc", phase[t], phi[t])
            a += np.einsum("abc,ai,bj,ck->ijk", tensor, e1[own[0]], e2[own[1]], e3[own[2]], optimize=True)
        a2 = np.abs(a)**2
        for axis, k in enumerate((k1, k2, k3)):  # vectors of one frequency are anyone's choice
            for group in same(omega[k]):
                part = [slice(None)] * 3
                part[axis] = list(group)
                a2[tuple(part)] = a2[tuple(part)].mean(axis=axis, keepdims=True)
        for i, j, k in itertools.product(range(branches), repeat=3):
            w1, w2, w3 = omega[k1, i], omega[k2, j], omega[k3, k]
            if min(w1, w2, w3) < still:
                continue
            delta = 0.5 * gaussian(w1 - w2 - w3) + gaussian(w1 + w2 - w3)
            strength = np.pi * hbar / 4 / total * a2[i, j, k] / mass**3 / (w1 * w2 * w3)
            rates[i] += strength * delta * sine(w1) / (2 * sine(w2) * sine(w3)) * charge**2 / 1e-60 / dalton**3
        overlap = sum(np.abs(e1[i].conj().T @ e2[i])**2 for i in range(atoms))
        for group in same(omega[k1]):
            overlap[list(group)] = overlap[list(group)].mean(axis=0)
        for group in same(omega[k2]):
            overlap[:, list(group)] = overlap[:, list(group)].mean(axis=1, keepdims=True)
        for i, j in itertools.product(range(branches), repeat=2):
            w1, w2 = omega[k1, i], omega[k2, j]
            if min(w1, w2) > still:
                delta = gaussian(w1 - w2)
                rates[i] += np.pi / 2 / total * variance * w1 * w2 * overlap[i, j] * delta * sine(w1) / sine(w2)
    for group in same(omega[k1]):
        rates[list(group)] = rates[list(group)].mean()
    mine = rates / (2 * np.pi * 1e12)
    worst = max(worst, np.abs(mine - theirs).max())
    largest = max(largest, max(theirs))
print(f"{len(points)} points of {total}: linewidths differ by {worst / largest:.1e} of the largest, {largest:.4f} THz")
assert largest > 1e-3 and worst < 1e-6 * largest
table = list(csv.DictReader(line for line in open(folder + "/phonon_conductivity.csv") if line[0] != "#"))
at = next(r for r in table if float(r["temperature [K]"]) == temperature)
part = sum(float(r["contribution [W/m/K]"]) for r in rows)
assert abs(part / float(at["relaxation-time conductivity [W/m/K]"]) - 1) < 1e-6, part
properties = json.load(open(folder + "/properties.json"))["properties"]
assert properties["phonon_conductivity_300K"]["value"] > 0
