# One structure repeated over all ranks: the energy per atom of its cell, on any number of ranks; what is wrong is told.
cat >cell.xyz <<'X'
2
Lattice="2.9 0 0 0.1 2.8 0 0 0 2.85" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.4 1.5 1.45
X
expect 0 predict cell.xyz -o cell.h5
expect 0 predict cell.xyz -o one.xyz
expect 0 predict cell.xyz --supercell 3,1,4 -o large.h5; prints "1 structures, 24 atoms"; prints "energy "
python3 - <<'P' || fail "the supercell has not twelve times the energy of its cell"
import re
one = float(re.search(r"energy=(\S+)", open("one.xyz").read())[1])
large, each = map(float, re.search(r"energy (\S+) eV, (\S+) eV/atom", open("out").read()).groups())
assert abs(large - 12 * one) < 1e-8 * abs(large), (large, one)
assert abs(each - one / 2) < 1e-6, (each, one)
P
expect 0 info large.h5; prints "large.h5: prediction"; prints "atoms/force_std"; prints "24 × 9"; prints "cell.xyz xxh64:"
# such a file is a structure as it is, with the same energy
expect 0 predict large.h5 --supercell 1,1,1 -o from_large.h5; prints "1 structures, 24 atoms"
python3 - <<'P' || fail "the structure of a file of format prediction has another energy"
import re
one = float(re.search(r"energy=(\S+)", open("one.xyz").read())[1])
assert abs(float(re.search(r"energy (\S+) eV", open("out").read())[1]) - 12 * one) < 1e-8 * abs(12 * one)
P
expect 2 predict large.h5 --supercell 2,1,1 -o x.h5; says "large.h5 is taken as it is"; absent x.h5
# averages over parts of the cell in place of atoms
expect 0 predict cell.xyz --supercell 3,1,4 --map 3,1,2 -o map.h5; prints "energy "
expect 0 info map.h5; prints "map.h5: map"; prints "map/stress"; prints "6 × 9"; prints "map/extrapolation_grade"
expect 2 predict cell.xyz --map 3,1,2 -o x.h5; says "--map goes with --supercell"; absent x.h5
expect 2 predict cell.xyz --supercell 3,1,4 --map 0,1,2 -o x.h5; says "--map 0,1,2"; absent x.h5
# many images of one atom on every rank, and more ranks than atoms
head -n 2 cell.xyz | sed 1s/2/1/ >atom.xyz; echo "Fe 0 0 0" >>atom.xyz
expect 0 predict atom.xyz --supercell 1,1,1 -o atom.h5; prints "1 structures, 1 atoms"

expect 2 predict cell.xyz --supercell 3,1,4 -o large.h5; says "large.h5 exists"
expect 2 predict cell.xyz --supercell 3,1,4 --map 1,1,2 -o x.xyz; says "name a .h5 file"; absent x.xyz
for wrong in 3,1 3,0,1 3,1,4,2 a,b,c 3x1x4 1000000,1,1; do
    expect 2 predict cell.xyz --supercell "$wrong" -o x.h5; says "--supercell $wrong"; absent x.h5
done
expect 78 predict cell.xyz --supercell 100000,100000,100000 -o x.h5; says "at the very least"; absent x.h5
cat cell.xyz cell.xyz >two.xyz
expect 2 predict two.xyz --supercell 2,2,2 -o x.h5; says "two.xyz has 2 structures"; absent x.h5
sed 's/1.4 1.5 1.45/0 0 0/' cell.xyz >on_one_point.xyz
expect 65 predict on_one_point.xyz --supercell 2,2,2 -o x.h5; says "same point"; absent x.h5
sed 's/Fe 1.4/Xx 1.4/' cell.xyz >element.xyz
expect 65 predict element.xyz --supercell 2,2,2 -o x.h5; says "element.xyz"; absent x.h5
sed 's/Fe 1.4/Cu 1.4/' cell.xyz >copper.xyz
expect 65 predict copper.xyz --supercell 2,2,2 -o x.h5; says "copper.xyz"; absent x.h5

# One large structure as text: read and written by all ranks, each its lines. The same atoms, in the same order, as in HDF5,
# and what is said of the text is what is said of the structure that it came from.
expect 0 predict cell.xyz --supercell 3,2,4 -o text.xyz; prints "48 atoms"
expect 0 predict text.xyz --supercell 1,1,1 -o again.xyz; prints "48 atoms"
expect 0 predict text.xyz -o serial.xyz
python3 - <<'P' || fail "the text is not the structure"
import re
def read(file):
    lines = open(file).read().split("\n")
    names = re.search(r"Properties=(\S+)", lines[1])[1].split(":")
    columns = {}
    at = 0
    for name, kind, width in zip(names[::3], names[1::3], map(int, names[2::3])):
        columns[name] = [l.split()[at:at + width] for l in lines[2:2 + int(lines[0])]]
        at += width
    assert lines[2 + int(lines[0]):] == [""], file
    info = {k: [float(x) for x in re.search(k + r'="?([^"]*)"?', lines[1])[1].split()[: 9 if k != "energy" else 1]]
            for k in ("Lattice", "energy", "stress")}
    return columns, info
(a, ai), (b, bi), (c, ci) = read("text.xyz"), read("again.xyz"), read("serial.xyz")
for name in ("species", "pos", "forces", "force_std", "extrapolation_grade"):
    assert len(a[name]) == 48
    for x, y, z in zip(a[name], b[name], c[name]):
        if name == "species":
            assert x == y == z == ["Fe"]
            continue
        for p, q, r in zip(map(float, x), map(float, y), map(float, z)):
            near = 1e-8 * max(1.0, abs(p))
            if name != "pos": assert abs(p - q) < near and abs(p - r) < near, (name, p, q, r)
            else: assert p == q, (p, q)
for k in ai:
    assert len(ai[k]) == len(ci[k]) > 0 and all(abs(x - y) < 1e-8 * max(1, abs(x)) for x, y in zip(ai[k], ci[k])), k
P
# a line without an end, ends of lines of another system, and one frame behind another
head -c -1 text.xyz >no_end.xyz; sed 's/$/\r/' text.xyz >other_ends.xyz
for file in no_end.xyz other_ends.xyz; do
    expect 0 predict $file --supercell 1,1,1 -o x.xyz; same again.xyz x.xyz; rm x.xyz
done
# what is wrong with a line is told with its number
sed '20s/Fe/Xx/' text.xyz >wrong.xyz
expect 65 predict wrong.xyz --supercell 1,1,1 -o x.xyz; says "wrong.xyz:20"; absent x.xyz
sed '20s/Fe [^ ]*/Fe nan/' text.xyz >wrong.xyz
expect 65 predict wrong.xyz --supercell 1,1,1 -o x.xyz; says "wrong.xyz:20"; says "finite"; absent x.xyz
sed '20s/Fe .*/Fe 1.0 2.0/' text.xyz >wrong.xyz
expect 65 predict wrong.xyz --supercell 1,1,1 -o x.xyz; says "atom line 18"; absent x.xyz
