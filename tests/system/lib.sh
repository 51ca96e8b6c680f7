# The words that system tests are written in. Usage: lib.sh <script>, with in the environment
# KAMACITE (program), LAUNCH (mpiexec with its options), RANKS, SOURCE (the repository).
#
#     expect 66 info missing.h5        the program ends with this code …
#     says "missing.h5"                … and its standard error, or output, has this text
set -u
script=$(realpath -e "$1") || exit 1
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1

fail() {
    echo "FAILED: $*"
    echo "--- standard output"; cat out
    echo "--- standard error"; cat err
    exit 1
}

# Runs the program; a hang ends with 124.
expect() {
    local wanted=$1
    shift
    timeout 120 $LAUNCH "$KAMACITE" "$@" >out 2>err
    local code=$?
    [ $code = "$wanted" ] || fail "kamacite $*: exit code $code, not $wanted"
}

says() { grep -qF -- "$1" out err || fail "not said: $1"; }
says_once() {
    local count
    count=$(cat out err | grep -cF -- "$1")
    [ "$count" = 1 ] || fail "said $count times, not once: $1"
}
prints() { grep -qF -- "$1" out || fail "not on standard output: $1"; }
silent() { [ ! -s out ] || fail "standard output is not empty"; }
absent() { [ ! -e "$1" ] || fail "$1 is there"; }
# Sets python to one that has a module of Debian's package python3-<module>, or skips the test. The first python3 may be one
# that does not see the packages of the system.
needs_python() {
    for python in python3 /usr/bin/python3; do
        ! $python -c "import $1" 2>/dev/null || return 0
    done
    echo "skipped: there is no $1 (Debian: python3-$1)"
    exit 77
}
same() { cmp -s "$1" "$2" || fail "$1 and $2 differ: $(diff "$1" "$2" | head -20)"; }

: >out; : >err
source "$script"
echo passed
