#!/usr/bin/env bash
# Usage: tutorial_04.sh <source directory> <kamacite program>
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# jobs start MPI programs themselves, on whatever is free
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
"$1/docs/tutorials/run.sh" "$1/docs/tutorials/04_grow_your_dataset" "$2" "$scratch"

cd "$scratch"
for file in hidden.kds/seg-000001.h5 hidden/labels.csv campaign/dataset.kds/seg-000004.h5 campaign/curve.csv campaign/rounds/003/candidates.csv errors/metrics.json; do
    [[ -s $file ]] || { echo "FAILED: the tutorial left no $file"; exit 1; }
done
[[ $(grep -o '<svg' campaign/report.html | wc -l) -eq 2 ]] || { echo "FAILED: the report has not two plots"; exit 1; }
[[ $(grep -c ',.*,' campaign/report_data/learning_energy.csv) -eq 5 ]] || { echo "FAILED: the learning curve has not four models"; exit 1; }
# The page tells what status prints: counts to the last, errors to a third (machines round differently).
python3 - "$1/docs/tutorials/04_grow_your_dataset/README.md" <<'P'
import re, sys
def rows(text):
    found = [line.split() for line in text.splitlines() if re.match(r"\s+[0-4]\s+[-0-9]", line)]
    return [[w for w in row if w != "±"] for row in found]
told, seen = rows(open(sys.argv[1]).read()), rows(open("status.txt").read())
assert len(told) == len(seen) == 5, (told, seen)
for a, b in zip(told, seen):
    assert len(a) == len(b) and a[:2] == b[:2], (a, b)   # round, structures
    if a[2] != "-":
        for i in (2, 4):
            assert abs(float(a[i]) / float(b[i]) - 1.0) < 0.33, (a, b)
assert float(seen[4][2]) < 0.2 * float(seen[1][2]), "the campaign has taught nothing"
assert "ended: 3 rounds" in open("status.txt").read()
P
