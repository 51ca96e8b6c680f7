# Active selection against choice by chance, on an embedded-atom potential, with as many labels: errors on structures that are
# never learnt from, over rounds, for KAMACITE_ACTIVE_LEARNING seeds; prints the tables of docs/accuracy.md.
# SCENE=rare (default): rare_inputs.sh; active selection has to win with every seed. SCENE=alike: all candidates are walks in
# one small cell, and the test set is drawn from such walks by chance; takes long, and nothing is asserted.
# ROUNDS, COUNT as campaign_inputs.sh; SELECT: more of 'select' for the active ones; TRAIN, EXPLORE: sed scripts for train.yaml
# and campaign.yaml.
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
rounds=${ROUNDS:-4} count=${COUNT:-8} seeds=${KAMACITE_ACTIVE_LEARNING:-3} scene=${SCENE:-rare}
# The jobs of active campaigns go through a private Slurm where one can be started; the dataset is the same.
slurm=$SOURCE/tests/support/slurm cluster=$here/cluster jobs="scheduler: local, poll: 0.1 s"
export PATH=$PATH:/usr/sbin
if [ "$scene" = rare ] && [ "$(id -u)" = 0 ] && command -v slurmctld slurmd munged sbatch >/dev/null; then
    trap 'bash "$slurm/stop_slurm.sh" "$cluster" >/dev/null 2>&1; rm -rf "$here"' EXIT
    if bash "$slurm/start_slurm.sh" "$cluster" --cpus 2 >out 2>err; then
        source "$cluster/env.sh"
        export SLURM_CONF
        jobs="scheduler: slurm, partition: main, array: 8, pack: 2, side_by_side: 2, poll: 0.5 s"
    fi
fi
echo "jobs of active campaigns: $jobs"
grow() { # <directory> <seed> <rounds> <count> <by chance> <more of select>
    mkdir "$1"; cd "$1" || exit
    SEED=$2 ROUNDS=$3 COUNT=$4 RANDOM_CHOICE=$5
    source "$SOURCE/tests/system/campaign_inputs.sh"
    [ "$scene" = alike ] || source "$SOURCE/tests/system/rare_inputs.sh"
    sed -i "s/random: $5/&${6:+, $6}/" campaign.yaml
    sed -i "${TRAIN:-}" train.yaml; sed -i "${EXPLORE:-}" campaign.yaml
    [ "$5" = true ] || sed -i "s/scheduler: local, poll: 0.1 s/$jobs/" campaign.yaml
    [ "$scene" = rare ] || [ "$1" = test ] ||
        sed -i "s|test: hidden.h5|test: $here/test/campaign/dataset.kds|" campaign.yaml
    "$KAMACITE" campaign run campaign.yaml >run.out 2>run.err || { tail -n 5 run.err; fail "campaign $1"; }
    cd ..
}
[ "$scene" = rare ] || grow test 99 2 30 true ""
for seed in $(seq "$seeds"); do
    grow "random$seed" "$seed" "$rounds" "$count" true ""
    grow "active$seed" "$seed" "$rounds" "$count" false "${SELECT:-}"
    for kind in random active; do
        (cd $kind$seed && "$KAMACITE" campaign status campaign.yaml >status.txt) || fail "status of $kind$seed"
    done
done
python3 - "$seeds" "$scene" <<'P' || fail "active selection is not better"
import csv, math, sys
seeds = range(1, int(sys.argv[1]) + 1)
curve = {}
for kind in ("random", "active"):
    for seed in seeds:
        curve[kind, seed] = list(csv.DictReader(open(f"{kind}{seed}/campaign/curve.csv")))
for unit, factor, column in (("meV/Å", 1e3, "forces_rmse_eV/A"), ("meV/atom", 1e3, "energy_rmse_eV/atom")):
    print(f"{column}: structures, then by seed random, active, ratio; means of logarithms, times or over their standard error")
    for i in range(min(len(c) for c in curve.values())):
        r = [factor * float(curve["random", s][i][column]) for s in seeds]
        a = [factor * float(curve["active", s][i][column]) for s in seeds]
        def mean(v):
            v = [math.log(x) for x in v]
            m = sum(v) / len(v)
            return math.exp(m), math.exp(math.sqrt(sum((x - m) ** 2 for x in v) / max(1, len(v) - 1) / len(v)))
        ratios = [x / y for x, y in zip(a, r)]
        (mr, er), (ma, ea), (ml, el) = mean(r), mean(a), mean(ratios)
        n = curve["random", 1][i]["structures"], curve["active", 1][i]["structures"]
        print(f"| {n[0]}, {n[1]} | {mr:.3g} ×/ {er:.2f} | {ma:.3g} ×/ {ea:.2f} | {ml:.2g} ×/ {el:.2f} | "
              + "; ".join(f"{x:.0f} {y:.0f} {z:.2g}" for x, y, z in zip(r, a, ratios)) + " |")
    # the last line of both is that of all labels
    assert sys.argv[2] == "alike" or all(z < 1 for z in ratios), ratios
    assert all(int(curve["active", s][-1]["structures"]) <= int(curve["random", s][-1]["structures"]) for s in seeds)
P
