# Targets of temperature and pressure that move from the first to the last step, by the command. What follows lags by the time
# constants, some 0.5 GPa here.
source "$SOURCE/tests/system/iron_setfl.sh"
cat >cell.xyz <<'X'
2
Lattice="2.86 0 0 0 2.86 0 0 0 2.86" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.43 1.43 1.43
X
cat >md.yaml <<'Y'
kamacite: md
model: made.eam
structure: cell.xyz
supercell: [4, 4, 4]
output: ramp
steps: 1200
timestep: 2 fs
initial_temperature: 600 K
thermostat: {kind: rescaling, temperature: 300 K, final_temperature: 900 K, time_constant: 20 fs}
barostat: {kind: rescaling, pressure: 0 GPa, final_pressure: 12 GPa, time_constant: 100 fs, cell: isotropic}
frames: false
thermo: 1
Y
expect 0 md md.yaml
python3 - <<'P' || fail "the targets are not followed"
import csv
rows = list(csv.DictReader(open("ramp/thermo.csv")))
t = next(k for k in rows[0] if k.startswith("temperature"))
p = next(k for k in rows[0] if k.startswith("pressure"))
def mean(key, first, last):
    part = [float(r[key]) for r in rows[int(first * len(rows)):int(last * len(rows))]]
    return sum(part) / len(part)
print([round(mean(t, a / 4, a / 4 + 0.25)) for a in range(4)], [round(mean(p, a / 4, a / 4 + 0.25), 1) for a in range(4)])
for quarter in (1, 2, 3):  # the first is on its way from the start; targets in the middle of each
    middle = (quarter + 0.5) / 4
    target = 300 + 600 * middle
    assert abs(mean(t, quarter / 4, quarter / 4 + 0.25) - target) < 0.08 * target, (quarter, target)
    assert abs(mean(p, quarter / 4, quarter / 4 + 0.25) - 12 * middle) < 1.2, (quarter, 12 * middle)
P
