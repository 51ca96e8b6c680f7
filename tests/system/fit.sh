# 'check' holds an input against its data where they are there, and says what the command would.
iron=$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz
expect 0 import "$iron" -o iron.h5

# A training input with these lines is refused at a key. refuses <code> <words> <line>…
refuses() {
    local code=$1 words=$2
    shift 2
    printf 'kamacite: train\ndata: [iron.h5]\n' >train.yaml
    printf '%s\n' "$@" >>train.yaml
    expect "$code" check train.yaml; says_once "$words"
}
refuses 78 "train.yaml:3: elements: Fe is missing (structure 1 of iron.h5, 'bcc1_a2.83', from $iron" 'elements: [Ni]'
says "add Fe to 'elements'"
refuses 78 "train.yaml:3: elements[1]: Ni (no structure of the data has it" 'elements: [Fe, Ni]'
refuses 78 "train.yaml:4: split.test_families[1]: 'bcc_strian' (no structure of iron.h5 is of this family) (did you mean 'bcc_strain'?)" \
    'split:' '  test_families: [bcc_ev, bcc_strian]'
refuses 78 "train.yaml:3: split: iron.h5: nothing is left for training" \
    'split: {method: family, test_families: [bain, bcc_disp2, bcc_ev, bcc_rattle4, bcc_strain, fcc, hcp]}'
refuses 78 "train.yaml:5: functions.angular[0].second: C (the model does not know it)" \
    'functions:' '  radial: [{}]' '  angular: [{second: C}]'
refuses 65 "no structure of the training set has the property 'kappa'" 'model: {properties: [{outputs: [kappa]}]}'
refuses 0 "functions of each atom of Fe: 50" 'model: {properties: [{outputs: [magnetic_moment]}]}'
prints "structures in the dataset: 67"
prints "atoms in the dataset: 101"

# A label that none of the structures tried has is no fault of the input.
python3 - "$iron" <<'PYTHON'
import sys
lines = open(sys.argv[1]).read().splitlines()
with open("rare.xyz", "w") as out:
    structure = 0
    while lines:
        n = int(lines[0])
        block, lines = lines[:n + 2], lines[n + 2:]
        if structure in (1, 2, 3, 5, 6, 7):
            block[1] += " electrical_resistivity=9.7"
        out.write("\n".join(block) + "\n")
        structure += 1
PYTHON
expect 0 import rare.xyz -o rare.h5
printf 'kamacite: train\ndata: [rare.h5]\nmodel: {properties: [{outputs: [electrical_resistivity]}]}\n' >rare.yaml
expect 0 check rare.yaml; prints "memory and time are not told"
rm rare.*

# A text file is counted as exactly, and a split that is stored is held against the input.
printf 'kamacite: train\ndata: [%s]\n' "$iron" >text.yaml
expect 0 check text.yaml;     prints "atoms in the dataset: 101"
printf 'kamacite: train\ndata: [iron.h5]\nstages: [{epochs: 1}]\n' >first.yaml
expect 0 train first.yaml
refuses 78 "train.yaml:3: split: iron.split-default.h5 holds the split 'default' by trajectory; validation 0.1" \
    'split: {validation: 0.2}'
refuses 0 "structures in the dataset: 67" 'split: {validation: 0.2, name: other}'
printf 'kamacite: describe\ndata: iron.h5\nelements: [Ni]\n' >describe.yaml
expect 78 check describe.yaml; says_once "describe.yaml:3: elements: Fe is missing (structure 1 of iron.h5"
[ "$(ls)" = "$(printf '%s\n' describe.yaml err first.yaml iron.h5 iron.split-default.h5 out text.yaml train.yaml training)" ] ||
    fail "check left files: $(ls)"

# What is refused leaves nothing behind, and a finished run as it was.
cp training/resolved.yaml before.yaml
files=$(ls; ls training)
printf 'kamacite: train\ndata: [iron.h5]\nelements: [Ni]\nsplit: {name: third}\noutput: another\n' >train.yaml
expect 78 train train.yaml; says_once "train.yaml:3: elements: Fe is missing"
printf 'kamacite: train\ndata: [iron.h5]\nsplit: {name: third}\nmodel: {properties: [{outputs: [kappa]}]}\n' >train.yaml
expect 65 train train.yaml --fresh; says "no structure of the training set has the property 'kappa'"
[ "$(ls; ls training)" = "$files" ] || fail "a refused training left files: $(ls; ls training)"
same before.yaml training/resolved.yaml
rm before.yaml

# What generate will make is counted before.
cp "$SOURCE/inputs/tiny/generate.yaml" tiny.yaml
expect 0 check tiny.yaml --json
mv out estimate.json
expect 0 generate tiny.yaml --json
mv out made.json
python3 - <<'PYTHON' || fail "the estimate is not what was made"
import json, os
estimate, made = (json.load(open(f)) for f in ("estimate.json", "made.json"))
numbers = {name: number["value"] for name, number in estimate["estimates"].items()}
for recipe in made["recipes"]:
    left_out = sum(recipe["left_out"].values())
    assert numbers[recipe["name"] + ".structures"] == recipe["structures"] + left_out, recipe
    assert left_out or numbers[recipe["name"] + ".atoms"] == recipe["atoms"], recipe
assert numbers["structures"] == made["structures"] + made["left_out"]
assert numbers["largest"] == 15
size = os.path.getsize("tiny.h5")
assert 0.7 * size < 1e6 * numbers["output"] < 1.3 * size, (size, numbers["output"])
PYTHON
printf 'kamacite: generate\nrecipes:\n  - name: b2\n    lattices: [B2]\n    elements: [Fe, Ni]\n    lattice_constants: 2.85 angstrom\n' >b2.yaml
printf '    surfaces: {planes: ["100"], layers: [5]}\n' >>b2.yaml
expect 0 check b2.yaml;        prints "recipe 'b2': slabs 100 of B2 with 5 layers from termination 0 are Fe3Ni2"

# Functions that are chosen from a pool: as many as asked for, in the estimate and in the model.
refuses 0 "functions of each atom of Fe: 12" 'selection: {count: 12}'
refuses 78 "train.yaml:3: selection.method" 'selection: {method: chance}'
expect 0 import "$iron" -o few.h5
sed -e 's|^data: .*|data: [few.h5]|' -e 's|^output: .*|output: few|' "$SOURCE/inputs/tiny/train.yaml" >few.yaml
printf 'selection: {count: 9, method: farthest}\n' >>few.yaml
expect 0 train few.yaml; says_once "Fe: 9 of "
expect 0 info few/model.h5;    grep -q "scaling/centre  *1 × 9 " out || fail "the model has other functions"
expect 0 train few.yaml --resume
# Functions of a model, also of one by n2p2 whose kinds the lists do not have.
mkdir -p compact
cat >compact/input.nn <<END
number_of_elements 1
elements Fe
cutoff_type 2
global_hidden_layers_short 1
global_nodes_short 3
global_activation_short t l
symfunction_short Fe 20 Fe 0 4.5 p2a
symfunction_short Fe 20 Fe 1.8 3.2 p2a
symfunction_short Fe 21 Fe Fe 0.0 4.5 60. 150. p2
END
printf '1 1 0 10 5 1\n1 2 0 10 5 1\n1 3 0 10 5 1\n' >compact/scaling.data
awk 'BEGIN { srand(1); for (i = 0; i < 16; ++i) printf "%.17g\n", 2 * rand() - 1 }' >compact/weights.026.data
sed -e 's|^data: .*|data: [few.h5]|' -e 's|^output: .*|output: borrowed|' -e '/^descriptors:/,/^  zeta/d' "$SOURCE/inputs/tiny/train.yaml" >borrowed.yaml
printf 'functions_of: compact\n' >>borrowed.yaml
expect 0 check borrowed.yaml; prints "functions of each atom of Fe: 3"
expect 0 train borrowed.yaml
expect 0 info borrowed/model.h5; prints 'compact_radial'
printf 'elements: [Fe, Ni]\n' >>borrowed.yaml; expect 78 train borrowed.yaml --fresh
refuses 78 "train.yaml:3: functions_of: there are 'functions', too" 'functions_of: compact' 'functions: {radial: [{}]}'
