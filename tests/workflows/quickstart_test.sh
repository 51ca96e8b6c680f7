#!/usr/bin/env bash
# Runs the quickstart, then the same again while its training is killed and stopped: the same line must go on, and end
# with the same model and the same predictions.
# Usage: quickstart_test.sh <source directory> <build directory> <mpiexec> [its options...]
set -euo pipefail
source_directory=$1
export KAMACITE_BUILD=$2
shift 2
export KAMACITE_MPIRUN="$*"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
log=whole.log
failed() { echo "FAILED: $*"; tail -40 $log; exit 1; }

cp -r "$source_directory/inputs/quickstart" inputs
sed -i 's/epochs: [0-9]*/epochs: 1500/' inputs/train.yaml
grep -q 'epochs: 1500' inputs/train.yaml || failed "train.yaml names no epochs"
echo 'checkpoint_interval: 0.2 s' >>inputs/train.yaml
line=("$source_directory/workflows/quickstart.sh" --no-build --inputs inputs)

"${line[@]}" whole >whole.log 2>&1 || failed "exit code $?"
for file in model/model.h5 model/test/metrics.json model/descriptors.h5 model/generated.h5 model/bcc_ev.h5 model/report.html; do
    [[ -s whole/$file ]] || failed "no $file"
done
# What was generated and predicted is used.
for text in 'generated.h5' 'Descriptors in descriptors.h5' 'Stored predictions: bcc'; do
    grep -q "$text" whole/model/report.html || failed "the report says nothing of '$text'"
done
! grep -q 'not in the report' whole.log || failed "the report leaves something out"

# Starts the quickstart, waits until training is under way, and sets the ids of script, launcher and ranks. On a fast
# machine training may end before it is caught: false then.
log=parts.log
begin() {
    "${line[@]}" parts >parts.log 2>&1 &
    script=$!
    local waited=0
    until grep -qs '^epoch' parts.log && ls parts/model/checkpoint.*.h5 >/dev/null 2>&1; do
        kill -0 $script 2>/dev/null || return 1
        sleep 0.02
        waited=$((waited + 1))
        [[ $waited -lt 4500 ]] || failed "training does not begin"
    done
    launcher=$(pgrep -P $script) && ranks=$(pgrep -P "$launcher")
}

# Does a thing while the quickstart trains, from the state in folder `$1` on (none: from nothing), until it was in time.
during_training() {
    local from=$1
    shift
    for _ in 1 2 3 4 5 6 7 8; do
        rm -rf parts
        if [[ -e $from ]]; then cp -r "$from" parts; fi
        if begin && "$@"; then return; fi
        wait $script 2>/dev/null || true
        [[ -s parts/model/model.h5 ]] || failed "ended before training was under way"
    done
    failed "training always ended before it was caught"
}

kill_all() {
    # shellcheck disable=SC2086  # a list
    kill -9 $script $launcher $ranks 2>/dev/null || true
    wait $script 2>/dev/null && return 1
    [[ ! -e parts/model/model.h5 ]]
}
during_training nothing kill_all
[[ ! -e parts/model/test ]] || failed "went on without a model"
cp -r parts killed

stop_with_signal() {
    kill -USR1 "$launcher" 2>/dev/null || true
    code=0
    wait $script || code=$?
    [[ $code -eq 0 ]] && return 1  # the signal came too late
    [[ $code -eq 75 ]] || failed "SIGUSR1: exit code $code, not 75"
}
during_training killed stop_with_signal
grep -q 'run the same line again to go on' parts.log || failed "does not say how to go on"
[[ ! -e parts/model/test ]] || failed "judges a model whose training was stopped"

"${line[@]}" parts >parts.log 2>&1 || failed "exit code $?"
grep -q 'training goes on after epoch' parts.log || failed "began again from nothing"
grep -q 'Import.*done before' parts.log || failed "did finished steps again"
for name in whole parts; do
    cut -d, -f1-4,6- $name/model/learning_curve.csv >$name.csv  # without the time
    "$KAMACITE_BUILD/bin/kamacite" export $name/model/generated.h5 -o $name.xyz >/dev/null 2>&1
done
cmp whole.csv parts.csv
cmp whole.xyz parts.xyz

# A fourth time there is nothing left to do.
"${line[@]}" parts >parts.log 2>&1 || failed "exit code $?"
[[ $(grep -c '^== .*done before' parts.log) -eq $(grep -c '^step ' "$source_directory/workflows/quickstart.sh") ]] ||
    failed "finished steps are done again"
echo passed
