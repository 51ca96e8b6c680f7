# phonopy reads the files that are written, and finds the same force constants, frequencies and thermodynamics on its own.
needs_python phonopy
source "$SOURCE/tests/system/iron_setfl.sh"
export OMP_NUM_THREADS=1
compare=$SOURCE/tests/system/phonons_phonopy.py
for lattice in bcc hcp; do
    cat >$lattice.yaml <<Y
kamacite: properties
model: made.eam
output: $lattice
lattice: $lattice
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
phonons: {supercell_edge: 9 angstrom, displacement: 0.001 angstrom, mesh_length: 30 angstrom, temperature_step: 100 K, expansion: false}
Y
    expect 0 properties $lattice.yaml
    $python -B "$compare" displace $lattice || fail "phonopy does not read what is written"
    expect 0 predict made.eam $lattice/displaced.xyz -o $lattice/forces.xyz
    $python -B "$compare" compare $lattice || fail "phonopy finds something else"
done
