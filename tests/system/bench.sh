# The benchmark of the kernels: its numbers are not judged here, that they hang together is.
cat >judge.py <<'P'
import json, math, sys
def only(text): raise ValueError(text)
r = json.load(open("out"), parse_constant=only)
ranks, precision = int(sys.argv[1]), sys.argv[2]
assert r["bench"] == "kernel" and r["ranks"] == ranks and r["precision"] == precision
assert r["atoms_per_rank"] == 432 and r["descriptors"] == 34 and r["cutoff"] == 6.5
assert 100 < r["neighbours_per_atom"] < 125
shares = r["shares"]
assert list(shares) == ["neighbours", "descriptors", "networks", "gradients", "communication", "rest"]
assert math.isclose(sum(shares.values()), 1.0, abs_tol=1e-9) and min(shares.values()) >= 0.0
assert shares["descriptors"] > 0.05 and shares["gradients"] > 0.05
assert 0 < r["atom_steps_per_second_per_core"] <= r["atom_steps_per_second_per_core_best"]
flops = r["flops_per_atom"]
assert math.isclose(flops["all"], flops["descriptors"] + flops["networks"] + flops["gradients"])
assert math.isclose(r["flops_per_cpu_second"], flops["all"] * r["atom_steps_per_cpu_second"])
assert 0 < r["share_of_peak"]["registers"] < 1 and min(r["peak"].values()) > 0
memory = r["memory_bytes_per_atom"]
assert memory is None or memory >= 0
assert ("errors_of_mixed" in r) == (precision == "mixed")
if precision == "mixed":
    e = r["errors_of_mixed"]
    assert 0 < e["force_rms"] < 1e-4 * e["rms_of_forces"] and e["energy_per_atom"] < 1e-4
print(f'{r["energy_per_atom"]:.11g}', *(f"{x:.8f}" for x in r["stress"]))
P

LAUNCH= expect 0 info --json; cp out info.json; prints '"instruction_set"'
expect 0 bench kernel classic --atoms 400 --seconds 0.1 --json
python3 judge.py $RANKS double >energy || fail "the numbers do not hang together"
if [ $RANKS -gt 1 ]; then  # every rank has the same crystal: the mean is that of one
    LAUNCH= expect 0 bench kernel classic --atoms 400 --seconds 0.1 --json
    python3 judge.py 1 double >energy_of_one || fail "the numbers of one rank do not hang together"
    same energy energy_of_one
fi
expect 0 bench kernel classic --atoms 400 --seconds 0.1 --precision mixed --json
python3 judge.py $RANKS mixed >mixed || fail "the numbers of mixed precision do not hang together"
expect 0 bench kernel classic --atoms 400 --seconds 0.1
prints "atoms·steps/s/core"; prints "communication"; prints "share of peak"


# Every instruction set that there is gives the same energy; there is always one that any processor has.
for set in $(python3 -c 'import json; print(*json.load(open("info.json"))["instruction_sets"])'); do
    expect 0 bench kernel classic --atoms 400 --seconds 0.1 --instructions $set --json
    [ "$(python3 -c 'import json; print(json.load(open("out"))["instruction_set"])')" = $set ] || fail "not in $set"
    python3 judge.py $RANKS double >energy_in_set || fail "the numbers in $set do not hang together"
    same energy energy_in_set
done
expect 2 bench kernel classic --instructions abacus; says "portable"

# Any MODEL: a directory of n2p2 with its units, a committee.
mkdir -p iron/one iron/two
cat >iron/one/input.nn <<END
number_of_elements 1
elements Fe
cutoff_type 6
global_hidden_layers_short 1
global_nodes_short 4
global_activation_short t l
symfunction_short Fe 2 Fe 0.3 0.0 9.0
END
printf '1 1 0 10 5 1\n' >iron/one/scaling.data
awk 'BEGIN { srand(1); for (i = 0; i < 13; ++i) printf "%.17g\n", 2 * rand() - 1 }' >iron/one/weights.026.data
cp iron/one/* iron/two
expect 0 bench kernel iron/one --atoms 100 --seconds 0.1 --length-unit bohr --energy-unit hartree
prints "1 functions to 4.76"
expect 0 bench kernel iron --atoms 100 --seconds 0.1 --json;  prints '"members": 2'; prints '"cutoff": 9.0'

# A step of dynamics without potential: ghosts and lists are those of the crystal.
expect 0 bench dynamics --atoms 2000 --steps 200 --temperature 1500 --json
python3 - $RANKS <<'P' || fail "the numbers of bench dynamics do not hang together"
import json, math, sys
r = json.load(open("out"))
assert r["ranks"] == int(sys.argv[1]) and r["atoms"] == 2000 and r["steps"] == 200 and 2 < r["rebuilds"] < 30
assert 0 < r["seconds_per_step_best"] <= r["seconds_per_step_without_rebuild"] < r["seconds_per_rebuild"]
assert math.isclose(r["nanoseconds_per_atom_step"] * r["atoms"], 1e9 * r["seconds_per_step"])
assert 200 < r["entries_per_atom"] < 240 and 4 * r["entries_per_atom"] < r["list_bytes_per_atom"] < 5000
assert 2.5 < r["ghosts_per_atom"] < 8
P
expect 0 bench dynamics --atoms 100 --steps 3; prints "new lists"

expect 2 bench;                   says "there are 'bench kernel'"
expect 2 bench kernal x;          says "did you mean 'kernel'?"
expect 2 bench kernel;            says "model is required"
expect 2 bench kernel classic --precision half; says "--precision"
expect 2 bench kernel classic --atoms 0;        says "--atoms"
expect 66 bench kernel none.h5;   says "none.h5"

# What a training costs, from its input: the numbers hang together, and nothing is written.
cp "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" dft.xyz
sed -e 's|^data: .*|data: [dft.xyz]|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
sed -i 's|^  - {optimiser: lmvm.*|&\n  - {optimiser: kalman, epochs: 3, batch: 8}|' train.yaml
expect 0 bench train train.yaml --seconds 0.05 --json
python3 - $RANKS <<'P' || fail "the numbers of bench train do not hang together"
import json, math, sys
r = json.load(open("out"))
assert r["ranks"] == int(sys.argv[1]) and r["structures"] == 67 and r["environments"] == 101 and r["functions"] == 12
assert r["force_components"] == 303 and r["gradient"]["seconds"] > 0
assert math.isclose(r["gradient"]["environments_per_second"] * r["gradient"]["seconds"], 101)
assert [s["optimiser"] for s in r["stages"]] == ["adam", "lmvm", "kalman"]
for s in r["stages"]:
    assert math.isclose(s["structures_per_second"] * s["seconds_per_epoch"], 67)
    assert math.isclose(s["seconds_per_epoch"], s["seconds_per_step"] * (1 if s["optimiser"] == "lmvm" else 9))
assert r["memory_bytes_per_environment"] is None or r["memory_bytes_per_environment"] >= 0
P
expect 0 bench train train.yaml --seconds 0.05; prints "gradient over all"; prints "lmvm"
expect 0 bench scaling train.yaml --seconds 0.05 --json
python3 - $RANKS <<'P' || fail "the numbers of bench scaling do not hang together"
import json, math, sys
ranks = int(sys.argv[1])
r = json.load(open("out"))
expected = sorted({p for p in (1, 2, 4) if p < ranks} | {ranks})
for name in ("strong", "weak"):
    points = r[name]
    assert [p["ranks"] for p in points] == expected, points
    for p in points:
        assert p["seconds"] > 0 and math.isclose(p["compute"] + p["reduction"], p["seconds"])
assert all(p["structures"] == 67 for p in r["strong"]) and r["weak"][-1]["structures"] == 67
assert r["strong"][0]["efficiency"] == 1.0
model = r["cost_model"]
assert (model["latency"] is None) == (ranks == 1)
if ranks > 1:
    assert 0 < model["latency"] < 1 and model["seconds_per_byte"] >= 0
    assert [p["ranks"] for p in model["predicted"]] == [ranks, 100, 1000, 10000]
    assert all(p["imbalance"] >= 1 and p["seconds"] > 0 for p in model["predicted"])
P
expect 0 bench scaling train.yaml --seconds 0.05; prints "strong scaling"
expect 2 bench trains train.yaml; says "did you mean 'train'"
[ ! -e tiny_model ] || fail "a benchmark wrote the model"
expect 66 bench train nowhere.yaml; expect 78 bench train dft.xyz
