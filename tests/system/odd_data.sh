# Data that is odd, damaged or cut off: what can be used is used, and the rest is told.
lattice='Lattice="3 0 0 0 3 0 0 0 3"'
iron="$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz"

# Properties of any name survive extended XYZ; a name that is nearly a known one is told.
printf 'a,seebeck,themal_conductivity\n2.86,1.5,80\n' >table.csv
expect 0 import table.csv -o table.h5; says "themal_conductivity"; says "thermal_conductivity"
expect 0 export table.h5 -o table.xyz; grep -q "property_seebeck=1.5" table.xyz || fail "no seebeck"
expect 0 import table.xyz -o again.h5; says "seebeck (1)"
expect 0 export again.h5 -o again.xyz
[ "$(sed 's/source=[^ ]*//' table.xyz)" = "$(sed 's/source=[^ ]*//' again.xyz)" ] || fail "properties are lost"

# Cells in another unit.
for a in 2.8e-10 0.0028; do
    printf '1\nLattice="%s 0 0 0 %s 0 0 0 %s" energy=-1\nFe 0 0 0\n' $a $a $a >unit.xyz
    expect 65 import unit.xyz -o unit.h5; says "unit.xyz:1"; says "Å"; absent unit.h5
done
printf 'Fe\n0.01\n1 0 0\n0 1 0\n0 0 1\nFe\n1\nDirect\n0 0 0\n' >POSCAR
expect 65 import POSCAR -o unit.h5; says "is the cell in Å"; absent unit.h5

# Files that end inside a structure, and segments that are damaged.
head -8 "$iron" >cut.xyz
expect 65 import cut.xyz -o cut.h5;              says "cut off"; absent cut.h5
expect 0 import cut.xyz -o cut.h5 --keep-going;  says "cut off"; says "2 structures"; says "1 left out"
printf 'begin\natom 0 0 0 Fe 0 0 0 0 0\nenergy -8\nend\nbegin\natom 0 0 0 Fe 0 0 0 0 0\n' >input.data
expect 65 import input.data -o data.h5;          says "cut off"; absent data.h5
expect 0 import input.data -o data.h5 --keep-going; says "1 structures"; says "1 left out"
for i in 1 2 3; do expect 0 import cut.xyz -o parts.kds --keep-going; done
head -c 3000 parts.kds/seg-000002.h5 >cut && mv cut parts.kds/seg-000002.h5
expect 65 info parts.kds; prints "seg-000001.h5: 2 structures"; prints "damaged: "; says "seg-000002.h5"
expect 65 info parts.kds --json
python3 -c 'import json; d = json.load(open("out"))["dataset"]; assert len(d["damaged"]) == 1 and d["structures"] == 4, d' || fail "JSON"
expect 65 export parts.kds -o parts.xyz; absent parts.xyz
expect 0 export parts.kds -o parts.xyz --keep-going; says "seg-000002.h5"; prints "4 structures"
expect 65 import parts.kds -o parts.h5; absent parts.h5
expect 0 import parts.kds -o parts.h5 --keep-going; says "seg-000002.h5"; prints "4 structures"

# A folder of POSCAR files is whole or not there, and not mixed with another.
expect 0 export parts.h5 -o cells/ --format poscar
[ "$(ls cells | wc -l)" = 4 ] || fail "not 4 files"
expect 2 export cut.h5 -o cells --format poscar; says "--force"
expect 0 export cut.h5 -o cells --format poscar --force
[ "$(ls cells | wc -l)" = 2 ] || fail "not 2 files"
printf '1\n%s pbc="T T F" energy=-1\nFe 0 0 0\n' "$lattice" >slab.xyz
cat "$iron" slab.xyz >mixed.xyz
expect 65 export mixed.xyz -o mixed --format poscar; absent mixed; absent mixed.part
touch cells/mine
expect 2 export cut.h5 -o cells --format poscar --force; says "mine"

# Standard output that takes no more.
if [ -e /dev/full ]; then
    timeout 60 "$KAMACITE" info cut.h5 >/dev/full 2>err; code=$?
    [ $code = 74 ] || fail "exit code $code with a full standard output, not 74"
    timeout 60 "$KAMACITE" schema train >/dev/full 2>err; code=$?
    [ $code = 74 ] || fail "exit code $code with a full standard output, not 74"
fi

# What contradicts itself or is out of range.
refused() { expect 65 import "$1" -o bad.h5; says "$1:$2"; says "$3"; absent bad.h5; }
printf '1\n%s energy=-8 Energy=-9\nFe 0 0 0\n' "$lattice" >twice.xyz
refused twice.xyz 1 "contradict"
printf '1\n%s Properties=Z:I:1:pos:R:3\n4294967322 0 0 0\n' "$lattice" >number.xyz
refused number.xyz 1 "4294967322"
printf '1\n%s\nFe 1e300 0 0\n' "$lattice" >far.xyz
refused far.xyz 1 "position of atom 1"
printf 'a,T [K]\n2.86,-300\n' >cold.csv
refused cold.csv 2 "below zero"
printf 'begin\natom 0 0 0 Fe 0 0 0 0 0\nenergy -8\nenergy -9\nend\n' >input.data
refused input.data 4 "second energy"
printf 'begin\natom 0 0 0 Fe 0 0 0 0 0\nenergy -8 -9\nend\n' >input.data
refused input.data 3 "one number"
expect 2 import cut.xyz -o bad.h5 --min-distance nan; absent bad.h5
mkfifo pipe.xyz
expect 66 import pipe.xyz -o bad.h5; says "regular file"
printf '<?xml version="1.0"?>\n' >vasprun.xml
expect 65 import vasprun.xml -o bad.h5; says "vasprun.xml: no calculation"; absent bad.h5
printf '\xef\xbb\xbf1\n%s energy=-1\nFe 0 0 0\n' "$lattice" >mark.xyz
expect 0 import mark.xyz -o mark.h5
printf 'iron\n1.0 ! scale\n3 0 0 ! a\n0 3 0\n0 0 3\nFe ! kind\n1 ! how many\nDirect\n0 0 0 ! the atom\n' >POSCAR.notes
expect 0 import POSCAR.notes -o notes.h5
