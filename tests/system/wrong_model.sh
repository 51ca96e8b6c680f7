# Models that cannot be used, structures that a model cannot take, outputs that cannot be written.
source "$SOURCE/tests/system/wrong_words.sh"
printf '1\n%s energy=-1\nNi 0 0 0\n' "$lattice" >nickel.xyz
train two.h5 model >train.yaml
expect 0 train train.yaml
expect 0 info model/model.h5;          prints "model/model.h5: model"; prints "cutoff_radial: 5 angstrom"
expect 0 info model/checkpoint.a.h5;   prints "model/checkpoint.a.h5: checkpoint"
expect 0 info two.split-default.h5;    prints "split"
expect 2 train train.yaml;             says "--resume"
expect 65 predict model/model.h5 nickel.xyz -o out.xyz;   says "nickel.xyz@0"; says "element Ni that the model does not know (it knows Fe): take"; no_output
expect 65 predict model/model.h5 position.xyz -o out.xyz; says "position.xyz:3"; no_output
expect 65 predict model/model.h5 cut.h5 -o out.xyz;       says_once "cut.h5: "; no_output
expect 65 predict two.h5 two.xyz -o out.xyz;              says "two.h5: this is not a kamacite model"; no_output
expect 65 evaluate model/model.h5 nickel.xyz;             says "Ni"
head -c 3000 model/model.h5 >half.h5
expect 65 predict half.h5 two.xyz -o out.xyz;             says_once "half.h5: "; no_output
expect 66 predict none.h5 two.xyz -o out.xyz;             says_once "none.h5: "; no_output

# Outputs that cannot be: a directory that nobody can make, a device that a rename would replace.
expect 74 import two.xyz -o /proc/out.h5;                 says "/proc/out.h5"
expect 74 predict model/model.h5 two.xyz -o /proc/o.xyz;  says "/proc/o.xyz"
mkfifo pipe.xyz
expect 74 predict model/model.h5 two.xyz -o pipe.xyz;     says "pipe.xyz (it is a device or a pipe"
expect 74 export two.h5 -o pipe.xyz;                      says "pipe.xyz (it is a device or a pipe"
[ -p pipe.xyz ] || fail "the pipe is gone"
train two.h5 /proc/run >train.yaml
expect 74 train train.yaml;                               says "/proc/run"
