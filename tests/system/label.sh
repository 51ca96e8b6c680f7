# label by a command: what it makes of commands that fail, hang, or write nonsense; alone and as several ranks.
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
source "$SOURCE/tests/system/iron_setfl.sh"
export made=$here/made.eam
cat >cells.yaml <<'Y'
kamacite: generate
output: cells.h5
recipes:
  - name: bcc
    lattice_constants: 2.8 2.87 2.95 angstrom
    cell: conventional
    displacements: {kind: gaussian, amplitudes: 0.05 angstrom}
Y
expect 0 generate cells.yaml
# Does with a structure what the files in $here say: a command for all of them, a line for each run.
cat >label.sh <<'X2'
echo "$(sed 1d structure.xyz | md5sum | cut -c1-12) $(basename "$(dirname "$PWD")")" >>"$place/runs.log"
"$KAMACITE" predict "$made" structure.xyz -o good.xyz || exit
source "$place/deed.sh"
X2
export place=$here
input() { # <name> <deed> [further lines]
    cat >$1.yaml <<Y
kamacite: label
structures: [${cells:-cells.h5}]
output: $1.kds
directory: $1
program: {name: command, command: 'bash $here/label.sh', level: ${level:-Finnis and Sinclair}}
job: {time: ${time:-60 s}}
jobs: {scheduler: local, poll: 0.05 s}
${3:-}
Y
    echo "$2" >deed.sh
    : >runs.log
}
runs() { [ "$(wc -l <runs.log)" = "$1" ] || fail "$(wc -l <runs.log) runs, not $1: $(cat runs.log)"; }

input good 'mv good.xyz labelled.xyz'
expect 0 label good.yaml; prints "3 of 3 structures have labels in good.kds"; runs 3
expect 0 info good.kds; prints '"level":"Finnis and Sinclair"'; prints "3 structures"
[ "$(grep -c ',labelled,ferromagnetic,1,' good/labels.csv)" = 3 ] || fail "$(cat good/labels.csv)"
expect 0 label good.yaml; runs 3  # again: nothing
expect 0 predict made.eam cells.h5 -o direct.xyz
expect 0 export good.kds -o good.xyz
python3 - <<'P' || fail "the labels are not those of the program"
import re
energies = lambda f: [float(e) for e in re.findall(r"energy=(\S+)", open(f).read())]
a, b = energies("good.xyz"), energies("direct.xyz")
assert len(a) == 3 and all(abs(x - y) < 1e-9 for x, y in zip(a, b)), (a, b)
P
# A list that has changed: only the new ones; a cache: none of them.
sed 's/cells.h5/more.h5/; s/2.8 2.87 2.95/2.75/; s/^output.*/&\nseed: 5/' cells.yaml >more.yaml
expect 0 generate more.yaml
cells="cells.h5, more.h5" input good 'mv good.xyz labelled.xyz'
expect 0 label good.yaml; runs 1; prints "4 of 4"
cells="more.h5" input good 'mv good.xyz labelled.xyz'
expect 0 label good.yaml; runs 0; prints "1 of 1"
input cached 'exit 1' 'cache: [good.kds]'
expect 0 label cached.yaml; runs 0; prints "3 of 3"; says "3 in the cache"
[ "$(grep -c ',cached,' cached/labels.csv)" = 3 ] || fail "$(cat cached/labels.csv)"
level=another input cached 'exit 1' 'cache: [good.kds]'
expect 65 label cached.yaml; says "do not fit together"; runs 0
level=another input other 'mv good.xyz labelled.xyz' 'cache: [good.kds]'
expect 0 label other.yaml; runs 3  # the cache is of another level

# Another version of the program: each label says by which it was made, and mixtures are told, in training too.
versioned() { input "$@"; sed -i "s|level: |version: cat $here/version, level: |" $1.yaml; }
echo 1.0 >version
versioned made 'mv good.xyz labelled.xyz'
expect 0 label made.yaml; runs 3
expect 0 info made.kds; prints '"version":"1.0"'
echo 1.1 >version
cells="cells.h5, more.h5" versioned made 'mv good.xyz labelled.xyz'
expect 0 label made.yaml; runs 1; says "several versions of the program"
expect 0 info made.kds; prints '"version":"1.1"'
versioned again 'exit 1' 'cache: [made.kds]'
expect 0 label again.yaml; runs 0  # the version is no other level
printf 'kamacite: train\ndata: [made.kds]\noutput: none\nelements: [Fe]\nsplit: {method: random, validation: 0.25, test: 0}\n' >train.yaml
expect 0 check train.yaml; prints "several versions of the program"
sed 's/made.kds/good.kds, other.kds/' train.yaml >mixed.yaml
expect 0 check mixed.yaml; prints "mixes levels of theory"

# Fails the first time, each of them.
input once 'case $PWD in */ferromagnetic.1/*) kill -9 $$ ;; esac; mv good.xyz labelled.xyz'
expect 0 label once.yaml; runs 6; prints "3 of 3"
[ "$(grep -c ',labelled,ferromagnetic,2,' once/labels.csv)" = 3 ] || fail "$(cat once/labels.csv)"
# Hangs the first time: more time the next.
time="2 s" input hangs 'case $PWD in */ferromagnetic.1/*) sleep 100 ;; esac; mv good.xyz labelled.xyz' 'retries: {time_factor: 10}'
cells=more.h5 time="2 s" input hangs 'case $PWD in */ferromagnetic.1/*) sleep 100 ;; esac; mv good.xyz labelled.xyz' 'retries: {time_factor: 10}'
expect 0 label hangs.yaml; runs 2; says "out of time"; prints "1 of 1"

# Nonsense is never a label: quarantine with a reason, and a second chance when it is mended. One cell for each kind.
kinds=(garbage nan force others element cut fewer nothing empty double)
sed 's/cells.h5/kinds.h5/; s/2.8 2.87 2.95/2.71 2.72 2.73 2.74 2.75 2.76 2.77 2.78 2.79 2.81/' cells.yaml >kinds.yaml
expect 0 generate kinds.yaml
cells=kinds.h5 input nonsense 'source $place/kinds.sh' 'retries: {quarantine: 1}'
cat >kinds.sh <<'X2'
case $(sed -n '2s/.*Lattice="\([0-9.]*\).*/\1/p' structure.xyz) in
    2.71*) head -c 3000 /dev/urandom >labelled.xyz; echo >>labelled.xyz ;;
    2.72*) sed "s/energy=[^ ]*/energy=nan/" good.xyz >labelled.xyz ;;
    2.73*) sed '$s/[^ ]*$/nan/' good.xyz >labelled.xyz ;;
    2.74*) sed '3s/Fe  *[^ ]*/Fe 0.4321/' good.xyz >labelled.xyz ;;
    2.75*) sed '3s/Fe/Ni/' good.xyz >labelled.xyz ;;
    2.76*) head -c -30 good.xyz >labelled.xyz ;;
    2.77*) head -n -1 good.xyz >labelled.xyz ;;
    2.78*) exit 3 ;;
    2.79*) : >labelled.xyz ;;
    2.81*) cat good.xyz good.xyz >labelled.xyz ;;
esac
X2
expect 65 label nonsense.yaml; says "no structure got a label"; absent nonsense.kds
[ "$(grep -c ,quarantined, nonsense/labels.csv)" = 10 ] || fail "$(cat nonsense/labels.csv)"
reason() { sed -n "$(($1 + 2))p" nonsense/labels.csv | grep -qF -- "$2" || fail "${kinds[$1]}: $(cat nonsense/labels.csv)"; }
reason 0 "labelled.xyz"; reason 1 "energy is nan"; reason 2 "not finite"; reason 3 "from where it was asked for"
reason 4 "the output is of"; reason 5 "cut off"; reason 6 "labelled.xyz"; reason 7 "no labelled.xyz"
reason 8 "labelled.xyz"; reason 9 "2 frames"
count=$(wc -l <runs.log)
expect 65 label nonsense.yaml; runs "$count"  # what is in quarantine stays there …
echo 'mv good.xyz labelled.xyz' >deed.sh
expect 0 label nonsense.yaml --retry all; runs $((count + 10)); prints "10 of 10"

# One look at a time.
input looks 'mv good.xyz labelled.xyz'
looks=0
while :; do
    timeout 120 $LAUNCH "$KAMACITE" label looks.yaml --once >out 2>err
    code=$?
    [ $code = 75 ] || break
    looks=$((looks + 1)); [ $looks -lt 300 ] || fail "no end of it"
done
[ $code = 0 ] && [ $looks -gt 0 ] || fail "--once ends with $code after $looks looks"
runs 3

# Left out of the list while on its way, and asked for again.
input away 'sleep 1; mv good.xyz labelled.xyz'
expect 75 label away.yaml --once
cells=more.h5 input away 'sleep 1; mv good.xyz labelled.xyz'
sleep 2; expect 0 label away.yaml; prints "1 of 1"
input away 'mv good.xyz labelled.xyz'
: >runs.log
expect 0 label away.yaml; prints "3 of 3"
[ "$(wc -l <runs.log)" -le 3 ] || fail "computed again: $(cat runs.log)"
expect 0 info away.kds; prints "4 structures"

# What cannot be is told before anything is written.
input nothing 'exit 1'; sed -i "s|bash $here|no_such_program $here|" nothing.yaml
expect 66 label nothing.yaml; says "no_such_program"; absent nothing; absent nothing.kds
echo x >blocked; input inside 'exit 1'; sed -i 's|directory: inside|directory: blocked/inside|' inside.yaml
expect 66 label inside.yaml; says "blocked/inside"
