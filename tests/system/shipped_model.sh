# The iron model that comes with kamacite, by its name: whole, with spread and grade, and with the bcc iron of its card.
expect 0 info iron --json
python3 - <<'P' || fail "the shipped model is not what its card says"
import json
told = json.load(open("out"))
assert told["format"] == "committee" and len(told["members"]) == 4, told["format"]
for m in told["members"]:
    assert m["elements"] == ["Fe"] and m["parameters"] == 8209 and 1.4 < m["short_range"]["pairs"][0]["outer"] < 1.5, m
P
cat >bcc.xyz <<'X'
1
Lattice="-1.417 1.417 1.417 1.417 -1.417 1.417 1.417 1.417 -1.417" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
2
Lattice="2.834 0 0 0 2.834 0 0 0 2.834" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 1.417 1.417 1.417
2
Lattice="1.8 0 0 0 1.8 0 0 0 1.8" Properties=species:S:1:pos:R:3 pbc="T T T"
Fe 0.0 0.0 0.0
Fe 0.9 0.9 0.9
X
expect 0 predict iron bcc.xyz -o out.xyz; says "extrapolation grade above 2"
# It is what is used where no other is named.
expect 0 predict bcc.xyz -o unnamed.xyz; says "no MODEL is named: it is iron"; same unnamed.xyz out.xyz
expect 0 evaluate out.xyz;               says "no MODEL is named: it is iron"; prints "all, meV/atom"
for model in iron "$SOURCE/inputs/models/iron/model.h5"; do
    expect 2 predict "$model" -o nothing.xyz; says_once "$model is a model (structures are missing): name them after it"
done
python3 - <<'P' || fail "bcc iron is not that of the card"
import re
heads = [l for l in open("out.xyz") if "Lattice" in l]
energy = [float(re.search(r"\benergy=([-\d.]+)", h).group(1)) for h in heads]
std = [float(re.search(r"energy_std=([-\d.e]+)", h).group(1)) for h in heads]
grade = [float(re.search(r"\bextrapolation_grade=([-\d.e+]+)", h).group(1)) for h in heads]
assert abs(energy[0] + 3460.9334) < 2e-4, energy
assert abs(2 * energy[0] - energy[1]) < 1e-6, energy
assert 0 < std[0] < 0.002, std
assert grade[0] < 1.0 and grade[2] > 2.0, grade
P
sed -e 's|supercell: 2|supercell: 3|; s|tiny_model/model.h5|iron|' "$SOURCE/inputs/tiny/properties.yaml" >statics.yaml
expect 0 properties statics.yaml --json
python3 - <<'P' || fail "the statics are not those of the card"
import json
p = json.load(open("out"))["properties"]
for name, value, tolerance in [("lattice_constant", 2.834, 0.001), ("C11", 281, 4), ("C12", 150, 4), ("C44", 104, 2)]:
    assert abs(p[name]["value"] - value) < tolerance, (name, p[name])
    assert p[name]["spread"] > 0
P
