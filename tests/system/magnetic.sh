# Moments, spins and resistivity by a model that is really trained: the same on any number of ranks.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
expect 0 train train.yaml
python3 - <<'P'
with open("dos.csv", "w") as dos:  # Debye's, up to 470 K
    dos.write("frequency [THz],density [1/THz]\n")
    for k in range(2001):
        nu = 470 * 20.836619e-3 * k / 2000
        dos.write(f"{nu},{nu * nu}\n")
with open("lattice.csv", "w") as lattice:
    lattice.write("temperature [K],conductivity [W/m/K]\n200,15\n600,5\n")
P
cat >magnetic.yaml <<'Y'
kamacite: properties
model: tiny_model/model.h5
output: magnetic
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
magnetism:
  moments: {points: 5, temperatures: 100 300 K, supercell: 2, equilibration: 20, steps: 80}
  spins:
    shells: [{couplings: 1.3377 0.7570 -0.0598 -0.0882 mRy}]
    sizes: [4, 7]
    temperatures: 100 300 600 900 1200 K
    rescaling: 2.876
    curie: 1043 K
    sweeps: 256
    thermalisation: 64
resistivity:
  temperatures: 100 200 300 600 1043 K
  lattice_constants: 2.8 2.9 angstrom
  residual: 0.1
  lattice_conductivity: lattice.csv
Y
expect 0 check magnetic.yaml
expect 0 properties magnetic.yaml
prints "curie_temperature"; prints "moment_300K"; prints "resistivity_300K"; says "Wiedemann–Franz gives too much below 329 K"
for file in properties.csv properties.json moment_lattice_constant.csv moment_temperature.csv binder.csv magnetisation.csv resistivity.csv; do
    [ -s magnetic/$file ] || fail "$file is not there"
done
mv magnetic launched
LAUNCH="" expect 0 properties magnetic.yaml
for file in properties.csv moment_temperature.csv binder.csv magnetisation.csv resistivity.csv; do same launched/$file magnetic/$file; done
expect 0 check magnetic/resolved.yaml
python3 - <<'P' || fail "the numbers do not hang together"
import csv, json
p = json.load(open("magnetic/properties.json"))["properties"]
rows = lambda name: list(csv.DictReader(l for l in open(f"magnetic/{name}.csv") if l[0] != "#"))
assert abs(p["curie_temperature_mean_field"]["value"] - 1306.2) < 0.5, p
tc = p["curie_temperature"]
assert abs(tc["value"] - 925) < 40 + 4 * tc["error"] and 0 < tc["error"] < 60, tc
m = [float(r["magnetisation [1]"]) for r in rows("magnetisation")]
assert all(a > b for a, b in zip(m, m[1:])), m
r300 = next(r for r in rows("magnetisation") if float(r["temperature [K]"]) == 300)
assert float(r300["rescaled [1]"]) > 0.97 > 0.9 > float(r300["magnetisation [1]"]), r300
# ρ₀ + ρ_ph(300 K) + 80 (1 − 0.98013²) μΩ cm
assert abs(p["resistivity_300K"]["value"] - (0.1 + 6.8 + 80 * (1 - 0.98013**2))) < 0.01, p
table = rows("resistivity")
for r in table:
    part = lambda name: float(r[name + " [muOhm cm]"])
    assert abs(part("residual") + part("phonons") + part("spins") + part("deviation") - part("resistivity")) < 1e-6
    t = float(r["temperature [K]"])
    assert abs(2.44301e-8 * t / (part("resistivity") * 1e-8) - float(r["electrons [W/m/K]"])) < 1e-3 * float(r["electrons [W/m/K]"]), r
    assert (r["lattice [W/m/K]"] == "") == (not 200 <= t <= 600), r
    assert float(r["Wiedemann-Franz holds"]) == (t >= (600 if float(r["lattice constant [angstrom]"]) == 2.8 else 300)), r  # 0.7 Θ(a)
at = next(r for r in table if float(r["temperature [K]"]) == 300)
assert float(at["lattice [W/m/K]"]) == 12.5, at
assert abs(float(at["conductivity [W/m/K]"]) - 12.5 - float(at["electrons [W/m/K]"])) < 1e-6
a28, a29 = (next(float(r["phonons [muOhm cm]"]) for r in table if float(r["lattice constant [angstrom]"]) == a and float(r["temperature [K]"]) == 1043) for a in (2.8, 2.9))
assert 1.35 < a29 / a28 < 1.45, (a28, a29)  # (2.9/2.8)^(6·1.7) = 1.43 where it is hot
curve = rows("moment_lattice_constant")
assert len(curve) == 5 and all(1 < float(r["moment [mu_B]"]) < 4 for r in curve)
thermal = rows("moment_temperature")
assert all(float(r["error [mu_B]"]) > 0 for r in thermal) and len(thermal) == 2
P
# A density of states is the same as the Debye temperature that it was made of.
sed -e '/^magnetism:/,/^resistivity:/{/^resistivity:/!d}' -e 's|^output: .*|output: of_dos|' magnetic.yaml >of_dos.yaml
cat >>of_dos.yaml <<'Y'
  spectrum: density
  density: dos.csv
Y
expect 0 properties of_dos.yaml; says "does not follow the lattice constant"
python3 - <<'P' || fail "a Debye spectrum as a table gives another resistivity"
import csv
rows = lambda d: list(csv.DictReader(l for l in open(f"{d}/resistivity.csv") if l[0] != "#"))
for a, b in zip(rows("magnetic"), rows("of_dos")):
    x, y = (float(r["phonons [muOhm cm]"]) for r in (a, b))
    assert abs(x - y) < 2e-4 * x, (a, b)
P
# The conductivity of the lattice against its constant, with errors, as the block phonons leaves it.
printf 'lattice constant [angstrom],temperature [K],conductivity [W/m/K],spread of conductivity [W/m/K],error of conductivity [W/m/K]\n2.8,300,20,3,4\n2.8,600,10,0,1\n2.9,300,10,0,1\n2.9,600,4,0,1\n' >lattices.csv
sed -e '/^magnetism:/,/^resistivity:/{/^resistivity:/!d}' -e 's|^output: .*|output: of_lattices|' -e 's|lattice.csv|lattices.csv|' -e 's|2.8 2.9 ang|2.8 2.825 2.9 ang|' magnetic.yaml >of_lattices.yaml
expect 0 properties of_lattices.yaml
python3 - <<'P' || fail "the lattice's part: $(cat of_lattices/resistivity.csv)"
import csv
rows = list(csv.DictReader(l for l in open("of_lattices/resistivity.csv") if l[0] != "#"))
at = lambda a, t: next(r for r in rows if float(r["lattice constant [angstrom]"]) == a and float(r["temperature [K]"]) == t)
for a, t, kappa, error in ((2.8, 300, 20, 5), (2.9, 600, 4, 1), (2.825, 300, 17.5, 4)):
    r = at(a, t)
    assert abs(float(r["lattice [W/m/K]"]) - kappa) < 1e-6 and abs(float(r["lattice error [W/m/K]"]) - error) < 1e-6, r
    assert abs(float(r["conductivity [W/m/K]"]) - kappa - float(r["electrons [W/m/K]"])) < 1e-6, r
    assert float(r["conductivity error [W/m/K]"]) >= error, r
assert at(2.8, 200)["lattice [W/m/K]"] == at(2.8, 1043)["conductivity [W/m/K]"] == "", rows
P
# A correction learned from labels: applied where what is left out is met, and not where labels are noise.
cat >labels.py <<'P'
import csv, math, random, sys
random.seed(7)
print("lattice constant [angstrom],temperature [K],resistivity [muOhm cm],error [muOhm cm]")
for r in csv.DictReader(l for l in open("of_lattices/resistivity.csv") if l[0] != "#"):
    a, t, rho = (float(r[c]) for c in ("lattice constant [angstrom]", "temperature [K]", "resistivity [muOhm cm]"))
    shift = random.gauss(0, 0.5) if sys.argv[1] == "noise" else (0.5 + 4 * (a / 2.84 - 1)) * t / 1000
    print(a, t, rho * math.exp(shift), 0.01 * rho, sep=",")
P
for kind in law noise; do
    python3 labels.py $kind >$kind.csv
    { sed "s|^output: .*|output: of_$kind|" of_lattices.yaml; echo "  correction: {labels: $kind.csv, source: made up by a $kind}"; } >$kind.yaml
    expect 0 properties $kind.yaml; says "15 labels of made up by a $kind"
    [ -s of_$kind/resistivity_validation.csv ] || fail "no validation of $kind"
done
says "the correction is not applied"
expect 0 properties law.yaml; says "the correction is applied"; prints "resistivity_corrected_300K"
python3 - <<'P' || fail "the correction is another: $(cat of_law/resistivity.csv of_law/resistivity_validation.csv)"
import csv, math
rows = lambda d: list(csv.DictReader(l for l in open(f"{d}/resistivity.csv") if l[0] != "#"))
for r in rows("of_law"):
    a, t, rho, value, error = (float(r[c]) for c in ("lattice constant [angstrom]", "temperature [K]", "resistivity [muOhm cm]", "corrected [muOhm cm]", "corrected error [muOhm cm]"))
    truth = rho * math.exp((0.5 + 4 * (a / 2.84 - 1)) * t / 1000)
    assert abs(value / truth - 1) < 0.03 and 0 < error < 0.1 * value, (r, truth)
assert all(r["corrected [muOhm cm]"] == "" for r in rows("of_noise"))
P
sed 's|source: [^}]*|source: ""|' law.yaml >nameless.yaml; expect 78 properties nameless.yaml; says "resistivity.correction.source"
head -5 law.csv >few.csv; sed 's|law.csv|few.csv|' law.yaml >few.yaml; expect 65 properties few.yaml; says "few.csv has 4 labels"
sed '3s|,[0-9.]*,|,-3,|' law.csv >cold.csv; sed 's|law.csv|cold.csv|' law.yaml >cold.yaml; expect 65 properties cold.yaml; says "cold.csv, row 2: the temperature is -3"
# Spins that sit on a structure of a file, with exchange by distance.
sed -e '/^resistivity:/,$d' -e '/moments:/d' -e '/shells:/d' -e 's|sizes: .*|structure: cell.xyz\n    sizes: [4, 6]\n    bethe_slater: {alpha: 12 meV, delta: 2.5 angstrom, gamma: 0, cutoff: 3 angstrom}|' -e 's|^output: .*|output: by_distance|' magnetic.yaml >by_distance.yaml
printf '2\nLattice="2.87 0 0 0 2.87 0 0 0 2.87" Properties=species:S:1:pos:R:3 pbc="T T T"\nFe 0.1 0 0\nFe 1.435 1.4 1.5\n' >cell.xyz
expect 0 properties by_distance.yaml; prints "curie_temperature"
# Exchange from the energies of spin configurations, as ASE writes them; cells in which atoms are their own neighbours.
cat >configurations.py <<'P'
import itertools, sys
a, j, e0, noise = 2.87, {3**0.5 / 2: 0.020, 1.0: 0.011}, -8.2, float(sys.argv[1])
cells = [((1, 1, 1), (1, 1)), ((1, 1, 1), (1, -1)), ((2, 1, 1), (1, 1, -1, -1)), ((2, 1, 1), (1, 1, 1, -1)),
         ((2, 2, 1), (1, 1, -1, 1, -1, 1, 1, -1)), ((2, 2, 1), (1, 1, 1, 1, 1, 1, 1, -1)), ((2, 2, 1), (1, -1, 1, 1, 1, 1, -1, 1))]
for number, (n, spins) in enumerate(cells):
    sites = [(x + h, y + h, z + h) for x in range(n[0]) for y in range(n[1]) for z in range(n[2]) for h in (0, 0.5)]
    energy = len(sites) * (e0 + noise * (-1) ** number)
    for i, r in enumerate(sites):
        for k, t in enumerate(sites):
            for shift in itertools.product(range(-3, 4), repeat=3):
                d = sum((t[c] + shift[c] * n[c] - r[c]) ** 2 for c in range(3)) ** 0.5
                energy -= sum(J for radius, J in j.items() if abs(d - radius) < 1e-6) * spins[i] * spins[k]
    print(len(sites))
    print(f'Lattice="{a * n[0]} 0 0 0 {a * n[1]} 0 0 0 {a * n[2]}" Properties=species:S:1:pos:R:3:magmoms:R:1 energy={energy!r} pbc="T T T"')
    for r, s in zip(sites, spins):
        print("Fe", *(a * x for x in r), 2.2 * s)
P
python3 configurations.py 0 >spins.xyz
sed -e '/^resistivity:/,$d' -e '/moments:/d' -e 's|shells: .*|fit: {data: spins.xyz, shells: 2}|' -e 's|^output: .*|output: fitted|' magnetic.yaml >fitted.yaml
expect 0 check fitted.yaml
expect 0 properties fitted.yaml; prints "exchange_1"; prints "curie_temperature"
python3 - <<'P' || fail "the exchange does not come back: $(cat fitted/exchange.csv)"
import csv, json
p = json.load(open("fitted/properties.json"))["properties"]
assert abs(p["exchange_1"]["value"] - 20) < 1e-6 and abs(p["exchange_2"]["value"] - 11) < 1e-6, p
assert abs(p["curie_temperature_mean_field"]["value"] - 2 * (8 * 0.020 + 6 * 0.011) / 3 / 8.617333e-5) < 0.1, p
rows = list(csv.DictReader(l for l in open("fitted/exchange_fit.csv") if l[0] != "#"))
assert len(rows) == 7 and all(abs(float(r["energy [meV/atom]"]) - float(r["fitted [meV/atom]"])) < 1e-5 for r in rows), rows
P
python3 configurations.py 0.2 >noisy.xyz
sed 's|spins.xyz|noisy.xyz|' fitted.yaml >noisy.yaml; expect 0 properties noisy.yaml; says "a configuration that is left out is missed by"
sed 's|shells: 2}|shells: 6}|' fitted.yaml >many.yaml; expect 65 properties many.yaml; says "spins.xyz: 7 configurations are too few for 6 couplings"
sed 's|2.2$|0.2|' spins.xyz >small.xyz; sed 's|spins.xyz|small.xyz|' fitted.yaml >small.yaml; expect 65 properties small.yaml
says "small.xyz: structure 0: the moment of atom 0 is 0.20"
sed '0,/2.87 0 0 0 2.87/s//2.97 0 0 0 2.87/' spins.xyz >volume.xyz; sed 's|spins.xyz|volume.xyz|' fitted.yaml >volume.yaml
expect 65 properties volume.yaml; says "Å³/atom, the first one"
sed 's|:magmoms:R:1||; s|^\(Fe.*\) [-0-9.]*$|\1|' spins.xyz >still.xyz; sed 's|spins.xyz|still.xyz|' fitted.yaml >still.yaml
expect 65 properties still.yaml; says "still.xyz: structure 0 has no magnetic moments"
sed 's|    fit: .*|&\n    shells: [{couplings: 1 mRy}]|' fitted.yaml >both.yaml; expect 78 properties both.yaml; says "magnetism.spins.fit"
# The report of the training shows what lies below it.
sed 's|^output: .*|output: tiny_model/magnetic|' magnetic.yaml >below.yaml; expect 0 properties below.yaml
expect 0 report tiny_model
for figure in moment_lattice_constant moment_temperature binder magnetisation spin_heat_capacity resistivity resistivity_lattice_constant conductivity; do
    [ -s tiny_model/report_data/magnetic_$figure.csv ] || fail "$figure is not beside the report"
done
# What is wrong is told.
sed 's|    shells: .*||' magnetic.yaml >none.yaml; expect 78 properties none.yaml; says "magnetism.spins.shells"
sed 's|sizes: .*|sizes: [7, 4]|' magnetic.yaml >sizes.yaml; expect 78 properties sizes.yaml; says "magnetism.spins.sizes"
sed 's|couplings: .*mRy|couplings: 1 2|' magnetic.yaml >unit.yaml; expect 78 properties unit.yaml; says "couplings"
{ cat of_dos.yaml; echo "  magnetisation: spins"; } >spins.yaml; expect 78 properties spins.yaml; says "magnetism.spins"
sed 's|density: dos.csv|density: nowhere.csv|' of_dos.yaml >nowhere.yaml; expect 66 properties nowhere.yaml; says "nowhere.csv"
sed 's|density: dos.csv|density: lattice.csv|' of_dos.yaml >column.yaml; expect 65 properties column.yaml; says "no column 'frequency'"
sed 's|^model: .*|model: iron|' magnetic.yaml >silent.yaml; expect 65 properties silent.yaml; says "moment head"
sed 's|couplings: .*mRy|couplings: -1 mRy|; s|    curie: .*||' magnetic.yaml >against.yaml; expect 70 properties against.yaml; says "favours no ferromagnet"
sed "s|^element: .*||; s|^lattice: .*||; s|^output.*|lattice: fcc\n&|" of_dos.yaml >fcc.yaml; expect 78 properties fcc.yaml; says "that is of bcc Fe"
sed '/density: dos.csv/d' of_dos.yaml >no_dos.yaml; expect 78 properties no_dos.yaml; says "add the block phonons"
{ sed 's|^output: .*|output: of_phonons|' no_dos.yaml; echo 'phonons: {}'; } >phonons.yaml
expect 0 properties phonons.yaml; prints "resistivity_300K"; [ -s of_phonons/phonon_dos.csv ] || fail "no phonons"

# Dynamics tells the moments, and goes on with them.
printf '2\nLattice="2.84 0 0 0 2.84 0 0 0 2.84" Properties=species:S:1:pos:R:3 pbc="T T T"\nFe 0 0 0\nFe 1.42 1.42 1.42\n' >cell.xyz
cat >whole.yaml <<'Y'
kamacite: md
model: tiny_model/model.h5
structure: cell.xyz
supercell: [3, 3, 3]
output: whole
steps: 20
timestep: 1 fs
seed: 4
initial_temperature: 100 K
thermo: 5
frames: {every: 10, moments: true}
checkpoint: {every: 10}
Y
expect 0 md whole.yaml
python3 - <<'P' || fail "moments of a run: $(cat whole/thermo.csv)"
import csv
moments = [float(r["moment [mu_B]"]) for r in csv.DictReader(l for l in open("whole/thermo.csv") if l[0] != "#")]
assert len(moments) == 5 and all(1.5 < m < 3 for m in moments) and len(set(moments)) > 1, moments
P
expect 0 info whole/trajectory-000001.h5; prints "particles/all/moment/value"
sed 's/whole/parts/; s/steps: 20/steps: 10/' whole.yaml >parts.yaml
expect 0 md parts.yaml
sed -i 's/steps: 10/steps: 20/' parts.yaml
expect 0 md parts.yaml --resume
same whole/thermo.csv parts/thermo.csv; same whole/final.xyz parts/final.xyz
