#!/bin/bash
# A stored split is used with the options that it was made with, and not with others; what one file
# holds out is not trained on from another.
# Usage: split_test.sh <kamacite> <folder of the repository>
set -eu
kamacite=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$source/inputs/data/fe_kamacite/iron_qe.xyz" a.xyz

input() {  # files, fraction for the test
  cat <<END
kamacite: train
data: [$1]
output: model
split: {method: random, validation: 0.15, test: $2}
descriptors: {cutoff_radial: 4 angstrom, cutoff_angular: 4 angstrom, radial_centred: 2,
  radial_shifted: 0, angular_eta: []}
model: {energy: {hidden: [2]}}
loss: {family_weights: {nosuchfamily: 2}}
stages: [{optimiser: adam, epochs: 1, batch: 64}]
END
}

"$kamacite" import a.xyz -o a.h5 > log 2>&1 || { cat log; exit 1; }
input a.h5 0.1 > same.yaml
"$kamacite" train same.yaml --fresh > log 2>&1 || { cat log; exit 1; }
grep -q "no family 'nosuchfamily'" log || { cat log; echo "a family that is not there is not told of"; exit 1; }
if grep -q "left out" log; then cat log; echo "one file lost structures"; exit 1; fi
"$kamacite" train same.yaml --fresh > log 2>&1 || { cat log; exit 1; }
grep -q "split 'default' as stored" log || { cat log; echo "the stored split is not used"; exit 1; }

input a.h5 0.2 > other.yaml
code=0
"$kamacite" train other.yaml --fresh > log 2>&1 || code=$?
[ $code = 78 ] || { cat log; echo "exit code $code with other options, not 78"; exit 1; }
grep -q "a.split-default.h5" log || { cat log; echo "the file is not named"; exit 1; }

# Files are split together: what is in two of them is on one side of both.
awk '{ if (left == 0) { left = $1 + 2; if (++frames > 60) exit } left--; print }' a.xyz > b.xyz
"$kamacite" import b.xyz -o b.h5 > log 2>&1 || { cat log; exit 1; }
input "a.xyz, b.h5" 0.2 > two.yaml
"$kamacite" train two.yaml --fresh > log 2>&1 || { cat log; exit 1; }
if grep -q "left out" log; then cat log; echo "files that are split together lost structures"; exit 1; fi

# A split that is stored stays; what it holds out is not trained on from the other file.
awk '{ if (left == 0) { left = $1 + 2; ++frames } left--; if (frames > 40) print }' a.xyz > c.xyz
"$kamacite" import c.xyz -o c.h5 > log 2>&1 || { cat log; exit 1; }
input "c.h5" 0.1 > c.yaml
"$kamacite" train c.yaml --fresh > log 2>&1 || { cat log; exit 1; }
input "a.h5, c.h5" 0.1 > stored.yaml
"$kamacite" train stored.yaml --fresh > log 2>&1 || { cat log; exit 1; }
grep -q "structures are left out" log || { cat log; echo "duplicates over files were trained on"; exit 1; }

# One structure, and families that one file alone has, are no error beside other files.
head -3 a.xyz | sed 's/config_type=[a-z_]*/config_type=single/' > one.xyz
input "a.xyz, one.xyz" 0.1 | sed 's/test: 0.1/test: 0.1, test_families: [bcc_ev]/' > one.yaml
"$kamacite" train one.yaml --fresh > log 2>&1 || { cat log; exit 1; }

# The same file twice is an error.
mkdir -p folder
input "a.xyz, folder/../a.xyz" 0.1 > twice.yaml
code=0
"$kamacite" train twice.yaml --fresh > log 2>&1 || code=$?
[ $code = 78 ] || { cat log; echo "exit code $code with a file named twice, not 78"; exit 1; }
grep -q "data\[1\]: folder/../a.xyz is named before" log || { cat log; exit 1; }
echo "splits are kept, checked, and hold over several files"
