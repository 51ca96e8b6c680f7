# Sourced after campaign_inputs.sh: most of what this campaign meets is warm bulk iron; one candidate in nine is hot, has a vacancy,
# an interstitial or a surface, or is close-packed. Models are judged by as many structures of each kind.
rare_recipes() { # <seed> <repetitions> <output>
    cat <<Y
kamacite: generate
output: $3
seed: $1
recipes:
  - {name: hot, lattice_constants: 2.83 2.93 angstrom, cell: conventional, supercell: [2, 2, 1], displacements: {temperatures: 1500 K}, repetitions: $2}
  - {name: vacancy, lattice_constants: 2.87 angstrom, cell: conventional, supercell: [2, 2, 2], vacancies: {count: 1}, displacements: {temperatures: 300 K}, repetitions: $((2 * $2))}
  - {name: interstitial, lattice_constants: 2.87 angstrom, cell: conventional, supercell: [2, 2, 2], interstitials: {sites: [dumbbell_110]}, displacements: {temperatures: 300 K}, repetitions: $((2 * $2))}
  - {name: surface, lattice_constants: 2.87 angstrom, surfaces: {planes: ["100", "110"], layers: [6], vacuum: 8 angstrom}, displacements: {kind: gaussian, amplitudes: 0.08 angstrom}, repetitions: $2}
  - {name: close_packed, lattices: [fcc, hcp], volumes: 11.8 angstrom^3, cell: conventional, displacements: {kind: gaussian, amplitudes: 0.1 angstrom}, repetitions: $2}
Y
}
bulk='lattice_constants: 2.83 2.93 angstrom, cell: conventional, supercell: [2, 2, 1]'
rare_recipes 1 2 unused.h5 >recipes.yaml
{
    rare_recipes 99 4 hidden0.h5
    echo "  - {name: bulk, $bulk, displacements: {temperatures: 300 K}, repetitions: 4}"
} >hidden.yaml
printf 'kamacite: generate\noutput: start.h5\nrecipes:\n  - {name: bulk, %s}\n' "$bulk" >start.yaml
sed -i 's/members: 3/members: 4/; s/validation: 0.15/validation: 0.1/; s/zeta: \[1\]/zeta: [1, 4]/; s/hidden: \[8\]/hidden: [12, 12]/
    s/epochs: 60/epochs: 150/; $a\  - {optimiser: lmvm, epochs: 40}' train.yaml
sed -i 's/temperatures: 300 900 1800 K/temperatures: 300 K, copies: 8/; s/^select:/  recipes: [recipes.yaml]\n&/' campaign.yaml
rm -f hidden0.h5 hidden.h5 start.h5
for name in hidden start; do "$KAMACITE" generate $name.yaml >out 2>err || fail "generate $name"; done
"$KAMACITE" predict made.eam hidden0.h5 -o hidden.h5 >out 2>err || fail "hidden labels"
