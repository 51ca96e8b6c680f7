"""Writes iron of Finnis and Sinclair, Phil. Mag. A 50, 45 (1984), as a setfl file. Usage: finnis_sinclair.py iron.eam"""
import math
import sys

A, d, beta, c, c0, c1, c2 = 1.828905, 3.569745, 1.8, 3.40, 1.2371147, -0.3592185, -0.0385607


def density(r):
    return (r - d) ** 2 + beta * (r - d) ** 3 / d if r < d else 0.0


def pair(r):
    return (r - c) ** 2 * (c0 + c1 * r + c2 * r * r) if r < c else 0.0


def embedding(x):
    return -A * math.sqrt(x)


def table(f, step, n):
    values = [repr(f(k * step)) for k in range(n)]
    return "\n".join(" ".join(values[k:k + 5]) for k in range(0, n, 5)) + "\n"


n, cutoff, end = 5000, 3.6, 40.0
dr, drho = cutoff / (n - 1), end / (n - 1)
with open(sys.argv[1], "w") as out:
    out.write("Iron, Finnis and Sinclair,\nPhil. Mag. A 50, 45 (1984),\ntabulated from its formulas\n")
    out.write(f"1 Fe\n{n} {drho!r} {n} {dr!r} {cutoff!r}\n26 55.845 2.8665 bcc\n")
    out.write(table(embedding, drho, n) + table(density, dr, n) + table(lambda r: r * pair(r), dr, n))
