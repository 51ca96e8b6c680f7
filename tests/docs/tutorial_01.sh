#!/usr/bin/env bash
# Usage: tutorial_01.sh <source directory> <kamacite program>
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1/docs/tutorials/run.sh" "$1/docs/tutorials/01_first_potential" "$2" "$scratch"

cd "$scratch"
for file in iron.h5 iron.split-families.h5 model/model.h5 model/learning_curve.csv model/test/metrics.json model/report.html; do
    [[ -s $file ]] || { echo "FAILED: the tutorial left no $file"; exit 1; }
done
[[ $(grep -c '^Fe' predicted.xyz) -eq 162 ]] || { echo "FAILED: predicted.xyz has not 3 · 54 atoms"; exit 1; }
for key in energy= stress= forces magmoms extrapolation; do
    grep -q "$key" predicted.xyz || { echo "FAILED: predicted.xyz has no $key"; exit 1; }
done
grep -q '<svg' model/report.html || { echo "FAILED: the report has no plots"; exit 1; }
# The test side has forces that do not vanish.
grep -q '^forces,"all",eV/angstrom,24,' model/test/metrics.csv || { echo "FAILED: no error of the forces on the test side"; exit 1; }
