# A committee is trained by groups of ranks: the same members on any number of them, stopped and gone on with, in one file.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' -e 's|^output: .*|output: launched|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
echo 'committee: {members: 3, leave_out: 0.2}' >>train.yaml
expect 0 check train.yaml
expect 0 train train.yaml
prints "launched/model.h5"; says "a committee of 3 members"
for k in 1 2 3; do [ -s launched/member-$k/model.h5 ] && [ -s launched/member-$k/log.txt ] || fail "member $k is not whole"; done
# Alone, and with structures that are read each time they are needed.
sed 's|^output: .*|output: alone|' train.yaml >alone.yaml; echo 'data_cache: 0 B' >>alone.yaml
LAUNCH="" expect 0 train alone.yaml
expect 0 predict launched/model.h5 dft.h5 -o launched.xyz
expect 0 predict alone/model.h5 dft.h5 -o alone.xyz; same launched.xyz alone.xyz
# Members differ, in seed and in data.
expect 0 info launched --json
python3 - <<'P' || fail "info does not tell of the members"
import json
told = json.load(open("out"))
assert told["format"] == "committee" and len(told["members"]) == 3, told
P
for k in 1 2; do expect 0 predict launched/member-$k/model.h5 dft.h5 -o member-$k.xyz; done
cmp -s member-1.xyz member-2.xyz && fail "two members are one"
expect 0 info launched/member-1/model.h5 --json; cp out one.json
python3 - <<'P' || fail "members do without nothing, or the mean is none"
import json, re
summary = json.loads(json.load(open("one.json"))["attributes"]["summary"])
assert 35 <= summary["training_structures"] <= 45, summary   # of 50, a fifth less
energies = lambda f: [float(x) for x in re.findall(r'\benergy="?([-\d.e+]+)', open(f).read())]
std = [float(x) for x in re.findall(r'\benergy_std="?([-\d.e+]+)', open("launched.xyz").read())]
assert len(std) == 67 and min(std) > 0.0, std
P
# The file is as good as its members.
mkdir members; for k in 1 2 3; do cp launched/member-$k/model.h5 members/$k.h5; done
expect 0 predict members dft.h5 -o members.xyz
expect 0 convert members -o joined.h5; expect 0 predict joined.h5 dft.h5 -o joined.xyz; same joined.xyz members.xyz
spread() { sed 's/energy_std=[^ ]*//' "$1" | awk 'NF != 1 && $1 != "Fe" || NF == 1'; }   # which calibration changes
same <(spread members.xyz) <(spread launched.xyz)
expect 0 evaluate launched dft.h5 -o launched/test; expect 0 report launched
# What is there is not overwritten; what is finished is not trained again; what is stopped goes on.
expect 2 train train.yaml; says "member-1 holds a checkpoint"
expect 0 train train.yaml --resume
expect 0 predict launched/model.h5 dft.h5 -o again.xyz; same again.xyz launched.xyz
sed 's|^output: .*|output: halves|' train.yaml >halves.yaml
code=75; runs=0; hours=0.00002   # more each time, so that slow machines come to an end, too
while [ $code = 75 ]; do
    timeout 120 $LAUNCH "$KAMACITE" train halves.yaml --resume --max-hours $hours >out 2>err; code=$?; runs=$((runs + 1))
    hours=$(awk "BEGIN { print $hours * 1.25 }")
    [ $runs -lt 60 ] || fail "it does not end"
done
[ $code = 0 ] || fail "exit code $code"
[ $runs -gt 1 ] || fail "it was never stopped"
expect 0 predict halves/model.h5 dft.h5 -o halves.xyz; same halves.xyz launched.xyz
# What makes no sense is told.
sed 's|members: 3|members: 1|' train.yaml >one.yaml; expect 78 train one.yaml; says "committee.members"
sed 's|leave_out: 0.2|leave_out: 0.95|' train.yaml >most.yaml; expect 78 train most.yaml; says "committee.leave_out"
# The spread is calibrated on what validates, and held against labels by evaluate; the grade of atoms likewise.
expect 0 train train.yaml --fresh; says "spread of the members, to be multiplied: by"
expect 0 evaluate launched dft.h5 --split default --part test --json
python3 - <<'P' || fail "evaluate does not tell how far the uncertainty can be trusted"
import json
told = json.load(open("out"))
reliable = {(r["quantity"], r["family"]): r for r in told["reliability"]}
assert reliable["energy", "all"]["count"] == told["structures"], reliable
assert reliable["forces", "all"]["rms_ratio"] > 0, reliable
grades = {g["family"]: g for g in told["extrapolation_grades"]}
assert grades["all"]["atoms"] == told["atoms"] and grades["all"]["largest"] > 0.1, grades
P
expect 0 evaluate launched dft.h5; prints "rms e/σ"; prints "γ>2"
expect 0 evaluate launched/member-1 dft.h5 --split default --part train --json
python3 - <<'P' || fail "atoms that trained a model have a grade above 1, or a single model has a spread"
import json
told = json.load(open("out"))
assert "reliability" not in told, told
assert sum(g["atoms"] for g in told["extrapolation_grades"]) > 0
P
