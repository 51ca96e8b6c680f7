# The conductivity of phonons: linewidths of a brute-force sum over all pairs of modes, the same on any number of ranks, in the report.
needs_python phonopy
source "$SOURCE/tests/system/iron_setfl.sh"
export OMP_NUM_THREADS=1
cat >iron.yaml <<'Y'
kamacite: properties
model: made.eam
output: iron
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
phonons:
  supercell_edge: 11 angstrom
  mesh_length: 20 angstrom
  temperature_step: 100 K
  expansion: false
  conductivity: {cutoff: 3.7 angstrom, mesh_length: 8.5 angstrom, temperatures: 100 300 K, smearing: 1.5 meV}
Y
expect 0 check iron.yaml
expect 0 properties iron.yaml; prints "phonon_conductivity_300K"; says "mean Grüneisen parameter"
$python -B "$SOURCE/tests/system/phonons_conductivity.py" iron 1.5 8.24441e-5 || fail "a brute-force sum finds other linewidths"
# Two atoms to a cell.
sed 's|^output.*|output: hcp\nlattice: hcp|' iron.yaml >hcp.yaml
expect 0 properties hcp.yaml
$python -B "$SOURCE/tests/system/phonons_conductivity.py" hcp 1.5 8.24441e-5 || fail "a brute-force sum finds other linewidths of hcp"
mv iron launched
LAUNCH="" expect 0 properties iron.yaml
for file in properties.csv phonon_conductivity.csv phonon_modes.csv phonon_mean_free_paths.csv phonopy/FORCE_CONSTANTS_3RD; do
    same launched/$file iron/$file
done
# What is wrong is told.
sed 's|cutoff: 3.7|cutoff: 4.7|' iron.yaml >long.yaml; expect 78 properties long.yaml; says "third-order force constants is 4.7"
sed 's|temperatures: 100 300 K|method: slack|' iron.yaml >odd.yaml; expect 78 properties odd.yaml; says "phonons.conductivity.method"
