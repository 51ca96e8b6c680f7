# Compounds and solutes of an embedded-atom potential for iron and aluminium: the same on any number of ranks.
published=/usr/share/lammps/potentials/AlFe_mm.eam.fs
if [ ! -e $published ]; then
    echo "skipped: $published is absent (Debian's package lammps-data has it)"
    exit 0
fi
cat >alloys.yaml <<Y
kamacite: properties
model: $published
output: launched
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
alloys:
  references: [{element: Al, lattice: fcc}]
  compounds:
    - {lattice: B2, elements: [Fe, Al]}
    - {lattice: D0_3, elements: [Fe, Al]}
    - {lattice: L1_0, elements: [Fe, Al]}
  solutes:
    - {element: Al, sites: [substitutional, octahedral], binding_shells: 1}
  supercell: 2
force_tolerance: 0.001 eV/angstrom
Y
expect 0 check alloys.yaml
expect 0 properties alloys.yaml
prints "B2_FeAl_formation"; prints "D0_3_Fe3Al_bulk_modulus"; prints "L1_0_FeAl_c"; prints "Al_substitutional_solution"
prints "Al_octahedral_vacancy_binding_1"
# Nothing holds L1_0 where it is: here it becomes B2, on the Bain path.
says "L1_0_FeAl: the edges of its cell change"; ! grep -q "B2_FeAl: the edges" err || fail "B2 is said to have become another crystal"
sed 's|output: launched|output: alone|' alloys.yaml >alone.yaml
LAUNCH="" expect 0 properties alone.yaml
same launched/properties.csv alone/properties.csv
# The same references as numbers: the energies of formation are the same. B2 and the constants are those of LAMMPS.
sed -e 's|output: launched|output: numbers|' -e 's|{element: Al, lattice: fcc}|{element: Al, from: energy, energy: -3.36970548 eV}|' alloys.yaml >numbers.yaml
expect 0 properties numbers.yaml
python3 - <<'P' || fail "the numbers are not those of LAMMPS"
import json
p = json.load(open("launched/properties.json"))["properties"]
q = json.load(open("numbers/properties.json"))["properties"]
for name in ("B2_FeAl_formation", "Al_substitutional_solution"):
    assert abs(p[name]["value"] - q[name]["value"]) < 1e-6, name
assert abs(p["B2_FeAl_formation"]["value"] - (-4.02491032 + (4.01298231 + 3.36970548) / 2)) < 2e-6, p
assert abs(p["B2_FeAl_a"]["value"] - 2.851337) < 2e-4, p
assert p["D0_3_Fe3Al_formation"]["value"] < 0 and p["D0_3_Fe3Al_bulk_modulus"]["value"] > 100, p
P
python3 - <<'P' || fail "a value does not say how far the model was asked"
import csv
for r in csv.DictReader(l for l in open("launched/properties.csv") if l[0] != "#"): assert r["extrapolation"] and "grade" in r, r
P
# What is wrong is told.
sed 's|  references: .*||' alloys.yaml >lost.yaml; expect 78 properties lost.yaml; says "alloys.compounds[0].elements"; says "Al has no reference"
sed 's|elements: \[Fe, Al\]|elements: [Fe]|' alloys.yaml >one.yaml; expect 78 properties one.yaml; says "alloys.compounds[0].elements"
sed 's|element: Al, sites|element: Fe, sites|' alloys.yaml >self.yaml; expect 78 properties self.yaml; says "is the crystal itself"
sed 's|elements: \[Fe, Al\]|elements: [Fe, Ni]|; s|{element: Al, lattice: fcc}|{element: Al, lattice: fcc}, {element: Ni, lattice: fcc}|' alloys.yaml >nickel.yaml
expect 65 properties nickel.yaml; says "Ni"
# Elastic constants at a temperature, far too short: what is written, and what is told.
sed -e '/^alloys:/,/supercell: 2/d' -e 's|output: launched|output: warm|' alloys.yaml >warm.yaml
cat >>warm.yaml <<'Y'
elastic_temperature: {temperatures: 300 K, supercell: 2, runs: 1, equilibration: 50 fs, duration: 200 fs, interval: 2 fs}
Y
expect 0 check warm.yaml
expect 0 properties warm.yaml
prints "C44_300K"; prints "lattice_constant_md_300K"
[ -s warm/elastic_temperature.csv ] || fail "elastic_temperature.csv is not there"
sed 's|interval: 2 fs|interval: 3.5 fs|' warm.yaml >odd.yaml; expect 78 properties odd.yaml; says "not a multiple of timestep"
sed 's|temperatures: 300 K|temperatures: 300 K, lattice_constants: 2.86 2.87 angstrom|' warm.yaml >two.yaml
expect 78 properties two.yaml; says "2 for 1 temperatures"
# The screw dislocation in the smallest cell.
sed -e '/^alloys:/,/supercell: 2/d' -e 's|output: launched|output: screw|' alloys.yaml >screw.yaml
echo 'screw_dislocation: {columns: 9, images: 1}' >>screw.yaml
expect 0 properties screw.yaml
prints "screw_dipole"; prints "screw_hard_core"; prints "screw_peierls_barrier"
[ -s screw/screw_dislocation.csv ] || fail "screw_dislocation.csv is not there"
sed 's|columns: 9|columns: 10|' screw.yaml >ten.yaml; expect 78 properties ten.yaml; says "they do not make a cell"
{ cat screw.yaml; echo "lattice: fcc"; } >fcc.yaml; expect 78 properties fcc.yaml; says "this dislocation is of bcc"
