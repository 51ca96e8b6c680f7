# Functions for workflows: source this file. A workflow is a list of `step` lines; a step that was finished is
# skipped, so a workflow that was killed goes on with the same command.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KAMACITE_BUILD:-$root/build/local}
ranks=${KAMACITE_RANKS:-2}

# Ranks that wait give way to what else runs: beside one other busy process, 2 ranks on 2 cores are some ten times
# slower otherwise. (Open MPI; on nodes of one's own it changes nothing.)
export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}

# How to start an MPI program. On a cluster: KAMACITE_MPIRUN="srun -n 128".
mpirun_line() {
    if [[ -n ${KAMACITE_MPIRUN:-} ]]; then
        echo "$KAMACITE_MPIRUN"
    else
        echo "mpirun -n $ranks --oversubscribe --bind-to none$([[ $(id -u) -eq 0 ]] && echo ' --allow-run-as-root')"
    fi
}

# kamacite <arguments>: the program on $ranks ranks.
kamacite() {
    # shellcheck disable=SC2046  # the line is words on purpose
    OMP_NUM_THREADS=1 $(mpirun_line) "$build/bin/kamacite" "$@"
}

# step <output> <what it is> <command…>: runs the command unless it has finished before, which a file in .finished
# tells: the output alone may be there of a command that was killed, and is then made again.
step() {
    local output=$1 what=$2 finished=.finished/${1//\//_}
    shift 2
    if [[ -e $output && -e $finished ]]; then
        printf '== %s: done before (%s)\n' "$what" "$output"
        return
    fi
    local start=$SECONDS
    printf '== %s\n' "$what"
    rm -f "$finished"
    [[ ! -f $output ]] || rm -f "$output"
    local code=0
    "$@" || code=$?
    if [[ $code -eq 75 ]]; then
        echo "'$what' stopped at a checkpoint: run the same line again to go on" >&2
    fi
    [[ $code -eq 0 ]] || return $code
    if [[ ! -e $output ]]; then
        echo "error: '$what' ended without its output $output" >&2
        return 70
    fi
    mkdir -p .finished
    touch "$finished"
    printf '   %d s\n' $((SECONDS - start))
}

# build_kamacite [target…]: configures and builds; all targets when none is named.
build_kamacite() {
    local launcher=()
    command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    cmake --preset local -S "$root" -B "$build" "${launcher[@]}" >"$build.configure.log" 2>&1 ||
        { cat "$build.configure.log" >&2; return 1; }
    if [[ $# -gt 0 ]]; then cmake --build "$build" --target "$@"; else cmake --build "$build"; fi
}

# begin_workflow <name> [arguments of the script…]: reads [--fresh] [--no-build] [--inputs DIR] [directory, default out/<name>], installs what is
# missing, builds, and goes to the directory. Sets inputs (a path, default inputs/<name>) and begin (seconds, after the build).
begin_workflow() {
    local name=$1 fresh=no with_build=yes
    local directory=$root/out/$name
    inputs=$root/inputs/$name
    shift
    while [[ $# -gt 0 ]]; do
        case $1 in
            --fresh) fresh=yes ;;
            --no-build) with_build=no ;;
            --inputs) inputs=$(cd "$2" && pwd); shift ;;
            -*) echo "error: unknown option '$1': see the first lines of $0" >&2; exit 2 ;;
            *) directory=$1 ;;
        esac
        shift
    done
    if [[ $with_build == yes ]]; then
        "$root/workflows/install_packages.sh"
        mkdir -p "$(dirname "$build")"
        build_kamacite kamacite
    fi
    begin=$SECONDS
    [[ $fresh == yes ]] && rm -rf "$directory"
    mkdir -p "$directory"
    cd "$directory"
}
