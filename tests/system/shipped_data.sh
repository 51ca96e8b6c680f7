# The iron that kamacite computed itself: every frame is what its calculation says, at one level of theory, none twice, and none of
# the hidden ones among those that are learnt from.
data=$SOURCE/inputs/data/fe_kamacite
python3 - "$data" <<'P' || fail "frames and outputs"
import collections, gzip, json, re, sys
data, rydberg, evs = sys.argv[1], 13.605693122994, 0
levels, names, families = set(), set(), collections.Counter()
for file, raw in (("iron_campaign", "raw_campaign"), ("iron_hidden", "raw_hidden")):
    lines = open(f"{data}/{file}.xyz").read().splitlines()
    at = 0
    while at < len(lines):
        atoms, head = int(lines[at]), lines[at + 1]
        forces = [[float(x) for x in line.split()[4:7]] for line in lines[at + 2:at + 2 + atoms]]
        at += atoms + 2
        of = lambda key: re.search(rf' {key}=("(?:[^"\\]|\\.)*"|\S+)', head).group(1)
        name = of("name")
        assert (raw, name) not in names, name
        names.add((raw, name))
        families[of("config_type")] += 1
        levels.add(of("level"))
        assert 1 <= atoms <= 8, name
        out = gzip.open(f"{data}/{raw}/{name}.pw.out.gz", "rt").read()
        assert "convergence has been achieved" in out and "JOB DONE" in out, name
        energy = float(re.findall(r"^!\s+total energy\s+=\s+(\S+) Ry", out, re.M)[-1]) * rydberg
        assert abs(energy - float(of("energy"))) < 1e-5 * atoms, (name, energy, of("energy"))
        told = re.findall(r"atom\s+\d+ type\s+\d+\s+force =\s+(\S+)\s+(\S+)\s+(\S+)", out)[:atoms]
        scale = rydberg / 0.529177210903
        assert all(abs(float(t) * scale - f) < 1e-5 for row, fs in zip(told, forces) for t, f in zip(row, fs)), name
        assert open(f"{data}/{raw}/{name}.pw.in").read().count("nspin = 2") == 1, name
assert len(levels) == 1, levels
assert json.loads(json.loads(levels.pop()))["version"] == "6.7MaX"
assert len(names) >= 150, len(names)
assert {"bcc_ev", "fcc_ev", "hcp_ev", "bain", "bcc_elastic", "bcc_strain", "bcc_disp2", "vacancy7"} <= set(families), families
print(len(names), "frames", dict(families))
P
expect 0 import "$data/iron_campaign.xyz" "$data/iron_hidden.xyz" -o all.h5 --json
python3 - out <<'P' || fail "doubles, or levels: $(cat out)"
import json, sys
told = json.load(open(sys.argv[1]))
assert len(told["levels"]) == 1 and told["structures"] >= 150 and told["duplicates"] == 0, told
P
