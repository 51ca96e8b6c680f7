# Data files of LAMMPS, and POSCAR: each rank reads its own lines; the answers are those of the same structure as extended XYZ.
command -v lmp >/dev/null || { echo "skipped: no lmp"; exit 77; }
export OMP_NUM_THREADS=1
cat >in.hot <<'L'
units metal
lattice bcc 2.87
region box prism 0 5 0 4 0 4 2.1 0.4 -1.1
create_box 1 box
create_atoms 1 box
mass 1 55.845
displace_atoms all random 0.1 0.1 0.1 5
velocity all create 600 1
pair_style zero 4.0
pair_coeff * *
fix 1 all nve
run 30
write_data hot.data
write_dump all custom hot.dump id x y z modify sort id format float %.17g
L
timeout 120 lmp -in in.hot >out 2>err || fail "LAMMPS"
python3 - <<'P' || fail "another order of the atoms"
import random
lines = open("hot.data").read().split("\n")
at = next(i for i, l in enumerate(lines) if l.startswith("Atoms")) + 2
rows = lines[at:at + 160]  # from several ranks they come in another order
random.Random(1).shuffle(rows)
lines[at:at + 160] = rows
open("hot.data", "w").write("\n".join(lines))
head = dict((" ".join(l.split()[2:]), l.split()[:2]) for l in open("hot.data") if "lo " in l)
tilt = next(l.split()[:3] for l in open("hot.data") if "xy xz yz" in l)
edge = [float(head[f"{c}lo {c}hi"][1]) - float(head[f"{c}lo {c}hi"][0]) for c in "xyz"]
rows = [edge[0], 0, 0, tilt[0], edge[1], 0, tilt[1], tilt[2], edge[2]]
atoms = open("hot.dump").read().split("ITEM: ATOMS")[1].split("\n")[1:161]
with open("hot.xyz", "w") as f:
    print(f'160\nLattice="{" ".join(map(str, rows))}" Properties=species:S:1:pos:R:3', file=f)
    for a in atoms: print("Fe", *a.split()[1:], file=f)
P
# What follows the answer is the same to rounding of the order of sums.
alike() {
    python3 - "$@" <<'P' || fail "$1 and $2 differ"
import re, sys
def read(name):
    head, *rows = open(name).read().split("\n")[1:-1]
    return float(re.search(r"energy=(\S+)", head)[1]), [[float(x) for x in r.split()[1:]] for r in rows]
(e, a), (f, b) = read(sys.argv[1]), read(sys.argv[2])
assert len(a) == len(b) and abs(e - f) < 1e-9 * abs(e), (e, f)
worst = max(abs(x - y) for r, s in zip(a, b) for x, y in zip(r[:7], s[:7]))
assert worst < 1e-8, worst
P
}
expect 0 predict hot.xyz -o wanted.xyz
expect 0 predict hot.data -o whole.xyz; alike whole.xyz wanted.xyz
expect 0 predict hot.data --supercell 1,1,1 -o blocks.xyz; alike blocks.xyz wanted.xyz
sed 's/$/\r/' hot.data >ends.data
expect 0 predict ends.data --supercell 1,1,1 -o again.xyz; same again.xyz blocks.xyz
# Masses behind the atoms: read whole
python3 - <<'P'
text = open("hot.data").read()
at, to = text.index("Masses"), text.index("Pair Coeffs") if "Pair Coeffs" in text else text.index("Atoms")
open("behind.data", "w").write(text[:at] + text[to:] + "\n" + text[at:to])
P
expect 0 predict behind.data --supercell 1,1,1 -o behind.xyz; alike behind.xyz wanted.xyz
# As POSCAR, direct and Cartesian, by blocks and whole
expect 0 export hot.xyz -o cells --format poscar
expect 0 predict cells/POSCAR_000000 --supercell 1,1,1 -o poscar.xyz; alike poscar.xyz wanted.xyz
# What is wrong is told on every rank.
at=$(($(grep -n ^Atoms hot.data | cut -d: -f1) + 2))
wrong() { # <sed> <what is said>
    sed "$1" hot.data >wrong.data
    expect 65 predict wrong.data --supercell 1,1,1 -o x.xyz; says "$2"; absent x.xyz
}
wrong "$((at + 100))s/.*/1 1 0 0 0/" "the same number"
wrong "$((at + 100))s/ 1 / 2 /" "wrong.data:$((at + 100)): '2' is none of the 1 atom types"
wrong "$((at + 100))s/^\([0-9]* 1\) [^ ]*/\1 x/" "wrong.data:$((at + 100))"
wrong "$((at + 150)),\$d" "cut off"
head -n 100 cells/POSCAR_000000 >POSCAR_cut
expect 65 predict POSCAR_cut --supercell 1,1,1 -o x.xyz; says "cut off"; absent x.xyz
# Dynamics and export: LAMMPS reads what is written, and finds the same energy of embedded atoms.
cat >md.yaml <<'Y'
kamacite: md
structure: hot.data
output: md
initial_temperature: 300 K
steps: 3
Y
expect 0 md md.yaml
published=/usr/share/lammps/potentials/Fe_mm.eam.fs
[ -e $published ] || { echo "skipped: $published is absent (Debian's package lammps-data has it)"; exit 77; }
python3 - <<'P'
import random
random.seed(3)
a, n = 2.87, 3  # a primitive cell repeated and turned: LAMMPS cannot have it as it is
rows = [[-a * n / 2, a * n / 2, a * n / 2], [a * n / 2, -a * n / 2, a * n / 2], [a * n / 2 + a * n * 2, a * n / 2, -a * n / 2]]
atoms = [[sum(f * rows[k][c] for k, f in enumerate((i / n, j / n, l / n))) + random.uniform(-0.1, 0.1) for c in range(3)]
         for i in range(n) for j in range(n) for l in range(n)]
open("turned.xyz", "w").write(f'{len(atoms)}\nLattice="{" ".join(str(x) for r in rows for x in r)}" Properties=species:S:1:pos:R:3\n'
                              + "".join(f"Fe {x} {y} {z}\n" for x, y, z in atoms))
P
expect 0 export turned.xyz -o turned.lmp
expect 0 predict $published turned.xyz -o turned_energy.xyz
cat >in.turned <<L
units metal
read_data turned.lmp
pair_style eam/fs
pair_coeff * * $published Fe
thermo_modify format float %.12g
run 0
L
timeout 120 lmp -in in.turned >out 2>err || fail "LAMMPS does not read what is exported"
python3 - <<'P' || fail "energies differ"
import re
rows = open("out").read().split("\n")
at = next(i for i, r in enumerate(rows) if r.split()[:1] == ["Step"])
lammps = float(rows[at + 1].split()[2])
ours = float(re.search(r"energy=(\S+)", open("turned_energy.xyz").read())[1])
print(f"{lammps} and {ours} eV")
assert abs(lammps - ours) < 1e-7 * abs(ours)
P
expect 0 predict $published turned.lmp -o back.xyz
python3 - <<'P' || fail "the way back"
import re
e = [float(re.search(r"energy=(\S+)", open(n).read())[1]) for n in ("turned_energy.xyz", "back.xyz")]
assert abs(e[0] - e[1]) < 1e-9 * abs(e[0]), e
P
