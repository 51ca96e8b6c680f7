"""Symmetry functions by the definitions, atom by atom and pair by pair, in plain Python: the origin of
symmetry_functions.json. Usage: symmetry_functions.py > symmetry_functions.json

Formulas: Behler, J. Chem. Phys. 134, 074106 (2011); cutoffs as in docs/theory/descriptors.md."""
import itertools
import json
import math

cell = [[4.1, 0.2, -0.1], [0.5, 3.9, 0.3], [-0.7, 0.4, 4.4]]
species = ["Fe", "Ni", "Fe", "C", "Fe"]
positions = [[0.1, 0.0, 0.2], [2.1, 1.9, 2.3], [0.3, 2.0, 2.2], [1.1, 1.2, 0.4], [2.4, 0.1, 1.9]]

cutoffs = {
    "cosine": lambda x: 0.5 * (math.cos(math.pi * x) + 1.0),
    "exponential": lambda x: math.exp(1.0 - 1.0 / (1.0 - x * x)),
    "poly1": lambda x: (2.0 * x - 3.0) * x * x + 1.0,
    "poly2": lambda x: ((15.0 - 6.0 * x) * x - 10.0) * x**3 + 1.0,
    "poly3": lambda x: (x * (x * (20.0 * x - 70.0) + 84.0) - 35.0) * x**4 + 1.0,
    "poly4": lambda x: (x * (x * ((315.0 - 70.0 * x) * x - 540.0) + 420.0) - 126.0) * x**5 + 1.0,
}


def f_c(form, r, r_c, inner):
    if r >= r_c:
        return 0.0
    x = (r - inner * r_c) / (r_c - inner * r_c)
    return 1.0 if x <= 0.0 else cutoffs[form](x)


def neighbours(i, r_c):
    found = []
    for j, n in itertools.product(range(len(species)), itertools.product(range(-4, 5), repeat=3)):
        r = [positions[j][k] + sum(n[m] * cell[m][k] for m in range(3)) - positions[i][k] for k in range(3)]
        d = math.sqrt(sum(c * c for c in r))
        if 1e-9 < d < r_c:
            found.append((species[j], r, d))
    return found


def radial(i, f):
    return sum(math.exp(-f["eta"] * (d - f["shift"]) ** 2) * f_c(f["cutoff"], d, f["radius"], f["inner"])
               for e, _, d in neighbours(i, f["radius"]) if e == f["neighbour"])


def angular(i, f):
    total = 0.0
    for (ej, rj, dj), (ek, rk, dk) in itertools.combinations(neighbours(i, f["radius"]), 2):
        if sorted((ej, ek)) != sorted((f["first"], f["second"])):
            continue
        cos = sum(a * b for a, b in zip(rj, rk)) / (dj * dk)
        term = (1.0 + f["lambda"] * cos) ** f["zeta"]
        distances = [dj, dk]
        if f["form"] == "narrow":
            distances.append(math.sqrt(sum((a - b) ** 2 for a, b in zip(rj, rk))))
        for d in distances:
            term *= math.exp(-f["eta"] * (d - f["shift"]) ** 2) * f_c(f["cutoff"], d, f["radius"], f["inner"])
        total += term
    return 2.0 ** (1.0 - f["zeta"]) * total


functions = []
for form, eta, shift, inner in [("cosine", 0.3, 0.0, 0.0), ("poly1", 1.7, 2.1, 0.0), ("poly2", 0.05, 0.0, 0.3),
                                ("poly3", 0.9, 1.0, 0.0), ("poly4", 0.2, 0.0, 0.1), ("exponential", 0.4, 0.5, 0.0)]:
    for neighbour in ("Fe", "Ni", "C"):
        functions.append({"form": "radial", "neighbour": neighbour, "eta": eta, "shift": shift, "cutoff": form,
                          "radius": 5.2, "inner": inner})
for form, (first, second), (eta, shift), sign, zeta, cutoff in itertools.product(
        ("narrow", "wide"), (("Fe", "Fe"), ("Fe", "Ni"), ("Ni", "C")), ((0.03, 0.0), (0.4, 1.5)), (1.0, -1.0),
        (1.0, 3.0, 6.0), ("poly2",)):
    functions.append({"form": form, "first": first, "second": second, "eta": eta, "shift": shift, "lambda": sign,
                      "zeta": zeta, "cutoff": cutoff, "radius": 4.6, "inner": 0.0})

for f in functions:
    f["values"] = [(radial if f["form"] == "radial" else angular)(i, f) for i in range(len(species))]

print(json.dumps({"quantity": "symmetry functions of every atom, dimensionless; lengths in angstrom, eta in 1/angstrom^2",
                  "origin": "tests/golden/symmetry_functions.py: the definitions in plain Python, all images, all pairs",
                  "tolerance": 1e-11, "cell": cell, "species": species, "positions": positions,
                  "functions": functions}, indent=1))
