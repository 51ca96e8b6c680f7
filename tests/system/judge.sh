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
assert any("gnuplot" in m for m in summary["missing"]) != plots, summary["missing"]

page = tree.parse("tiny_model/report.html").getroot()
text = "".join(page.itertext())
drawings = [e for e in page.iter() if e.tag.endswith("svg")]
headings = [e.text for e in page.iter() if e.tag.endswith("h2")]
for heading in ("Data", "Model", "Training", "Errors: test", "Perfect lattices", "Limits of validity"):
    assert heading in headings, headings
assert (len(drawings) >= 10) if plots else not drawings, len(drawings)
assert "Test side of split 'chosen'" in text
# the table of data tells who is on which side: train, validate, test of all
rows = [["".join(c.itertext()) for c in r] for r in page.iter() if r.tag.endswith("}tr")]
total = next(r for r in rows if r[0] == "all" and len(r) == 11)
assert [int(n) for n in total[3:6]] == [parts[p]["structures"] for p in ("train", "validation", "test")], total
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
