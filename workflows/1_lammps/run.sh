#!/usr/bin/env bash
# Molecular dynamics in LAMMPS with a model of kamacite: the model for the KIM-API, its driver, and a short run.
#
#     workflows/1_lammps/run.sh [--no-build] [--model MODEL] [directory, default out/lammps]
#
# MODEL is anything that `kamacite convert` takes; default: the iron model that comes along. Needs LAMMPS with its
# package KIM and the KIM-API, as Debian has them. A run that was interrupted goes on.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../lib.sh"

with_build=yes model=iron
directory=$root/out/lammps
while [[ $# -gt 0 ]]; do
    case $1 in
        --no-build) with_build=no ;;
        --model) model=$2; [[ ! -e $model ]] || model=$(realpath "$model"); shift ;;
        -*) echo "error: unknown option '$1': see the first lines of $0" >&2; exit 2 ;;
        *) directory=$1 ;;
    esac
    shift
done

if [[ $with_build == yes ]]; then
    "$root/workflows/install_packages.sh" lammps
    mkdir -p "$(dirname "$build")"
    build_kamacite kamacite kamacite_driver
fi
export KIM_API_MODEL_DRIVERS_DIR=$build/kim-api/model-drivers
if [[ ! -e $KIM_API_MODEL_DRIVERS_DIR/kamacite_driver/libkim-api-model-driver.so ]]; then
    echo "error: the driver was not built: install the KIM-API (Debian: libkim-api-dev) and build again" >&2
    exit 69
fi

mkdir -p "$directory"
cd "$directory"
export KIM_API_PORTABLE_MODELS_DIR=$PWD/models
export HOME=$PWD  # the KIM-API keeps its settings there: those of this run are its own

install_model() {
    mkdir -p models
    kim-api-collections-management install --force environment "$PWD/kamacite_model" >install.log 2>&1 ||
        { cat install.log >&2; return 1; }
}
run_lammps() {
    # shellcheck disable=SC2046  # the line is words on purpose
    OMP_NUM_THREADS=1 $(mpirun_line) lmp -in "$here/in.lammps" -var model kamacite_model -var cells 5 -log log.lammps >/dev/null
}
step kamacite_model "Convert the model" kamacite convert "$model" -o kamacite_model --format kim
step models/kamacite_model "Install it" install_model
step atoms.dump "Run LAMMPS" run_lammps

awk '/^ *Step/ {on = 1; next} /^Loop/ {on = 0; atoms = $12; loop = $4; steps = $9}
     on {if (!n++) first = $3; e = $3 - first; if (e < 0) e = -e; if (e > worst) worst = e; temperature = $2}
     END {printf "\n%d atoms, %d steps of 1 fs in %.1f s: total energy within %.1e eV/atom, temperature at the end %.0f K\n",
                 atoms, steps, loop, worst / atoms, temperature}' log.lammps
