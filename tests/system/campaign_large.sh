# A campaign that explores structures which all ranks share: warmed supercells with a vacancy, of which the cells that the models know
# least about become small ones. The same cells by one and by two processes.
ROUNDS=1
source "$SOURCE/tests/system/campaign_inputs.sh"
LAUNCH=""
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1  # the jobs of training are started by mpirun, as anybody would
cat >large.yaml <<'Y'
kamacite: generate
output: large.h5
recipes:
  - name: empty_site
    lattice_constants: 2.87 angstrom
    supercell: [3, 3, 3]
    vacancies: {}
Y
expect 0 generate large.yaml
sed -i '/^  dynamics:/,/^    - /d; s/^explore:/&\n  environments:\n    structures: [large.h5]\n    supercell: [2, 2, 2]\n    dynamics: {temperatures: 300 900 K, steps: 20, every: 10, timestep: 2 fs}\n    most: 4/' campaign.yaml
sed -i 's/select: {count: 3.*/select: {count: 3, force_spread: {low: 1e-3 eV\/angstrom, high: 1000 eV\/angstrom}, energy_spread: {low: 1e-5 eV, high: 1000 eV}, grade: {low: 1, high: 1e6}}/' campaign.yaml
expect 0 check campaign.yaml; prints "candidates in each round, at most: 8"
expect 0 campaign run campaign.yaml; prints "1 rounds of labels were asked for"
table=campaign/rounds/001/candidates.csv
grep -q '"environment"' $table || fail "no cell was cut: $(cat $table)"
grep -q 'around atom [0-9]* of large.h5 at 900 K in round 1' $table || fail "where cells are of is not told: $(cat $table)"
[ "$(grep -c 'environment' $table)" -le 8 ] || fail "more cells than were asked for"
expect 0 campaign explain campaign.yaml r001-0000; prints "around atom"; prints "large.h5 at"
expect 0 info campaign/dataset.kds; prints "9 structures"
sed "s/^label:/directory: two\n&/; s/processes: 1, time: 10 min, launch: env/processes: 2, time: 10 min/" campaign.yaml >two.yaml
grep -q "processes: 2" two.yaml || fail "the same input"
expect 0 campaign run two.yaml
places() { grep -o 'around atom [0-9]* of large.h5 at [0-9]* K' "$1/rounds/001/candidates.csv"; }
[ "$(places two)" = "$(places campaign)" ] || fail "two processes cut other cells: $(diff <(places two) <(places campaign))"
sed "s/^label:/directory: wrong\n&/; s/^  environments:/  dynamics: [{structures: [start.h5], strains: [-0.1], random_strain: 0.31}]\n&/" campaign.yaml >wrong.yaml
expect 78 campaign run wrong.yaml; says "can turn a cell inside out"; absent wrong
sed "s/large.h5/missing.xyz/; s/^label:/directory: wrong\n&/" campaign.yaml >wrong.yaml
expect 0 check wrong.yaml; prints "missing.xyz is not there"
for wrong in "supercell: \[2, 2\]" "dynamics: {temperatures: []}"; do
    sed "s/    supercell: .*/    $wrong/; s/^label:/directory: wrong\n&/" campaign.yaml | awk '!(/dynamics/ && seen++)' >wrong.yaml
    expect 78 campaign run wrong.yaml; says "explore.environments"; absent wrong
done
