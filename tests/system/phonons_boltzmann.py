"""The whole Boltzmann equation of phonons by another program: no symmetry, the formulas of ShengBTE, a dense matrix.

Force constants are those of fc2.hdf5 and fc3.hdf5; one atom in the cell, no isotopes, a Gaussian. With processes
lambda + lambda' <-> lambda'' (W+) and lambda <-> lambda' + lambda'' (W-)

    1/tau = sum W+ + 1/2 sum W-
    F/tau = v + sum W+ (w''/w F'' - w'/w F') + 1/2 sum W- (w'/w F' + w''/w F'')

Li, Carrete, Katcho, Mingo, Comput. Phys. Commun. 185, 1747 (2014). Usage: phonons_boltzmann.py <directory> <width/meV>.
"""
import csv
import re
import sys

import h5py
import numpy as np
from phonopy.structure.atoms import PhonopyAtoms
from phonopy.structure.cells import get_supercell

folder, width = sys.argv[1], float(sys.argv[2])
charge, angstrom, dalton, boltzmann, hbar = 1.602176634e-19, 1e-10, 1.66053906660e-27, 1.380649e-23, 1.054571817e-34
still = 2 * np.pi * 1e9

text = open(folder + "/phonopy/phono3py_params.yaml").read()
rows = lambda key: np.array([[float(x) for x in r.split(",")] for r in re.findall(r"-\s*\[([^\]]*)\]", text[text.index(key):])[:3]])
cell, mass = rows("unit_cell:"), float(re.search(r"mass:\s*([0-9.]+)", text).group(1)) * dalton
supercell = get_supercell(PhonopyAtoms(symbols=["Fe"], cell=cell, scaled_positions=[[0, 0, 0]]), rows("supercell_matrix:").astype(int))
second = h5py.File(folder + "/phonopy/fc2.hdf5")["force_constants"][0]
file = h5py.File(folder + "/phonopy/fc3.hdf5")
third, origin = file["fc3"][0], int(file["p2s_map"][0])

# the shortest vectors from the first atom to each of the supercell
fractions = np.array(supercell.scaled_positions)
shortest = []
for x in fractions - fractions[origin]:
    around = [(x - np.round(x) + np.array(s)) @ np.array(supercell.cell) for s in np.ndindex(3, 3, 3) for s in [np.array(s) - 1]]
    lengths = [np.linalg.norm(r) for r in around]
    shortest.append([r for r, length in zip(around, lengths) if length < min(lengths) + 1e-4])

modes = csv.DictReader(line for line in open(folder + "/phonon_modes.csv") if line[0] != "#")
divisions = round(1 / min(x for row in modes for x in (abs(float(row[f"q{k}"])) for k in (1, 2, 3)) if x > 0))
cells = np.array(list(np.ndindex(divisions, divisions, divisions)))
number = lambda c: int(((c[0] % divisions) * divisions + c[1] % divisions) * divisions + c[2] % divisions)
q = cells / divisions @ (2 * np.pi * np.linalg.inv(cell).T)
points = len(q)
dynamical, slope = np.zeros((points, 3, 3), complex), np.zeros((points, 3, 3, 3), complex)
for block, vectors in zip(second, shortest):
    for r in vectors:
        phase = np.exp(1j * q @ r) / len(vectors) * charge / angstrom**2 / mass
        dynamical += phase[:, None, None] * block
        slope += (1j * r * angstrom)[:, None, None] * phase[:, None, None, None] * block
squares, e = np.linalg.eigh((dynamical + dynamical.conj().transpose(0, 2, 1)) / 2)
w = np.sqrt(np.abs(squares))
moves = w > still
v = np.real(np.einsum("qib,qkij,qjb->qbk", e.conj(), slope, e)) / (2 * np.where(moves, w, np.inf))[..., None]
# modes of one frequency have the mean of what they are: which of their vectors is which does not matter
alike = (np.abs(w[:, :, None] - w[:, None, :]) < 2 * np.pi * 1e7).astype(float)
alike /= alike.sum(axis=2, keepdims=True)
v = np.einsum("qbc,qck->qbk", alike, v)

near = [j for j in range(len(third)) if max(np.abs(third[j]).max(), np.abs(third[:, j]).max()) > 1e-9]
assert all(len(shortest[j]) == 1 for j in near)
phases = np.exp(1j * q @ np.array([shortest[j][0] for j in near]).T)
cubic = np.einsum("qj,jkabc,pk->qpabc", phases, third[np.ix_(near, near)], phases, optimize=True) * charge / angstrom**3 / mass**1.5
sigma = width * 1e-3 * charge / hbar
delta = lambda x: np.where(np.abs(x) < 6 * sigma, np.exp(-0.5 * (x / sigma) ** 2) / np.sqrt(2 * np.pi) / sigma, 0.0)


def conductivity(temperature):
    """By the relaxation-time approximation and by the whole equation, mean over the axes [W/m/K]."""
    sinh = np.sinh(np.where(moves, hbar * w / boltzmann / temperature / 2, 1.0))
    n = np.where(moves, 1 / np.expm1(np.where(moves, hbar * w / boltzmann / temperature, 1.0)), 0.0)
    rate, into = np.zeros(3 * points), np.zeros((3 * points, 3 * points))
    for i in range(points):
        for j in range(points):
            k = number(-cells[i] - cells[j])
            opposite_j, opposite_k = number(-cells[j]), number(-cells[k])
            wi, wj, wk = w[i][:, None, None], w[j][None, :, None], w[k][None, None, :]
            # where energy is conserved n' - n'' and n' + n'' + 1 are both this, which keeps detailed balance under a Gaussian
            occupation = sinh[i][:, None, None] / (2 * sinh[j][None, :, None] * sinh[k][None, None, :])
            all_move = moves[i][:, None, None] & moves[j][None, :, None] & moves[k][None, None, :]
            a = np.abs(np.einsum("abc,ax,by,cz->xyz", cubic[j, k], e[i], e[j], e[k])) ** 2
            a = np.einsum("xyz,ux,vy,wz->uvw", a, alike[i], alike[j], alike[k])
            strength = np.where(all_move, np.pi * hbar / 4 / points * a / np.where(all_move, wi * wj * wk, 1.0), 0.0)
            plus = strength * occupation * delta(wi + wj - wk)
            minus = 0.5 * strength * occupation * delta(wi - wj - wk)
            rate[3 * i:3 * i + 3] += (plus + minus).sum(axis=(1, 2))
            ratio_j, ratio_k = wj / np.where(moves[i], w[i], np.inf)[:, None, None], wk / np.where(moves[i], w[i], np.inf)[:, None, None]
            into[3 * i:3 * i + 3, 3 * j:3 * j + 3] -= (plus * ratio_j).sum(axis=2)
            into[3 * i:3 * i + 3, 3 * opposite_j:3 * opposite_j + 3] += (minus * ratio_j).sum(axis=2)
            into[3 * i:3 * i + 3, 3 * opposite_k:3 * opposite_k + 3] += ((plus + minus) * ratio_k).sum(axis=1)
    scattered = rate > 0
    drift = np.where(scattered[:, None], v.reshape(-1, 3), 0.0)
    weight = (n * (n + 1) * (hbar * w) ** 2).ravel() / (boltzmann * temperature**2 * points * abs(np.linalg.det(cell)) * angstrom**3)
    matrix = np.diag(np.where(scattered, rate, 1.0)) - np.where(scattered[:, None], into, 0.0)
    alone, together = drift / np.where(scattered, rate, 1.0)[:, None], np.linalg.lstsq(matrix, drift, rcond=1e-12)[0]
    return [np.einsum("m,ma,ma->", weight, v.reshape(-1, 3), f) / 3 for f in (alone, together)]


for row in csv.DictReader(line for line in open(folder + "/phonon_conductivity.csv") if line[0] != "#"):
    alone, together = conductivity(float(row["temperature [K]"]))
    mine = float(row["relaxation-time conductivity [W/m/K]"]), float(row["conductivity [W/m/K]"])
    print("%s K: relaxation times %.4f, %.4f here; whole equation %.4f, %.4f here" % (row["temperature [K]"], mine[0], alone, mine[1], together))
    assert together > 1.05 * alone, "the whole equation is not another"
    assert abs(mine[0] / alone - 1) < 1e-5 and abs(mine[1] / together - 1) < 1e-5
