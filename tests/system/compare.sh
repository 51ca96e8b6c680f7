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
assert list(rows) == ["constant", "ridge", "paper_network", "pooled_network", "cgcnn", "cgcnn_smooth"], rows
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
sed 's|^output: .*|output: alone|; s|^epochs|methods: [ridge, pooled_network, cgcnn]\nepochs|' compare.yaml >alone.yaml
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
expect 0 compare models.yaml; prints "bpnn"
expect 0 evaluate model/model.h5 dft.h5 --split mine --part test --json; cp out metrics.json
python3 - <<'P' || fail "the model is not judged as evaluate does"
import csv, json
row = [r for r in csv.DictReader(open("all/comparison.csv")) if r["method"] == "bpnn"][0]
rmse = [s["rmse"] for s in json.load(open("metrics.json"))["scores"] if s["quantity"] == "energy" and s["family"] == "all"][0]
assert abs(float(row["rmse"]) - rmse) < 1e-9, (row, rmse)
P
{ sed 's|^output: .*|output: other|' base.yaml; echo 'split: {name: other, method: random, seed: 5, validation: 0.2, test: 0.1}'; } >other.yaml
expect 0 train other.yaml
sed -i 's|model/model.h5|other/model.h5|' models.yaml
expect 65 compare models.yaml; says "structures of the test side"
# Moments, and properties with conditions: those who lack them take no part.
sed 's|^target.*||; s|^output: .*|output: moments\ntarget: moment|; s|^epochs|methods: [constant, ridge]\nepochs|' compare.yaml >moments.yaml
expect 0 compare moments.yaml; prints "moment |m| of the test side"
# Temperatures, and what follows from them, join after pooling: two more inputs of the dense layer of 128.
awk '/Lattice/ { print $0 " temperature=" 100 + NR; next } { print }' "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" >hot.xyz
expect 0 import hot.xyz -o hot.h5
sed 's|^data: .*|data: [hot.h5]|; s|^output: .*|output: hot|; s|^trials.*|trials: 1|; s|^epochs|methods: [cgcnn]\nconditions: [temperature, reduced_magnetisation]\nepochs|' compare.yaml >hot.yaml
expect 0 compare hot.yaml; prints "$((74945 + 2 * 128))"
refused() { sed "s|^epochs.*|$1|" compare.yaml >refused.yaml; expect "$2" compare refused.yaml; says "$3"; }
refused "methods: [cgcnnn]"                           78 "did you mean 'cgcnn'"
refused "methods: [ridge, ridge]"                     78 "named twice"
refused "target: thermal_conductivity"                65 "thermal_conductivity"
refused "conditions: [temperature]"                   65 "all conditions"
refused "models: [nowhere.h5]"                        66 "nowhere.h5"
