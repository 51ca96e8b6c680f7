# A search trains every combination in groups of ranks: the same table and model on any number of them, stopped and gone on with.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' -e 's|^output: .*|output: found|' -e 's|epochs: 20|epochs: 4|' -e 's|epochs: 10|epochs: 2|' \
    "$SOURCE/inputs/tiny/train.yaml" >base.yaml
with() { cp base.yaml train.yaml; printf '%s\n' "$@" >>train.yaml; }

with 'search: {over: [{key: loss.forces_weight, values: [1, 10]}, {key: "model.energy.hidden", values: ["[4]", "[8, 8]"]}]}'
expect 0 check train.yaml; prints "trainings of the search, each about as long as that: 4"
expect 0 train train.yaml
prints "found/model.h5"; says "a search of 4 trials"; says "judge it by the"
for t in 1 2 3 4; do [ -s found/trial-$t/model.h5 ] || fail "trial $t is not whole"; done
sed 's|^output: .*|output: alone|' train.yaml >alone.yaml
LAUNCH="" expect 0 train alone.yaml
table() { sed 's/,[^,]*$//' "$1"; }   # without the seconds
same <(table found/search.csv) <(table alone/search.csv)
expect 0 predict found/model.h5 dft.h5 -o found.xyz; expect 0 predict alone/model.h5 dft.h5 -o alone.xyz; same found.xyz alone.xyz
python3 - <<'P' || fail "the table is not what was trained"
import csv
rows = list(csv.DictReader(open("found/search.csv")))
assert sorted(int(r["trial"]) for r in rows) == [1, 2, 3, 4], rows
losses = [float(r["loss"]) for r in rows]
assert losses == sorted(losses) and len(set(losses)) == 4, losses
values = {int(r["trial"]): (r["loss.forces_weight"], r["model.energy.hidden"]) for r in rows}
assert values == {1: ("1", "[4]"), 2: ("1", "[8, 8]"), 3: ("10", "[4]"), 4: ("10", "[8, 8]")}, values
# The loss is that of the errors in the weights of the input, whatever the trial was trained with.
for r in rows:
    small = (float(r["rmse_energy"]) / 2e-3) ** 2
    assert float(r["loss"]) > 0.3 * small and float(r["rmse_forces"]) > 0, r
P
expect 0 info found/search.h5; prints "search"
best=$(sed -n '2s/,.*//p' found/search.csv)
expect 0 predict found/trial-$best/model.h5 dft.h5 -o best.xyz; same best.xyz found.xyz
expect 0 report found; grep -q "forces_weight" found/report.html || fail "the report has no search"
# What is there is not overwritten, what is finished not trained again; some combinations can be drawn.
expect 2 train train.yaml; says "trial-1 holds a checkpoint"
expect 0 train train.yaml --resume
same <(table found/search.csv) <(table alone/search.csv)
with 'search: {trials: 2, over: [{key: seed, values: [1, 2, 3]}, {key: "stages[0].learning_rate", values: [0.001, 0.004]}]}'
expect 0 train train.yaml --fresh; [ "$(wc -l <found/search.csv)" -eq 3 ] || fail "not two trials"

refused() { with "$1"; expect 78 check train.yaml; says "$2"; }
refused 'search: {over: [{key: loss.force_weight, values: [1]}]}'         "did you mean 'forces_weight'"
refused 'search: {over: [{key: loss.forces_weight, values: [-1]}]}'       "with loss.forces_weight = -1"
refused 'search: {over: [{key: "stages[7].epochs", values: [1]}]}'        "there is no entry [7] in a list of 2"
refused 'search: {over: [{key: split.test, values: [0.1]}]}'              "all trials have it in common"
refused 'search: {over: [{key: seed, values: []}]}'                       "at least one entry is required"
refused 'search: {over: []}'                                              "no key is given"
expect 78 train train.yaml; says "no key is given"
printf 'committee: {members: 2}\n' >>base.yaml
refused 'search: {over: [{key: seed, values: [1]}]}'                      "exclude each other"
