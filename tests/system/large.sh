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
# many images of one atom on every rank, and more ranks than atoms
head -n 2 cell.xyz | sed 1s/2/1/ >atom.xyz; echo "Fe 0 0 0" >>atom.xyz
expect 0 predict atom.xyz --supercell 1,1,1 -o atom.h5; prints "1 structures, 1 atoms"

expect 2 predict cell.xyz --supercell 3,1,4 -o large.h5; says "large.h5 exists"
expect 2 predict cell.xyz --supercell 3,1,4 -o x.xyz; says "name a .h5 file"; absent x.xyz
for wrong in 3,1 3,0,1 3,1,4,2 a,b,c 3x1x4 1000000,1,1; do
    expect 2 predict cell.xyz --supercell "$wrong" -o x.h5; says "--supercell $wrong"; absent x.h5
done
cat cell.xyz cell.xyz >two.xyz
expect 2 predict two.xyz --supercell 2,2,2 -o x.h5; says "two.xyz has 2 structures"; absent x.h5
sed 's/1.4 1.5 1.45/0 0 0/' cell.xyz >on_one_point.xyz
expect 65 predict on_one_point.xyz --supercell 2,2,2 -o x.h5; says "same point"; absent x.h5
sed 's/Fe 1.4/Xx 1.4/' cell.xyz >element.xyz
expect 65 predict element.xyz --supercell 2,2,2 -o x.h5; says "element.xyz"; absent x.h5
sed 's/Fe 1.4/Cu 1.4/' cell.xyz >copper.xyz
expect 65 predict copper.xyz --supercell 2,2,2 -o x.h5; says "copper.xyz"; absent x.h5
