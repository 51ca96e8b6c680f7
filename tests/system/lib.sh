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
same() { cmp -s "$1" "$2" || fail "$1 and $2 differ: $(diff "$1" "$2" | head -20)"; }

: >out; : >err
source "$script"
echo passed
