# The schema of an input and the parser agree: on what is shipped, on templates and resolved inputs, and on wrong ones.
# The YAML of Python reads them as editors do that know YAML 1.1.
LAUNCH=  # many short runs, of one rank
for input in $(find "$SOURCE/inputs" -name '*.yaml'); do
    cp "$input" right_$(echo "$input" | tr / _)
done
for command in $(sed -n 's/^## //p' "$SOURCE/docs/reference/inputs.md"); do
    expect 0 schema $command -o schema_$command.json
    expect 0 init $command -o right_$command.yaml
    expect 0 check right_$command.yaml --json
    python3 -c 'import json, sys; sys.stdout.write(json.load(open("out"))["resolved"])' \
        >right_resolved_$command.yaml || fail "no resolved input of $command"
done

cat >wrong.txt <<'WRONG'
kamacite: describe
---
kamacite: describe
data: a.h5
ouptut: b.h5
---
kamacite: describe
data: [a.h5, b.h5]
---
kamacite: describe
data: a.h5
elements: [Xx]
---
kamacite: describe
data: a.h5
descriptors: {cutoff_radial: 6.5}
---
kamacite: describe
data: a.h5
descriptors: {cutoff_radial: 6.5 eV}
---
kamacite: describe
data: a.h5
functions: {radial: [{eta: 0.01/angstrom^2}]}
---
kamacite: train
data: []
---
kamacite: train
data: a.h5
seed: -1
---
kamacite: train
data: a.h5
seed: 1.5
---
kamacite: train
data: a.h5
energy: perhaps
---
kamacite: train
data: a.h5
stages: [{optimiser: lbfgs, learning_rate: 0.1}]
---
kamacite: train
data: a.h5
stages: [{optimiser: newton}]
---
kamacite: train
data: a.h5
split: {method: chance}
---
kamacite: train
data: a.h5
loss: {forces_scale: 50 meV}
---
kamacite: train
data: a.h5
loss: {moments_scale: 0.05}
---
kamacite: train
data: a.h5
cache: 2.0e+9
---
kamacite: train
data: a.h5
checkpoint_interval: 300
---
kamacite: generate
---
kamacite: generate
recipes: []
---
kamacite: generate
recipes: [{lattice_constants: 2.8 angstrom}]
---
kamacite: generate
recipes: [{name: a, lattices: [zzz], lattice_constants: 2.8 angstrom}]
---
kamacite: generate
recipes: [{name: a, lattice_constants: [2.8]}]
---
kamacite: generate
recipes: [{name: a, lattices: [bct], lattice_constants: 2.8 angstrom, ratio_range: {from: 0.9 angstrom, to: 1.5, count: 4}}]
---
kamacite: generate
recipes: [{name: a, lattices: [bct], lattice_constants: 2.8 angstrom, ratio_range: {from: 0.01, to: 1.5, count: 4}}]
---
kamacite: generate
recipes: [{name: a, lattice_constants: 2.8 angstrom, strains: {kind: elastic, count: 4}}]
---
kamacite: generate
recipes: [{name: a, lattice_constants: 2.8 angstrom, substitution: {composition: {Fe: 0.5, Zz: 0.5}}}]
WRONG
csplit -s -z -f wrong_ -b '%02d.yaml' --suppress-matched wrong.txt '/^---$/' '{*}'
for input in wrong_*.yaml; do
    expect 78 check "$input"
done

# the first python3 may be one that does not see the packages of the system
python=python3
$python -c 'import jsonschema, yaml' 2>/dev/null || python=/usr/bin/python3
$python - <<'PYTHON' >out 2>err || fail "schema and parser differ"
import glob, json, sys
import jsonschema, yaml

def faults(file):
    document = yaml.safe_load(open(file))
    schema = json.load(open(f"schema_{document['kamacite']}.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
    return [f"{file}: {list(e.absolute_path)}: {e.message}" for e in errors]

right = [fault for file in glob.glob("right_*") for fault in faults(file)]
wrong = glob.glob("wrong_*.yaml")
accepted = [f"{file}: the schema accepts\n{open(file).read()}" for file in wrong if not faults(file)]
print("\n".join(right + accepted))
sys.exit(bool(right or accepted) or len(wrong) < 20)
PYTHON
