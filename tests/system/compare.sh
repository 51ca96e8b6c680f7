# Methods are compared on one split, which a model of train can share; what a model may have seen is refused.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
cat >compare.yaml <<'Y'
kamacite: compare
data: [dft.h5]
output: all
split: {name: mine, method: trajectory, block: 4, validation: 0.2, test: 0.2}
trials: 2
seeds: 2
epochs: 3
Y
expect 0 compare compare.yaml
prints "cgcnn_smooth"; prints "energy of the test side, in meV/atom"
for file in comparison.csv comparison.json test.csv resolved.yaml; do [ -s all/$file ] || fail "no $file"; done
python3 - <<'P' || fail "the table is not one of a comparison"
import csv, json, math
rows = {r["method"]: r for r in csv.DictReader(open("all/comparison.csv"))}
assert list(rows) == ["constant", "ridge", "paper_network", "pooled_network", "bpnn", "cgcnn", "cgcnn_smooth"], rows
test = list(csv.DictReader(open("all/test.csv")))
y = [float(r["reference"]) for r in test]
error = math.sqrt(sum((float(r["constant"]) - v) ** 2 for r, v in zip(test, y)) / len(y))
assert abs(error - float(rows["constant"]["rmse"])) < 1e-5 * error, (error, rows["constant"])
assert float(rows["ridge"]["rmse"]) < 0.5 * error, rows["ridge"]
assert int(float(rows["paper_network"]["parameters"])) == 10 * 128 + 128 + 128 * 128 + 128 + 128 + 1
assert int(float(rows["cgcnn"]["trainings"])) == 2 and float(rows["cgcnn"]["rmse_deviation"]) > 0
whole = json.load(open("all/comparison.json"))
assert whole["structures"]["test"] == len(test) and sum(whole["structures"].values()) == 67, whole["structures"]
P
# The same on one rank, to rounding and without the times.
sed 's|^output: .*|output: alone|; s|^epochs|methods: [ridge, pooled_network, bpnn, cgcnn]\nepochs|' compare.yaml >alone.yaml
LAUNCH="" expect 0 compare alone.yaml
python3 - <<'P' || fail "the number of ranks matters"
import csv
a, b = ({r["method"]: r for r in csv.DictReader(open(f"{d}/comparison.csv"))} for d in ("all", "alone"))
for method, row in b.items():
    for key, value in row.items():
        if "seconds" in key: continue
        try: assert abs(float(value) - float(a[method][key])) <= 1e-6 * abs(float(value)), (method, key, value, a[method][key])
        except ValueError: assert value == a[method][key], (method, key)
P
# A model that learnt from the same split is judged beside; one of another split has seen the test.
sed -e 's|^data: .*|data: [dft.h5]|' -e 's|epochs: 20|epochs: 3|' -e 's|epochs: 10|epochs: 2|' -e '/^split:/d' \
    "$SOURCE/inputs/tiny/train.yaml" >base.yaml
{ sed 's|^output: .*|output: model|' base.yaml; grep '^split:' compare.yaml; } >train.yaml
expect 0 train train.yaml
sed 's|^epochs.*|epochs: 3\nmethods: [constant]\nmodels: [model/model.h5]|' compare.yaml >models.yaml
expect 0 compare models.yaml; prints "models"
expect 0 evaluate model/model.h5 dft.h5 --split mine --part test --json; cp out metrics.json
python3 - <<'P' || fail "the model is not judged as evaluate does"
import csv, json
row = [r for r in csv.DictReader(open("all/comparison.csv")) if r["method"] == "models"][0]
rmse = [s["rmse"] for s in json.load(open("metrics.json"))["scores"] if s["quantity"] == "energy" and s["family"] == "all"][0]
assert abs(float(row["rmse"]) - rmse) < 1e-9, (row, rmse)
P
{ sed 's|^output: .*|output: other|' base.yaml; echo 'split: {name: other, method: random, seed: 5, validation: 0.2, test: 0.1}'; } >other.yaml
expect 0 train other.yaml
sed -i 's|model/model.h5|other/model.h5|' models.yaml
expect 65 compare models.yaml; says "structures of the test side"
# The report shows a comparison by itself, and those in the folders of a training.
expect 0 report alone
grep -q "Methods compared: alone" alone/report.html || fail "the report does not show the comparison"
grep -q "pooled network" alone/report.html || fail "a method is not in the table"
for file in alone_errors.csv alone_parity.csv; do [ -s alone/report_data/$file ] || fail "no $file beside the report"; done
python3 - <<'P' || fail "the figures do not show what compare has found"
import csv, json
told = {m["method"].replace("_", " "): m["rmse"] for m in json.load(open("alone/comparison.json"))["methods"]}
seen = {}
rows = lambda name: list(csv.reader(l for l in open(f"alone/report_data/alone_{name}.csv") if l[0] != "#"))[1:]
for name, x, y in rows("errors"): seen.setdefault(name, []).append(float(y))
for name, rmse in told.items():
    assert abs(seen[name][1] - 1e3 * rmse["mean"]) < 1e-5 * seen[name][1], (name, seen[name], rmse)
    assert abs(seen[name][2] - 1e3 * (rmse["mean"] + rmse["deviation"])) < 1e-5 * seen[name][2], (name, seen[name], rmse)
assert min(float(x) for name, x, y in rows("parity")) == 0
P
cp -r alone model/compared; expect 0 report model
grep -q "Methods compared: compared" model/report.html || fail "the report of a training does not show the comparison"
mkdir torn; echo '{"target": "energy_per_atom"}' >torn/comparison.json; expect 65 report torn; says "comparison.json"; says "compare again"
# Alloys: what elements have by themselves is taken off; an element that is judged must be learnt from.
python3 - <<'P'
import random
random.seed(2)
own = {"Fe": -3460.0, "Ni": -4670.0}
def frame(k, elements):
    a = random.uniform(2.75, 2.95)
    energy = sum(own[e] for e in elements) + 8 * (a - 2.86) ** 2 + (0.1 if elements[0] != elements[1] else 0)
    atoms = "".join(f"{e} {a * x + random.gauss(0, 0.05)} {a * x} {a * x}\n" for e, x in zip(elements, (0, 0.5)))
    return f'2\nLattice="{a} 0 0 0 {a} 0 0 0 {a}" Properties=species:S:1:pos:R:3 energy={energy} config_type={"nickel" if elements == kinds[2] else "iron"} pbc="T T T"\n{atoms}'
kinds = [("Fe", "Fe"), ("Fe", "Ni"), ("Ni", "Ni")]
open("alloy.xyz", "w").write("".join(frame(k, kinds[k % 3]) for k in range(45)))
open("rare.xyz", "w").write("".join(frame(k, kinds[0] if k < 40 else kinds[2]) for k in range(45)))
P
expect 0 import alloy.xyz -o alloy.h5; expect 0 import rare.xyz -o rare.h5
cat >alloy.yaml <<'Y'
kamacite: compare
data: [alloy.h5]
output: alloy
split: {name: mine, method: random, validation: 0.2, test: 0.2}
methods: [constant, ridge, bpnn]
trials: 1
seeds: 2
epochs: 30
Y
expect 0 compare alloy.yaml
python3 - <<'P' || fail "energies of elements are not taken off"
import csv
rows = {r["method"]: r for r in csv.DictReader(open("alloy/comparison.csv"))}
assert float(rows["constant"]["rmse"]) < 0.2 and float(rows["constant"]["r2"]) < 0.1, rows["constant"]
assert float(rows["bpnn"]["rmse"]) < 0.7 * float(rows["constant"]["rmse"]), rows["bpnn"]
assert {r["elements"] for r in csv.DictReader(open("alloy/test.csv"))}, "no column"
P
sed 's|alloy.h5|rare.h5|; s|test: 0.2|test: 0, test_families: [nickel]|' alloy.yaml >rare.yaml
expect 65 compare rare.yaml; says "Ni2 has Ni, which no structure of the training side has"
# Moments, and properties with conditions: those who lack them take no part.
sed 's|^target.*||; s|^output: .*|output: moments\ntarget: moment|; s|^epochs|methods: [constant, ridge]\nepochs|' compare.yaml >moments.yaml
expect 0 compare moments.yaml; prints "moment |m| of the test side"
# Temperatures, and what follows from them, join after pooling: two more inputs of the dense layer of 128.
awk '/Lattice/ { print $0 " temperature=" 100 + NR; next } { print }' "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" >hot.xyz
expect 0 import hot.xyz -o hot.h5
sed 's|^data: .*|data: [hot.h5]|; s|^output: .*|output: hot|; s|^trials.*|trials: 1|; s|^epochs|methods: [cgcnn]\nconditions: [temperature, reduced_magnetisation]\nepochs|' compare.yaml >hot.yaml
expect 0 compare hot.yaml; prints "$((74945 + 2 * 128))"
awk '/Lattice/ { print $0 " temperature=300"; next } { print }' "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" >even.xyz
expect 0 import even.xyz -o even.h5
sed 's|^data: .*|data: [even.h5]|; s|^output: .*|output: even|; s|^epochs|methods: [ridge]\nconditions: [temperature]\nepochs|' compare.yaml >even.yaml
expect 0 compare even.yaml; says "nothing is learnt from it"
refused() { sed "s|^epochs.*|$1|" compare.yaml >refused.yaml; expect "$2" compare refused.yaml; says "$3"; }
refused "methods: [cgcnnn]"                           78 "did you mean 'cgcnn'"
refused "methods: [ridge, ridge]"                     78 "named twice"
refused "target: thermal_conductivity"                65 "thermal_conductivity"
refused "conditions: [temperature]"                   65 "all conditions"
refused "models: [nowhere.h5]"                        66 "nowhere.h5"
