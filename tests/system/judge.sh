# A model that is really trained, judged on a stored split, and reported with and without gnuplot.
expect 0 import "$SOURCE/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
sed -e 's|^data: .*|data: [dft.h5]|' -e 's|split: {method|split: {name: chosen, method|' "$SOURCE/inputs/tiny/train.yaml" >train.yaml
grep -q 'name: chosen' train.yaml || fail "inputs/tiny/train.yaml has changed: this test edits its split"
expect 0 train train.yaml
expect 2 evaluate tiny_model/model.h5 dft.h5 --split chosen
says "--split and --part go together"
expect 66 evaluate tiny_model/model.h5 dft.h5 --split another --part test
says "chosen"
for part in train validation test; do
    expect 0 evaluate tiny_model/model.h5 dft.h5 --split chosen --part $part -o tiny_model/$part
done
prints "meV/atom"
# Without a side the model is judged on what it was trained on too, which is told, with the way out.
expect 0 evaluate tiny_model/model.h5 dft.h5 --json
says_once "structures trained the model"; says "--split chosen --part test"
cp out all.json
expect 0 evaluate tiny_model/model.h5 dft.h5
prints "RMSE by side of the split 'chosen'"
python3 - <<'P' || fail "the sides of all data are not the parts"
import json
whole = json.load(open("all.json"))
assert whole["trained_on"] and whole["model_split"] == "chosen", whole
sides = {(s["quantity"], s["side"]): s for s in whole["scores_by_side"]}
for part in ("train", "validation", "test"):
    for score in json.load(open(f"tiny_model/{part}/metrics.json"))["scores"]:
        if score["family"] == "all":
            side = sides.pop((score["quantity"], part))
            assert side["count"] == score["count"] and abs(side["rmse"] / score["rmse"] - 1) < 1e-9, (side, score)
assert not sides, sides
P
expect 0 evaluate tiny_model/model.h5 dft.h5 --split chosen --part train; ! grep -q "trained the model" err || fail "asked for, and warned of"
expect 0 export dft.h5 -o dft.xyz; expect 0 import dft.xyz -o same.h5     # nobody knows them
expect 0 evaluate tiny_model/model.h5 same.h5; ! grep -q "trained" err || fail "warned of data that the model does not know"
sed -e 's|^data: .*|data: [dft.xyz]|' -e 's|^output: .*|output: unsplit|' train.yaml >unsplit.yaml
expect 0 train unsplit.yaml
expect 0 evaluate unsplit/model.h5 dft.xyz; says_once "which part is not stored"
mv dft.split-chosen.h5 away
expect 0 evaluate tiny_model/model.h5 dft.h5; says_once "which part is not stored"
mv away dft.split-chosen.h5
sed -e 's|name: chosen|name: second|' -e 's|^output: .*|output: second|' -e 's|12\]}|12], activation: tanh}|' train.yaml >second.yaml
expect 0 train second.yaml
mkdir pair; cp tiny_model/model.h5 pair/one.h5; cp second/model.h5 pair/two.h5
expect 0 evaluate pair dft.h5 --json; says_once "structures trained the model"
python3 - <<'P' || fail "what one member has learnt from is judged as new"
import json
one, pair = (json.load(open(f)) for f in ("all.json", "out"))
trained = [next(s["count"] for s in d["scores_by_side"] if (s["quantity"], s["side"]) == ("energy", "train")) for d in (one, pair)]
assert trained[0] <= trained[1] <= 67, trained
P
expect 0 convert second/model.h5 -o n2p2 --format n2p2
expect 0 evaluate n2p2 dft.h5; says_once "if the model was trained on a side"   # its files do not tell
# What is stored beside the model is shown: its predictions and descriptors, not those of others.
expect 0 predict tiny_model/model.h5 dft.h5 -o tiny_model/known.h5
expect 0 predict second/model.h5 dft.h5 -o tiny_model/foreign.h5
sed -n '/^descriptors:/,/^[m]/p' train.yaml | grep -v '^model' >functions.yaml
{ printf 'kamacite: describe\ndata: dft.h5\noutput: tiny_model/described.h5\n'; cat functions.yaml; } >describe.yaml
expect 0 describe describe.yaml
sed 's|described|others|; s|radial_centred: 4|radial_centred: 5|' describe.yaml >others.yaml
expect 0 describe others.yaml
expect 2 report dft.h5; says "dft.h5 is a file"; says "give the directory"
expect 0 report tiny_model/model.h5; prints "report: tiny_model/report.html"   # the directory it lies in
mkdir elsewhere; cd elsewhere   # the model knows its data by the path that training was given
expect 0 report ../tiny_model; says "run report in the directory where 'train' ran, or give --data"
cd ..
rm tiny_model/report.html
expect 0 report tiny_model
prints "DFT of the data"; prints "errors, test"
same out <(cat tiny_model/summary.txt; echo "report: tiny_model/report.html")

check_report() {
    python3 - "$1" <<'P' || fail "the report of $1 is not what it should be"
import json, math, sys
import xml.etree.ElementTree as tree

plots = sys.argv[1] == "with plots"
summary = json.load(open("tiny_model/summary.json"))
parts = {p: json.load(open(f"tiny_model/{p}/metrics.json")) for p in ("train", "validation", "test")}
assert sum(m["structures"] for m in parts.values()) == 67
assert sum(m["atoms"] for m in parts.values()) == 101
assert 4 <= parts["test"]["structures"] <= 12, parts["test"]["structures"]
for quantity in ("energy", "stress", "moments"):
    score = summary["evaluations"]["test"][quantity]
    assert math.isfinite(score["rmse"]) and 0.0 < score["mae"] <= score["rmse"] and score["count"] > 0, score
# the DFT points alone decide this fit, whatever the model is
assert abs(summary["bcc_dft"]["a0 [angstrom]"] - 2.830) < 0.002
for what in ("foreign.h5: predictions of another model", "others.h5: descriptors by other functions"):
    assert any(m.startswith(what) for m in summary["missing"]), summary["missing"]
assert any("gnuplot" in m for m in summary["missing"]) != plots, summary["missing"]

page = tree.parse("tiny_model/report.html").getroot()
text = "".join(page.itertext())
drawings = [e for e in page.iter() if e.tag.endswith("svg")]
headings = [e.text for e in page.iter() if e.tag.endswith("h2")]
for heading in ("Data", "Model", "Training", "Errors: test", "Structures without labels", "Perfect lattices of Fe", "Limits of validity"):
    assert heading in headings, headings
assert (len(drawings) >= 10) if plots else not drawings, len(drawings)
assert "Test side of split 'chosen'" in text
# the table of data tells who is on which side: train, validate, test of all
rows = [["".join(c.itertext()) for c in r] for r in page.iter() if r.tag.endswith("}tr")]
total = next(r for r in rows if r[0] == "all" and len(r) == 11)
assert [int(n) for n in total[3:6]] == [parts[p]["structures"] for p in ("train", "validation", "test")], total
known = next(r for r in rows if r[0] == "all" and len(r) == 8)
assert known[1:3] == ["67", "101"], known
stored = next(r for r in rows if r[0] == "dft.h5")
assert stored[1:4] == ["67", "101", "chosen"] and stored[4].startswith("xxh64:"), stored
assert "Descriptors in described.h5, 101 atoms" in text
assert "the volume of the data's own" in text and "Kept: epoch" in text
assert "nan" not in [c.lower() for r in rows for c in r]
P
}
if command -v gnuplot >/dev/null; then
    check_report "with plots"
else
    echo "WARNING: gnuplot is not installed: the plots are not checked"
fi
mkdir tools; ln -s /usr/local/bin/* /usr/bin/* /bin/* tools 2>/dev/null; rm -f tools/gnuplot*
PATH=$here/tools LAUNCH="" expect 0 report tiny_model   # mpiexec would put its own folder into PATH
says "gnuplot is not installed"
check_report "without plots"
