# Molecular dynamics: what is written, restarts to the bit, signals, kill -9, limits, wrong input.
needs_python h5py
cat >cell.xyz <<'X'
2
Lattice="2.84 0 0 0 2.84 0 0 0 2.84" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.42 1.42 1.42
X
input() {  # <output> <steps> [more lines]
    cat <<Y
kamacite: md
model: iron
structure: cell.xyz
supercell: [3, 3, 3]
output: $1
steps: $2
timestep: 2 fs
seed: 4
initial_temperature: 1000 K
thermostat: {kind: rescaling, temperature: 500 K, time_constant: 50 fs}
barostat: {kind: rescaling, pressure: 1 GPa, time_constant: 500 fs, cell: full}
thermo: 5
frames: {every: 10, velocities: true, forces: true, moments: true}
radial: {every: 10, reach: 5 angstrom, bins: 100}
displacements: {every: 10}
crystal: {every: 10}
checkpoint: {every: 20}
Y
}
input whole 60 >whole.yaml
input parts 40 >parts.yaml
expect 0 check whole.yaml
expect 0 md whole.yaml; prints "whole/thermo.csv"; prints "temperature"; says "54 atoms on $RANKS ranks"
[ "$(wc -l <whole/thermo.csv)" = 14 ] || fail "thermo.csv has not 13 rows"
for file in trajectory-000001.h5 trajectory-000003.h5 radial.csv displacements.csv crystal.csv final.xyz summary.json resolved.yaml; do
    [ -s whole/$file ] || fail "no $file"
done
absent whole/trajectory-000004.h5
expect 2 md whole.yaml; says "--resume"

# In two parts, the second with more steps: the same tables and the same last frame, to the bit.
expect 0 md parts.yaml
input parts 60 >parts.yaml
expect 0 md parts.yaml --resume; says "goes on from step 40"
for table in thermo displacements crystal radial; do same whole/$table.csv parts/$table.csv; done
same whole/final.xyz parts/final.xyz

# Files of H5MD, as other programs read them.
$python - <<'P' || fail "the trajectory is not as H5MD wants it"
import csv, h5py, numpy as np
for name in ("whole", "parts"):
    steps = []
    for k in (1, 2, 3):
        with h5py.File(f"{name}/trajectory-{k:06d}.h5") as f:
            assert list(f["h5md"].attrs["version"]) == [1, 1]
            assert f["h5md/creator"].attrs["name"] == "kamacite"  # a str: readers compare with one
            assert isinstance(f["h5md/author"].attrs["name"], str)
            p = f["particles/all"]
            assert list(p["box"].attrs["boundary"]) == ["periodic"] * 3
            units = {"position/value": "Angstrom", "velocity/value": "Angstrom fs-1",
                     "force/value": "eV Angstrom-1", "box/edges/value": "Angstrom", "position/time": "fs"}
            for array, unit in units.items():
                assert p[array].attrs["unit"] == unit, (array, p[array].attrs["unit"])
            assert p["box"].attrs["dimension"] == 3
            n = len(p["position/step"])
            for element, width in (("position", 3), ("velocity", 3), ("force", 3), ("image", 3)):
                assert p[f"{element}/value"].shape == (n, 54, width), element
                assert list(p[f"{element}/step"]) == list(p["position/step"])
            assert "moment" not in p  # iron gives none
            assert p["box/edges/value"].shape == (n, 3, 3)
            assert np.allclose(p["position/time"], 2.0 * p["position/step"][:])
            assert list(p["species"]) == [26] * 54
            assert np.abs(p["force/value"][:].sum(axis=1)).max() < 1e-6
            steps += list(p["position/step"])
            last = p["position/value"][-1], p["box/edges/value"][-1], p["velocity/value"][-1]
    assert steps == list(range(0, 61, 10)), steps
    rows = list(csv.DictReader(open(f"{name}/thermo.csv")))
    # temperature and volume of the last row, from the last frame
    mass, kB = 55.845 * 103.642696562, 8.617333262e-5  # eV fs²/Å²
    kinetic = 0.5 * mass * (last[2] ** 2).sum()
    assert abs(kinetic / float(rows[-1]["kinetic_energy [eV]"]) - 1) < 1e-5
    assert abs(2 * kinetic / (kB * 3 * 53) / float(rows[-1]["temperature [K]"]) - 1) < 1e-5
    assert abs(np.linalg.det(last[1]) / float(rows[-1]["volume [A^3]"]) - 1) < 1e-8
P
expect 0 info whole/trajectory-000001.h5; prints "Angstrom fs-1"

# MDAnalysis knows no unit of forces with eV, and up to its issue 5051 no right factor of Å/fs.
if $python -W ignore -c 'import MDAnalysis' 2>/dev/null; then
    input plain 20 | sed '/barostat/d; s/forces: true/forces: false/' >plain.yaml
    expect 0 md plain.yaml
    $python -W ignore - <<'P' || fail "MDAnalysis reads something else"
import h5py, numpy as np, MDAnalysis
name = "plain/trajectory-000001.h5"
for as_written in (True, False):
    u = MDAnalysis.Universe("plain/final.xyz", name, topology_format="XYZ", format="H5MD", convert_units=not as_written)
    with h5py.File(name) as f:
        p = f["particles/all"]
        assert len(u.trajectory) == len(p["position/step"]) and len(u.atoms) == 54
        for k, ts in enumerate(u.trajectory):
            scale = 1.0 if as_written else 1e-3  # fs to ps
            assert np.allclose(ts.positions, p["position/value"][k], atol=1e-5)
            assert not as_written or np.allclose(ts.velocities, p["velocity/value"][k], atol=1e-6)
            assert abs(ts.time - scale * p["position/time"][k]) < 1e-9
            assert abs(ts.volume / abs(np.linalg.det(p["box/edges/value"][k])) - 1) < 1e-5
P
else
    echo "not tried: python3-mdanalysis is not installed"
fi
# What a frame says is what the model says of it.
$python - <<'P'
import h5py
with h5py.File("whole/trajectory-000003.h5") as f:
    p = f["particles/all"]
    r, h = p["position/value"][-1], p["box/edges/value"][-1]
    open("frame.xyz", "w").write("54\nLattice=\"%s\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n" %
        " ".join("%.17g" % x for x in h.ravel()) + "".join("Fe %.17g %.17g %.17g\n" % tuple(x) for x in r))
P
expect 0 predict frame.xyz -o predicted.xyz
$python - <<'P' || fail "forces of a frame are not the model's"
import h5py
with h5py.File("whole/trajectory-000003.h5") as f:
    forces = f["particles/all/force/value"][-1]
lines = open("predicted.xyz").read().splitlines()
import re
names = re.search(r"Properties=(\S+)", lines[1])[1].split(":")
at = sum(int(names[i + 2]) for i in range(0, 3 * (names.index("forces") // 3), 3))
for line, f in zip(lines[2:], forces):
    there = [float(x) for x in line.split()[at:at + 3]]
    assert max(abs(a - b) for a, b in zip(there, f)) < 1e-9
P

# Nothing is lost where the new run cannot begin, or the old one cannot go on.
sed 's/output: whole/output: whole\nhold: {atoms: [99]}/; /barostat/d' whole.yaml >bad.yaml
expect 78 md bad.yaml --fresh; says "hold.atoms"
sed '/structure/d; /supercell/d; s/output: whole/output: whole\nfrom: whole/' whole.yaml >bad.yaml
expect 78 md bad.yaml --fresh; says "is the output as well"
cp -r whole gone; rm gone/checkpoint.?.h5
sed 's/output: whole/output: gone/' whole.yaml >gone.yaml
expect 2 md gone.yaml --resume; says "its checkpoints are gone"
for file in thermo.csv trajectory-000001.h5 final.xyz; do same whole/$file gone/$file; done
sed 's/steps: 60/steps: 50/' whole.yaml >fewer.yaml
expect 78 md fewer.yaml --resume; says "has made 60"
[ -s whole/checkpoint.a.h5 ] && [ -s whole/summary.json ] || fail "a run is lost"

# A run that goes on from another; constant energy.
cat >from.yaml <<Y
kamacite: md
model: iron
from: whole
output: from
steps: 20
thermo: 1
frames: false
Y
expect 0 md from.yaml; says "54 atoms from step 60 of whole"
$python - <<'P' || fail "the energy is not conserved, or the velocities are lost"
import csv
before = list(csv.DictReader(open("whole/thermo.csv")))[-1]
rows = list(csv.DictReader(open("from/thermo.csv")))
assert abs(float(rows[0]["temperature [K]"]) / float(before["temperature [K]"]) - 1) < 1e-6
energies = [float(r["conserved [eV]"]) for r in rows]
assert max(energies) - min(energies) < 1e-3, energies
import glob, h5py
seeds = [tuple(h5py.File(max(glob.glob(f"{d}/checkpoint.?.h5"), key=lambda f: h5py.File(f).attrs["serial"]))["numbers/noise"]) for d in ("whole", "parts", "from")]
assert seeds[0] == seeds[1] != seeds[2], seeds  # another run must not have the same noise
P

# The input that comes along runs as it is, from the root of the repository.
ln -s "$SOURCE/inputs" inputs
sed 's/10, 10, 10/3, 3, 3/; s/steps: 20000/steps: 4/; s/equilibration: .*/equilibration: 0/; s/radial:/#&/' inputs/md/iron.yaml >shipped.yaml
expect 0 md shipped.yaml; prints "iron_300K/thermo.csv"; says "54 atoms"
# So does what init writes, as docs/howto/molecular_dynamics.md has it.
expect 0 init generate; cp out generate.yaml
expect 0 generate generate.yaml
expect 0 init md; sed 's/^model:.*/model: iron/; s/^#steps:.*/steps: 2/' out >init.yaml
expect 0 md init.yaml; prints "md/thermo.csv"

# From a file that no rank reads whole.
expect 0 predict cell.xyz --supercell 3,3,3 -o large.h5
input large 10 | sed 's/cell.xyz/large.h5/; /supercell/d' >large.yaml
input small 10 >small.yaml
expect 0 check large.yaml; prints "# atoms: 54"
expect 0 md large.yaml
expect 0 md small.yaml
same large/thermo.csv small/thermo.csv
# Velocities are drawn without a drift, whether one is removed later or not.
input drift 10 | sed '$a stop_drift: 0' >drift.yaml
expect 0 md drift.yaml; same small/thermo.csv drift/thermo.csv
# No table of the run before is left.
sed -E '/^(radial|displacements|crystal):/d' drift.yaml >less.yaml
expect 0 md less.yaml --fresh; same small/thermo.csv drift/thermo.csv
for table in radial displacements crystal; do absent drift/$table.csv; done

# A signal stops at a checkpoint; what is killed goes on from the last one, to the same end.
stopped_by() {  # <directory> <signal> <exit code> <rows of thermo.csv at which it comes>
    $LAUNCH "$KAMACITE" md "$1.yaml" --resume >out 2>err &
    local launcher=$! waited=0
    until [ "$(cat "$1/thermo.csv" 2>/dev/null | wc -l)" -gt "$4" ]; do
        sleep 0.1
        waited=$((waited + 1))
        [ $waited -lt 900 ] || fail "the run does not begin"
    done
    if [ "$2" = KILL ]; then
        local ranks
        ranks=$(pgrep -P $launcher)
        kill -KILL $launcher $ranks 2>/dev/null
    else
        kill -"$2" $launcher
    fi
    wait $launcher
    local code=$?
    [ "$3" = any ] || [ $code = "$3" ] || fail "$2: exit code $code, not $3"
}
input killed 60 >killed.yaml
stopped_by killed KILL any 7    # after step 30
stopped_by killed KILL any 10   # after step 45
$python -c "import h5py; h5py.File('killed/trajectory-000001.h5')['particles/all/position/value'][:]" ||
    fail "a closed file is damaged"
expect 0 md killed.yaml --resume
for table in thermo displacements crystal radial; do same whole/$table.csv killed/$table.csv; done
same whole/final.xyz killed/final.xyz
input signal 100000 >signal.yaml
stopped_by signal USR1 75 4; says "stopped at a checkpoint (SIGUSR1)"
expect 75 md signal.yaml --resume --max-hours 0.0002; says "the time limit"; says "goes on from step"

# Where the model is not to be trusted the run ends, and the surroundings are there.
input hot 500 | sed '/barostat/d; s/initial_temperature: 1000/initial_temperature: 30000/' >hot.yaml
echo "stop: {every: 5, grade: 1.5}" >>hot.yaml
expect 65 md hot.yaml; says "has grade"; says "hot/stopped.xyz"
grep -q "offending" hot/stopped.xyz || fail "nobody is named in stopped.xyz"
[ -s hot/checkpoint.a.h5 ] || [ -s hot/checkpoint.b.h5 ] || fail "no checkpoint where it stopped"

# Gone on with, it ends there again, and what shows why stays; so does one that is bad from its first step.
step=$(tail -n 1 hot/thermo.csv | cut -d, -f1)
expect 65 md hot.yaml --resume; says "has grade"; [ -s hot/stopped.xyz ] || fail "stopped.xyz is gone"
sed -i "s/^steps: .*/steps: $step/" hot.yaml
expect 65 md hot.yaml --resume; says "has grade"; absent hot/summary.json
sed 's/initial_temperature: 30000/initial_temperature: 300/; s/every: 5, grade: 1.5/every: 1000, grade: 1e-9/; s/output: hot/output: short/' hot.yaml | sed 's/^steps: .*/steps: 3/' >short.yaml
expect 65 md short.yaml; says "has grade"; absent short/summary.json

# What is held stays.
input held 20 | sed '/barostat/d' >held.yaml
echo "hold: {atoms: [1, 2]}" >>held.yaml
expect 0 md held.yaml
$python - <<'P' || fail "an atom that is held has moved"
import h5py, numpy as np
with h5py.File("held/trajectory-000001.h5") as f:
    r = f["particles/all/position/value"][:]
    assert np.array_equal(r[0, :2], r[-1, :2]) and np.abs(r[0, 2] - r[-1, 2]).max() > 1e-3
P

# An observer that is left out once goes on afterwards; a cluster has no pressure.
sed 's/output: whole/output: pause/; s/steps: 60/steps: 20/' whole.yaml >pause.yaml
expect 0 md pause.yaml
sed -i 's/steps: 20/steps: 40/; s/^displacements/#displacements/' pause.yaml
expect 0 md pause.yaml --resume
sed -i 's/steps: 40/steps: 60/; s/^#displacements/displacements/' pause.yaml
expect 0 md pause.yaml --resume
same whole/thermo.csv pause/thermo.csv
[ "$(wc -l <pause/displacements.csv)" = 6 ] || fail "displacements.csv is not steps 0, 10, 20, 50, 60"
same <(tail -n 1 whole/displacements.csv) <(tail -n 1 pause/displacements.csv)
sed 's/pbc="T T T"/pbc="F F F"/' cell.xyz >cluster.xyz
input cluster 20 | sed 's/cell.xyz/cluster.xyz/; /barostat/d; /radial/d' >cluster.yaml
expect 0 md cluster.yaml
grep -q pressure out && fail "a cluster has a pressure"
tail -n 1 cluster/thermo.csv | grep -q ',,,,,,,,' || fail "a cluster has a volume"

# What flies apart is no result.
input apart 200 | sed '/barostat/d; /thermostat/d; s/timestep: 2 fs/timestep: 30 fs/; s/1000 K/3000 K/' >apart.yaml
expect 70 md apart.yaml; says "step "; says "atom "; says "shorter time step"; absent apart/summary.json
# Nor is what stands still.
input still 1 | sed '/barostat/d; /thermostat/d; /initial_temperature/d' >still.yaml
expect 0 md still.yaml; says_once "initial_temperature is not given"
sed -i 's/^steps/initial_temperature: 0 K\nsteps/' still.yaml
expect 0 md still.yaml --fresh; grep -q "initial_temperature" err && fail "0 K that is meant is warned of"

# Wrong input.
refused() {  # <exit code> <what it says> <sed script>
    input wrong 20 | sed "$3" >wrong.yaml
    expect "$1" md wrong.yaml; says "$2"; absent wrong/thermo.csv
}
refused 78 "mtk goes with the thermostat nose_hoover" 's/barostat: {kind: rescaling/barostat: {kind: mtk/'
refused 78 "supercell" 's/\[3, 3, 3\]/[3, 3]/'
refused 78 "timestep" 's/2 fs/2 eV/'
refused 66 "nothere.xyz" 's/cell.xyz/nothere.xyz/'
refused 66 "nomodel" 's/model: iron/model: nomodel/'
refused 78 "hold.atoms" '/barostat/d; $a hold: {atoms: [55]}'
refused 78 "nothing is named" '/barostat/d; $a hold: {}'
refused 78 "there is no atom of Cr" '/barostat/d; $a hold: {elements: [Cr]}'
refused 78 "do not go with a barostat" '$a hold: {atoms: [5]}'
refused 78 "stop" '$a stop: {every: 5}'
sed 's/Fe 1.42/Cu 1.42/' cell.xyz >copper.xyz
refused 65 "copper.xyz" 's/cell.xyz/copper.xyz/'
sed 's/1.42 1.42 1.42/0 0 0/' cell.xyz >point.xyz
refused 65 "same point" 's/cell.xyz/point.xyz/'
sed 's/pbc="T T T"/pbc="T T F"/' cell.xyz >slab.xyz
refused 65 "not periodic" 's/cell.xyz/slab.xyz/'
# Another run is not gone on with, and what differs is named.
differs() {  # <what it says> <sed script>
    sed "$2" whole.yaml >other.yaml
    expect 78 md other.yaml --resume; says "other data or options"; says "$1"
}
differs "seed was 4 and is 5" 's/seed: 4/seed: 5/'
sed 's/Fe 0.0/Fe 0.1/' cell.xyz >moved.xyz
differs "structure was cell.xyz and is moved.xyz" 's/cell.xyz/moved.xyz/'
differs "barostat.cell was full and is isotropic" 's/cell: full/cell: isotropic/'
differs "barostat was given and is not given" '/barostat/d'
cp cell.xyz kept.xyz; cp moved.xyz cell.xyz
differs "'structure' names holds something else" ''
mv kept.xyz cell.xyz
sed -i 's/500 K/600 K/' whole.yaml
differs "thermostat.temperature was 500 K and is 600 K" ''
expect 0 md whole.yaml --fresh
