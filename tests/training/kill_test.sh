#!/bin/bash
# Trains a small model, then the same again while killing it at random instants and resuming; both
# must end with the same predictions, to the last digit.
# Usage: [KAMACITE_KILLS=30] kill_test.sh <kamacite> <folder of the repository> <mpiexec> [its options...]
set -eu
wanted=${KAMACITE_KILLS:-6}
kamacite=$1 source=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
data=$source/inputs/data/fe_kamacite/iron_qe.xyz

input() {  # name of the output directory
  cat <<EOF
kamacite: train
data: [$data]
output: $work/$1
split: {method: random, validation: 0.15, test: 0.1}
descriptors: {cutoff_radial: 5 angstrom, cutoff_angular: 4 angstrom, radial_centred: 4,
  radial_shifted: 4, angular_eta: 0.03 1/angstrom^2, zeta: [1, 4]}
model: {energy: {hidden: [10, 10]}, moment: {hidden: [6]}}
stages:
  - {optimiser: adam, epochs: $((170 * wanted)), batch: 8}
  - {optimiser: kalman, epochs: $((17 * wanted)), batch: 8}
  - {optimiser: brgn, epochs: $((4 * wanted)), inner: 10}
  - {optimiser: lmvm, epochs: $((17 * wanted)), restart: 20}
checkpoint_interval: 0.05 s
EOF
}
input whole > "$work/whole.yaml"
input pieces > "$work/pieces.yaml"

"$@" "$kamacite" train "$work/whole.yaml" > "$work/whole.log" 2>&1 || { cat "$work/whole.log"; exit 1; }

# Machines differ by more than any fixed delay allows for: killed is what has written a checkpoint since it began, some
# random tenths of a second later, which may be in the midst of the next one.
kills=0
for k in $(seq "$wanted"); do
  delay=$(printf "0.%02d" $((5 + 83 * k % 28)))   # 0.05 … 0.32 s
  touch "$work/begun"
  "$@" "$kamacite" train "$work/pieces.yaml" --resume >> "$work/pieces.log" 2>&1 &
  pid=$!
  until [ -n "$(find "$work/pieces" -name 'checkpoint.*.h5' -newer "$work/begun" 2> /dev/null)" ]; do
    kill -0 $pid 2> /dev/null || break
    sleep 0.02
  done
  sleep $delay
  # all ranks at once, as a node that fails
  ranks=$(pgrep -P $pid || true)
  kill -9 $ranks $pid 2> /dev/null || true
  if wait $pid 2> /dev/null; then break; fi   # it had ended by itself
  kills=$((kills + 1))
done
"$@" "$kamacite" train "$work/pieces.yaml" --resume >> "$work/pieces.log" 2>&1 || { cat "$work/pieces.log"; exit 1; }

for name in whole pieces; do
  "$kamacite" predict "$work/$name/model.h5" "$data" -o "$work/$name.xyz" > /dev/null 2>&1
  cut -d, -f1-4,6- "$work/$name/learning_curve.csv" > "$work/$name.csv"   # without the time
done
cmp "$work/whole.xyz" "$work/pieces.xyz"
cmp "$work/whole.csv" "$work/pieces.csv"
[ $kills -gt 1 ] || { echo "killed $kills times only: it ended before"; exit 1; }
echo "killed $kills times"
grep -c "training goes on" "$work/pieces.log" || { echo "never resumed: $kills kills"; cat "$work/pieces.log"; exit 1; }
echo "killed $kills times: the same model and learning curve"
