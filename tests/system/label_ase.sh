# The script for ASE that comes along labels structures: of copper by EMT, with stress of the right sign.
needs_python ase
cat >copper.xyz <<'X'
1
Lattice="0 1.9 1.9 1.9 0 1.9 1.9 1.9 0" Properties=species:S:1:pos:R:3 pbc="T T T"
Cu 0 0 0
X
sed "s#python3 /home/me/kamacite#$python $SOURCE#; s#^job:.*#&\njobs: {poll: 0.2 s}#" "$SOURCE/inputs/label/command.yaml" >command.yaml
expect 0 label command.yaml; prints "1 of 1 structures have labels"
expect 0 export labels.kds -o labelled.xyz
$python - <<'P' || fail "labels are not what ASE computes"
from ase.io import read
from ase.calculators.emt import EMT
told = read("labelled.xyz")
atoms = told.copy()
atoms.calc = EMT()
assert abs(told.get_potential_energy() - atoms.get_potential_energy()) < 1e-9
assert abs(told.get_stress() - atoms.get_stress()).max() < 1e-9
assert told.get_stress()[0] > 0.01  # stretched: tension
P
