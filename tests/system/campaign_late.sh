# A campaign that does not wait for the last labels of a round: they join a later one, and none is lost, also when the
# driver is killed meanwhile.
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
COUNT=4 ROUNDS=2
source "$SOURCE/tests/system/campaign_inputs.sh"
sed -i 's/select: {count: 4/&, enough: 0.6/' campaign.yaml
sed -i '1a case \$print in [0-7]*) sleep 5 ;; esac' label.sh
LAUNCH=""  # of the driver here
nothing_is_lost() {
    each_once campaign/dataset.kds
    expect 0 campaign status campaign.yaml --json
    python3 - out <<'P' || fail "labels are missing"
import json, sys
rounds = json.load(open(sys.argv[1]))["rounds"]
chosen = sum(r["explored"]["chosen"] for r in rounds if "explored" in r)
stored = sum(r["labels"]["count"] for r in rounds if "labels" in r)
late = [r["labels"]["late"] for r in rounds if "labels" in r]
lines = [json.loads(l) for l in open("campaign/journal.jsonl")]
kinds = [(l["kind"], l["data"]) for l in lines]
trained = next(i for i, (k, d) in enumerate(kinds) if k == "round.trained" and d["round"] == 1)
first = [i for i, (k, d) in enumerate(kinds) if k == "label.outcome"]
assert stored == chosen, (stored, chosen)
assert any(late) and late[-1] == 0, late
assert rounds[-1]["model"]["structures"] == chosen, rounds[-1]
print(f"{chosen} structures, late after each round: {late}, {sum(i < trained for i in first)} labels before the first model")
P
}
expect 0 campaign run campaign.yaml; prints "2 rounds of labels were asked for"
nothing_is_lost
rm -rf campaign runs.log
FLAKY=1 python3 "$SOURCE/tests/system/campaign_kills.py" "$KAMACITE" --kills 6 --seed 3 >out 2>err || fail "a killed driver"
nothing_is_lost
