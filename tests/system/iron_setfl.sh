# Sourced by system tests: writes iron.py, iron of Finnis and Sinclair, Phil. Mag. A 50, 45 (1984), which is a formula, and
# made.eam, its setfl file.
cat >iron.py <<'P'
import math
A, d, beta, c, c0, c1, c2 = 1.828905, 3.569745, 1.8, 3.40, 1.2371147, -0.3592185, -0.0385607
density = lambda r: (r - d) ** 2 + beta * (r - d) ** 3 / d if r < d else 0.0
pair = lambda r: (r - c) ** 2 * (c0 + c1 * r + c2 * r * r) if r < c else 0.0
embedding = lambda x: -A * math.sqrt(x)
P
python3 - <<'P' || fail "no file was made"
from iron import *
n, cutoff, end = 5000, 3.6, 40.0
dr, drho = cutoff / (n - 1), end / (n - 1)
def table(f, step):
    v = [repr(f(k * step)) for k in range(n)]
    return "\n".join(" ".join(v[k:k + 5]) for k in range(0, n, 5)) + "\n"
with open("made.eam", "w") as out:
    out.write(f"iron\nas a\nformula\n1 Fe\n{n} {drho!r} {n} {dr!r} {cutoff!r}\n26 55.845 2.8665 bcc\n")
    out.write(table(embedding, drho) + table(density, dr) + table(lambda r: r * pair(r), dr))
P
