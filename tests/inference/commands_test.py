#!/usr/bin/env python3
"""predict, evaluate and report as a user runs them: commands_test.py KAMACITE MAKE_MODEL RANKS MPIEXEC...

Checks results, exit codes and that nothing half-written is left, on RANKS ranks against one.
"""
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

kamacite, make_model, ranks = sys.argv[1], sys.argv[2], int(sys.argv[3])
mpiexec = sys.argv[4:]
work = pathlib.Path(tempfile.mkdtemp(prefix="kamacite-commands-"))
failures = []


def check(claim, truth):
    if not truth:
        failures.append(claim)
        print("FAILED:", claim)


def run(n, *arguments):
    command = [*mpiexec[:1], mpiexec[1], str(n), *mpiexec[2:], *map(str, arguments)]
    return subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=100)


def expect(code, words, *arguments):
    """The command fails with this exit code, says these words, and leaves no output."""
    result = run(ranks, kamacite, *arguments)
    check(f"{arguments} exits with {code}, not {result.returncode}: {result.stderr[-300:]}",
          result.returncode == code)
    for word in words:
        check(f"{arguments} says '{word}': {result.stderr[-300:]}", word in result.stderr)
    check(f"{arguments} leaves nothing behind", not list(work.glob("bad*")))


def frame(i, a=2.83, species=("Fe", "Fe"), second=None, labels=True):
    """A bcc cell, displaced a little, with labels and things of the user's own."""
    shift = 0.05 * math.sin(i + 1)
    second = second or (0.5 * a + shift, 0.5 * a, 0.5 * a - shift)
    text = "2\n" + f'Lattice="{a} 0 0 0 {a} 0 0 0 {a}" '
    columns = ":mine:I:1:magmoms:R:1" + (":forces:R:3" if labels else "")
    text += f'Properties=species:S:1:pos:R:3{columns} tag=frame{i} config_type=family{i % 2} '
    if labels:
        text += f'energy={-6920.0 - 0.01 * i} stress="0.01 0 0 0 0.02 0 0 0 {0.03 + 0.001 * i}" '
    text += 'pbc="T T T"\n'
    for n, (element, position) in enumerate(zip(species, ((0, 0, 0), second))):
        text += f"{element} {position[0]} {position[1]} {position[2]} {n + 7} {(-1) ** n * 2.1}"
        text += f" {0.1 * i} 0.2 {-0.3 * n}\n" if labels else "\n"
    return text


def frames_of(path):
    """(keys, rows) of each frame; rows are lists of words."""
    lines = (work / path).read_text().splitlines()
    while lines:
        n = int(lines[0])
        keys = dict((k, v.strip('"')) for k, v in re.findall(r'(\w+)=("[^"]*"|\S+)', lines[1]))
        yield keys, [line.split() for line in lines[2:2 + n]]
        lines = lines[2 + n:]


def column(keys, rows, name):
    at = 0
    fields = keys["Properties"].split(":")
    for field, _, width in zip(fields[::3], fields[1::3], fields[2::3]):
        if field == name:
            return [[float(x) for x in row[at:at + int(width)]] for row in rows]
        at += int(width)
    return None


def same(a, b):
    """Equal texts, numbers in them up to rounding."""
    def words(text):
        return re.split(r'[\s",\[\]{}=]+', text)

    def close(x, y):
        try:
            return x == y or abs(float(x) - float(y)) <= 1e-8 * max(1.0, abs(float(x)))
        except ValueError:
            return False
    return len(words(a)) == len(words(b)) and all(map(close, words(a), words(b)))


count = 7
(work / "in.xyz").write_text("".join(frame(i) for i in range(count)))
assert run(1, make_model, "model.h5").returncode == 0

# predict: order, everything of the input kept, the contract's keys
result = run(ranks, kamacite, "predict", "model.h5", "in.xyz", "-o", "out.xyz")
check(f"predict works: {result.stderr}", result.returncode == 0)
run(1, kamacite, "predict", "model.h5", "in.xyz", "-o", "one.xyz")
check("the result does not depend on the number of ranks, beyond rounding",
      same((work / "out.xyz").read_text(), (work / "one.xyz").read_text()))
frames = list(frames_of("out.xyz"))
check("every frame is there", len(frames) == count)
for i, (keys, rows) in enumerate(frames):
    check("frames are in order", keys["tag"] == f"frame{i}")
    check("columns of the input are kept", column(keys, rows, "mine") == [[7.0], [8.0]])
    check("reference energies are kept", float(keys["REF_energy"]) == -6920.0 - 0.01 * i)
    check("reference forces are kept", column(keys, rows, "REF_forces")[1] == [0.1 * i, 0.2, -0.3])
    check("reference moments are kept", column(keys, rows, "REF_magmoms") == [[2.1], [-2.1]])
    check("energies are predictions", abs(float(keys["energy"]) + 6920) < 100
          and float(keys["energy"]) != float(keys["REF_energy"]))
    stress = [float(x) for x in keys["stress"].split()]
    virial = [float(x) for x in keys["virial"].split()]
    check("stress has 9 numbers, −virial/volume",
          len(stress) == 9 and all(abs(s * 2.83 ** 3 + v) < 1e-9 for s, v in zip(stress, virial)))
    forces = column(keys, rows, "forces")
    check("forces add up to zero", all(abs(sum(f)) < 1e-9 for f in zip(*forces)))
    check("forces are not zero", max(abs(x) for f in forces for x in f) > 1e-6)
    check("moments are magnitudes", all(m[0] >= 0 for m in column(keys, rows, "magmoms")))
    check("extrapolation is told", column(keys, rows, "extrapolation") is not None)

# a prediction of a prediction keeps the first references
result = run(ranks, kamacite, "predict", "model.h5", "out.xyz", "-o", "again.xyz")
check(f"an output is an input: {result.stderr}", result.returncode == 0)
keys, rows = next(frames_of("again.xyz"))
check("references outlive a second prediction", float(keys["REF_energy"]) == -6920.0)

# more ranks than structures; a POSCAR
(work / "few.xyz").write_text(frame(0))
check("one structure on all ranks",
      run(ranks, kamacite, "predict", "model.h5", "few.xyz", "-o", "few_out.xyz").returncode == 0)
(work / "POSCAR").write_text("iron\n2.83\n1 0 0\n0 1 0\n0 0 1\nFe\n2\nDirect\n0 0 0\n0.5 0.5 0.5\n")
check("a POSCAR is predicted",
      run(ranks, kamacite, "predict", "model.h5", "POSCAR", "-o", "poscar.xyz").returncode == 0)

# a model judged against its own predictions makes no error
result = run(ranks, kamacite, "predict", "model.h5", "in.xyz", "-o", "own.h5")
check(f"predictions become a dataset: {result.stderr}", result.returncode == 0)
result = run(ranks, kamacite, "evaluate", "model.h5", "own.h5", "--json")
check(f"evaluate works: {result.stderr}", result.returncode == 0)
if result.returncode == 0:
    scores = {(s["quantity"], s["family"]): s for s in json.loads(result.stdout)["scores"]}
    check("all quantities are judged",
          {q for q, _ in scores} >= {"energy", "forces", "stress", "moments"})
    check("its own predictions have no error", all(s["rmse"] < 1e-8 for s in scores.values()))
    check("families are judged apart", ("forces", "family1") in scores)

# evaluate: files, the same on any number of ranks, numbers by another route
result = run(ranks, kamacite, "evaluate", "model.h5", "in.xyz", "-o", "run/test")
check(f"evaluate writes: {result.stderr}", result.returncode == 0 and "RMSE" in result.stdout)
one = json.loads(run(1, kamacite, "evaluate", "model.h5", "in.xyz", "--json").stdout)
many = json.loads((work / "run/test/metrics.json").read_text())
check("scores do not depend on the number of ranks, beyond rounding",
      same(json.dumps(one["scores"]), json.dumps(many["scores"])))
errors = [(float(k["energy"]) - float(k["REF_energy"])) / 2 for k, _ in frames]
rmse = math.sqrt(sum(e * e for e in errors) / count)
energy = many["scores"][[s["quantity"] for s in many["scores"]].index("energy")]
check(f"energy RMSE {energy['rmse']} is {rmse}", abs(energy["rmse"] / rmse - 1) < 1e-9)
for name in ("metrics.csv", "parity_energy.csv", "parity_forces.csv", "residuals_forces.csv"):
    check(f"{name} is written", (work / "run/test" / name).stat().st_size > 0)

# report: from what there is
(work / "run/model.h5").write_bytes((work / "model.h5").read_bytes())
(work / "run/learning_curve.csv").write_text(
    "epoch,stage,training_loss,validation_loss\n1,1,3.5,4.5\n2,1,1.5,2.5\n")
result = run(ranks, kamacite, "report", "run", "--data", "in.xyz")
check(f"report works: {result.stderr}", result.returncode == 0 and "report.html" in result.stdout)
page = (work / "run/report.html").read_text()
tree = xml.fromstring(page.replace("<!DOCTYPE html>", ""))
check("the page has its sections", {"Data", "Model", "Training", "Perfect lattices"} <=
      {e.text for e in tree.iter("{http://www.w3.org/1999/xhtml}h2")})
check("the page fetches nothing", not re.search(r'(src|href)\s*=\s*["\'](https?:|//|file:)', page)
      and not re.search(r"<(img|script|link|iframe)\b", page))
for link in re.findall(r'href="([^"#][^"]*\.csv)"', page):
    check(f"{link} is beside the page", (work / "run" / link).is_file())
check("the summary is JSON", "evaluations" in json.loads((work / "run/summary.json").read_text()))

# failures
(work / "garbage.h5").write_text("no model")
(work / "empty.xyz").write_text("")
(work / "nickel.xyz").write_text(frame(0) + frame(1, species=("Fe", "Ni")))
(work / "overlap.xyz").write_text(frame(0) + frame(1, second=(0.0, 0.0, 0.0)))
(work / "unlabelled.xyz").write_text(frame(0, labels=False).replace("magmoms", "other"))
(work / "nothing").mkdir()
expect(66, ["absent.h5"], "predict", "absent.h5", "in.xyz", "-o", "bad.xyz")
expect(66, ["absent.xyz"], "predict", "model.h5", "absent.xyz", "-o", "bad.xyz")
expect(65, ["garbage.h5"], "predict", "garbage.h5", "in.xyz", "-o", "bad.xyz")
expect(65, ["empty.xyz", "no structures"], "predict", "model.h5", "empty.xyz", "-o", "bad.xyz")
expect(65, ["nickel.xyz@1", "Ni"], "predict", "model.h5", "nickel.xyz", "-o", "bad.xyz")
expect(65, ["overlap.xyz@1"], "predict", "model.h5", "overlap.xyz", "-o", "bad.xyz")
expect(74, ["nowhere"], "predict", "model.h5", "in.xyz", "-o", "nowhere/out.xyz")
expect(2, ["output"], "predict", "model.h5", "in.xyz")
expect(65, ["no labels"], "evaluate", "model.h5", "unlabelled.xyz")
expect(2, ["--part"], "evaluate", "model.h5", "own.h5", "--split", "default")
expect(66, ["nosuch"], "evaluate", "model.h5", "own.h5", "--split", "nosuch", "--part", "test")
expect(66, ["absent"], "report", "absent")
expect(66, ["nothing to report"], "report", "nothing")

subprocess.run(["rm", "-r", str(work)], check=True)
sys.exit(1 if failures else 0)
