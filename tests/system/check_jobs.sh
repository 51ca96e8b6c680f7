# check of inputs whose commands run jobs: what they cost at most, what stands in the way, and nothing is touched.
cat >start.xyz <<'X'
2
Lattice="2.83 0 0 0 2.83 0 0 0 2.83" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.415 1.415 1.415
2
Lattice="2.90 0 0 0 2.90 0 0 0 2.90" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
C 1.45 1.45 1.45
2
Lattice="2.83 0 0 0 2.83 0 0 0 2.83" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.415 1.415 1.415
X
files() { ls -R . | grep -vx -e out -e err; }  # what a check may not change
keep() { cat >"$1"; there=$(files); }
untouched() { [ "$(files)" = "$there" ] || fail "files were left: $(ls)"; }

# label: structures are counted once, costs are those of all starts
keep label.yaml <<'Y'
kamacite: label
structures: [start.xyz]
program: {name: command, command: cp structure.xyz labelled.xyz, level: none}
magnetism: {starts: [ferromagnetic, nonmagnetic]}
job: {time: 30 min, nodes: 2, processes: 1}
Y
expect 0 check label.yaml
prints "# structures, each counted once: 2"; prints "calculations to be done at most, one from each magnetic start: 4"
prints "none is tried again: 4 node-hours"; says "directory: label"
grep -q "not ready" out && fail "it is ready"
untouched
expect 0 check label.yaml --json;  prints '"node_hours"'
keep wrong.yaml < <(sed 's/^structures.*/&\noutput: labels.h5/' label.yaml)
expect 78 check wrong.yaml;        says_once "wrong.yaml:3: output: labels.h5 cannot grow"

# what is not there is told, all of it
keep pw.yaml <<'Y'
kamacite: label
structures: [start.xyz, absent.xyz]
directory: start.xyz/label
program: {name: pw, command: no_such_program, potentials: [{element: Fe, file: pseudo/Fe.UPF}]}
job: {processes: 3}
jobs: {cores: 2}
Y
expect 0 check pw.yaml
prints "absent.xyz is not there"; prints "no_such_program"; prints "Fe.UPF"; prints "there is none for C"
prints "a job needs 3 cores, but 2"; prints "start.xyz is no directory"
untouched
expect 66 label pw.yaml

# no Slurm, or none that knows such a partition
mkdir slurm; printf '#!/bin/sh\nexit 1\n' >slurm/sbatch; chmod +x slurm/sbatch; cp slurm/sbatch slurm/sinfo; cp slurm/sbatch slurm/scontrol
keep slurm.yaml < <(sed 's/^job:.*/&\njobs: {scheduler: slurm, partition: nowhere}/' label.yaml)
PATH=$PWD/slurm:$PATH expect 0 check slurm.yaml;  prints "# not ready to run: "; prints "Slurm"
untouched

# campaign: its inputs are read, and complaints name them
keep train.yaml <<'Y'
kamacite: train
data: [unused.h5]
model: {energy: {hidden: [4]}}
stages: [{optimiser: adam, epochs: 1}]
Y
keep first.yaml <<'Y'
kamacite: generate
recipes: [{name: bcc, lattice_constants: 2.8 2.9 angstrom}]
Y
keep campaign.yaml <<'Y'
kamacite: campaign
label: label.yaml
train: train.yaml
first: first.yaml
explore:
  dynamics: [{structures: [start.xyz], temperatures: 300 600 K, copies: 2, steps: 100, every: 10}]
  recipes: [first.yaml]
select: {count: 5}
stop: {rounds: 3}
job: {time: 1 h}
jobs: {node_hours: 7}
Y
expect 0 check campaign.yaml
prints "walks in each round: 12"; prints "candidates in each round, at most: 122"
prints "labelled before the first model: 2"; prints "structures to be labelled, at most: 17"
prints "jobs of labels, training and exploration, at most: 41"; prints "none is tried again: 41 node-hours"
prints "the budget jobs.node_hours is 7"; prints "train.yaml trains one model"
untouched
printf 'committee: {members: 2}\n' >>train.yaml
expect 0 check campaign.yaml;      grep -q "trains one model" out && fail "the committee is not seen"
keep nowhere.yaml < <(sed 's/start.xyz/nowhere.xyz/' campaign.yaml)
expect 0 check nowhere.yaml;       prints "explore.dynamics.structures: nowhere.xyz is not there"
keep mine.yaml < <(sed 's/label.yaml/mine.yaml/' campaign.yaml)
expect 78 check mine.yaml;         says "mine.yaml:1: kamacite: 'campaign'"
keep without.yaml < <(sed 's/label.yaml/gone.yaml/' campaign.yaml)
expect 0 check without.yaml;        prints "gone.yaml is not there: 'kamacite init label -o gone.yaml'"
printf 'epochs: 3\n' >>train.yaml
expect 78 check campaign.yaml;     says_once "train.yaml:6: epochs: unknown key"
sed -i '$d' train.yaml
keep vasp.yaml < <(printf 'program: {name: vasp}\n' | cat - label.yaml | grep -v '^program: {name: command')
keep of_vasp.yaml < <(sed 's/label.yaml/vasp.yaml/' campaign.yaml)
expect 78 check of_vasp.yaml;      says "vasp.yaml:1: program.potentials: none is named"
untouched

# labels of another level of theory are refused as they would be by the campaign
cat >labelled.xyz <<'X'
2
Lattice="2.83 0 0 0 2.83 0 0 0 2.83" Properties=species:S:1:pos:R:3:forces:R:3 energy=-16.0 pbc="T T T"
Fe 0.0 0.0 0.0 0.0 0.0 0.0
Fe 1.415 1.415 1.415 0.0 0.0 0.0
X
keep data.yaml < <(sed 's/^first.*/data: [labelled.xyz]/' campaign.yaml)
expect 65 check data.yaml;         says "of a level of theory that is not told"
printf 'other_levels: true\n' >>data.yaml
expect 0 check data.yaml;          prints "structures with labels to begin with: 1"
