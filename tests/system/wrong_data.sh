# Data that cannot be used: the exit code tells the kind, the message the place and the mend, and no
# output is left.
source "$SOURCE/tests/system/wrong_words.sh"
printf '1\n%s %s energy=nan\nFe 0 0 0 0 0 0\n' "$lattice" "$columns" >energy.xyz
printf '1\n%s %s energy=-1\nFe 0 0 0 0 inf 0\n' "$lattice" "$columns" >force.xyz
printf '1\n%s energy=-1\nXx 0 0 0\n' "$lattice" >element.xyz
: >nothing.xyz
for damage in "position nan" "energy nan" "force finite" "element Xx" "nothing structures"; do
    set -- $damage
    train $1.xyz >train.yaml
    expect 65 import $1.xyz -o out.h5; says_once "error: "; says "$1.xyz"; says "$2"; no_output
    expect 65 train train.yaml;        says_once "error: "; says "$1.xyz"; says "$2"; no_output
done
for data in "missing 66" "cut 65"; do
    set -- $data
    train $1.h5 >train.yaml
    printf 'kamacite: describe\ndata: %s.h5\noutput: out.h5\n' $1 >describe.yaml
    expect $2 train train.yaml;        says_once "$1.h5: "; no_output
    expect $2 describe describe.yaml;  says_once "$1.h5: "; no_output
    expect $2 export $1.h5 -o out.xyz; says_once "$1.h5: "; no_output
done
