# Static properties of a model that is really trained: the same on any number of ranks, with a spread for a committee.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
expect 0 train train.yaml
sed -e "s|supercell: 2|supercell: 3|; s|points: 9|points: 9, width: 0.02|" "$SOURCE/inputs/tiny/properties.yaml" >statics.yaml
expect 0 check statics.yaml
expect 0 properties statics.yaml
prints "lattice_constant"; prints "C44"; prints "vacancy_formation"; prints "surface_110"; prints "tiny_properties/properties.csv"
for file in properties.csv energy_volume.csv bain.csv properties.json resolved.yaml; do
    [ -s tiny_properties/$file ] || fail "$file is not there"
done
mv tiny_properties launched
LAUNCH="" expect 0 properties statics.yaml
for file in properties.csv energy_volume.csv bain.csv; do same launched/$file tiny_properties/$file; done
python3 - <<'P' || fail "the numbers do not hang together"
import csv, json
p = json.load(open("tiny_properties/properties.json"))["properties"]
value = lambda name: p[name]["value"]
assert abs(value("lattice_constant") ** 3 / 2 / value("volume") - 1) < 1e-12
# B of the elastic constants and of the equation of state are found in different ways.
assert abs((value("C11") + 2 * value("C12")) / 3 / value("bulk_modulus") - 1) < 0.05, p
assert value("vacancy_formation") <= value("vacancy_unrelaxed")
assert value("surface_110") <= value("surface_110_unrelaxed")
assert all("spread" not in v for v in p.values())
rows = [r for r in csv.DictReader(l for l in open("tiny_properties/bain.csv") if l[0] != "#")]
at_bcc = next(r for r in rows if float(r["c/a"]) == 1.0)
assert abs(float(at_bcc["energy at the volume of bcc [meV/atom]"])) < 1e-9, at_bcc
assert all(float(r["energy at the best volume [meV/atom]"]) <= float(r["energy at the volume of bcc [meV/atom]"]) + 1e-3 for r in rows)
P
# How far the model was asked is told of what is found, not of the search for it, which goes far beyond.
sed 's|width: 0.02|width: 0.02, lowest_volume: 6 angstrom^3, highest_volume: 30 angstrom^3|; s|tiny_properties|searched|' statics.yaml >searched.yaml
expect 0 properties searched.yaml
python3 - <<'P' || fail "the search for the minimum counts as extrapolation"
import json
near, far = (json.load(open(f"{d}/properties.json"))["properties"] for d in ("tiny_properties", "searched"))
for name, v in near.items():
    for reach in ("extrapolation", "grade"):
        assert abs(far[name][reach] - v[reach]) < 0.05 * v[reach] + 0.05, (name, reach, v, far[name])
    assert v["grade"] > 0, (name, v)
assert len({v["grade"] for v in near.values()}) > 2, near
P
# Two members: mean and spread.
sed -e 's|^output: .*|output: second|' -e 's|12\]}|12], activation: tanh}|' train.yaml >second.yaml
expect 0 train second.yaml
mkdir pair; cp tiny_model/model.h5 pair/one.h5; cp second/model.h5 pair/two.h5
sed 's|tiny_model/model.h5|pair|; s|tiny_properties|of_pair|' statics.yaml >pair.yaml
sed 's|tiny_model/model.h5|second/model.h5|; s|tiny_properties|of_second|' statics.yaml >of_second.yaml
expect 0 properties of_second.yaml
expect 0 properties pair.yaml; prints "±"
python3 - <<'P' || fail "a committee is not the mean of its members"
import json
one, two, both = (json.load(open(f"{d}/properties.json"))["properties"] for d in ("tiny_properties", "of_second", "of_pair"))
for name, v in both.items():
    a, b = one[name]["value"], two[name]["value"]
    assert abs(v["value"] - (a + b) / 2) < 1e-9 * max(1, abs(v["value"])), name
    assert abs(v["spread"] - abs(a - b) / 2 ** 0.5) < 1e-9 * max(1, abs(v["value"])), name
P
# So are elastic constants at a temperature: each member has its own dynamics, with the same noise.
for who in tiny_model/model.h5:warm_one second/model.h5:warm_two pair:warm_pair; do
    { sed -e "s|model: .*|model: ${who%%:*}|; s|tiny_properties|${who##*:}|; /^point_defects/d; /^surfaces/d" statics.yaml
      echo "point_defects: false"; echo "surfaces: false"; echo "bain: false"
      echo "elastic_temperature: {temperatures: 50 K, lattice_constants: 2.84 angstrom, supercell: 2, runs: 1, equilibration: 20 fs, duration: 200 fs, interval: 2 fs}"
    } >${who##*:}.yaml
    expect 0 properties ${who##*:}.yaml
done
python3 - <<'P' || fail "warm elastic constants of a committee are not those of its members"
import csv, json
one, two, both = (json.load(open(f"warm_{d}/properties.json"))["properties"] for d in ("one", "two", "pair"))
for name in ("C11_50K", "C12_50K", "C44_50K"):
    a, b, v = one[name]["value"], two[name]["value"], both[name]
    assert abs(v["value"] - (a + b) / 2) < 1e-6 * abs(v["value"]), name
    assert abs(v["spread"] - abs(a - b) / 2 ** 0.5) < 1e-6 * abs(v["value"]) and v["spread"] > 0, name
    assert v["grade"] == max(one[name]["grade"], two[name]["grade"]), name
row = next(csv.DictReader(l for l in open("warm_pair/elastic_temperature.csv") if l[0] != "#"))
assert abs(float(row["spread C11 [GPa]"]) - both["C11_50K"]["spread"]) < 1e-4, row
P
# The report of the training shows what lies below it.
sed 's|tiny_properties|tiny_model/statics|' statics.yaml >below.yaml; expect 0 properties below.yaml
expect 0 report tiny_model
grep -q "Properties of bcc Fe: statics" tiny_model/report.html || fail "the report does not show the properties"
grep -q "vacancy formation" tiny_model/report.html || fail "the table is not in the report"
[ -s tiny_model/report_data/statics_bain.csv ] || fail "the Bain path is not beside the report"
# What is wrong is told.
sed 's|lattice: .*||; s|^output.*|lattice: hcp\n&|' statics.yaml >hcp.yaml; expect 78 properties hcp.yaml; says "point_defects: false"
{ cat statics.yaml; echo "stacking_faults: {lines: [{plane: '110', direction: '111'}]}"; } >line.yaml; expect 78 properties line.yaml; says "stacking_faults.lines[0]"
sed 's|"110"|"11"|' statics.yaml >plane.yaml; expect 78 properties plane.yaml; says "surfaces.planes[0]"
sed 's|tiny_model/model.h5|nowhere.h5|' statics.yaml >nowhere.yaml; expect 66 properties nowhere.yaml; says "nowhere.h5"
{ cat statics.yaml; echo "element: Ni"; } >nickel.yaml; expect 65 properties nickel.yaml; says "Ni"
sed 's|{points: 9, width: 0.02}|{lowest_volume: 3 angstrom^3, highest_volume: 5 angstrom^3}|' statics.yaml >range.yaml
expect 70 properties range.yaml; says "highest_volume"
# A model can be named where models are kept; a file of that name comes first.
mkdir -p kept/small; cp tiny_model/model.h5 kept/small/model.h5
export KAMACITE_MODELS=$here/kept
sed 's|tiny_model/model.h5|small|; s|tiny_properties|by_name|' statics.yaml >by_name.yaml
expect 0 properties by_name.yaml; same by_name/properties.csv tiny_properties/properties.csv
expect 0 info small; prints "small"
sed 's|model: .*|model: smal|' by_name.yaml >misspelt.yaml; expect 66 properties misspelt.yaml; says "small"
cp second/model.h5 small
sed 's|by_name|by_file|' by_name.yaml >by_file.yaml; expect 0 properties by_file.yaml
same by_file/properties.csv of_second/properties.csv
unset KAMACITE_MODELS
