# The block `phonons` of properties: the same on any number of ranks, with a spread for a committee, and in the report.
source "$SOURCE/tests/system/iron_setfl.sh"
cat >bcc.yaml <<'Y'
kamacite: properties
model: made.eam
output: bcc
equation_of_state: {points: 9, width: 0.02}
elastic: {}
bain: false
point_defects: false
surfaces: false
phonons: {supercell_edge: 8 angstrom, mesh_length: 30 angstrom, temperature_step: 100 K, conductivity: {cutoff: 2.7 angstrom, mesh_length: 8 angstrom, temperatures: 300 K}}
Y
expect 0 check bcc.yaml
expect 0 properties bcc.yaml; prints "phonon_N1"; prints "linear_expansion_300K"; says "before both are imposed"
mv bcc launched
LAUNCH="" expect 0 properties bcc.yaml
for file in properties.csv phonon_conductivity.csv phonon_bands.csv phonon_dos.csv phonon_thermodynamics.csv thermal_expansion.csv phonopy/FORCE_CONSTANTS phonopy/phonopy_params.yaml; do
    same launched/$file bcc/$file
done
python3 - <<'P' || fail "the numbers do not hang together"
import csv, json, math
table = lambda name: list(csv.DictReader(l for l in open(f"bcc/{name}.csv") if l[0] != "#"))
p = json.load(open("bcc/properties.json"))["properties"]
value = lambda name: p[name]["value"]
for name in ("phonon_H1", "phonon_N1", "zero_point_energy", "heat_capacity_v_300K", "lattice_constant_300K", "linear_expansion_300K"):
    assert p[name]["error"] > 0 and "spread" not in p[name], (name, p[name])
    assert p[name]["error"] < 0.1 * abs(value(name)), (name, p[name])
# Slopes of the bands near Γ along [100] are sound velocities of the elastic constants.
mass = 55.845 * 1.66053906660e-27
density = mass / (value("volume") * 1e-30)
rows = table("phonon_bands")
assert [r["point"] for r in rows if r["point"]] == ["Γ", "H", "P", "Γ", "N"], rows
def speed(branch, row=1):
    return 2 * math.pi * float(rows[row][f"branch {branch} [THz]"]) * 1e12 / (float(rows[row]["along [1/angstrom]"]) * 1e10)
for branch, c in ((3, "C11"), (1, "C44")):
    sound = math.sqrt(value(c) * 1e9 / density)
    assert abs(speed(branch) / sound - 1) < 0.02, (branch, speed(branch), sound)
# The density of states holds three vibrations per atom; the heat capacity goes to 3 k_B.
dos = table("phonon_dos")
step = float(dos[1]["frequency [THz]"]) - float(dos[0]["frequency [THz]"])
count = step * sum(float(r["density [1/THz/atom]"]) for r in dos)
assert abs(count - 3) < 0.02, count
hot = table("phonon_thermodynamics")[-1]
assert 2.9 < float(hot["heat capacity [k_B/atom]"]) < 3, hot
assert value("heat_capacity_p_300K") > value("heat_capacity_v_300K")
assert value("lattice_constant_300K") > value("lattice_constant")
P
mkdir -p pair run; cp made.eam pair/one.eam
# The report shows pictures and what was measured.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
expect 0 train train.yaml
cp -r bcc tiny_model/vibrations
expect 0 report tiny_model
grep -q "±0.1 THz, at room temperature" tiny_model/report.html || fail "the report does not name the measured frequencies"
for file in phonon_bands phonon_dos heat_capacity thermal_expansion grueneisen phonon_conductivity phonon_mean_free_paths phonon_linewidths; do
    [ -s tiny_model/report_data/vibrations_$file.csv ] || fail "$file is not beside the report"
done
# An unstable crystal is told, not hidden: fcc of this potential, far expanded.
sed 's|^output.*|output: fcc\nlattice: fcc|; s|^elastic.*|elastic: false|' bcc.yaml >fcc.yaml
expect 0 properties fcc.yaml
python3 - <<'P' || fail "imaginary frequencies are hidden"
import csv, json
told = json.load(open("fcc/properties.json"))
rows = [r for r in csv.DictReader(l for l in open("fcc/phonon_bands.csv") if l[0] != "#")]
lowest = min(float(r["branch 1 [THz]"]) for r in rows)
assert (lowest < -1e-2) == any("imaginary" in n for n in told["notes"]), (lowest, told["notes"])
P
# What is wrong is told.
sed 's|supercell_edge: 8|supercell_edge: 0.1|' bcc.yaml >edge.yaml; expect 78 properties edge.yaml; says "phonons.supercell_edge"
sed 's|^phonons.*|phonons: {expansion: {volumes: [0.99, 1.0, 1.01]}}|' bcc.yaml >few.yaml; expect 78 properties few.yaml; says "phonons.expansion.volumes"
