# Two campaigns with pw.x on a private Slurm, in arrays and packed, one that chooses where its model knows least and one by
# chance: as many labels, and a better model of structures that are never learnt from. Under the first the controller is killed and
# the node goes down, and its dataset is that of a campaign to which nothing happens.
slurm=$SOURCE/tests/support/slurm pseudo=/usr/share/espresso/pseudo/Fe.pbe-nd-rrkjus.UPF
export PATH=$PATH:/usr/sbin
for program in slurmctld slurmd munged sbatch pw.x; do
    command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ "$(id -u)" = 0 ] && [ -e $pseudo ] || { echo "skipped: needs root and $pseudo"; exit 77; }
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none OMP_NUM_THREADS=1
cluster=$here/cluster
trap 'bash "$slurm/stop_slurm.sh" "$cluster" >/dev/null 2>&1; rm -rf "$here"' EXIT
bash "$slurm/start_slurm.sh" "$cluster" --cpus 2 >out 2>err || { cat out err; echo "skipped: no Slurm can be started here"; exit 77; }
source "$cluster/env.sh"
export SLURM_CONF
mkdir work; cd work || exit
cat >first.yaml <<'Y'
kamacite: generate
output: unused.h5
recipes:
  - name: bulk
    lattice_constants: 2.75 2.85 2.95 angstrom
    displacements: {kind: gaussian, amplitudes: 0.05 angstrom}
    cell: conventional
Y
sed 's/unused/start/; s/2.75 2.85 2.95/2.85/' first.yaml >start.yaml
recipes() { # <output> <seed> <repetitions of bulk> <of the others>: two and four atoms
    cat <<Y
kamacite: generate
output: $1
seed: $2
recipes:
  - {name: bulk, lattice_constants: 2.80 2.90 angstrom, cell: conventional, displacements: {temperatures: 300 K}, repetitions: $3}
  - {name: squeezed, lattice_constants: 2.35 angstrom, cell: conventional, displacements: {kind: gaussian, amplitudes: 0.1 angstrom}, repetitions: $4}
  - {name: close_packed, lattices: [fcc], volumes: 10.5 angstrom^3, cell: conventional, displacements: {kind: gaussian, amplitudes: 0.1 angstrom}, repetitions: $4}
  - {name: hot, lattice_constants: 2.80 angstrom, cell: conventional, displacements: {kind: gaussian, amplitudes: 0.25 angstrom}, repetitions: $4}
Y
}
recipes unused.h5 1 16 1 >pool.yaml
recipes hidden.h5 99 1 2 >hidden.yaml
cat >label.yaml <<Y
kamacite: label
program:
  name: pw
  command: pw.x
  potentials: [{element: Fe, file: $pseudo}]
  ecutwfc: 20 Ry
  ecutrho: 160 Ry
  k_mesh: [2, 2, 2]
  smearing_width: 0.05 Ry
  convergence: 1e-3 eV
magnetism: {starts: [nonmagnetic]}
job: {processes: 1, time: 5 min}
retries: {quarantine: 1}
Y
{ cat label.yaml; printf 'structures: [hidden.h5]\noutput: hidden.kds\ndirectory: hidden\njobs: {scheduler: local, cores: 2, poll: 0.2 s}\n'; } >hidden_label.yaml
cat >train.yaml <<'Y'
kamacite: train
data: [unused.h5]
output: unused
committee: {members: 3}
split: {method: random, validation: 0, test: 0}
descriptors: {cutoff_radial: 4.5 angstrom, cutoff_angular: 3.8 angstrom, radial_centred: 4, radial_shifted: 4, angular_eta: 0.03 1/angstrom^2, zeta: [1, 4]}
model:
  energy: {hidden: [8]}
stages:
  - {optimiser: adam, epochs: 150, batch: 2, learning_rate: 0.01}
Y
cat >campaign.yaml <<Y
kamacite: campaign
label: label.yaml
train: train.yaml
first: first.yaml
test: hidden.kds
seed: ${KAMACITE_SEED:-1}
explore:
  dynamics:
    - {structures: [start.h5], temperatures: 300 K, steps: 20, every: 5, timestep: 1 fs}
  recipes: [pool.yaml]
select: {count: 4, beyond_share: 1, random: false}
stop: {rounds: 3, share: 0, least_fall: 0}
job: {processes: 1, time: 5 min, launch: env}
jobs: {scheduler: slurm, partition: main, array: 4, pack: 2, poll: 0.5 s, grace: 20 s}
Y
sed 's/random: false/random: true/; s/^label:/directory: chance\n&/' campaign.yaml >chance.yaml
# Until the driver ends, what an administrator does: a controller that died before it saved its state drains its nodes, as does a
# job that is slow to die, and what is requeued is held for two minutes.
administer() {
    local until=$((SECONDS + 500))
    struck=${struck:-}
    while kill -0 $driver 2>/dev/null; do
        if [ $SECONDS -gt $until ]; then
            { cat run.err; sinfo -R; sinfo -N -l; squeue -o '%A %j %T %r %S'; tail -n 20 "$cluster"/log/slurm*.log; } >err 2>&1
            kill $driver
            fail "the driver does not end"
        fi
        ! sinfo -h -o %t 2>/dev/null | grep -Eq 'drain|drng|down' || scontrol update nodename=n1 state=resume >/dev/null 2>&1
        for job in $(squeue -h -t PD -o %A 2>/dev/null); do scontrol update jobid="$job" starttime=now; done 2>/dev/null
        # once, under calculations of a round that a model chose
        if [ -z "$struck" ] && [ -e "$1/labels-000.csv" ] && ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -q "$here/work/$1/labels/"; then
            struck=$(squeue -h -t R -o %A | xargs)
            scontrol update nodename=n1 state=down reason=test
            sleep 1
        fi
        sleep 0.5
    done
}
for name in start hidden; do "$KAMACITE" generate $name.yaml >out 2>err || fail "generate $name"; done
"$KAMACITE" label hidden_label.yaml >out 2>err || fail "labels of the test set"
# What a new user gets wrong is told by check, before anything is handed over.
LAUNCH=""
expect 0 check campaign.yaml; ! grep 'not ready' out || fail "what is ready is not"
sed 's/partition: main/partition: mian/' campaign.yaml >wrong.yaml
expect 0 check wrong.yaml; prints "there is no partition mian: name one of main"
"$KAMACITE" campaign run campaign.yaml >run.out 2>run.err & driver=$!
# The controller dies while the first labels are computed.
for _ in $(seq 200); do squeue -h -t R 2>/dev/null | grep -q . && break; sleep 0.1; done
kill -9 "$(cat "$cluster/run/slurmctld.pid")"
sleep 4
kill -0 $driver || { cp run.err err; fail "the driver did not wait for the controller"; }
bash "$slurm/start_slurm.sh" "$cluster" --cpus 2 >out 2>err || fail "the controller does not come back"
administer campaign
wait $driver
code=$?; cp run.out out; cp run.err err
[ $code = 0 ] || fail "exit code $code"
prints "3 rounds of labels were asked for"
LAUNCH="" expect 0 info campaign/dataset.kds; prints "Fe.pbe-nd-rrkjus"
each_ended_once() {
    python3 - "$1" <<'P' || fail "the journal of $1"
import collections, json, sys
lines = [json.loads(l) for l in open(f"{sys.argv[1]}/journal.jsonl")]
ended = collections.Counter(l["data"]["task"] for l in lines if l["kind"] == "job.ended")
assert ended and all(n == 1 for n in ended.values()), ended
good = collections.Counter(l["data"]["key"] for l in lines if l["kind"] == "label.outcome" and l["data"]["decision"] == "accept")
assert good and all(n == 1 for n in good.values()), good
P
}
each_ended_once campaign
[ -n "$struck" ] || fail "no job ran when the node was to go down"
anew=$(find campaign/labels -path '*/run.0.1' -o -path '*/run.1.0' | wc -l)
[ "$anew" -gt 0 ] || fail "no calculation was run anew"
echo "node down under jobs $struck: $anew ran anew"
# The same without Slurm, and without harm to anybody
sed 's/^label:/directory: undisturbed\n&/; s/^jobs:.*/jobs: {scheduler: local, cores: 2, poll: 0.2 s}/' campaign.yaml >undisturbed.yaml
"$KAMACITE" campaign run undisturbed.yaml >out 2>err || fail "the undisturbed campaign"
hash_of() { "$KAMACITE" info "$1" 2>/dev/null | sed -n 's/.*hash \(xxh64:[0-9a-f]*\).*/\1/p'; }
[ -n "$(hash_of campaign/dataset.kds)" ] || fail "no hash"
[ "$(hash_of campaign/dataset.kds)" = "$(hash_of undisturbed/dataset.kds)" ] || fail "a dead controller and a node that was down make another dataset"
python3 - <<'P' || fail "the journal"
import collections, json
lines = [json.loads(l) for l in open("campaign/journal.jsonl")]
batches = [l["data"]["tasks"] for l in lines if l["kind"] == "job.intent"]
assert any(sum(len(t) for t in b) > 1 for b in batches), "nothing was packed"
P
runs=$(find campaign/labels -name pw.out | wc -l)
attempts=$(grep -c '"kind":"label.outcome"' campaign/journal.jsonl)
echo "$runs runs of pw.x, $attempts attempts"
"$KAMACITE" campaign run chance.yaml >run.out 2>run.err & driver=$!
struck=no administer chance
wait $driver || { cp run.out out; cp run.err err; fail "the campaign by chance"; }
each_ended_once chance
for input in campaign chance; do "$KAMACITE" campaign status $input.yaml >out 2>err || fail "status of $input"; done
python3 - <<'P' || fail "active selection is not better than chance"
import csv
last = {d: list(csv.DictReader(open(f"{d}/curve.csv")))[-1] for d in ("campaign", "chance")}
for d, row in last.items():
    print(f"{d}: {row['structures']} structures, {1e3 * float(row['energy_rmse_eV/atom']):.0f} meV/atom, {1e3 * float(row['forces_rmse_eV/A']):.0f} meV/Å")
assert 11 < int(last["campaign"]["structures"]) <= int(last["chance"]["structures"])
assert all(float(last["campaign"][c]) < float(last["chance"][c]) for c in ("energy_rmse_eV/atom", "forces_rmse_eV/A"))
P
cd ..
