#!/usr/bin/env bash
# Runs the example of LAMMPS; the energy must be conserved, and a second call must not run again.
# Usage: lammps_test.sh <source directory> <build directory> <mpiexec> [its options...]
set -euo pipefail
source_directory=$1
export KAMACITE_BUILD=$2
shift 2
export KAMACITE_MPIRUN="$*"
for program in lmp kim-api-collections-management; do
    command -v $program >/dev/null || { echo "skipped: there is no $program (Debian: lammps, libkim-api-dev)"; exit 77; }
done
driver=$KAMACITE_BUILD/kim-api/model-drivers/kamacite_driver/libkim-api-model-driver.so
[[ -e $driver ]] || { echo "skipped: the driver was not built (Debian: libkim-api-dev)"; exit 77; }
! ldd "$driver" | grep -q libasan || { echo "skipped: LAMMPS, without sanitizers, cannot load what is with them"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
line=("$source_directory/workflows/1_lammps/run.sh" --no-build "$scratch/run")

"${line[@]}" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
cat "$scratch/log"
tail -1 "$scratch/log" | awk '$1 == 249 && $3 == 200 {for (k = 1; k <= NF; ++k) if ($k == "within" && $(k + 1) < 1e-4) good = 1} END {exit !good}' ||
    { echo "FAILED: another run than expected"; exit 1; }
[[ $(grep -c 'id x y z fx fy fz c_atom' "$scratch/run/atoms.dump") -eq 3 ]] || { echo "FAILED: frames are missing"; exit 1; }
"${line[@]}" >"$scratch/again"
grep -q 'Run LAMMPS: done before' "$scratch/again" || { echo "FAILED: it ran twice"; exit 1; }
