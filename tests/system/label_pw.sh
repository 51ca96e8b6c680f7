# label by pw.x itself: three small cells of iron, coarse (skipped where pw.x or its iron is absent).
pseudo=/usr/share/espresso/pseudo/Fe.pbe-nd-rrkjus.UPF
command -v pw.x >/dev/null && [ -e $pseudo ] || { echo "skipped: no pw.x, or no $pseudo (quantum-espresso)"; exit 77; }
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
cat >cells.yaml <<'Y'
kamacite: generate
output: cells.h5
recipes:
  - {name: bcc, lattice_constants: 2.8 2.85 2.9 angstrom, cell: conventional}
Y
expect 0 generate cells.yaml
input() { # <name> <structures> <starts> <file of iron>
    cat >$1.yaml <<Y
kamacite: label
structures: [$2]
output: $1.kds
directory: $1
program:
  name: pw
  command: pw.x
  potentials: [{element: Fe, file: $4}]
  ecutwfc: 25 Ry
  ecutrho: 200 Ry
  k_mesh: [2, 2, 2]
  convergence: 1e-4 eV
magnetism: {starts: [$3]}
job: {time: 3 min}
jobs: {scheduler: local, poll: 0.1 s}
Y
}
input absent cells.h5 ferromagnetic $here/no.UPF
expect 66 label absent.yaml; says "no.UPF"; absent absent; absent absent.kds
input iron cells.h5 "ferromagnetic, antiferromagnetic" $pseudo
expect 0 label iron.yaml; prints "3 of 3 structures have labels"
expect 0 info iron.kds; prints "3 structures"; prints "Fe.pbe-nd-rrkjus"; prints '"ecutwfc'; prints '"version":"'
python3 - <<'P' || fail "not the lowest: $(cat iron/labels.csv)"
import csv, json
energy = {}
for line in map(json.loads, open("iron/journal.jsonl")):
    if line["kind"] == "label.outcome":
        assert line["data"]["decision"] == "accept", line
        energy.setdefault(line["data"]["key"], {})[line["data"]["start"]] = line["data"]["energy"]
rows = list(csv.DictReader(open("iron/labels.csv")))
assert len(rows) == 3
for row in rows:
    starts = energy[row["key"]]
    assert len(starts) == 2 and row["state"] == "labelled" and row["start"] == min(starts, key=starts.get), (row, starts)
P
before=$(find iron/labels -name 'run.*' | wc -l)
[ "$before" = 6 ] || fail "$before runs"
expect 0 label iron.yaml; prints "3 of 3"
# Two atoms on nearly one point beside a good cell: that one alone gets no label.
cat >odd.xyz <<'X2'
2
Lattice="2.85 0 0 0 2.85 0 0 0 2.85" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 0.2 0.0 0.0
1
Lattice="-1.4 1.4 1.4 1.4 -1.4 1.4 1.4 1.4 -1.4" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
X2
input iron "cells.h5, odd.xyz" "ferromagnetic, antiferromagnetic" $pseudo
looks=0
while :; do
    timeout 120 $LAUNCH "$KAMACITE" label iron.yaml --once >out 2>err
    code=$?
    [ $code = 75 ] || break
    looks=$((looks + 1)); [ $looks -lt 100 ] || fail "no end of it"
    sleep 0.3
done
[ $code = 0 ] && [ $looks -gt 0 ] || fail "--once ends with $code after $looks looks"
prints "4 of 5 structures"; says "1 got none"
grep ',quarantined,' iron/labels.csv | grep -q 'odd.xyz.*atoms 0 and 1 (counted from 0) are 0.20 Å apart' || fail "$(cat iron/labels.csv)"
