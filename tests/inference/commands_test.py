#!/usr/bin/env python3
"""predict, evaluate and report as a user runs them: commands_test.py KAMACITE MAKE_MODEL RANKS MPIEXEC...

Checks results, exit codes and that nothing half-written is left, on RANKS ranks against one.
"""
import json
import math
import re
import xml.etree.ElementTree as xml

from commands import (check, column, expect, finish, frame, frames_of, kamacite, make_model, ranks, run, same,
                      work)

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
for name in ("metrics.csv", "parity_energy.csv", "parity_forces.csv", "residuals_forces.csv", "importance.csv"):
    check(f"{name} is written", (work / "run/test" / name).stat().st_size > 0)

# report: from what there is
(work / "run/model.h5").write_bytes((work / "model.h5").read_bytes())
(work / "run/learning_curve.csv").write_text(
    "epoch,stage,training_loss,validation_loss\n1,1,3.5,4.5\n2,1,1.5,2.5\n")
result = run(ranks, kamacite, "report", "run", "--data", "in.xyz")
check(f"report works: {result.stderr}", result.returncode == 0 and "report.html" in result.stdout)
page = (work / "run/report.html").read_text()
tree = xml.fromstring(page.replace("<!DOCTYPE html>", ""))
check("the page has its sections", {"Data", "Model", "Training", "Perfect lattices of Fe"} <=
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

finish()
