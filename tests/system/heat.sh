# Conduction of heat by dynamics of the shipped model, far too short: what is written, and what is told.
cat >heat.yaml <<'Y'
kamacite: properties
output: field
equation_of_state: {points: 9, width: 0.02}
elastic: false
bain: false
point_defects: false
surfaces: false
heat_transport:
  method: hnemd
  fields: [0.001, 0.002]
  temperatures: 600 900 K
  lattice_constants: 2.84 angstrom
  supercell: 2
  runs: 2
  equilibration: 20 fs
  duration: 200 fs
  interval: 2 fs
Y
expect 0 check heat.yaml
expect 0 properties heat.yaml
prints "lattice_conductivity_600K"; prints "lattice_conductivity_900K"
for file in heat_conductivity.csv heat_running.csv heat_fields.csv properties.json; do
    [ -s field/$file ] || fail "$file is not there"
done
sed -e 's|output: field|output: still|' -e 's|method: hnemd|method: green_kubo|' -e 's|  fields: .*|  correlation_time: 50 fs|' \
    -e 's|600 900 K|600 K|' heat.yaml >still.yaml
expect 0 properties still.yaml
[ -s still/heat_spectrum.csv ] || fail "heat_spectrum.csv is not there"
python3 - <<'P' || fail "the numbers do not hang together"
import csv, json
rows = lambda name: list(csv.DictReader(l for l in open(name) if l[0] != "#"))
number = lambda r, k: float(next(v for n, v in r.items() if n.split(" [")[0] == k))
for d, temperatures in (("field", [600, 900]), ("still", [600])):
    table = rows(f"{d}/heat_conductivity.csv")
    assert [number(r, "temperature") for r in table] == temperatures, table
    p = json.load(open(f"{d}/properties.json"))["properties"]
    for r in table:
        v = p[f"lattice_conductivity_{number(r, 'temperature'):.0f}K"]
        assert v["unit"] == "W/m/K" and abs(v["value"] - number(r, "conductivity")) < 1e-9 * abs(v["value"]), v
        assert number(r, "error") > 0 and number(r, "lattice constant") == 2.84, r
# the mean of two fields by their errors, where they agree; else that of the weaker
fields = rows("field/heat_fields.csv")
for r in rows("field/heat_conductivity.csv"):
    a, b = ((number(f, "conductivity"), number(f, "error")) for f in fields if number(f, "temperature") == number(r, "temperature"))
    w = [x[1] ** -2 for x in (a, b)]
    both = (w[0] * a[0] + w[1] * b[0]) / sum(w)
    k = number(r, "conductivity")
    assert min(abs(k - both), abs(k - a[0])) < 1e-6 * abs(k), (r, a, b)
# the spectrum at zero frequency is the conductivity
first = rows("still/heat_spectrum.csv")[0]
k = number(rows("still/heat_conductivity.csv")[0], "conductivity")
assert number(first, "frequency") == 0 and abs(number(first, "spectrum") - k) < 1e-6 * k, (first, k)
P
# What is wrong is told.
sed 's|interval: 2 fs|interval: 2.5 fs|' heat.yaml >interval.yaml; expect 78 properties interval.yaml; says "heat_transport.interval"
sed 's|duration: 200 fs|duration: 100 fs|' heat.yaml >duration.yaml; expect 78 properties duration.yaml; says "100 at least"
sed 's|fields: .*|fields: []|' heat.yaml >fields.yaml; expect 78 properties fields.yaml; says "heat_transport.fields"
sed 's|^heat_transport|lattice: hcp\n&|' heat.yaml >hcp.yaml; expect 78 properties hcp.yaml; says "not cubic"

# Runs that are killed or told to stop go on with the same line, to the same bits.
sed -e 's|output: field|output: whole|' -e 's|600 900 K|600 K|' -e 's|duration: .*|duration: 3 ps|' -e 's|interval: .*|interval: 20 fs|' \
    -e '$a\  checkpoint_minutes: 0.002' heat.yaml >whole.yaml
expect 0 properties whole.yaml
sed 's|output: whole|output: parts|' whole.yaml >parts.yaml
stopped_by() {  # <signal> <exit code>, once a checkpoint is new
    touch mark
    $LAUNCH "$KAMACITE" properties parts.yaml >out 2>err &
    local launcher=$! waited=0
    # of both runs there is one, or rank 0 has nothing to go on from
    until [ -n "$(find parts/heat_runs -name 'checkpoint.?.h5' -newer mark 2>/dev/null)" ] &&
        [ "$(find parts/heat_runs -name 'checkpoint.?.h5' -printf '%h\n' | sort -u | wc -l)" = 2 ]; do
        sleep 0.1
        waited=$((waited + 1))
        [ $waited -lt 900 ] || fail "no checkpoint is written"
    done
    if [ "$1" = KILL ]; then
        local ranks
        ranks=$(pgrep -P $launcher)
        kill -KILL $launcher $ranks 2>/dev/null
    else
        kill -"$1" $launcher
    fi
    wait $launcher
    local code=$?
    [ "$2" = any ] || [ $code = "$2" ] || fail "$1: exit code $code, not $2"
}
stopped_by KILL any
stopped_by KILL any
absent parts/properties.csv
stopped_by USR1 75; says "stopped at a checkpoint (SIGUSR1)"; says "of 2 at 600 K, a = 2.8400 Å, field 0.001 /Å goes on from step"
absent parts/properties.csv
expect 0 properties parts.yaml
for table in heat_conductivity heat_fields heat_running properties; do same whole/$table.csv parts/$table.csv; done
sed 's|duration: .*|duration: 3000 ps|' parts.yaml >longer.yaml
expect 75 properties longer.yaml --max-hours 0.001; says "the time limit"; says "goes on from step"
