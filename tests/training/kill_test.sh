#!/bin/bash
# Trains a small model, then the same again while killing it at random instants and resuming; both
# must end with the same predictions, to the last digit.
# Usage: kill_test.sh <kamacite> <folder of the repository> <mpiexec> [its options...]
set -eu
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
  - {optimiser: adam, epochs: 150, batch: 8}
  - {optimiser: kalman, epochs: 15, batch: 8}
  - {optimiser: lmvm, epochs: 12, restart: 3}
checkpoint_interval: 0.05 s
EOF
}
input whole > "$work/whole.yaml"
input pieces > "$work/pieces.yaml"

now() { date +%s%N; }
start=$(now)
"$@" "$kamacite" train "$work/whole.yaml" > "$work/whole.log" 2>&1 || { cat "$work/whole.log"; exit 1; }
whole=$(($(now) - start))

# Instants as shares of the time of the whole, since machines differ; those of a run that goes on are
# shorter, as there is less left.
kills=0
for share in 40 35 30 30 25; do
  "$@" "$kamacite" train "$work/pieces.yaml" --resume >> "$work/pieces.log" 2>&1 &
  pid=$!
  sleep "$(awk "BEGIN { print $whole * $share / 1e11 }")"
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
[ $kills -gt 0 ] || { echo "it ended before it was killed"; exit 1; }
grep -c "training goes on" "$work/pieces.log" || { echo "never resumed: $kills kills"; cat "$work/pieces.log"; exit 1; }
echo "killed $kills times: the same model and learning curve"
