# A campaign on an embedded-atom potential: run, repeated steps, and drivers that are killed make the same dataset, and
# no structure is computed twice. KAMACITE_LONG_CAMPAIGN=<kills> for more of them (docs/reliability.md).
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
source "$SOURCE/tests/system/campaign_inputs.sh"
LAUNCH=""  # of the driver here; jobs are of one process
expect 0 campaign plan campaign.yaml; prints "node-hours at most"; absent campaign
expect 0 campaign status campaign.yaml; prints "not begun"; absent campaign
expect 0 campaign run campaign.yaml; prints "4 rounds of labels were asked for"
wanted=$(hash_of campaign/dataset.kds)
[ -n "$wanted" ] || fail "no hash"
each_once campaign/dataset.kds
expect 0 campaign run campaign.yaml; prints "4 rounds of labels"  # ended: nothing more is done
each_once campaign/dataset.kds
expect 0 campaign status campaign.yaml --json
python3 - out <<'P' || fail "status --json makes no sense"
import json, sys
s = json.load(open(sys.argv[1]))
rounds = s["rounds"]
assert [r["round"] for r in rounds] == [0, 1, 2, 3, 4, 5], rounds
assert rounds[0]["labels"]["count"] == 6 and "model" not in rounds[0]
labels = 6
for r in rounds[1:5]:
    assert r["model"]["structures"] == labels and r["model"]["forces_eV_per_angstrom"]["rmse"] > 0
    assert 0 < r["labels"]["count"] <= r["explored"]["chosen"] <= 3 and r["explored"]["candidates"] > 10
    labels += r["labels"]["count"]
assert rounds[5]["model"]["structures"] == labels and "explored" not in rounds[5]
assert "4 rounds" in s["ended"] and s["quarantined"] == []
P
expect 0 campaign explain campaign.yaml r001-0000
prints "walk "; prints "chosen in round 1"; prints "attempt 1 in labels/"
expect 2 campaign explain campaign.yaml r999-0000; says "no structure that was chosen"
expect 2 campaign retry campaign.yaml all; says "none of these is in quarantine"
expect 0 info campaign; prints "18 labels, 0 given up"; prints "ended: 4 rounds"; prints "18 structures"
# With more rounds in the input it goes on, without them it does not.
cp -r campaign longer; sed 's/^label:/directory: longer\n&/; s/rounds: 4/rounds: 5/' campaign.yaml >longer.yaml
expect 75 campaign step longer.yaml; says "the campaign goes on: by longer.yaml as it is now"
sed -i 's/rounds: 5/rounds: 4/' longer.yaml
expect 0 campaign step longer.yaml; prints "4 rounds of labels were asked for"
rm -rf longer
# As it was left, another level of theory is refused; two drivers do not get along.
sed -i 's/Finnis and Sinclair/another/' label.yaml
expect 65 campaign step campaign.yaml; says "do not fit together"
sed -i 's/level: another/level: Finnis and Sinclair/' label.yaml
mv campaign undisturbed; mv runs.log undisturbed.log

# By a driver that looks once and ends, as cron has it.
looks=0
while :; do
    timeout 60 "$KAMACITE" campaign step campaign.yaml >out 2>err
    code=$?
    [ $code = 75 ] || break
    looks=$((looks + 1)); [ $looks -lt 2000 ] || fail "no end of it"
    sleep 0.05
done
[ $code = 0 ] || fail "step: $code"
[ "$(hash_of campaign/dataset.kds)" = "$wanted" ] || fail "step makes another dataset"
each_once campaign/dataset.kds
echo "by $looks steps"
rm -rf campaign runs.log

# A driver that is killed, and calculations that die.
FLAKY=1 python3 "$SOURCE/tests/system/campaign_kills.py" "$KAMACITE" --kills "${KAMACITE_LONG_CAMPAIGN:-8}" --seed 7 >out 2>err ||
    fail "a killed driver"
tail -n 1 out >told; cat told
[ "$(hash_of campaign/dataset.kds)" = "$wanted" ] || fail "killed drivers make another dataset"
each_once campaign/dataset.kds
[ -n "$(find . -maxdepth 1 -name 'died.*' -print -quit)" ] || fail "no calculation died"
# While one drives, another is told who does.
mkdir locked; cp *.yaml *.h5 locked/; cd locked || exit
"$KAMACITE" campaign run campaign.yaml >../first.out 2>&1 & first=$!
for _ in $(seq 100); do [ -s campaign/lock ] && break; sleep 0.05; done
expect 78 campaign step campaign.yaml; says "is locked (process $first on"
kill -9 $first; wait $first 2>/dev/null
expect 75 campaign step campaign.yaml
