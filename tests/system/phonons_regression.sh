# Force constants at a temperature by regression on rattled cells, and phono3py's files, on any number of ranks.
source "$SOURCE/tests/system/iron_setfl.sh"
export OMP_NUM_THREADS=1
cat >hot.yaml <<'Y'
kamacite: properties
model: made.eam
output: hot
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
phonons:
  supercell_edge: 8.5 angstrom
  mesh_length: 20 angstrom
  temperature_step: 100 K
  expansion: false
  conductivity: {cutoff: 2.6 angstrom, mesh_length: 8.5 angstrom, temperatures: 300 K, smearing: 1.5 meV, phono3py: true}
  regression: {temperature: 500 K, cells: 8, iterations: 2, statistics: classical, seed: 3}
Y
expect 0 check hot.yaml
expect 0 properties hot.yaml; says "forces of cells not fitted"; prints "phonon_N1_500K"; prints "phonon_conductivity_renormalised_500K"
mv hot launched
LAUNCH="" expect 0 properties hot.yaml
for file in properties.csv phonon_bands_at_temperature.csv phonon_conductivity_at_temperature.csv phonopy/at_temperature/FORCE_CONSTANTS \
    phonopy/at_temperature/FORCE_CONSTANTS_3RD phonopy/fc2.hdf5 phonopy/fc3.hdf5 phonopy/phono3py_params.yaml; do
    same launched/$file hot/$file
done
python3 - <<'P' || fail "the numbers do not hang together"
import csv, json
p = json.load(open("hot/properties.json"))["properties"]
rows = [r for r in csv.DictReader(l for l in open("hot/phonon_bands_at_temperature.csv") if l[0] != "#")]
at = {r["point"]: r for r in rows if r["point"]}
for name in ("H1", "N1", "N3"):
    rest, hot = p[f"phonon_{name}"]["value"], p[f"phonon_{name}_500K"]
    row = at[name[0]]
    assert abs(float(row[f"branch {name[1]} at rest [THz]"]) - rest) < 1e-4, (name, row, rest)
    assert abs(float(row[f"branch {name[1]} [THz]"]) - hot["value"]) < 1e-4, (name, row, hot)
    assert 0 < hot["error"] < 0.1 * hot["value"], hot
    assert 1e-3 < abs(hot["value"] / rest - 1) < 0.3, (name, rest, hot)
kappa = {r["force constants"]: r for r in csv.DictReader(l for l in open("hot/phonon_conductivity_at_temperature.csv") if l[0] != "#")}
assert set(kappa) == {"at rest", "second order at temperature", "both at temperature"}, kappa
for r in kappa.values():
    assert float(r["conductivity [W/m/K]"]) > 0 and float(r["error [W/m/K]"]) > 0, r
P
# What is wrong is told.
sed 's|cells: 8|cells: 7|' hot.yaml >odd.yaml; expect 78 properties odd.yaml; says "phonons.regression.cells"
sed 's|iterations: 2|third_cutoff: 4.7 angstrom|' hot.yaml >long.yaml; expect 78 properties long.yaml; says "third-order force constants is 4.7"
# phono3py's files: arrays as its readers want them, the constants of the text files beside them.
needs_python phonopy
needs_python h5py
$python -B "$SOURCE/tests/system/phonons_phono3py.py" hot/phonopy || fail "phono3py would read something else"
$python -B "$SOURCE/tests/system/phonons_phono3py.py" hot/phonopy/at_temperature || fail "phono3py would read something else"
