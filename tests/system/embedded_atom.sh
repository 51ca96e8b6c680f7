# A setfl file as MODEL of predict and properties: the same on any number of ranks; what is wrong with one is told.
source "$SOURCE/tests/system/iron_setfl.sh"
cat >dimers.xyz <<'X'
2
Lattice="40 0 0 0 40 0 0 0 40" Properties=species:S:1:pos:R:3 pbc="F F F"
Fe 0.0 0.0 0.0
Fe 2.5 0.0 0.0
2
Lattice="40 0 0 0 40 0 0 0 40" Properties=species:S:1:pos:R:3 pbc="F F F"
Fe 0.0 0.0 0.0
Fe 0.0 3.1 0.0
2
Lattice="2.9 0 0 0 2.9 0 0 0 2.9" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.4 1.5 1.45
X
expect 0 predict made.eam dimers.xyz -o all.xyz; prints "3 structures, 6 atoms"
mv all.xyz launched.xyz
LAUNCH="" expect 0 predict made.eam dimers.xyz -o all.xyz; same launched.xyz all.xyz
expect 0 predict made.eam dimers.xyz -o all.h5; expect 0 info all.h5
python3 - <<'P' || fail "a dimer has not the energy of its formula"
import re
from iron import *
energy = lambda r: 2 * embedding(density(r)) + pair(r)
told = [float(e) for e in re.findall(r"energy=(\S+)", open("all.xyz").read())]
for r, e in zip((2.5, 3.1), told):
    assert abs(energy(r) - e) < 1e-7, (r, energy(r), e)
rows = [line.split() for line in open("all.xyz")]
force = float(rows[3][4])  # of the second atom along x
slope = (energy(2.5 + 1e-4) - energy(2.5 - 1e-4)) / 2e-4
assert abs(force + slope) < 1e-5, (force, slope)
P
cat >made.yaml <<'Y'
kamacite: properties
model: made.eam
output: made
equation_of_state: {points: 9, width: 0.02}
point_defects: {kinds: [vacancy], supercell: 3}
stacking_faults: {layers: 10, points: 9}
surfaces: {planes: ["110"], layers: 6}
Y
expect 0 properties made.yaml; prints "C44"; prints "vacancy_formation"
mv made launched
LAUNCH="" expect 0 properties made.yaml
for file in properties.csv energy_volume.csv bain.csv fault_110_1-11.csv fault_112_11-1.csv; do same launched/$file made/$file; done
python3 - <<'P' || fail "the numbers do not hang together"
import json
told = json.load(open("made/properties.json"))
value = lambda name: told["properties"][name]["value"]
assert told["members"] == 1 and all("spread" not in v for v in told["properties"].values())
# The numbers that the formula was fitted to, from the same paper.
for name, wanted, off in (("lattice_constant", 2.8665, 2e-3), ("energy", -4.28, 5e-3), ("C11", 243.1, 1.5),
                          ("C12", 138.1, 1.5), ("C44", 121.9, 1.5)):
    assert abs(value(name) - wanted) < off, (name, value(name), wanted)
assert 0.3 < value("migration_vacancy") < value("vacancy_formation"), told
assert 0.3 < value("unstable_fault_110_1-11") < value("unstable_fault_112_11-1") < 2, told
assert "stable_fault_110_1-11" not in told["properties"]
assert abs((value("C11") + 2 * value("C12")) / 3 / value("bulk_modulus") - 1) < 0.02, told
P
# What is wrong is told, once, on all ranks together.
{ cat made.yaml; echo "element: Ni"; } >nickel.yaml; expect 65 properties nickel.yaml; says "knows Fe only, not Ni"
sed 's/^Fe 1.4/Cr 1.4/' dimers.xyz >chromium.xyz
expect 65 predict made.eam chromium.xyz -o x.xyz; says "knows Fe only"; absent x.xyz
head -n 700 made.eam >cut.eam
expect 65 predict cut.eam dimers.xyz -o x.xyz; says "cut.eam:700: the file ends after"; absent x.xyz
sed '9s/^[^ ]*/nan/' made.eam >nan.eam; expect 65 predict nan.eam dimers.xyz -o x.xyz; says "nan.eam:9: 'nan' is not a finite number"
expect 2 predict made.eam dimers.xyz -o dimers.xyz --force; says "same file"
cp made.eam made.xyz; expect 2 predict made.xyz dimers.xyz -o made.xyz --force; says "same file"
expect 0 predict made.eam dimers.xyz -o y.xyz --precision mixed; says "no effect on an embedded-atom"
expect 65 evaluate made.eam all.h5; says "made.eam: this is an embedded-atom file"
expect 65 predict dimers.xyz dimers.xyz -o x.xyz; says "dimers.xyz: this is text, so no model of kamacite"
printf 'copper\n29 63.55 3.615 fcc\n500 5e-4 500 1e-2 4.95\n1 2 3 4 5\n1 2 3 4 5\n' >old.eam
expect 65 predict old.eam dimers.xyz -o x.xyz; says "old.eam:4: '1 2 3 4 5'"; says "'funcfl' must be converted"
sed '5s/ [^ ]*$//' made.eam >four.eam; expect 65 predict four.eam dimers.xyz -o x.xyz; says "four.eam:5: the line has 4 words"
: >empty.eam; expect 65 predict empty.eam dimers.xyz -o x.xyz; says "empty.eam"
# A published potential has the lattice constant that its authors wrote into its file.
published=/usr/share/lammps/potentials/Fe_mm.eam.fs
if [ -e $published ]; then
    sed "s|made.eam|$published|; s|output: made|output: iron|" made.yaml >iron.yaml
    expect 0 properties iron.yaml
    python3 - "$published" <<'P' || fail "the lattice constant is not that of the file"
import json, sys
stated = float(open(sys.argv[1], errors="replace").read().split("\n")[5].split()[2])
told = json.load(open("iron/properties.json"))["properties"]["lattice_constant"]["value"]
assert abs(told - stated) < 5e-5, (told, stated)
P
else
    echo "skipped: $published is absent (Debian's package lammps has it)"
fi
