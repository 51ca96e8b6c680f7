#!/usr/bin/env bash
# The scripts for Slurm as it would run them, with a stand-in for srun and scontrol: a signal to the shell makes a checkpoint,
# the job is requeued once, and the same script goes on to the end; what is finished is not requeued.
# Usage: job_scripts_test.sh <source directory> <kamacite program> <mpiexec> [its options...]
set -euo pipefail
source_directory=$1 program=$2
shift 2
export LAUNCH="$*" OMP_NUM_THREADS=1 OMPI_MCA_mpi_yield_when_idle=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "FAILED: $*"; cat log; exit 1; }
cd "$scratch"
# A folder for a site of its own, as docs/howto/new_cluster.md has it
mkdir -p bin build/mine/bin jobscripts
cp -r "$source_directory/jobscripts/example" jobscripts/mine
sed -i 's/^site=example/site=mine/' jobscripts/mine/*.slurm
! grep -l example jobscripts/mine/*.slurm || { echo "FAILED: scripts of a new site still name example"; exit 1; }
: >jobscripts/mine/env.sh  # no modules here
ln -s "$program" build/mine/bin/kamacite
printf '#!/bin/sh\nexec %s "$@"\n' "$LAUNCH" >bin/srun
printf '#!/bin/sh\necho "$*" >>requeued\n' >bin/scontrol
chmod +x bin/*
export PATH=$PWD/bin:$PATH SLURM_JOB_ID=17 SLURM_JOB_END_TIME=$(($(date +%s) + 36000))
cat >cell.xyz <<'X'
2
Lattice="2.84 0 0 0 2.84 0 0 0 2.84" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.42 1.42 1.42
X
printf 'kamacite: md\nmodel: iron\nstructure: cell.xyz\nsupercell: [2, 2, 2]\noutput: run\nsteps: 100000\ninitial_temperature: 600 K\nframes: false\nthermo: 1\n' >md.yaml

# stopped <what shows that the work is on its way> <script> [arguments]
stopped() {
    local begun=$1 waited=0
    shift
    rm -f requeued
    bash "jobscripts/mine/$1.slurm" "${@:2}" >log 2>&1 &
    local job=$! code=0
    until [[ -e $begun ]]; do
        sleep 0.1
        ((++waited < 900)) || fail "$1 does not begin"
    done
    kill -USR1 $job
    wait $job || code=$?
    [[ $code -eq 75 ]] || fail "$1: exit code $code after USR1, not 75"
    [[ $(cat requeued) = "requeue 17" ]] || fail "$1: not requeued, or more than once"
}
# finished <script> [arguments]
finished() {
    rm -f requeued
    bash "jobscripts/mine/$1.slurm" "${@:2}" >log 2>&1 || fail "$1: exit code $?"
    [[ ! -e requeued ]] || fail "$1: requeued, though it is done"
}

stopped run/thermo.csv md md.yaml
[[ -e run/checkpoint.a.h5 ]] || fail "no checkpoint of md"
sed -i "s/^steps: .*/steps: $(($(tail -n 1 run/thermo.csv | cut -d, -f1) + 20))/" md.yaml
finished md md.yaml
grep -q "goes on from step" log || fail "md begins anew"

# Nothing shows from outside that a prediction is on its way: it is the end of the job that stops it, which the program sees.
export SLURM_JOB_END_TIME=$(($(date +%s) + 1))
code=0
bash jobscripts/mine/predict.slurm cell.xyz 24,24,24 large.h5 >log 2>&1 || code=$?
[[ $code -eq 75 && $(cat requeued) = "requeue 17" ]] || fail "predict: exit code $code at the end of the job"
[[ -e large.h5.checkpoint && ! -e large.h5 ]] || fail "predict keeps nothing"
export SLURM_JOB_END_TIME=$(($(date +%s) + 36000))
finished predict cell.xyz 24,24,24 large.h5
grep -q "goes on at" log || fail "predict begins anew"
[[ -s large.h5 ]] || fail "no large.h5"
finished predict cell.xyz 24,24,24 large.h5
grep -q "is there" log || fail "predict runs again"

# Drivers hand over the next link of their chain when they are stopped, and none when they are done or out of budget.
export KAMACITE_ROOT=$PWD SLURM_JOB_NAME=chain OMPI_MCA_ess_singleton_isolated=1
[[ $(id -u) -ne 0 ]] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
printf '#!/bin/sh\necho "$*" >>chained\n' >bin/sbatch
chmod +x bin/sbatch
printf 'sleep 1\n"%s" predict iron structure.xyz -o labelled.xyz\n' "$program" >label.sh
cat >label.yaml <<Y
kamacite: label
structures: [cell.xyz, cell2.xyz]
program: {name: command, command: 'bash $PWD/label.sh', level: by the model}
job: {processes: 1, time: 5 min}
jobs: {scheduler: local, cores: 1, poll: 0.1 s}
Y
sed 's/1.42 1.42 1.42/1.42 1.42 1.5/' cell.xyz >cell2.xyz
cat >train.yaml <<'Y'
kamacite: train
data: [unused.h5]
committee: {members: 2}
Y
printf 'kamacite: generate\nrecipes:\n  - {name: bcc, lattice_constants: 2.8 2.9 angstrom}\n' >recipes.yaml
cat >campaign.yaml <<'Y'
kamacite: campaign
label: label.yaml
train: train.yaml
first: recipes.yaml
explore: {recipes: [recipes.yaml]}
job: {processes: 1, launch: env}
jobs: {scheduler: local, cores: 1, poll: 0.1 s, node_hours: 0.5}
Y
# chained <script> <what shows that it is on its way>
chained() {
    local waited=0 code=0
    rm -f chained
    bash "jobscripts/mine/$1.slurm" >log 2>&1 &
    local job=$!
    until compgen -G "$2" >/dev/null; do
        sleep 0.1
        ((++waited < 900)) || fail "$1 does not begin"
    done
    kill -USR1 $job
    wait $job || code=$?
    [[ $code -eq 75 ]] || fail "$1: exit code $code after USR1, not 75"
    [[ $(cat chained) = "--dependency=singleton --job-name=chain --chdir=$PWD $PWD/jobscripts/mine/$1.slurm $1.yaml" ]] ||
        fail "$1: the chain has no next link, or another: $(cat chained)"
}
# unchained <script>
unchained() {
    rm -f chained
    bash "jobscripts/mine/$1.slurm" >log 2>&1 || fail "$1: exit code $?"
    [[ ! -e chained ]] || fail "$1 goes on, though it is done"
}
chained label 'label/labels/*/*/*/run.*'
unchained label
grep -q "2 of 2 structures have labels" log || fail "label: not all have labels"
chained campaign 'campaign/labels/*/*/*/run.*'
sed -i 's/node_hours: 0.5/node_hours: 0.001/' campaign.yaml
unchained campaign
grep -q "ended: the budget of 0.001 node-hours" log || fail "campaign: no end by its budget"

# A disk that is full (74) may have room later: the chain goes on after a while, and not for ever. A controller that does not answer
# sbatch is asked again.
rm build/mine/bin/kamacite
printf '#!/bin/sh\nexit 74\n' >build/mine/bin/kamacite
printf '#!/bin/sh\nmkdir silent 2>/dev/null && exit 1\necho "$KAMACITE_TROUBLES $*" >>chained\n' >bin/sbatch
chmod +x build/mine/bin/kamacite
rm -f chained
code=0; KAMACITE_PAUSE=0.1 bash jobscripts/mine/campaign.slurm >log 2>&1 || code=$?
[[ $code -eq 74 && -d silent ]] || fail "campaign: exit code $code on a full disk"
[[ $(cat chained) = "1 --dependency=singleton --job-name=chain --chdir=$PWD --begin=now+15minutes $PWD/jobscripts/mine/campaign.slurm campaign.yaml" ]] ||
    fail "no next link after a full disk, or another: $(cat chained)"
rm chained
code=0; KAMACITE_TROUBLES=8 bash jobscripts/mine/label.slurm >log 2>&1 || code=$?
[[ $code -eq 74 && ! -e chained ]] || fail "label: the disk is full for ever, and the chain goes on"
