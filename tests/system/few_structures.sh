# More ranks than structures; and datasets without any.
head -6 "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" >two.xyz
head -3 two.xyz >one.xyz
expect 0 import one.xyz -o one.h5;    says "1 structures, 1 atoms"
expect 0 import two.xyz -o two.kds;   says "2 structures, 2 atoms"
expect 0 info two.kds --json
python3 -c 'import json; d = json.load(open("out"))["dataset"]; assert (d["structures"], d["atoms"]) == (2, 2)' || fail "not 2 structures"
cat >train.yaml <<'Y'
kamacite: train
data: [two.kds]
output: run
split: {method: random, validation: 0.5, test: 0}
descriptors: {cutoff_radial: 5 angstrom, cutoff_angular: 4 angstrom, radial_centred: 2, radial_shifted: 2,
  angular_eta: 0.03 1/angstrom^2, zeta: [1]}
model: {energy: {hidden: [4]}, moment: {hidden: [4]}}
stages:
  - {optimiser: adam, epochs: 4, batch: 8}
  - {optimiser: lmvm, epochs: 2}
Y
expect 0 check train.yaml; prints "# structures in the dataset: 2"; prints "memory per rank"; prints "time of 6 epochs on $RANKS rank(s)"
absent run
expect 0 train train.yaml; prints "run/model.h5"
expect 0 predict run/model.h5 one.h5 -o one_out.xyz
[ "$(grep -c 'energy=' one_out.xyz)" = 1 ] || fail "not one prediction"
expect 0 evaluate run/model.h5 one.xyz --json
python3 -c 'import json; s = json.load(open("out"))["scores"]; assert any(x["quantity"] == "energy" and x["count"] == 1 for x in s), s' || fail "not judged on one energy"
printf 'kamacite: describe\ndata: one.h5\noutput: g.h5\n' >describe.yaml
expect 0 describe describe.yaml; prints "1 structures, 1 atoms"
expect 0 export two.kds -o back.xyz
[ "$(grep -c Lattice back.xyz)" = 2 ] || fail "not two structures"

# None at all.
: >none.xyz
expect 65 import none.xyz -o none.h5;                    says "no structures"; absent none.h5
expect 65 predict run/model.h5 none.xyz -o none_out.xyz; says "no structures"; absent none_out.xyz
expect 65 evaluate run/model.h5 none.xyz;                says "no structures"
sed 's/two.kds/none.xyz/; s/output: run/output: none/' train.yaml >none.yaml
expect 65 train none.yaml;                               says "no structures"; absent none/model.h5
mkdir empty.kds
sed 's/two.kds/empty.kds/; s/output: run/output: none/' train.yaml >empty.yaml
expect 66 train empty.yaml;                              says "empty.kds"; absent none/model.h5
expect 66 predict run/model.h5 empty.kds -o none_out.xyz; says "empty.kds"; absent none_out.xyz
# All structures are held out: nothing is left to train on.
sed 's/validation: 0.5, test: 0/validation: 0.1, test: 0.1, test_families: [bcc_ev]/; s/output: run/output: none/; s/name: .*//' train.yaml >out.yaml
sed -i 's/split: {/split: {name: all, /' out.yaml
expect 78 train out.yaml;                                says "nothing is left for training"; absent none/model.h5
