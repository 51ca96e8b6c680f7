# How campaigns end: by their budget, with what has labels stored, and go on with a larger one; without a property that an early model
# does not have; where nothing can be chosen; not at all on a test set of another level of theory.
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
ROUNDS=1
source "$SOURCE/tests/system/campaign_inputs.sh"
LAUNCH=""
sed -i 's/epochs: 60/epochs: 20/' train.yaml
with() { sed "s/^label:/directory: $1\n&/; $2" campaign.yaml >"$1.yaml"; }

expect 0 campaign run campaign.yaml; prints "1 rounds of labels were asked for"
[ -s campaign/curve.csv ] || fail "no curve"
rm runs.log
# A calculation counts with its five minutes, 1/12 hour: one can be made, the next not.
with poor 's/poll: 0.1 s/&, node_hours: 0.08334/'
expect 0 campaign run poor.yaml; prints "ended: the budget of 0.08334 node-hours covers no other job"
expect 0 info poor/dataset.kds; prints "1 structures"
expect 0 campaign run poor.yaml; prints "ended: the budget"
expect 0 campaign step poor.yaml; prints "ended: the budget"
sed -i 's/node_hours: 0.08334/node_hours: 9/' poor.yaml
expect 0 campaign run poor.yaml; prints "1 rounds of labels were asked for"; says "the campaign goes on"
each_once poor/dataset.kds
expect 0 info poor/dataset.kds; says "$("$KAMACITE" info campaign/dataset.kds | grep -o '^[0-9]* structures')"

# No minimum of the energy where it is looked for: a property less. Where it is, it is told.
cat >properties.yaml <<'Y'
kamacite: properties
model: unused.h5
output: unused
equation_of_state: {lowest_volume: 200 angstrom^3, highest_volume: 220 angstrom^3}
elastic: false
bain: false
point_defects: false
surfaces: false
Y
with without "s/^train:/properties: properties.yaml\n&/"
expect 0 campaign run without.yaml; prints "1 rounds of labels"; says "has none of the properties of properties.yaml"
sed -i 's/^equation_of_state.*/equation_of_state: {}/' properties.yaml
sed 's/epochs: 20/epochs: 150/' train.yaml >longer_train.yaml
with settled "s/^train:.*/properties: properties.yaml\ntrain: longer_train.yaml/; s/rounds: 1/rounds: 3, settled_rounds: 1, settled: [{name: lattice_constant, tolerance: 5, error: 5}]/"
expect 0 campaign run settled.yaml; prints "ended: lattice_constant: 2."; prints "error bars up to"
expect 0 campaign status settled.yaml
grep -q "lattice_constant 2[0-9.]* ± [0-9]" out || fail "no lattice constant with its error bar"

for wrong in "name: lattice_constant" "name: lattice_constant, tolerance: 0, error: 1"; do
    with unclear "s/^train:/properties: properties.yaml\n&/; s/rounds: 1/rounds: 1, settled: [{$wrong}]/"
    expect 78 campaign run unclear.yaml; says "tolerance"; absent unclear
done

# A round whose structures all fail is no reason to stop, two in a row are; in quarantine they are told, and tried again when asked.
cp label.sh whole.sh
sed -i '1i [ ! -e "'"$PWD"'/broken" ] || exit 9' label.sh
sed 's/^job:/retries: {attempts: 1}\n&/' label.yaml >hard_label.yaml
with hard 's/label.yaml/hard_label.yaml/; s/rounds: 1/rounds: 3/'
looks=0
until [ -e hard/labels-000.csv ]; do "$KAMACITE" campaign step hard.yaml >out 2>err; looks=$((looks + 1)); [ $looks -lt 600 ] || fail "no round 0"; sleep 0.1; done
touch broken
until [ -e hard/labels-001.csv ]; do "$KAMACITE" campaign step hard.yaml >out 2>err; looks=$((looks + 1)); [ $looks -lt 1200 ] || fail "no round 1"; sleep 0.1; done
rm broken
expect 0 campaign run hard.yaml; prints "3 rounds of labels were asked for"
expect 0 campaign status hard.yaml --json
python3 - out <<'P' || fail "status of a round without labels"
import json, sys
s = json.load(open(sys.argv[1]))
first = s["rounds"][1]["labels"]
assert first["count"] == 0 and first["quarantined"] > 0, first
assert all(r["labels"]["count"] > 0 for r in (s["rounds"][0], s["rounds"][2], s["rounds"][3])), s["rounds"]
assert len(s["quarantined"]) == first["quarantined"], s["quarantined"]
P
# Out of quarantine, after the end: these alone are labelled, the last model learns from all, and the campaign has ended again.
there=$("$KAMACITE" info hard/dataset.kds | sed -n 's/^\([0-9]*\) structures.*/\1/p')
lost=$(python3 -c 'import json, sys; print(len(json.load(open("out"))["quarantined"]))')
: >runs.log
expect 75 campaign retry hard.yaml all; says "3 structures are tried again"
expect 0 campaign run hard.yaml; prints "3 rounds of labels were asked for"
[ "$(wc -l <runs.log)" = "$lost" ] || fail "$lost were lost, and $(wc -l <runs.log) calculated"
expect 0 info hard/dataset.kds; prints "$((there + lost)) structures"
expect 0 campaign status hard.yaml --json
python3 - out $((there + lost)) <<'P' || fail "status after a retry"
import json, sys
s = json.load(open(sys.argv[1]))
assert s["quarantined"] == [] and "3 rounds" in s["ended"], s
assert [r for r in s["rounds"] if "model" in r][-1]["model"]["structures"] == int(sys.argv[2]), s["rounds"]
P
touch broken
with hopeless 's/label.yaml/hard_label.yaml/; s/rounds: 1/rounds: 3/; s/^first:.*/data: [campaign\/dataset.kds]/'
expect 65 campaign run hopeless.yaml; says "round 2: no structure got a label"; says "the next round chooses others"
rm broken; cp whole.sh label.sh

# Candidates of four atoms where one is the most.
with large 's/select: {/&most_atoms: 1, /'
expect 0 campaign run large.yaml; prints "candidates could be chosen, which is not success"; prints "candidates.csv"

"$KAMACITE" export hidden.h5 -o hidden.xyz >out 2>err || fail export
expect 0 export hidden.h5 -o hidden.csv; says "forces and moments of single atoms, which 18 structures have, are left out"
expect 0 import hidden.xyz -o other.h5 --level "another functional"
with mixed 's/test: hidden.h5/test: other.h5/'
expect 65 campaign run mixed.yaml; says "do not fit together"
