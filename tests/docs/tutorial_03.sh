#!/usr/bin/env bash
# Usage: tutorial_03.sh <source directory> <kamacite program>
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1/docs/tutorials/run.sh" "$1/docs/tutorials/03_ten_million_atoms" "$2" "$scratch"

cd "$scratch"
for file in large.h5 warm/thermo.csv warm/crystal.csv warm/trajectory-000001.h5 warm/final.xyz; do
    [[ -s $file ]] || { echo "FAILED: the tutorial left no $file"; exit 1; }
done
[[ $(tail -n 1 warm/thermo.csv | cut -d, -f1) -eq 60 ]] || { echo "FAILED: the run did not go on to step 60"; exit 1; }
[[ $(head -n 1 warm/final.xyz) -eq 432 ]] || { echo "FAILED: not 432 atoms"; exit 1; }
