# Models of n2p2 wherever a MODEL is taken, convert there and back, committees.

# Writes weights of iron for 3 inputs and 4 nodes. weights <file> <seed>
weights() {
    awk -v seed="$2" 'BEGIN { srand(seed); for (i = 0; i < 21; ++i) printf "%.17g\n", 2 * rand() - 1 }' >"$1"
}
# An n2p2 model of iron without weights. settings <directory> [line]
settings() {
    mkdir -p "$1"
    cat >"$1/input.nn" <<END
number_of_elements 1
elements Fe
cutoff_type 6 0.0
scale_symmetry_functions   # by the range
global_hidden_layers_short 1
global_nodes_short 4
global_activation_short t l
symfunction_short Fe 3 Fe Fe 0.01 1 2 4.5
symfunction_short Fe 2 Fe 0.3 0.0 5.0
symfunction_short Fe 2 Fe 0.1 0.0 5.0
mean_energy -3460.5
conv_energy 1.5
conv_length 1.0
${2:-epochs 10}
END
    printf '1 1 0 20 5 1\n1 2 0 10 2 1\n1 3 0 10 2 1\n' >"$1/scaling.data"
}
settings iron; weights iron/weights.026.data 1
head -6 "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" >two.xyz
n_frames=$(grep -c energy two.xyz)

expect 0 predict iron two.xyz -o plain.xyz
[ "$(grep -c ' energy=' plain.xyz)" = "$n_frames" ] || fail "plain.xyz lacks energies: $(cat plain.xyz)"
grep -q energy_std plain.xyz && fail "a single model has no spread"
expect 0 evaluate iron two.xyz --json;  prints '"quantity": "energy"'
expect 0 info iron;                     prints "iron: n2p2 model"; prints '["Fe"]'; prints "iron/weights.026.data xxh64:"
expect 0 info iron --json;              prints '"cutoff": 5.0'
expect 0 report iron -o page.html;      grep -q "hidden layers 4, tanh" page.html || fail "the report lacks the model"

# There and back: the same predictions to the last digit that is written, then the same files.
expect 0 convert iron -o iron.h5;                       says "1 model written to iron.h5 (kamacite)"
expect 0 convert iron.h5 -o again --format n2p2
expect 0 convert again -o again.h5
expect 0 convert again.h5 -o third --format n2p2
for file in input.nn scaling.data weights.026.data; do same again/$file third/$file; done
for model in iron.h5 again again.h5; do
    expect 0 predict $model two.xyz -o other.xyz --force; same plain.xyz other.xyz
done
expect 0 info iron.h5;                                  prints "iron/input.nn xxh64:"
expect 2 convert iron.h5 -o again --format n2p2;        says "again is there already"
expect 0 convert iron.h5 -o kim_iron/ --format kim;     says "1 model written to kim_iron/ (kim)"
grep -q 'project(kim_iron ' kim_iron/CMakeLists.txt || fail "the model has not the name of its directory"
expect 2 convert iron.h5 -o kim-iron --format kim;      says "-o iron_kim"; absent kim-iron
expect 2 convert iron.h5 -o kim_iron --format kim;      says "kim_iron is there already"
expect 65 convert two.xyz -o new --format kim;          says "two.xyz: this is text"; absent new
expect 2 convert iron.h5 -o new;                        says "--format n2p2"; absent new
expect 74 convert iron.h5 -o /proc/new --format n2p2;   says "/proc/new"

# Units: lengths in bohr are shorter in Å, so other energies come out.
expect 0 predict iron two.xyz -o bohr.xyz --length-unit bohr --energy-unit hartree
cmp -s plain.xyz bohr.xyz && fail "the units have no effect"
expect 0 predict iron.h5 two.xyz -o other.xyz --force --length-unit bohr;  says "no effect on models of kamacite"
expect 2 predict iron two.xyz -o other.xyz --length-unit nm
# input.data beside a model in bohr is read as angstrom, and that is told with the mend.
expect 0 export two.xyz -o input.data
expect 0 predict iron input.data -o other.xyz --force --length-unit bohr;  says_once "import input.data -o data.h5 --length-unit bohr"
expect 0 evaluate iron input.data --length-unit bohr;              says_once "lengths are read as angstrom"
expect 0 predict iron input.data -o other.xyz --force
grep -q "read as angstrom" err && fail "there is nothing to warn of"

# Mixed precision: close, and not the same.
expect 0 predict iron two.xyz -o mixed.xyz --precision mixed
cmp -s plain.xyz mixed.xyz && fail "the precision has no effect"
awk '{ if (match($0, / energy=[^ ]+/)) e[FILENAME, ++n[FILENAME]] = substr($0, RSTART + 8, RLENGTH - 8) }
     END { for (i = 1; i <= n["plain.xyz"]; ++i) if ((e["plain.xyz", i] - e["mixed.xyz", i])^2 > 1e-8) exit 1 }' \
    plain.xyz mixed.xyz || fail "mixed precision is far off"
expect 0 evaluate iron two.xyz --precision mixed
expect 2 convert iron -o precise.h5 --precision mixed

# Committees: weight sets below one input.nn, directories of models, model files.
settings set; for m in 1 2 3; do mkdir set/nnp-data-$m; weights set/nnp-data-$m/weights.026.data $m; done
expect 0 predict set two.xyz -o spread.xyz;             says "a committee of 3 models"
for key in 'energy_std=' 'force_std:R:1' 'extrapolation'; do
    grep -q "$key" spread.xyz || fail "spread.xyz has no $key"
done
expect 0 predict set two.xyz -o spread.h5
expect 0 export spread.h5 -o spread_back.xyz;           grep -q energy_std= spread_back.xyz || fail "spread.h5 has no energy_std"
expect 0 evaluate set two.xyz;                          prints "energy"
expect 0 info set;                                      prints "set: committee"
expect 0 convert set -o several --format n2p2;          says "committee of 3 models"
expect 0 predict several two.xyz -o other.xyz --force; same spread.xyz other.xyz
expect 0 convert set -o files --format kamacite;        [ -s files/model-3.h5 ] || fail "no files/model-3.h5"
expect 0 predict files two.xyz -o other.xyz --force; same spread.xyz other.xyz
expect 0 convert set -o set.h5;                         says "committee of 3 models"
expect 0 predict set.h5 two.xyz -o other.xyz --force; same spread.xyz other.xyz
awk 'BEGIN { while ((getline line < "set/nnp-data-2/weights.026.data") > 0) print line }' >iron/weights.026.data
expect 0 predict iron two.xyz -o member.xyz
# The mean of the three energies is the energy of the committee.
for m in 1 2 3; do
    cp set/nnp-data-$m/weights.026.data iron/weights.026.data
    expect 0 predict iron two.xyz -o member$m.xyz
done
awk '{ if (match($0, / energy=[^ ]+/)) { e[FILENAME, ++n[FILENAME]] = substr($0, RSTART + 8, RLENGTH - 8) }
       if (FILENAME == "spread.xyz" && match($0, /energy_std=[^ ]+/)) s[++k] = substr($0, RSTART + 11, RLENGTH - 11) }
     END { for (i = 1; i <= k; ++i) {
         a = e["member1.xyz", i]; b = e["member2.xyz", i]; c = e["member3.xyz", i]; mean = (a + b + c) / 3
         std = sqrt(((a - mean)^2 + (b - mean)^2 + (c - mean)^2) / 2)
         if (k < 1 || (mean - e["spread.xyz", i])^2 > 1e-14 || (std - s[i])^2 > 1e-12 || std == 0) exit 1 } if (k < 1) exit 1 }' \
    member1.xyz member2.xyz member3.xyz spread.xyz || fail "mean and spread are not those of the members: $(head -2 spread.xyz)"

# What is wrong is told with its place, on any number of ranks once.
no_output() { absent out.xyz; }
settings bad "use_electrostatics"; weights bad/weights.026.data 1
expect 78 predict bad two.xyz -o out.xyz;               says_once "bad/input.nn:14: use_electrostatics"; no_output
settings bad "wobble 3"
expect 0 predict bad two.xyz -o other.xyz --force; says_once "bad/input.nn:14: wobble"
settings bad; echo 1.0 >>bad/weights.026.data
expect 65 predict bad two.xyz -o out.xyz;               says_once "bad/weights.026.data:22"; no_output
rm bad/weights.026.data
expect 66 predict bad two.xyz -o out.xyz;               says_once "no weights.026.data"; no_output
weights bad/weights.026.data 1; rm bad/scaling.data
expect 66 predict bad two.xyz -o out.xyz;               says_once "bad/scaling.data"; no_output
mkdir empty
expect 65 predict empty two.xyz -o out.xyz;             says_once "there is no model in this directory"; no_output
settings mixed/a; weights mixed/a/weights.026.data 1
settings mixed/b; sed 's/Fe/Ni/g' mixed/b/input.nn >ni.nn; mv ni.nn mixed/b/input.nn; weights mixed/b/weights.028.data 1
expect 65 predict mixed two.xyz -o out.xyz;             says_once "mixed/b: it has the elements Ni"; no_output
