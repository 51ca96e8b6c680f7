# Descriptors with directions of moments, from labelled spin configurations to J, dynamics and a relaxation by the model. The
# labels are those of a pair potential with exchange, E = Σ_{i<j} (φ − J s_i s_j) h(r), h = (1 − r²/R²)³.
python3 - <<'P' || fail "no data were made"
import random
from math import sqrt
random.seed(5)
R, phi, J, a0 = 4.0, 3.0, 0.3, 2.87
def cells(a, m, rattle, positions=((0, 0, 0), (0.5, 0.5, 0.5))):
    return [[a * (c + h) + random.uniform(-rattle, rattle) for c, h in zip((i, j, k), p)]
            for i in range(m) for j in range(m) for k in range(m) for p in positions]
def labels(atoms, L, s):
    n, e, f = len(atoms), 0.0, [[0.0] * 3 for _ in atoms]
    order = [0.0] * n
    images = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]
    for i in range(n):
        for j in range(n):
            for t in images:
                d = [atoms[j][k] + L * t[k] - atoms[i][k] for k in range(3)]
                r2 = sum(x * x for x in d)
                if r2 < 1e-6 or r2 >= R * R: continue
                y = 1 - r2 / R**2
                depth = phi - J * s[i] * s[j]
                e += 0.5 * depth * y**3
                order[i] += s[i] * s[j] * y**3
                for k in range(3): f[i][k] += depth * -6 / R**2 * y * y * d[k]
    moments = [0.05 if q == 0 else q * (1.7 + 0.25 * o) for q, o in zip(s, order)]
    return e, f, moments
def write(out, atoms, L, s, family, with_moments=True):
    e, f, m = labels(atoms, L, s)
    columns = "species:S:1:pos:R:3:forces:R:3" + (":magmoms:R:1" if with_moments else "")
    out.write(f'{len(atoms)}\nLattice="{L} 0 0 0 {L} 0 0 0 {L}" Properties={columns} energy={e:.10f} config_type={family} pbc="T T T"\n')
    for r, g, q in zip(atoms, f, m):
        out.write("Fe " + " ".join("%.10f" % x for x in r + g) + (f" {q:.6f}" if with_moments else "") + "\n")
def signs(n, silent=True): return [random.choice([1, 1, -1, -1, 0] if silent else [1, -1]) for _ in range(n)]
for name, n in (("training", 48), ("test", 12)):
    with open(name + ".xyz", "w") as out:
        for _ in range(n): write(out, cells(a0, 2, 0.12), 2 * a0, signs(16), "spins")
with open("configurations.xyz", "w") as out:  # of the crystal: ferromagnet, layers, random ones
    write(out, cells(a0, 2, 0), 2 * a0, [1] * 16, "ferromagnet")
    write(out, cells(a0, 2, 0), 2 * a0, [1, -1] * 8, "layers")
    for _ in range(10): write(out, cells(a0, 2, 0), 2 * a0, signs(16, False), "random")
with open("nothing.xyz", "w") as out:
    for _ in range(6): write(out, cells(a0, 1, 0.1), a0, [1] * 2, "x", False)
with open("layers.xyz", "w") as out: write(out, cells(a0, 2, 0.03), 2 * a0, [1, -1] * 8, "layers")
P
for name in training test nothing; do expect 0 import $name.xyz -o $name.h5; done
train() {  # <output> <data> <lines of descriptors> <head of moments>
    cat <<Y
kamacite: train
data: [$2.h5]
output: $1
split: {validation: 0.2, test: 0}
descriptors:
  cutoff_radial: 4 angstrom
  cutoff_angular: 4 angstrom
  radial_centred: 0
  radial_shifted: 4
  first_shift: 1.8 angstrom
  angular_eta: [0.05 1/angstrom^2]
  zeta: [1]
$3
model:
  energy: {hidden: [8]}
  $4
stages: [{optimiser: kalman, epochs: 12, batch: 8}]
Y
}
train aware training '  spins: [Fe]
  least_moment: 0.5 mu_B' 'moment: {hidden: [8]}' >aware.yaml
train blind training "" 'moment: {hidden: [8]}' >blind.yaml
expect 0 train aware.yaml
expect 0 train blind.yaml
expect 0 info aware; prints 'directions of moments of ["Fe"], from 0.5 μB on'
expect 0 evaluate aware/model.h5 test.h5 --json
cp out aware.json
expect 0 evaluate blind/model.h5 test.h5 --json
cp out blind.json
python3 - <<'P' || fail "directions are not learned"
import json
def rmse(name, quantity):
    found = json.load(open(name + ".json"))
    def walk(x):
        if isinstance(x, dict):
            if x.get("quantity") == quantity and "rmse" in x: yield x["rmse"]
            for v in x.values(): yield from walk(v)
        elif isinstance(x, list):
            for v in x: yield from walk(v)
    return next(walk(found))
for quantity in ("energy", "forces", "moments"):
    assert rmse("aware", quantity) < 0.2 * rmse("blind", quantity), (quantity, rmse("aware", quantity), rmse("blind", quantity))
P

# Predicted energies of configurations give J; moments have the signs of what was asked for.
expect 0 predict aware/model.h5 configurations.xyz -o predicted.xyz
python3 - <<'P' || fail "predictions have not the directions that were asked for"
def frames(name, energy, moments):
    lines = open(name).read().splitlines()
    while lines:
        n = int(lines[0])
        keys = dict(w.split("=", 1) for w in lines[1].replace('"', "").split() if "=" in w)
        columns, at = keys["Properties"].split(":"), 0
        for k in range(0, len(columns), 3):
            if columns[k] == moments: place = at
            at += int(columns[k + 2])
        yield float(keys[energy]) / n, [float(l.split()[place]) for l in lines[2:n + 2]]
        lines = lines[n + 2:]
got, given = list(frames("predicted.xyz", "energy", "magmoms")), list(frames("configurations.xyz", "energy", "magmoms"))
assert len(got) == len(given) == 12
for (e, m), (f, n) in zip(got, given):
    assert all((x < 0) == (y < 0) for x, y in zip(m, n)), (m, n)
assert abs((got[1][0] - got[0][0]) - (given[1][0] - given[0][0])) < 0.1 * (given[1][0] - given[0][0]), (got[:2], given[:2])
P
cat >properties.yaml <<'Y'
kamacite: properties
model: iron
output: exchange
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
magnetism:
  spins: {fit: {data: predicted.xyz, shells: 2}, sizes: [4, 6], sweeps: 64, thermalisation: 32, rescaling: 1}
Y
expect 0 properties properties.yaml
python3 - <<'P' || fail "J of the model is not that of its labels"
import csv
h = lambda r: (1 - r * r / 16) ** 3
rows = list(csv.DictReader(l for l in open("exchange/exchange.csv") if l[0] != "#"))
value = next(k for k in rows[0] if k.startswith("J") or "coupling" in k or "exchange" in k)
got = [float(r[value]) for r in rows]
unit = 1e-3 if "meV" in value else 1.0
for j, r in zip(got, (2.87 * 3 ** 0.5 / 2, 2.87)):  # Σ over i ≠ j: half of that of pairs
    assert abs(j * unit - 0.15 * h(r)) < 0.15 * 0.15 * h(r), (got, value, 0.15 * h(r))
P

# Directions stay with the atoms: dynamics and relaxations of an antiferromagnet, its files, what begins from them.
cat >md.yaml <<'Y'
kamacite: md
model: aware/model.h5
structure: layers.xyz
supercell: [2, 2, 2]
output: md
steps: 20
timestep: 1 fs
initial_temperature: 300 K
thermo: 5
checkpoint: {every: 10}
Y
expect 0 md md.yaml
LAUNCH="" expect 0 predict aware/model.h5 md/final.xyz -o final.xyz
cat >relax.yaml <<'Y'
kamacite: relax
model: aware/model.h5
structure: layers.xyz
output: relaxed
force_tolerance: 1 meV/angstrom
Y
expect 0 relax relax.yaml
python3 - <<'P' || fail "an antiferromagnet did not stay one"
import glob
def signs(name):
    lines = open(name).read().splitlines()
    n = int(lines[0]); columns = lines[1].split("Properties=")[1].split()[0].split(":")
    at = 0
    for k in range(0, len(columns), 3):
        if columns[k] in ("magmoms", "spins"): place = at
        at += int(columns[k + 2])
    return [float(l.split()[place]) > 0 for l in lines[2:n + 2]]
for name in ["md/final.xyz", "final.xyz"] + glob.glob("relaxed/*.xyz"):
    s = signs(name)
    assert 2 * sum(s) == len(s), (name, s)
P
mv md launched
LAUNCH="" expect 0 md md.yaml
python3 - <<'P' || fail "dynamics depends on the number of ranks"
import csv
a, b = (list(csv.DictReader(l for l in open(d + "/thermo.csv") if l[0] != "#")) for d in ("md", "launched"))
assert len(a) == len(b) == 5
for x, y in zip(a, b):
    for key in x: assert abs(float(x[key]) - float(y[key])) <= 1e-7 * max(1, abs(float(x[key]))), (key, x, y)
P

# What is lacking is told.
train lacking nothing '  spins: [Fe]' "" >lacking.yaml
expect 65 train lacking.yaml; says "nothing.h5: 6 structures to learn from have no magnetic moments"; absent lacking/log.txt
train wrong training '  spins: [Ni]' "" >wrong.yaml
expect 78 train wrong.yaml; says "Ni"
train wrong training '  least_moment: 0.5 mu_B' "" >wrong.yaml
expect 78 train wrong.yaml; says "least_moment"
expect 65 convert aware/model.h5 -o n2p2 --format n2p2; says "direction of their moments"
expect 0 convert aware/model.h5 -o spins__MO_000000000000_000 --format kim; says "all are up"
