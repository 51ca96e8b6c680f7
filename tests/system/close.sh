# Atoms that come closer than in any data repel each other, with the repulsion that models have unless told otherwise;
# without it this model lets a squeezed crystal collapse.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
expect 0 train train.yaml
sed -e 's|^model:|model:\n  short_range: false|; s|^output: .*|output: plain|' train.yaml >plain.yaml
expect 0 train plain.yaml
python3 - <<'P'
out=open('close.xyz','w')
def write(edge,pos,pbc,name):
    out.write(f"{len(pos)}\nLattice=\"{edge} 0 0 0 {edge} 0 0 0 {edge}\" Properties=species:S:1:pos:R:3 pbc=\"{pbc}\" name={name}\n")
    for p in pos: out.write("Fe %.10f %.10f %.10f\n"%tuple(p))
rs=[0.5+0.05*k for k in range(37)]
for r in rs: write(20,[[5,5,5],[5+r,5,5]],"F F F",f"dimer_{r:.2f}")
a=2.83; cells=[(i,j,k) for i in range(3) for j in range(3) for k in range(3)]
pos0=[[x*a for x in c] for c in cells]+[[(x+.5)*a for x in c] for c in cells]
for r in rs:
    p=[list(q) for q in pos0]; p[0]=[x-r/3**.5 for x in p[27]]
    write(3*a,p,"T T T",f"push_{r:.2f}")
for r in rs:
    if r < 1.2: continue
    v=r*2/3**.5
    write(v,[[0,0,0],[v/2]*3],"T T T",f"squeeze_{r:.2f}")
P
cat >look.py <<'P'
"""Counts steps of approach at which the energy falls."""
import re, sys
lines, at, before, fallen = open(sys.argv[1]).read().split("\n"), 0, {}, 0
while at < len(lines) and lines[at].strip():
    head = lines[at + 1]
    at += int(lines[at]) + 2
    kind, r = re.search(r'name="?(\w+?)_([\d.]+)', head).groups()
    energy = float(re.search(r'\benergy="?([-\d.e+]+)', head).group(1))
    fallen += kind in before and energy > before[kind]
    before[kind] = energy
assert len(before) == 3, before
sys.exit(0 if fallen == 0 else 1)
P
expect 0 predict tiny_model/model.h5 close.xyz -o close_tiny.xyz
python3 look.py close_tiny.xyz || fail "atoms that come close attract each other"
expect 0 predict plain/model.h5 close.xyz -o close_plain.xyz
python3 look.py close_plain.xyz && fail "this test would not see an attraction"
expect 0 info tiny_model; prints "ZBL repulsion of Fe–Fe switched off from"
expect 0 info plain; ! grep -q ZBL out || fail "a repulsion is told of where there is none"
# What n2p2 cannot have is told.
sed -e 's|silu|tanh|; s|hidden: \[12, 12\]|hidden: [12, 12], activation: tanh|; s|^output: .*|output: smooth|' train.yaml >smooth.yaml
expect 0 train smooth.yaml
expect 0 convert smooth/model.h5 -o n2p2 --format n2p2; says "is left out, which n2p2 does not have"
sed -e 's|^model:|model:\n  short_range: {inner: 2 angstrom, outer: 1.5 angstrom}|' train.yaml >wrong.yaml
expect 78 train wrong.yaml --fresh; says "model.short_range.outer"
sed -e 's|^model:|model:\n  short_range: {outer: 4.9 angstrom, inner: 1 angstrom}|; s|cutoff_radial: 5|cutoff_radial: 4.5|; s|^output: .*|output: far|' train.yaml >far.yaml
expect 78 train far.yaml; says "beyond the cutoff"
