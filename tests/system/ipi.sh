# A server of i-PI's protocol gets the energies, forces and virials of `kamacite predict`; what is wrong is told.
export OMPI_MCA_mpi_yield_when_idle=1
serve() {  # <what the server does> <structures> <where it listens>
    rm -f address answers.json
    python3 -B "$SOURCE/tests/system/ipi_server.py" "$1" "${3:-tcp}" "$2" answers.json 2>server.err &
    server=$!
    local waited=0
    until [ -e address ]; do
        sleep 0.05
        waited=$((waited + 1))
        [ $waited -lt 400 ] || fail "the server does not begin: $(cat server.err)"
    done
}
served() { wait $server || fail "the server complains: $(cat server.err)"; }

# Frames of the same atoms. frames <file> <elements> <pbc: T or F>
frames() {
    python3 - "$@" <<'P' || fail "no structures"
import random, sys
name, elements, pbc = sys.argv[1:]
random.seed(7)
types = [random.choice(elements.split(",")) for _ in range(16)]
cell = [[5.8, 0.0, 0.0], [0.1, 5.7, 0.0], [-0.2, 0.3, 5.6]]
f = [[(x + b) / 2, (y + b) / 2, (z + b) / 2] for x in range(2) for y in range(2) for z in range(2) for b in (0, 0.5)]
r = [[sum(g[m] * cell[m][c] for m in range(3)) + random.gauss(0, 0.1) for c in range(3)] for g in f]
def strained(e):
    global cell, r
    both = [[sum(v[m] * (e[m][c] + (m == c)) for m in range(3)) for c in range(3)] for v in cell + r]
    cell, r = both[:3], both[3:]
def moved(by):
    global r
    r = [[x + random.gauss(0, by) for x in v] for v in r]
def image(i, n):
    r[i] = [x + sum(n[m] * cell[m][c] for m in range(3)) for c, x in enumerate(r[i])]
words = lambda values: " ".join(repr(v) for v in values)
with open(name, "w") as out:
    for step in range(9):
        if step in (1, 2, 3): moved(0.02)                                     # lists hold
        if step == 4 and pbc == "T": image(3, (2, -1, 0)); image(8, (0, 0, 5))  # the same atoms elsewhere
        if step in (5, 6): strained([[3e-3, 1e-3, 0], [0, -2e-3, 2e-3], [1e-3, 0, 1e-3]]); moved(0.01)
        if step == 7: strained([[0.1, 0.2, 0], [0, 0.05, 0.15], [0.1, 0, 0.0]])  # another cell
        if step == 8: moved(0.3)
        lattice = f'Lattice="{words(sum(cell, []))}" ' if pbc == "T" else ""
        out.write(f'{len(r)}\n{lattice}Properties=species:S:1:pos:R:3 pbc="{pbc} {pbc} {pbc}"\n')
        for kind, v in zip(types, r):
            out.write(f"{kind} {words(v)}\n")
P
}

# Holds what the server was told against the predictions of the same structures; `extra` may be --extra.
# agree <MODEL> <structures> [<place> <option> <its value>]
extra=
agree() {
    expect 0 predict "$1" "$2" -o predicted.xyz --force
    serve ask "$2" "${3:-tcp}"
    expect 0 ipi "$1" "$2" ${4:---address} "${5:-$(cat address)}" --wait 10 $extra
    served
    python3 - $extra <<'P' || fail "the server was told something else than predict says"
import json, re, sys
extra = "--extra" in sys.argv
lines, told = open("predicted.xyz").read().split("\n"), json.load(open("answers.json"))
size = lambda values: max(abs(v) for v in values)
for step, answer in enumerate(told):
    n, comment = int(lines[0]), lines[1]
    def numbers(key, text=comment):
        found = re.search(r'(?:^| )' + key + r'="?([^"=]*?)"?(?: \w+=|$)', text)
        return found and [float(x) for x in found[1].split()]
    columns = re.search(r"Properties=(\S+)", comment)[1].split(":")
    def column(name, width):
        if name not in columns: return None
        at = sum(int(w) for w in columns[2 : columns.index(name) : 3])
        return [float(x) for line in lines[2 : 2 + n] for x in line.split()[at : at + width]]
    def check(what, got, expected):
        worst = max(abs(a - b) for a, b in zip(got, expected))
        print(f"{step}: {what} differs by {worst:.1e} of {size(expected):.3g}")
        assert len(got) == len(expected) and worst <= 1e-9 * max(1.0, size(expected)), (what, got[:9], expected[:9])
    check("energy", [answer["energy"]], numbers("energy"))
    forces = column("forces", 3)
    assert size(forces) > 0.1, "nothing to compare"
    check("forces", answer["forces"], forces)
    if "Lattice" in comment:
        (a, b, c), (d, e, f), (g, h, i) = zip(*[iter(numbers("Lattice"))] * 3)
        volume = abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))
        check("virial", answer["virial"], [-s * volume for s in numbers("stress")])
    for name, values in (("extrapolation_max", column("extrapolation", 1)), ("force_std_max", column("force_std", 1)),
                         ("extrapolation_grade_max", column("extrapolation_grade", 1))):
        assert (name in answer["extra"]) == (extra and values is not None), (name, answer["extra"])
        if extra and values: check(name, [answer["extra"][name]], [max(values)])
    lines = lines[2 + n :]
assert step == 8 and not any(lines), step
P
}

frames iron.xyz Fe T
frames cluster.xyz Fe F
extra=--extra
agree iron iron.xyz
prints "9 geometries answered"
lists=$(sed -n 's/.*neighbours listed \([0-9]*\) times.*/\1/p' out)
[ "$lists" -le 4 ] || fail "neighbours are listed $lists times for 9 geometries"
extra=
name=${here##*/}   # the UNIX socket as i-PI and ASE call it, then as a path
agree iron cluster.xyz "/tmp/ipi_$name" --unix "$name"

# Two elements, of which the server does not know, in any order.
mkdir alloy
cat >alloy/input.nn <<'N'
number_of_elements 2
elements Fe Ni
cutoff_type 6 0.0
scale_symmetry_functions
global_hidden_layers_short 1
global_nodes_short 4
global_activation_short t l
symfunction_short Fe 2 Fe 0.3 0.0 5.0
symfunction_short Fe 2 Ni 0.1 0.0 5.0
symfunction_short Ni 2 Fe 0.2 0.0 5.0
symfunction_short Ni 2 Ni 0.1 0.0 5.0
N
for e in 1 2; do printf "$e 1 0 10 2 1\n$e 2 0 10 2 1\n"; done >alloy/scaling.data
for z in 026 028; do
    awk -v seed=$z 'BEGIN { srand(seed); for (i = 0; i < 17; ++i) printf "%.17g\n", 4 * rand() - 2 }' >alloy/weights.$z.data
done
frames mixture.xyz Fe,Ni T
extra=--extra
agree alloy mixture.xyz "$here/socket" --unix ./socket

[ "$RANKS" != 2 ] || return 0  # errors are told alike by any number of ranks above one

# What goes wrong. refused <what the server does> <exit code>
refused() {
    serve "$1" iron.xyz
    expect "$2" ipi iron.xyz --address "$(cat address)"
    served
}
refused count 65;    says_once "sends 15 atoms and iron.xyz has 16"
refused nan 65;      says_once "sends the position (nan, 0, 0) for atom 2"
refused flat 65;     says_once "the cell that the server sends: "
refused together 65; says_once "same point"
refused speak 65;    says_once "says 'SSH-2.0-Open' (which is no message of i-PI's protocol)"
refused drop 74;     says_once "the server has left in the middle of a message (40 of 384 bytes came)"
refused close 74;    says_once "the server has left before it asked for any forces"

expect 74 ipi iron.xyz --address 127.0.0.1:1 --wait 0.5
says_once "no server at 127.0.0.1:1 (Connection refused, for 0.5 s)"
expect 74 ipi iron.xyz --unix "no-such-$name" --wait 0; says_once "no server at /tmp/ipi_no-such-$name (No such file"
expect 2 ipi iron.xyz;                                   says_once "Give --address HOST:PORT, or --unix NAME"
expect 2 ipi iron.xyz --address localhost:http;          says_once "'localhost:http' is no address"
expect 2 ipi iron.xyz --address a:1 --unix b;            says "excludes"
expect 66 ipi missing.xyz --unix b;                      says "missing.xyz"
expect 65 ipi mixture.xyz --unix b;                      says "mixture.xyz"

# Whoever is asked to stop leaves a server that says nothing.
serve wait iron.xyz
expect 75 ipi iron.xyz --address "$(cat address)" --max-hours 0.0003; says "stopped (the time limit)"
served
rm -f waits
serve wait iron.xyz
$LAUNCH "$KAMACITE" ipi iron.xyz --address "$(cat address)" >out 2>err &
launcher=$!
for _ in $(seq 400); do [ -e waits ] && break; sleep 0.05; done
kill -TERM "$(pgrep -P $launcher | tail -1)"
wait $launcher
code=$?
[ $code = 75 ] || fail "SIGTERM: exit code $code, not 75"
says "stopped ("
served
