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
# The whole equation, as a dense matrix without symmetry has it.
if $python -c 'import h5py' 2>/dev/null; then
    sed -e 's|smearing: 1.5 meV|smearing: 2 meV, isotopes: false, phono3py: true|' -e 's|^output: .*|output: whole|' iron.yaml >whole.yaml
    expect 0 properties whole.yaml
    $python -B "$SOURCE/tests/system/phonons_boltzmann.py" whole 2.0 >solved || fail "another program finds another conductivity: $(cat solved)"
    cat solved
fi
# Two atoms to a cell.
sed 's|^output.*|output: hcp\nlattice: hcp|' iron.yaml >hcp.yaml
expect 0 properties hcp.yaml
$python -B "$SOURCE/tests/system/phonons_conductivity.py" hcp 1.5 8.24441e-5 || fail "a brute-force sum finds other linewidths of hcp"
mv iron launched
LAUNCH="" expect 0 properties iron.yaml
for file in properties.csv phonon_conductivity.csv phonon_modes.csv phonon_mean_free_paths.csv phonopy/FORCE_CONSTANTS_3RD; do
    same launched/$file iron/$file
done
# At lattice constants: that at rest is the same crystal again; a wider one conducts less or more, not the same.
rest=$(python3 -c "import json; print(json.load(open('iron/properties.json'))['properties']['lattice_constant']['value'])")
sed -e "s|smearing: 1.5 meV|smearing: 1.5 meV, lattice_constants: $rest 2.95 angstrom|" -e 's|^output: .*|output: wide|' iron.yaml >wide.yaml
expect 0 properties wide.yaml
mv wide launched_wide
LAUNCH="" expect 0 properties wide.yaml
same launched_wide/phonon_conductivity_lattice.csv wide/phonon_conductivity_lattice.csv
python3 - <<'P' || fail "the conductivity at rest is another: $(cat wide/phonon_conductivity_lattice.csv wide/phonon_conductivity.csv)"
import csv
rows = lambda name: list(csv.DictReader(l for l in open(f"wide/{name}.csv") if l[0] != "#"))
both, rest = rows("phonon_conductivity_lattice"), rows("phonon_conductivity")
assert len(both) == 4 and len(rest) == 2
for a, b in zip(both, rest):
    for column in ("temperature [K]", "conductivity [W/m/K]", "error of conductivity [W/m/K]", "relaxation-time conductivity [W/m/K]"):
        assert abs(float(a[column]) - float(b[column])) < 1e-3 * float(b["conductivity [W/m/K]"]), (column, a, b)
    wide = next(r for r in both[2:] if r["temperature [K]"] == a["temperature [K]"])
    assert abs(float(wide["conductivity [W/m/K]"]) / float(a["conductivity [W/m/K]"]) - 1) > 0.02, (a, wide)
P
# What is wrong is told.
sed "s|^output.*|lattice: hcp\n&|; s|smearing|lattice_constants: 2.5 angstrom, smearing|" iron.yaml >two.yaml; expect 78 properties two.yaml; says "has two of them"
sed 's|cutoff: 3.7|cutoff: 4.7|' iron.yaml >long.yaml; expect 78 properties long.yaml; says "third-order force constants is 4.7"
sed 's|temperatures: 100 300 K|method: slack|' iron.yaml >odd.yaml; expect 78 properties odd.yaml; says "phonons.conductivity.method"
