# Damaged and foreign files end with 65 and name the file.
expect 66 info missing.h5;  says_once "missing.h5"
echo "these are words" >words.h5
expect 65 info words.h5;    says_once "words.h5"
: >empty.h5
expect 65 info empty.h5;    says_once "empty.h5"
mkdir folder
expect 65 info folder;      says_once "folder"
printf 'kamacite: generate\noutput: set.h5\nrecipes:\n  - name: bcc\n    lattices: [bcc]\n    lattice_constants: [2.8 2.9 angstrom]\n' >make.yaml
expect 0 generate make.yaml
expect 0 info set.h5;       prints "2 structures"
expect 0 info set.h5 --json; python3 -c 'import json; assert json.load(open("out"))["dataset"]["structures"] == 2' || fail "JSON"
head -c 3000 set.h5 >cut.h5
expect 65 info cut.h5;      says "cut.h5"
printf 'kamacite: describe\ndata: cut.h5\n' >cut.yaml
expect 65 describe cut.yaml; says "cut.h5"; absent descriptors.h5
printf 'kamacite: describe\ndata: set.h5\nelements: [Xx]\n' >element.yaml
expect 78 describe element.yaml; says "element.yaml:3: elements[0]: 'Xx'"; absent descriptors.h5
printf 'kamacite: describe\ndata: set.h5\nelements: [Ni]\n' >other.yaml
expect 65 describe other.yaml; absent descriptors.h5
