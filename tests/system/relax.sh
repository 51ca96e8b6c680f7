# Atoms and cell at rest, and the path of a vacancy, on any number of ranks; what is stopped goes on; what is wrong is told.
source "$SOURCE/tests/system/iron_setfl.sh"
mv made.eam iron.eam
python3 - <<'P' || fail "no files were made"
import random
random.seed(3)
def write(name, a, m, atoms, pbc="T T T"):
    with open(name, "w") as out:
        out.write(f'{len(atoms)}\nLattice="{m*a} 0 0 0 {m*a} 0 0 0 {m*a}" Properties=species:S:1:pos:R:3 pbc="{pbc}"\n')
        for r in atoms: out.write("Fe %.9f %.9f %.9f\n" % tuple(r))
def bcc(a, m, rattle=0.0):
    return [[a * (x + h) + random.gauss(0, rattle) for x in (i, j, k)]
            for i in range(m) for j in range(m) for k in range(m) for h in (0.0, 0.5)]
rattled = bcc(2.90, 3, 0.04)
write("rattled.xyz", 2.90, 3, rattled)
write("slab.xyz", 2.90, 3, rattled, "T T F")
crystal = bcc(2.8665, 3)
write("from.xyz", 2.8665, 3, crystal[1:])                       # a vacancy at the origin
write("to.xyz", 2.8665, 3, [[0.0, 0.0, 0.0]] + crystal[2:])     # its neighbour has jumped into it
write("on_one_point.xyz", 2.90, 3, rattled[:-1] + [rattled[0]])
P
input() { printf 'kamacite: relax\nmodel: iron.eam\noutput: %s\n' "$1"; shift; printf '%s\n' "$@"; }
number() { python3 -c "import json; v = json.load(open('$1'))
for k in '$2'.split('.'): v = v[k]
print(v)"; }
close() { python3 -c "import sys; a, b, tolerance = map(float, sys.argv[1:]); sys.exit(abs(a - b) > tolerance)" "$@" || fail "$1 is not $2 within $3"; }

# Both methods come to the same crystal, which is that of the equation of state, on many ranks and on one.
for method in preconditioned fire; do
    input $method 'structure: rattled.xyz' "method: $method" 'cell: full' 'force_tolerance: 1e-4 eV/angstrom' >$method.yaml
    expect 0 check $method.yaml; prints "atoms of the structure: 54"
    expect 0 relax $method.yaml; prints "$method/relaxed.xyz"; prints "density"
    for file in relaxed.xyz relaxed.h5 relaxed.json relax.csv resolved.yaml; do [ -s $method/$file ] || fail "no $method/$file"; done
    absent $method/so-far.h5
done
expect 0 info fire/relaxed.h5; prints "prediction"; prints "54 × 9"
input alone 'structure: rattled.xyz' 'cell: full' 'force_tolerance: 1e-4 eV/angstrom' >alone.yaml
LAUNCH="" expect 0 relax alone.yaml
for other in fire alone; do
    close "$(number preconditioned/relaxed.json after.energy)" "$(number $other/relaxed.json after.energy)" 1e-5
done
printf 'kamacite: properties\nmodel: iron.eam\noutput: statics\nelastic: false\nbain: false\npoint_defects: false\nsurfaces: false\nequation_of_state: {points: 9, width: 0.02}\n' >statics.yaml
LAUNCH="" expect 0 properties statics.yaml
a=$(number statics/properties.json properties.lattice_constant.value)
python3 - "$a" <<'P' || fail "the relaxed crystal is not that of the equation of state"
import json, re, sys
a = float(sys.argv[1])
told = json.load(open("preconditioned/relaxed.json"))
assert all(abs(length / 3 - a) < 1e-3 for length in told["after"]["lengths"]), (told["after"], a)
assert all(abs(angle - 90) < 0.02 for angle in told["after"]["angles"]), told["after"]
assert told["after"]["largest_force"] <= 1e-4 and told["after"]["largest_stress"] <= 0.01
assert told["after"]["energy"] < told["before"]["energy"] - 0.1
assert abs(told["after"]["density"] - 2 * 55.845 * 1.66053906660 / a ** 3) < 0.01, told["after"]["density"]
rows = [l.split(",") for l in open("preconditioned/relax.csv") if not l.startswith("#")]
assert float(rows[-1][4]) <= 1e-4 and int(float(rows[-1][1])) == told["evaluations"], rows[-1]
P
# predict says of the structure what relax says of it
expect 0 predict iron.eam preconditioned/relaxed.xyz -o again.xyz
python3 - <<'P' || fail "predict finds another energy of the relaxed structure"
import re
energy = lambda f: float(re.search(r"\benergy=(\S+)", open(f).read())[1])
assert abs(energy("again.xyz") - energy("preconditioned/relaxed.xyz")) < 1e-6
P
# Under a pressure the stress is its negative, and the enthalpy that is least has less volume.
input pressed 'structure: rattled.xyz' 'cell: isotropic' 'pressure: 10 GPa' 'supercell: [1, 1, 2]' >pressed.yaml
expect 0 relax pressed.yaml --json
python3 - <<'P' || fail "the crystal does not bear the pressure"
import json, re
told, free = json.load(open("out"))["after"], json.load(open("preconditioned/relaxed.json"))["after"]
stress = [float(x) for x in re.search(r'stress="([^"]*)"', open("pressed/relaxed.xyz").read())[1].split()]
GPa = 1 / 160.2176634
assert abs((stress[0] + stress[4] + stress[8]) / 3 + 10 * GPa) < 0.02 * GPa, stress
assert abs(told["enthalpy"] - told["energy"] - 10 * GPa * told["volume"]) < 1e-6
assert told["volume"] < 2 * free["volume"] * 0.97
P
# Atoms that stay.
input held 'structure: rattled.xyz' 'fixed: {atoms: [1, 54], region: {high: [1, 1, 0.3]}}' >held.yaml
expect 0 relax held.yaml
python3 - <<'P' || fail "atoms that stay have moved"
rows = lambda f: [[float(x) for x in l.split()[1:4]] for l in open(f).read().splitlines()[2:]]
before, after, side = rows("rattled.xyz"), rows("held/relaxed.xyz"), 3 * 2.90
stays = lambda i: i in (0, 53) or before[i][2] / side % 1 <= 0.3
far = [max(abs((a - b) - side * round((a - b) / side)) for a, b in zip(*pair)) for pair in zip(before, after)]
assert all(x < 1e-6 for i, x in enumerate(far) if stays(i)) and max(far) > 0.01, far
P

# What is stopped goes on.
input parts 'structure: rattled.xyz' 'method: fire' 'force_tolerance: 1e-6 eV/angstrom' 'max_steps: 30' >parts.yaml
expect 75 relax parts.yaml; says "30 evaluations (max_steps)"; says "go on with --resume"; absent parts/relaxed.xyz
expect 2 relax parts.yaml; says "parts/so-far.h5"; says "--fresh"
expect 75 relax parts.yaml --resume --max-hours 1e-9; says "the time limit"
# … but not with another structure, or other settings, under its name.
sed '3s/Fe [^ ]*/Fe 0.05/' rattled.xyz >another.xyz
sed 's/rattled.xyz/another.xyz/' parts.yaml >other.yaml
expect 78 relax other.yaml --resume; says "parts/so-far.h5 was left by another relaxation"; says "another.xyz"
sed '$a fixed: {atoms: [3]}' parts.yaml >other.yaml
expect 78 relax other.yaml --resume; says "fixed was not given and is given"
sed '$a fixed: {elements: [Cr]}' parts.yaml | sed 's/output: parts/output: none/' >none.yaml
expect 78 relax none.yaml; says "fixed.elements: there is no atom of Cr"; absent none/relaxed.h5
sed -i 's/max_steps: 30/max_steps: 3000/' parts.yaml
expect 0 relax parts.yaml --resume; says "goes on from parts/so-far.h5"; absent parts/so-far.h5
python3 - <<'P' || fail "the table does not go on"
rows = [float(l.split(",")[1]) for l in open("parts/relax.csv") if l[0].isdigit()]
assert rows == sorted(rows) and len(rows) > 31, rows
P
# What has ended is neither lost nor made again.
cp parts/relaxed.h5 ended.h5
expect 2 relax parts.yaml; says "parts holds a run already"; says "--fresh"
expect 0 relax parts.yaml --resume; says "there is nothing left to do"
expect 0 relax parts.yaml --resume --json; same out parts/relaxed.json; same ended.h5 parts/relaxed.h5
sed '$a fixed: {atoms: [3]}' parts.yaml >other.yaml
expect 78 relax other.yaml --resume; says "parts/relaxed.h5 was left by another relaxation"
sed -i 's/max_steps: 3000/max_steps: 30/' parts.yaml
expect 75 relax parts.yaml --fresh; absent parts/relaxed.json
expect 75 relax parts.yaml --resume --max-hours 1e-9; says "goes on from parts/so-far.h5"
input long 'structure: rattled.xyz' 'supercell: [8, 8, 8]' 'method: fire' 'force_tolerance: 1e-12 eV/angstrom' 'max_steps: 1000000' >long.yaml
$LAUNCH "$KAMACITE" relax long.yaml >out 2>err &
launcher=$!
until [ -e long/resolved.yaml ]; do sleep 0.1; done   # long before it comes to rest
kill -USR1 $launcher; wait $launcher
[ $? = 75 ] || fail "a signal does not end with 75"
says_once "stopped before it came to rest (SIGUSR1)"
[ -s long/so-far.h5 ] || fail "nothing is left of what was stopped"

# A vacancy jumps: the same barrier on any number of ranks, from both sides.
input jump 'structure: from.xyz' 'path: {final: to.xyz, images: 3, force_tolerance: 0.005 eV/angstrom}' >jump.yaml
expect 0 relax jump.yaml; prints "barrier"
for file in path.csv path.xyz path.h5 path.json resolved.yaml; do [ -s jump/$file ] || fail "no jump/$file"; done
expect 2 relax jump.yaml; says "jump holds a run already"
expect 0 relax jump.yaml --resume; says "there is nothing left to do"
sed 's/output: jump/output: jump_alone/' jump.yaml >jump_alone.yaml
LAUNCH="" expect 0 relax jump_alone.yaml
close "$(number jump/path.json barrier)" "$(number jump_alone/path.json barrier)" 1e-4
close "$(number jump/path.json barrier)" "$(number jump/path.json barrier_back)" 1e-4
[ "$(number jump/path.json highest)" = 2 ] || fail "the saddle is not in the middle"
expect 0 info jump/path.h5
sed 's/output: jump/output: short/; $a max_steps: 20' jump.yaml >short.yaml
sed -i 's/images: 3/images: 3, relax_ends: false/' short.yaml
expect 75 relax short.yaml; says "20 steps (max_steps)"; says "path-so-far.h5"
sed '3s/Fe [^ ]*/Fe 0.02/' from.xyz >from_other.xyz
sed 's/from.xyz/from_other.xyz/' short.yaml >other.yaml
expect 78 relax other.yaml --resume; says "short/path-so-far.h5 was left by another relaxation"
sed -i 's/max_steps: 20/max_steps: 2000/' short.yaml
expect 0 relax short.yaml --resume; absent short/path-so-far.h5

# Of a committee the mean is followed, and the spread of the members told.
input mean 'structure: from.xyz' 'path: {final: to.xyz, images: 1, force_tolerance: 0.1 eV/angstrom, relax_ends: false}' >mean.yaml
sed -i 's/iron.eam/iron/' mean.yaml
expect 0 relax mean.yaml; prints " ± "; prints "extrapolation grade at the top"

# What is wrong is told.
wrong() { local code=$1 text=$2; shift 2; input wrong "$@" >wrong.yaml; expect "$code" relax wrong.yaml; says "$text"; }
wrong 78 "structure" 'cell: full'
wrong 78 "2 numbers (one each for a, b and c)" 'structure: rattled.xyz' 'supercell: [2, 2]'
wrong 78 "nothing is named" 'structure: rattled.xyz' 'fixed: {}'
wrong 78 "fixed.atoms: 55" 'structure: rattled.xyz' 'fixed: {atoms: [55]}'
wrong 78 "all atoms stay" 'structure: rattled.xyz' 'fixed: {elements: [Fe]}'
wrong 78 "images of a path share one cell" 'structure: from.xyz' 'cell: full' 'path: {final: to.xyz}'
wrong 78 "tao_lss" 'structure: rattled.xyz' 'petsc: -tao_lss armijo'
wrong 65 "not periodic along all three" 'structure: slab.xyz' 'cell: isotropic'
wrong 65 "sit on the same point" 'structure: on_one_point.xyz'
wrong 65 "rattled.xyz has 1 structures" 'structure: rattled.xyz' 'index: 1'
wrong 66 "nowhere.xyz" 'structure: nowhere.xyz'
wrong 65 "not the same atoms" 'structure: from.xyz' 'path: {final: rattled.xyz}'
wrong 70 "both ends the same" 'structure: from.xyz' 'path: {final: from.xyz, images: 2}'
sed 's/^Fe/Cu/' rattled.xyz >copper.xyz
wrong 65 "copper.xyz" 'structure: copper.xyz'
