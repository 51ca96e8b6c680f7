#!/usr/bin/env python3
"""What predict writes, and over what it does not: outputs_test.py KAMACITE MAKE_MODEL RANKS MPIEXEC..."""
import csv
import os
import shutil

from commands import (check, column, expect, finish, frame, frames_of, kamacite, make_model, ranks, run, work)


def predict(*arguments):
    result = run(ranks, kamacite, "predict", *arguments)
    check(f"predict {arguments} works: {result.stderr[-300:]}", result.returncode == 0)
    return result


def refused(code, words, *arguments):
    """The command fails and no file changes but those in run/, where train logs."""
    def contents():
        return {f: f.read_bytes() for f in work.rglob("*") if f.is_file() and f.parent.name != "run"}
    before = contents()
    expect(code, words, *arguments)
    check(f"{arguments} leaves all files alone", before == contents())


for name, kind, seed in (("model.h5", "energy", 4), ("conductivity.h5", "conductivity", 4),
                         ("both/one.h5", "energy", 4), ("both/two.h5", "energy", 5)):
    (work / name).parent.mkdir(exist_ok=True)
    assert run(1, make_model, name, kind, seed).returncode == 0
(work / "dft.xyz").write_text("".join(frame(i) for i in range(5)))
for output in ("dft.h5", "dft.kds"):
    assert run(1, kamacite, "import", "dft.xyz", "-o", output).returncode == 0

# nothing that is there is lost: the input under any of its names, the model, other files
os.symlink("dft.h5", work / "alias.h5")
os.link(work / "model.h5", work / "hard.h5")
for output in ("dft.h5", "alias.h5"):
    refused(2, [output, "same file", "dft.h5"], "predict", "model.h5", "dft.h5", "-o", output, "--force")
for output in ("model.h5", "hard.h5"):
    refused(2, [output, "same file", "model.h5"], "predict", "model.h5", "dft.h5", "-o", output, "--force")
refused(2, ["two.h5", "same file"], "predict", "both", "dft.h5", "-o", "both/two.h5", "--force")
refused(2, ["dft.xyz", "same file"], "predict", "model.h5", "dft.xyz", "-o", "dft.xyz", "--force")
refused(2, ["dft.xyz", "--force"], "predict", "model.h5", "dft.h5", "-o", "dft.xyz")
refused(2, ["dft.kds", ".h5"], "predict", "model.h5", "dft.h5", "-o", "dft.kds", "--force")
refused(2, ["bad.kds", ".h5"], "predict", "model.h5", "dft.h5", "-o", "bad.kds")
(work / "folder.xyz").mkdir()
refused(2, ["folder.xyz", "directory"], "predict", "model.h5", "dft.h5", "-o", "folder.xyz", "--force")
for output in ("bad.csv", "bad", "bad.xyz.gz", "bad.data"):
    refused(2, [output, ".xyz", ".h5"], "predict", "model.h5", "dft.h5", "-o", output)
(work / "old.xyz").write_text("something")
predict("model.h5", "dft.h5", "-o", "old.xyz", "--force")
check("--force replaces", len(list(frames_of("old.xyz"))) == 5)

# a dataset of predictions is known as one: it is no data to learn from, and joins no such data
predict("model.h5", "dft.xyz", "-o", "own.h5")
(work / "train.yaml").write_text("kamacite: train\ndata: [own.h5]\noutput: run\n")
refused(65, ["own.h5", "predictions of a model"], "train", "train.yaml")
refused(65, ["own.h5", "predictions of a model"], "import", "own.h5", "-o", "bad.h5")
refused(65, ["own.h5", "predictions of a model"], "import", "own.h5", "-o", "dft.kds")
shutil.copy(work / "own.h5", work / "dft.kds" / "seg-000002.h5")
(work / "train.yaml").write_text("kamacite: train\ndata: [dft.kds]\noutput: run\n")
refused(65, ["dft.kds", "predictions of a model"], "train", "train.yaml")

# what is told of each atom is stored of each atom
predict("both", "dft.xyz", "-o", "spread.h5")
predict("both", "dft.xyz", "-o", "spread.xyz")
text = run(1, kamacite, "info", "spread.h5").stdout
for name, unit in (("atoms/extrapolation", "1"), ("atoms/force_std", "eV/angstrom")):
    line = next((line.split() for line in text.splitlines() if line.split()[:1] == [name]), None)
    check(f"{name} has a row for each atom and its unit: {line}", line is not None and line[1] == "10" and line[3] == unit)
check("no force_std of structures", "properties/force_std" not in text)
check("energy_std of structures", "properties/energy_std" in text)
first = next(frames_of("spread.xyz"))
check("force_std of atoms", len(column(*first, "force_std")) == 2)
# a model alone says nothing of the spread: that of the committee before it does not stay
predict("model.h5", "spread.xyz", "-o", "alone.xyz")
keys, rows = next(frames_of("alone.xyz"))
check("no spread of another prediction", "energy_std" not in keys and column(keys, rows, "force_std") is None)

# every name of a predicted quantity is set aside, so that none of them means something else
text = frame(0).replace(" energy=", " Free_Energy=-6920.5 magmom=4.2 total_magmom=4.2 Energy=")
(work / "names.xyz").write_text(text.replace(":forces:R:3", ":force:R:3"))
predict("model.h5", "names.xyz", "-o", "names_out.xyz")
keys, rows = next(frames_of("names_out.xyz"))
check(f"all names are set aside: {keys}", not {"Free_Energy", "Energy", "magmom", "total_magmom"} & set(keys))
check("and kept", keys.get("REF_Free_Energy") == "-6920.5" and keys.get("REF_magmom") == "4.2"
      and float(keys.get("REF_Energy", "nan")) == -6920.0)
check("columns too", column(keys, rows, "force") is None and column(keys, rows, "REF_force") is not None)
check("the prediction has the plain name", "energy" in keys and column(keys, rows, "forces") is not None)
assert run(1, kamacite, "import", "names_out.xyz", "-o", "again.h5").returncode == 0
assert run(1, kamacite, "export", "again.h5", "-o", "again.xyz").returncode == 0
check("the references are what is read again", float(next(frames_of("again.xyz"))[0]["energy"]) == -6920.5)

# a property under a condition: rows without it have no prediction, and their label is not one
kappa = "thermal_conductivity"
(work / "rows.xyz").write_text("".join(
    frame(i).replace(" energy=", f" {kappa}=4{i} " + (f"temperature={100 * i + 100} " if i % 2 == 0 else "") + "energy=")
    for i in range(5)))
result = predict("conductivity.h5", "rows.xyz", "-o", "rows_out.xyz")
check(f"what is missing is told: {result.stderr}", "2 of 5 structures" in result.stderr and "temperature" in result.stderr)
for i, (keys, rows) in enumerate(frames_of("rows_out.xyz")):
    check(f"row {i}: the label stays as a reference", keys.get("REF_" + kappa) == f"4{i}")
    check(f"row {i}: a prediction with a temperature only", (kappa in keys) == (i % 2 == 0) and ("temperature" in keys) == (i % 2 == 0))
    check(f"row {i}: what is not predicted stays", "energy" in keys and "REF_energy" not in keys)
predict("conductivity.h5", "rows.xyz", "-o", "rows.h5")
assert run(1, kamacite, "export", "rows.h5", "-o", "rows_h5.xyz").returncode == 0
for i, ((keys, _), (text, _)) in enumerate(zip(frames_of("rows_h5.xyz"), frames_of("rows_out.xyz"))):
    check(f"row {i}: the dataset holds the condition", float(keys.get("temperature", -1)) == float(text.get("temperature", -1)))
    check(f"row {i}: and the prediction", (kappa in keys) == (kappa in text)
          and (kappa not in keys or abs(float(keys[kappa]) - float(text[kappa])) < 1e-9))
    check(f"row {i}: and no label", "energy" not in keys)
refused(65, ["5 of 5 structures", "temperature"], "predict", "conductivity.h5", "dft.xyz", "-o", "bad.xyz")
refused(65, ["5 of 5 structures", "temperature"], "predict", "conductivity.h5", "dft.h5", "-o", "bad.h5")
(work / "rows.csv").write_text(
    "lattice_constant [angstrom],temperature [K]\n" + "".join(f"2.8{i},{300 + i}\n" for i in range(3)))
predict("conductivity.h5", "rows.csv", "-o", "table.h5")
assert run(1, kamacite, "export", "table.h5", "-o", "table.csv").returncode == 0
table = list(csv.DictReader((work / "table.csv").read_text().splitlines()))
check(f"a table of κ(a, T) has its T: {table[0].keys()}",
      [float(row["temperature [K]"]) for row in table] == [300, 301, 302] and all(row[f"{kappa} [W/(m K)]"] for row in table))

finish()
