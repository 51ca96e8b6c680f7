# label by ABINIT and its conducti: aluminium whose atoms are displaced, coarse (skipped where they or their data are absent).
data=/usr/share/abinit/psp/Al.xml
command -v abinit >/dev/null && command -v conducti >/dev/null && [ -e $data ] ||
    { echo "skipped: no abinit, conducti or $data (abinit, abinit-data)"; exit 77; }
export OMP_NUM_THREADS=1
cat >al.xyz <<'X'
4
Lattice="4.05 0 0 0 4.05 0 0 0 4.05" Properties=species:S:1:pos:R:3 pbc="T T T"
Al 0.0142 0.1875 -0.1397
Al 0.1489 1.9861 1.9858
Al 2.3100 0.0236 2.0186
Al 2.1344 2.1940 -0.0046
X
input() { # <name> <start> <line of ABINIT> <frequency where the window ends>
    cat >$1.yaml <<Y
kamacite: label
structures: [al.xyz]
output: $1.kds
directory: $1
program:
  name: abinit
  command: abinit
  potentials: [{element: Al, file: $data}]
  ecut: 8 hartree
  pawecutdg: 16 hartree
  bands_per_atom: 8
  k_mesh: [2, 2, 2]
  convergence: 1e-9
  smearing: 0.03 hartree
  broadening: 0.5 eV
  window_low: 0.5 eV
  window_high: $4
  extra: [$3]
magnetism: {starts: [$2]}
job: {time: 3 min}
retries: {attempts: 1}
jobs: {scheduler: local, poll: 0.1 s}
Y
}
input still nonmagnetic "" "3 eV"
expect 0 check still.yaml
expect 0 label still.yaml
input spins ferromagnetic "" "3 eV"
expect 0 label spins.yaml
for d in still spins; do expect 0 export $d.kds -o $d.xyz; done
python3 - <<'P' || fail "the labels are not right: $(head -2 still.xyz spins.xyz)"
import re
def read(path):
    lines = open(path).read().splitlines()
    value = lambda key: float(re.search(rf'(?:^|\s){key}="?([-0-9.e+]+)', lines[1]).group(1))
    stress = [float(x) for x in re.search(r'stress="([^"]*)"', lines[1]).group(1).split()]
    forces = [[float(x) for x in line.split()[4:7]] for line in lines[2:]]
    return {k: value(k) for k in ("energy", "electrical_resistivity", "temperature")}, stress, forces, value("property_electrical_resistivity_error"), lines[1]
still, stress, forces, error, header = read("still.xyz")
assert abs(still["temperature"] - 0.03 * 27.211386 / 8.617333e-5) < 1, still
assert 2 < still["electrical_resistivity"] < 200 and 0 < error < still["electrical_resistivity"], (still, error)
assert "9." in header and "ABINIT" in header, header
assert all(abs(sum(f[k] for f in forces)) < 1e-4 for k in range(3)) and max(abs(x) for f in forces for x in f) > 0.1, forces
assert all(abs(stress[3 * a + b] - stress[3 * b + a]) < 1e-9 for a in range(3) for b in range(3)), stress
# Two spin channels of a metal without moments conduct as one that holds two electrons: half of the prefactor each.
spins, other_stress, other_forces, _, _ = read("spins.xyz")
assert abs(spins["electrical_resistivity"] / still["electrical_resistivity"] - 1) < 1e-3, (still, spins)
assert abs(spins["energy"] - still["energy"]) < 1e-4, (still, spins)
assert all(abs(a - b) < 1e-3 for f, g in zip(forces, other_forces) for a, b in zip(f, g)), (forces, other_forces)
P
# What is wrong is told, in ABINIT's words; a window without carriers is no conductivity.
input wrong nonmagnetic "'ecut -3'" "3 eV"; expect 65 label wrong.yaml; says "bad input"
sed "s|$data|nowhere.xml|" still.yaml >nowhere.yaml; expect 66 label nowhere.yaml; says "nowhere.xml"
sed 's|pawecutdg: 16|pawecutdg: 4|' still.yaml >grid.yaml; expect 78 label grid.yaml; says "pawecutdg"
sed 's|window_high: 3 eV|window_high: 30 eV|' still.yaml >window.yaml; expect 78 label window.yaml; says "does not lie within the"
