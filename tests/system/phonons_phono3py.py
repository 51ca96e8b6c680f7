"""Reads fc2.hdf5 and fc3.hdf5 as phono3py does and holds them against the text files beside them. Usage: phonons_phono3py.py <directory>."""
import sys

import h5py
import numpy as np
import phonopy
from phonopy.file_IO import check_force_constants_indices, parse_FORCE_CONSTANTS, read_force_constants_hdf5

folder = sys.argv[1] + "/"
crystal = phonopy.load(folder + "phono3py_params.yaml", is_nac=False, produce_fc=False, log_level=0)
n, units = len(crystal.supercell), len(crystal.primitive)
p2s = crystal.primitive.p2s_map
second = read_force_constants_hdf5(folder + "fc2.hdf5", p2s_map=p2s)
assert second.shape == (units, n, 3, 3) and second.dtype == np.double and second.flags.c_contiguous
assert np.abs(second - parse_FORCE_CONSTANTS(folder + "FORCE_CONSTANTS")).max() < 1e-14 + 1e-15 * np.abs(second).max()
with h5py.File(folder + "fc3.hdf5") as file:
    assert file["p2s_map"].dtype == np.intc
    third = file["fc3"][:]
    check_force_constants_indices(third.shape[:2], file["p2s_map"][:], p2s, "fc3.hdf5")
assert third.shape == (units, n, n, 3, 3, 3) and third.dtype == np.double and third.flags.c_contiguous

# The text file tells the places of cells: which atom of phonopy's supercell is there is found from positions.
inverse = np.linalg.inv(crystal.supercell.cell)
fractional = crystal.supercell.positions @ inverse


def atom_at(place):
    apart = fractional - place @ inverse
    apart -= np.round(apart)
    found = np.flatnonzero(np.linalg.norm(apart @ crystal.supercell.cell, axis=1) < 1e-4)
    assert len(found) == 1, place
    return found[0]


words = open(folder + "FORCE_CONSTANTS_3RD").read().split()
numbers = np.array(words[1:], dtype=float).reshape(int(words[0]), 1 + 6 + 3 + 27 * 4)
rest = third.copy()
for row in numbers:
    atoms = row[7:10].astype(int) - 1
    j = atom_at(row[1:4] + crystal.primitive.positions[atoms[1]])
    k = atom_at(row[4:7] + crystal.primitive.positions[atoms[2]])
    rest[atoms[0], j, k] -= row[10:].reshape(27, 4)[:, 3].reshape(3, 3, 3)
assert np.abs(third).max() > 1
assert np.abs(rest).max() < 1e-11 * np.abs(third).max(), np.abs(rest).max()
# What must hold of every third derivative, with atoms in phonopy's order.
for i in range(units):
    assert np.abs(third[i] - third[i].transpose(1, 0, 2, 4, 3)).max() < 1e-8
    assert np.abs(third[i].sum(axis=1)).max() < 1e-7
