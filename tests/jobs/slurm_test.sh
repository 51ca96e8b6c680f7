#!/usr/bin/env bash
# The queue with a real Slurm, private to this test and gone afterwards: slurm_test.sh TEST_JOBS JOBS_DRIVER [SCENARIO…]
# Scenarios: texts, kills, controller, scancel, node; all when none is named. KILLS: of the driver (10).
# Exit code 77: skipped, as Slurm or the rights that it needs are not there.
set -uo pipefail
tests=$1 driver=$2
shift 2
scenarios=("$@")
[[ ${#scenarios[@]} -gt 0 ]] || scenarios=(texts kills controller scancel node)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
[[ $(id -u) -eq 0 ]] || { echo "skipped: slurmd needs root"; exit 77; }

folder=$(mktemp -d /tmp/kamacite_slurm_XXXXXX)
slurm=$folder/slurm
trap '"$here/../support/slurm/stop_slurm.sh" "$slurm" >/dev/null; rm -rf "$folder"' EXIT
start() { "$here/../support/slurm/start_slurm.sh" "$slurm" --nodes 2 --cpus 4 >"$folder/start.log" 2>&1; }
start || { cat "$folder/start.log"; exit 1; }
source "$slurm/env.sh"
bad=0 seed=0
fail() { echo "FAILED: $*"; bad=1; }

# until <seconds> <command…>
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do [[ $SECONDS -lt $deadline ]] || return 1; sleep 0.2; done
}
runs() { sed 's/ .*//' "$1/runs.log" 2>/dev/null | sort -n | uniq -c | awk '{print $2 ":" $1}' | xargs; }
# A node that answers comes back by itself as well (ReturnToService), and then cannot be resumed.
resume() { scontrol update nodename="$1" state=resume 2>/dev/null; [[ $(sinfo -h -n "$1" -o %t) == @(idle|mix|alloc) ]]; }
is_gone() { [[ -z $(squeue -h -j "$1" -o %t 2>/dev/null) ]]; }
some_run() { [[ -n $(squeue -h -t R) ]]; }
# No process of an attempt is left that began on the node.
none_left_on() {
    local process
    for process in $(grep -lzsx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ); do
        [[ $(readlink "${process%/environ}/cwd") != "$trial"/tasks/* ]] || return 1
    done
}
some_on() { ! none_left_on "$1"; }
# What Slurm requeues it holds for two minutes; not here.
hasten() {
    local job _
    for _ in $(seq "$1"); do
        for job in $(squeue -h -t PD -o %A); do scontrol update jobid="$job" starttime=now; done
        sleep 1
    done 2>/dev/null
}
begin_trial() { mkdir -p "$folder/$1"; trial=$folder/$1; "$driver" "$trial" slurm "${@:2}" >"$trial/driver.log" 2>&1 & process=$!; }

texts() { "$tests" '[.slurm]' || fail "what Slurm says is not understood"; }

kills() {
    python3 "$here/trial.py" "$driver" slurm --kills "${KILLS:-10}" --seed $((++seed)) --latest 0.2 --attempts 24 array=4 pack=3 side=2 grace=3 ||
        fail "a driver that was killed"
}

# The controller dies and forgets what it had not saved; its nodes are then resumed, as an administrator would.
controller() {
    (sleep 1.5; kill -KILL "$(cat "$slurm/run/slurmctld.pid")"; sleep 3; start
     for _ in 1 2 3 4 5 6 7 8; do scontrol update nodename=n[1-2] state=resume 2>/dev/null; hasten 2; done) &
    python3 "$here/trial.py" "$driver" slurm --kills 4 --latest 0.3 --attempts 16 array=2 grace=4 sleep=1 jobs=3 ||
        fail "a controller that was killed"
    wait $!
    scancel -u "$(id -un)"
}

# A person cancels: that is told, and nothing is run again.
scancel_one() {
    mkdir -p "$folder/scancel" && touch "$folder/scancel/hold"  # no attempt ends before
    begin_trial scancel 2 grace=1
    until_true 30 some_run && sleep 1
    local job
    job=$(squeue -h -t R -o %A | sort -n | head -n 1)
    scancel "$job"
    until_true 60 is_gone "$job" || fail "job $job does not end: $(squeue)"
    rm "$trial/hold"
    wait "$process"
    [[ $(grep -c "cancelled" "$trial/driver.log") -eq 1 ]] || fail "a cancelled job is not told: $(cat "$trial/driver.log")"
    [[ $(runs "$trial") == 0:1 || $(runs "$trial") == 1:1 ]] || fail "after scancel: runs $(runs "$trial")"
    echo "scancel: $(runs "$trial"), told: $(grep cancelled "$trial/driver.log")"
}

# A node goes down under running jobs: Slurm requeues them, and they run in fresh directories. The node itself lives, so the
# attempts may end only when what ran there has been killed: on a busy machine that takes a while.
node() {
    mkdir -p "$folder/node" && touch "$folder/node/hold"
    begin_trial node 6 grace=2
    until_true 30 some_run && sleep 1
    local name
    name=$(squeue -h -t R -o %N | head -n 1)
    until_true 30 some_on "$name" || fail "nothing runs on $name"
    scontrol update nodename="$name" state=down reason=test
    until_true 60 none_left_on "$name" || fail "what ran on $name is not killed: $(squeue)"
    until_true 20 resume "$name" || fail "a node does not come back: $(scontrol show node "$name")"
    rm "$trial/hold"
    hasten 10
    wait "$process" || fail "after a node went down: $(cat "$trial/driver.log")"
    [[ $(runs "$trial") == "0:1 1:1 2:1 3:1 4:1 5:1" ]] || fail "after a node went down: runs $(runs "$trial")"
    local again
    again=$(ls -d "$trial"/tasks/*/1/run.0.1 "$trial"/tasks/*/1/run.1.0 2>/dev/null | wc -l)
    [[ $again -gt 0 ]] || fail "no job was requeued"
    echo "node down: $again of 6 attempts ran anew, each in a directory of its own"
}

for scenario in "${scenarios[@]}"; do
    begin=$SECONDS
    case $scenario in
        scancel) scancel_one ;;
        *) "$scenario" ;;
    esac
    echo "== $scenario: $((SECONDS - begin)) s"
done
exit "$bad"
