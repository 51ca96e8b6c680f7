# Models converted for KIM, in Debian's LAMMPS on as many ranks: its energies, forces and stress are those of
# `kamacite predict`. KIM_DRIVERS is the folder of the driver that was built, or empty.
skip() { echo "skipped: $*"; exit 77; }
[ -n "$KIM_DRIVERS" ] || skip "kamacite was configured without the KIM-API (Debian: libkim-api-dev)"
for program in lmp kim-api-collections-management python3; do
    command -v $program >/dev/null || skip "there is no $program (Debian: lammps, libkim-api-dev, python3)"
done
export OMP_NUM_THREADS=1 OMPI_MCA_mpi_yield_when_idle=1
export HOME=$PWD  # where the KIM-API keeps what it was told
export KIM_API_MODEL_DRIVERS_DIR=$KIM_DRIVERS KIM_API_PORTABLE_MODELS_DIR=$PWD/models
mkdir models
driver=$KIM_DRIVERS/kamacite_driver/libkim-api-model-driver.so
[ -s "$driver" ] || fail "no driver at $driver"
ldd "$driver" | grep -q libasan && skip "LAMMPS, which is without sanitizers, cannot load what is with them"
ldd "$driver" | grep -E 'libmpi|libhdf5|not found' && fail "the driver needs more than it may"

# Converts a model and installs it. install <MODEL> <name> <what is written>
install() {
    expect 0 convert "$1" -o "$2" --format kim
    prints "$3 written to $2 (kim)"
    kim-api-collections-management install environment "$PWD/$2" >out 2>err || fail "$2 is not installed"
}

# Structures as extended XYZ and as data of LAMMPS, and its input. structure <name> <python of what changes>
structure() {
    python3 - "$@" <<'P' || fail "no structure"
import random, sys
name, change = sys.argv[1:]
random.seed(name)
n, a, rattle, types, strain = 4, 2.86, 0.12, ["Fe"], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
gone, near, unit = set(), {}, 1.0  # near: places of atoms, as seen from the first
exec(change)
cell = [[n * a * x for x in row] for row in strain]  # lower triangular, as LAMMPS has it
atoms = []
for i in range(n):
    for j in range(n):
        for k in range(n):
            for b in (0.0, 0.5):
                f = [(i + b) / n, (j + b) / n, (k + b) / n]
                r = [sum(f[m] * cell[m][c] for m in range(3)) + random.gauss(0, rattle) for c in range(3)]
                atoms.append((random.choice(types), r))
for at, offset in near.items():
    atoms[at] = atoms[at][0], [x + d for x, d in zip(atoms[0][1], offset)]
atoms = [atom for at, atom in enumerate(atoms) if at not in gone]
words = lambda values: " ".join(repr(float(v)) for v in values)
with open(name + ".xyz", "w") as out:
    out.write(f'{len(atoms)}\nLattice="{words(sum(cell, []))}" Properties=species:S:1:pos:R:3 pbc="T T T"\n')
    for kind, r in atoms:
        out.write(f"{kind} {words(r)}\n")
words = lambda values: " ".join(repr(unit * float(v)) for v in values)
with open(name + ".data", "w") as out:
    out.write(f"structure\n\n{len(atoms)} atoms\n{len(types)} atom types\n\n0 {words([cell[0][0]])} xlo xhi\n")
    out.write(f"0 {words([cell[1][1]])} ylo yhi\n0 {words([cell[2][2]])} zlo zhi\n{words((cell[1][0], cell[2][0], cell[2][1]))} xy xz yz\n")
    out.write("\nMasses\n\n" + "".join(f"{t + 1} 56.0\n" for t in range(len(types))) + "\nAtoms # atomic\n\n")
    for at, (kind, r) in enumerate(atoms):
        out.write(f"{at + 1} {types.index(kind) + 1} {words(r)}\n")
P
}

# What LAMMPS says of a structure. lammps <structure> <elements> <lines that name the potential>
lammps() {
    cat >in.lammps <<END
${4:-units metal}
atom_style atomic
atom_modify map array
box tilt large
read_data $1.data
$3
compute e all pe/atom
compute total all reduce sum c_e
compute s all stress/atom NULL
compute trace all reduce sum c_s[1] c_s[2] c_s[3] c_s[4] c_s[5] c_s[6]
thermo_style custom step pe pxx pyy pzz pxy pxz pyz vol c_total c_trace[1] c_trace[2] c_trace[3] c_trace[4] c_trace[5] c_trace[6]
thermo_modify format float %20.15g norm no
dump d all custom 1 $1.forces id fx fy fz
dump_modify d sort id format float %20.15g
run 0
END
    timeout 120 $LAUNCH lmp -in in.lammps >out 2>err || { cat kim.log >>err; fail "LAMMPS refuses $1"; }
    cp out $1.lammps
}

# Compares it with the program. agree <MODEL> <structure> [<eV> <Å> <eV/Å³ in the units of LAMMPS> <tolerance>]
agree() {
    expect 0 predict "$1" $2.xyz -o $2.predicted.xyz --force
    # bar Å³ per eV, as LAMMPS has it
    python3 - $2 ${3:-1 1 1.6021765e6 1e-8} <<'P' || fail "$2: LAMMPS and kamacite differ with $1"
import re, sys
name = sys.argv[1]
eV, angstrom, bar, tolerance = map(float, sys.argv[2:])
lines = open(name + ".predicted.xyz").read().split("\n")
numbers = lambda key: [float(x) for x in re.search(r'\b' + key + r'="?([^"=]*?)"?(?: \w+=|$)', lines[1])[1].split()]
energy, = numbers("energy")
stress = numbers("stress")
columns = re.search(r"Properties=(\S+)", lines[1])[1].split(":")
at = sum(int(w) for n, w in zip(columns[:columns.index("forces"):3], columns[2:columns.index("forces"):3]))
forces = [[float(x) for x in line.split()[at:at + 3]] for line in lines[2:2 + int(lines[0])]]
told = open(name + ".lammps").read().split("\n")
row = told[[k for k, line in enumerate(told) if line.startswith("Step")][0] + 1].split()
there = [float(x) for x in row]
dump = [line.split() for line in open(name + ".forces").read().split("\n")[9:] if line]
size = lambda values: max(abs(v) for v in values)
def check(what, a, b):
    worst = max(abs(x - y) for x, y in zip(a, b)) / size(b)
    print(f"{name}: {what} differ by {worst:.1e} of the largest")
    assert len(a) == len(b) and worst <= tolerance, (what, a[:6], b[:6])
flat = sum(forces, [])
assert size(flat) > 0.1 and size(stress) > 1e-3, "nothing to compare"
cauchy = [stress[k] for k in (0, 4, 8, 1, 2, 5)]  # xx yy zz xy xz yz
check("energies", [there[1] / eV], [energy])
check("forces", [float(x) * angstrom / eV for d in dump for x in d[1:4]], flat)
check("stresses", [-p / bar for p in there[2:8]], cauchy)
check("sums of particle energies", [there[9] / eV], [energy])
check("sums of particle virials", [p / there[8] / bar for p in there[10:16]], cauchy)
P
}

structure vacancy 'gone = {17}'
structure tilted 'n, strain = 3, [[1.02, 0, 0], [0.11, 0.97, 0], [-0.07, 0.16, 1.01]]'
structure close 'n, near = 3, {1: (0.9, 0.8, 0.3)}'  # 1.24 Å: repelled

# The committee that comes with kamacite, with its repulsion.
install iron iron_kim "committee of 4 models"
for name in vacancy tilted close; do
    lammps $name Fe "pair_style kim iron_kim
pair_coeff * * Fe"
    agree iron $name
done
# By LAMMPS's own words for KIM, which ask for the units; and in other units.
lammps vacancy Fe "kim interactions Fe" "kim init iron_kim metal"
agree iron vacancy

structure metres 'n, unit, strain = 3, 1e-10, [[1.02, 0, 0], [0.11, 0.97, 0], [-0.07, 0.16, 1.01]]'
lammps metres Fe "neighbor 2e-10 bin
pair_style kim iron_kim
pair_coeff * * Fe" "units si"
agree iron metres "1.602176634e-19 1e-10 1.602176634e11 1e-6"

[ "$RANKS" = 1 ] || return 0  # the rest has nothing to do with ranks, and models take long to compile

# A model of n2p2 of two elements, whose types are the other way round in LAMMPS.
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
symfunction_short Fe 3 Fe Ni 0.01 1 2 4.5
symfunction_short Ni 2 Fe 0.2 0.0 5.0
symfunction_short Ni 2 Ni 0.1 0.0 5.0
symfunction_short Ni 3 Ni Ni 0.01 -1 2 4.5
atom_energy Ni -2.5
N
for e in 1 2; do printf "$e 1 0 10 2 1\n$e 2 0 10 2 1\n$e 3 0 20 5 1\n"; done >alloy/scaling.data
for z in 026 028; do
    awk -v seed=$z 'BEGIN { srand(seed); for (i = 0; i < 21; ++i) printf "%.17g\n", 4 * rand() - 2 }' >alloy/weights.$z.data
done
structure mixture 'types = ["Ni", "Fe"]'
install alloy FeNi "1 model"
lammps mixture "Ni Fe" "pair_style kim FeNi
pair_coeff * * Ni Fe"
agree alloy mixture

# Embedded atoms of a published file.
published=/usr/share/lammps/potentials/Fe_mm.eam.fs
if [ -e $published ]; then
    install $published eam "1 embedded-atom potential"
    lammps tilted Fe "pair_style kim eam
pair_coeff * * Fe"
    agree $published tilted
else
    echo "skipped: $published is absent (Debian's package lammps-data has it)"
fi

# What is wrong is told: by the program, or in the log of the KIM-API.
expect 2 convert iron -o iron-2 --format kim; says "'iron-2' cannot be the name of a KIM model"; absent iron-2
expect 2 convert iron -o iron_kim --format kim; says "iron_kim is there already"
cp -r iron_kim broken
sed -i 's/iron_kim/broken/' broken/CMakeLists.txt; head -c 5000 iron_kim/model.json >broken/model.json
kim-api-collections-management install environment "$PWD/broken" >out 2>err || fail "broken is not installed"
rm -f kim.log
printf 'units metal\nread_data vacancy.data\npair_style kim broken\npair_coeff * * Fe\n' >in.broken
timeout 120 $LAUNCH lmp -in in.broken >out 2>err && fail "LAMMPS takes a broken model"
grep -q "kamacite: model.json: .*convert the model again" kim.log || fail "kim.log says nothing: $(cat kim.log)"
sed -i 's/ Fe$/ Xe/; s/broken/iron_kim/' in.broken
timeout 120 $LAUNCH lmp -in in.broken >out 2>err && fail "LAMMPS takes xenon for iron"
says "Xe"
