# Descriptors of a dataset: the same file on any number of ranks, more ranks than structures included.
printf 'kamacite: generate\noutput: set.h5\nrecipes:\n  - name: bcc\n    lattices: [bcc]\n    lattice_constants: [2.8 2.9 angstrom]\n' >make.yaml
expect 0 generate make.yaml
printf 'kamacite: describe\ndata: set.h5\noutput: g.h5\n' >describe.yaml
expect 0 check describe.yaml; prints "2 "
expect 0 describe describe.yaml; prints "2 structures, 2 atoms"
expect 0 info g.h5 --json
python3 - <<'P' || fail "not what was expected"
import json
all = json.load(open("out"))
assert all["format"] == "descriptors", all["format"]
arrays = {a["name"]: a for a in all["arrays"]}
rows, columns = arrays["atoms/descriptors"]["shape"]
assert rows == 2 and columns == arrays["functions/column"]["shape"][0] > 20
assert arrays["structures/atom_offset"]["shape"] == [3]
assert arrays["functions/radial"]["shape"][0] + arrays["functions/angular"]["shape"][0] == columns
assert "cutoff_radial: 6.5 angstrom" in all["attributes"]["input"]
P
