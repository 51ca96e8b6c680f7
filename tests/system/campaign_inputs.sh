# Sourced by tests of campaigns: the inputs of one whose labels an embedded-atom potential computes, by a script that
# writes a line to runs.log for each structure that it has labelled. FLAKY=1 in its environment: half of the
# calculations die of SIGKILL the first time. ROUNDS, COUNT, SEED, RANDOM_CHOICE in that of the test change it.
export OMPI_MCA_ess_singleton_isolated=1  # one process needs no daemon of its own
source "$SOURCE/tests/system/iron_setfl.sh"
cat >label.sh <<X2
print=\$(sed 1d structure.xyz | md5sum | cut -c1-12)
if [ -n "\${FLAKY:-}" ] && [[ \$print == [0-7]* ]] && mkdir "$PWD/died.\$print" 2>/dev/null; then kill -9 \$\$; fi
"$KAMACITE" predict "$PWD/made.eam" structure.xyz -o labelled.xyz || exit
echo "\$print" >>"\${RUNS:-$PWD/runs.log}"
X2
cat >first.yaml <<'Y'
kamacite: generate
output: unused.h5
recipes:
  - name: bcc
    lattice_constant_range: {from: 2.7 angstrom, to: 3.0 angstrom, count: 3}
    cell: conventional
    displacements: {kind: gaussian, amplitudes: 0.05 angstrom}
    repetitions: 2
Y
cat >hidden.yaml <<'Y'
kamacite: generate
output: hidden0.h5
seed: 99
recipes:
  - name: hot_bcc
    lattice_constants: 2.8 2.87 2.95 angstrom
    cell: conventional
    supercell: [2, 1, 1]
    displacements: {temperatures: 300 900 1500 K}
    repetitions: 2
Y
cat >start.yaml <<'Y'
kamacite: generate
output: start.h5
recipes:
  - name: start
    lattice_constants: 2.83 2.93 angstrom
    cell: conventional
    supercell: [2, 1, 1]
Y
cat >label.yaml <<Y
kamacite: label
program: {name: command, command: 'bash $PWD/label.sh', level: Finnis and Sinclair}
job: {processes: 1, time: 5 min}
Y
cat >train.yaml <<'Y'
kamacite: train
data: [unused.h5]
output: unused
committee: {members: 3}
split: {method: random, validation: 0.15, test: 0}
descriptors:
  cutoff_radial: 4.5 angstrom
  cutoff_angular: 4 angstrom
  radial_centred: 4
  radial_shifted: 4
  angular_eta: 0.03 1/angstrom^2
  zeta: [1]
model:
  energy: {hidden: [8]}
stages:
  - {optimiser: adam, epochs: 60, batch: 4, learning_rate: 0.005}
Y
cat >campaign.yaml <<Y
kamacite: campaign
label: label.yaml
train: train.yaml
first: first.yaml
test: hidden.h5
seed: ${SEED:-1}
explore:
  dynamics:
    - {structures: [start.h5], temperatures: 300 900 1800 K, steps: 200, every: 20, timestep: 2 fs}
select: {count: ${COUNT:-3}, random: ${RANDOM_CHOICE:-false}}
stop: {rounds: ${ROUNDS:-4}, share: 0, least_fall: 0}
job: {processes: 1, time: 10 min, launch: env}
jobs: {scheduler: local, poll: 0.1 s}
Y
for name in hidden start; do "$KAMACITE" generate $name.yaml >out 2>err || fail "generate $name"; done
"$KAMACITE" predict made.eam hidden0.h5 -o hidden.h5 >out 2>err || fail "hidden labels"
hash_of() { "$KAMACITE" info "$1" 2>/dev/null | sed -n 's/.*hash \(xxh64:[0-9a-f]*\).*/\1/p'; }
# Nothing in runs.log twice, and as many as there are labels.
each_once() {
    local twice labels
    twice=$(sort runs.log | uniq -d)
    [ -z "$twice" ] || fail "computed twice: $twice"
    labels=$("$KAMACITE" info "$1" | sed -n 's/^\([0-9]*\) structures.*/\1/p')
    [ "$(wc -l <runs.log)" = "$labels" ] || fail "$(wc -l <runs.log) calculations for $labels labels"
}
