#!/usr/bin/env bash
# Usage: tutorial_02.sh <source directory> <kamacite program>
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1/docs/tutorials/run.sh" "$1/docs/tutorials/02_n2p2_models" "$2" "$scratch"

cd "$scratch"
for file in n2p2_iron/input.nn n2p2_iron/scaling.data n2p2_iron/weights.026.data errors/metrics.json iron_model.h5; do
    [[ -s $file ]] || { echo "FAILED: the tutorial left no $file"; exit 1; }
done
grep -q 'energy_std=' spread.xyz || { echo "FAILED: spread.xyz has no energy_std"; exit 1; }
grep -q 'force_std:R:1' spread.xyz || { echo "FAILED: spread.xyz has no force_std"; exit 1; }
# LAMMPS is told the largest cutoff of the symmetry functions: the last number of each.
largest=$(awk '/^symfunction_short/ && $NF > most {most = $NF} END {printf "%.1f", most}' n2p2_iron/input.nn)
grep -q "pair_style hdnnp $largest dir n2p2_iron" "$1/docs/tutorials/02_n2p2_models/README.md" ||
    { echo "FAILED: the cutoff is $largest Å, the page tells LAMMPS another"; exit 1; }
# The converted model says what the trained one does.
kamacite=$2
"$kamacite" evaluate model/model.h5 iron.h5 --json > trained.json
"$kamacite" evaluate n2p2_iron iron.h5 --json > converted.json
python3 - <<'END'
import json
trained, converted = (json.load(open(f"{n}.json"))["scores"] for n in ("trained", "converted"))
for a, b in zip(trained, converted):
    assert a["quantity"] == b["quantity"] and abs(a["rmse"] - b["rmse"]) < 1e-9 * a["rmse"] + 1e-13, (a, b)
END
