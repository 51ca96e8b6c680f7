# Words of the tests of wrong data: a training input, small files, and what must not be left behind.
lattice='Lattice="3 0 0 0 3 0 0 0 3"'
columns='Properties=species:S:1:pos:R:3:forces:R:3'
printf '1\n%s %s energy=-1\nFe nan 0 0 0 0 0\n' "$lattice" "$columns" >position.xyz
head -6 "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" >two.xyz
expect 0 import two.xyz -o two.h5
head -c $(($(stat -c %s two.h5) - 100)) two.h5 >cut.h5

# The input of a short training. train <data> <output>
train() {
    printf 'kamacite: train\ndata: [%s]\noutput: %s\nsplit: {method: random, validation: 0.5, test: 0}\n' "$1" "${2:-run}"
    printf 'descriptors: {cutoff_radial: 5 angstrom, cutoff_angular: 4 angstrom, radial_centred: 2, radial_shifted: 2,\n'
    printf '  angular_eta: 0.03 1/angstrom^2, zeta: [1]}\nmodel: {energy: {hidden: [4]}}\n'
    printf 'stages: [{optimiser: adam, epochs: 3, batch: 8}]\n'
}
no_output() { absent out.h5; absent out.xyz; absent run/model.h5; [ -z "$(find . -name '*.part*')" ] || fail "half a file: $(find . -name '*.part*')"; }
