#!/usr/bin/env python3
"""import and export from end to end, on one rank and on two.

usage: import_test.py <kamacite> <repository> <launcher and its flags ...>   (-n <ranks> is added)
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM, REPOSITORY, LAUNCHER = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
IRON = REPOSITORY / "inputs/data/fe_kamacite/iron_qe.xyz"
CELL = 'Lattice="3 0 0 0 3 0 0 0 3" '
RANKS = (1, 2)
REFUSING = (2,)  # what is refused costs seconds each time, and is told by one rank as by two


def run(ranks, *arguments, code=0, says=()):
    command = [*LAUNCHER, "-n", str(ranks), PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    text = done.stdout + done.stderr
    assert done.returncode == code, f"{command}: exit code {done.returncode}, not {code}\n{text}"
    for part in says:
        assert part in text, f"{command}: '{part}' is not in\n{text}"
    return done.stdout


def exported(folder, dataset, ranks=1, name="back.xyz"):
    run(ranks, "export", dataset, "-o", folder / name)
    return (folder / name).read_text()


def frames_of(text):
    """(energy, rows of numbers) of each frame: an extended XYZ reader of its own."""
    lines, frames = text.splitlines(), []
    while lines:
        n = int(lines[0])
        energy = float(re.search(r"\benergy=(\S+)", lines[1]).group(1))
        columns = re.search(r"Properties=(\S+)", lines[1]).group(1).split(":")
        start, keep = 0, []
        for name, width in zip(columns[::3], map(int, columns[2::3])):
            if name in ("pos", "forces", "magmoms"):
                keep += range(start, start + width)
            start += width
        frames.append((energy, [[float(line.split()[k]) for k in keep] for line in lines[2:2 + n]]))
        lines = lines[2 + n:]
    return frames


def shipped_set_is_the_same_on_any_ranks(folder):
    texts = []
    for ranks in RANKS:
        told = json.loads(run(ranks, "import", IRON, "-o", folder / f"{ranks}.h5", "--json"))
        assert told["structures"] == 67 and told["atoms"] == 101, told
        assert told["stress_sign"][0]["verdict"] == "consistent", told
        assert told["families"]["bcc_ev"]["structures"] == 21, told
        texts.append(exported(folder, folder / f"{ranks}.h5", 3 - ranks))
    assert texts[0] == texts[1]
    assert frames_of(texts[0]) == frames_of(IRON.read_text())


def wrong_stress_sign_is_refused_and_can_be_flipped(folder):
    def negated(match):
        return f'{match[1]}="' + " ".join(str(-float(x)) for x in match[2].split()) + '"'

    flipped = folder / "flipped.xyz"
    flipped.write_text(re.sub(r'\b(stress|virial)="([^"]*)"', negated, IRON.read_text()))
    for ranks in REFUSING:
        run(ranks, "import", flipped, "-o", folder / "x.h5", code=65, says=["flipped.xyz", "--stress-sign=flip"])
        run(ranks, "import", IRON, "-o", folder / "x.h5", "--stress-sign=flip", code=65, says=["leave out"])
    assert not (folder / "x.h5").exists()
    run(1, "import", flipped, "-o", folder / "mended.h5", "--stress-sign=flip")
    run(1, "import", IRON, "-o", folder / "right.h5")
    run(1, "import", flipped, "-o", folder / "kept.h5", "--stress-sign=keep")

    def stresses(name):
        return re.findall(r'\bstress="[^"]*"', exported(folder, folder / name))

    assert stresses("mended.h5") == stresses("right.h5")
    assert stresses("kept.h5") != stresses("right.h5")


def changed(text, which, factor):
    """The frames of one atom or more in `text`, the stress of those that `which` picks by number times `factor`."""
    def times(match):
        return f'{match[1]}="' + " ".join(repr(factor * float(x)) for x in match[2].split()) + '"'

    lines, out, frame = text.splitlines(), [], 0
    while lines:
        n = int(lines[0]) + 2
        comment = re.sub(r' virial="[^"]*"', "", lines[1])
        if which(frame):
            comment = re.sub(r'\b(stress)="([^"]*)"', times, comment)
        out.append("\n".join([lines[0], comment, *lines[2:n]]) + "\n")
        lines, frame = lines[n:], frame + 1
    return out


def wrong_stresses_are_found_across_files_and_in_what_is_there(folder):
    flipped = changed(IRON.read_text(), lambda i: True, -1.0)
    pieces = [folder / f"piece{i:02}.xyz" for i in range(len(flipped))]
    for piece, text in zip(pieces, flipped):
        piece.write_text(text)
    every_second = folder / "second.xyz"
    every_second.write_text("".join(changed(IRON.read_text(), lambda i: i % 2 == 0, -1.0)))
    gigapascal = folder / "gpa.xyz"
    gigapascal.write_text("".join(changed(IRON.read_text(), lambda i: True, 160.21766)))
    fourfold = folder / "fourfold.xyz"
    fourfold.write_text("".join(changed(IRON.read_text(), lambda i: True, 4.0)))
    for ranks in REFUSING:
        grown = folder / f"grown{ranks}.kds"
        run(ranks, "import", *pieces, "-o", folder / "x.h5", code=65, says=["family 'bcc_ev'", "wrong sign", "piece"])
        run(ranks, "import", every_second, "-o", folder / "x.h5", code=65, says=["second.xyz", "wrong sign", "correct"])
        run(ranks, "import", gigapascal, "-o", folder / "x.h5", code=65, says=["gpa.xyz", "times what the energies", "GPa"])
        run(ranks, "import", fourfold, "-o", folder / f"fourfold{ranks}.h5", says=["fourfold.xyz", "that is no unit"])
        run(ranks, "import", IRON, "-o", grown)
        run(ranks, "import", *pieces, "-o", grown, code=65, says=["wrong sign"])
        run(ranks, "import", *pieces[:8], "-o", grown, code=65, says=["wrong sign"])
        run(ranks, "import", IRON, "-o", grown)
    assert not (folder / "x.h5").exists()
    told = run(1, "import", *pieces, "-o", folder / "kept.h5", "--stress-sign=keep")
    assert "stress:" not in told


def texts_that_are_not_utf8_are_refused_and_names_of_files_converted(folder):
    bad = folder / "bad.xyz"
    bad.write_bytes(f"1\n{CELL}config_type=Gr\xfcn energy=-1\nFe 0 0 0\n".encode("latin1"))
    named = Path(folder / b"Gr\xfcn.xyz".decode("utf8", "surrogateescape"))
    named.write_text(f"1\n{CELL}energy=-1\nFe 0 0 0\n")
    for ranks in REFUSING:
        run(ranks, "import", bad, "-o", folder / "bad.h5", code=65, says=["bad.xyz:1", "UTF-8", "iconv"])
        run(ranks, "import", named, "-o", folder / f"named{ranks}.h5")
        told = json.loads(run(ranks, "info", folder / f"named{ranks}.h5", "--json"))
        assert "Gr\ufffdn.xyz" in told["attributes"]["input"], told
    assert not (folder / "bad.h5").exists()


def what_cannot_be_used_is_refused_with_its_place(folder):
    good = f"1\n{CELL}energy=-1\nFe 0 0 0\n"
    cases = {
        "nan.xyz": (good + f"1\n{CELL}energy=nan\nFe 0 0 0\n", 65, ["nan.xyz:4", "energy is nan"]),
        "near.xyz": (good + f"2\n{CELL}\nFe 0 0 0\nFe 0 0 0.3\n", 65, ["near.xyz:4", "0.300 Å apart"]),
        "same.xyz": (good + f"2\n{CELL}\nFe 0 0 0\nFe 0 0 0\n", 65, ["same.xyz:4"]),
        "cut.xyz": (good + f"2\n{CELL}\nFe 0 0 0\n", 65, ["cut.xyz:4", "cut off"]),
        "element.xyz": (good + f"1\n{CELL}\nXx 0 0 0\n", 65, ["element.xyz:6", "Xx"]),
        "empty.xyz": ("", 65, ["empty.xyz", "no structures"]),
        "odd.dat": ("hello\n", 65, ["odd.dat", "--format"]),
    }
    for name, (text, code, says) in cases.items():
        (folder / name).write_text(text)
        for ranks in REFUSING:
            run(ranks, "import", folder / name, "-o", folder / "bad.h5", code=code, says=says)
    for ranks in REFUSING:
        run(ranks, "import", folder / "none.xyz", "-o", folder / "bad.h5", code=66, says=["none.xyz"])
        run(ranks, "import", IRON, "-o", folder / "bad.txt", code=2, says=[".h5"])
        run(ranks, "import", IRON, "-o", folder / "bad.h5", "--length-unit", "bohr", code=2, says=["input.data"])
    assert not (folder / "bad.h5").exists()
    (folder / "one.xyz").write_text(good)
    run(3, "import", folder / "one.xyz", "-o", folder / "one.h5", says=["1 structures, 1 atoms"])


def bad_frames_can_be_left_out_and_duplicates_dropped(folder):
    frame = CELL + "energy={}\nFe 0 0 0\n"
    text = "".join("1\n" + frame.format(e) for e in ("-1", "-2", "nan", "-1", "-3", "-2"))
    (folder / "some.xyz").write_text(text)
    for ranks in RANKS:
        run(ranks, "import", folder / "some.xyz", "-o", folder / "some.h5", "--keep-going", "--drop-duplicates", "--force",
            says=["some.xyz:7", "3 structures", "2 duplicates dropped", "1 left out"])
        energies = [e for e, _ in frames_of(exported(folder, folder / "some.h5", ranks))]
        assert energies == [-1.0, -2.0, -3.0], energies


def duplicates_are_told_by_geometry(folder):
    def frame(energy, shift=0.0, extra=""):
        return f"2\n{CELL}{extra}energy={energy}\nFe {shift} 0 0\nFe {1.5 + shift} 1.5 1.4999996\n"

    (folder / "twins.xyz").write_text(frame(-16) + frame(-15.9) + frame(-16.000004, 0.7) + frame(-12, 0.0, 'pbc="T T F" '))
    for ranks in RANKS:
        told = json.loads(run(ranks, "import", folder / "twins.xyz", "-o", folder / f"twins{ranks}.kds", "--json",
                              says=["50.0 meV/atom"]))
        assert (told["duplicates"], told["same_geometry"], told["structures"]) == (1, 1, 4), told
        told = json.loads(run(ranks, "import", folder / "twins.xyz", "-o", folder / f"twins{ranks}.h5", "--json",
                              "--drop-duplicates"))
        assert (told["duplicates"], told["structures"]) == (1, 3), told
        run(ranks, "import", folder / "twins.xyz", "-o", folder / f"twins{ranks}.kds",
            says=["4 structures repeat an earlier one"])


def a_dataset_is_replaced_only_if_asked_for(folder):
    run(1, "import", IRON, "-o", folder / "x.h5")
    before = (folder / "x.h5").read_bytes()
    (folder / "one.xyz").write_text(f"1\n{CELL}energy=-1\nFe 0 0 0\n")
    for ranks in REFUSING:
        run(ranks, "import", folder / "one.xyz", "-o", folder / "x.h5", code=2, says=["x.h5 exists", "--force"])
        assert (folder / "x.h5").read_bytes() == before
    run(1, "import", folder / "one.xyz", "-o", folder / "x.h5", "--force", says=["1 structures"])


def levels_of_theory_are_kept_and_told(folder):
    (folder / "a.xyz").write_text(f'1\n{CELL}xc=PBE calculator=QE energy=-1\nFe 0 0 0\n'
                                  f'1\n{CELL}energy=-2\nFe 0 0 0.1\n')
    for ranks in RANKS:
        h5 = folder / f"a{ranks}.h5"
        told = json.loads(run(ranks, "import", folder / "a.xyz", "-o", h5, "--json", says=["mixes levels", "not told"]))
        assert told["levels"] == {"QE, PBE": 1, "": 1}, told
        told = json.loads(run(ranks, "import", folder / "a.xyz", "-o", folder / f"b{ranks}.kds", "--level", "LDA", "--json"))
        assert told["levels"] == {"QE, PBE": 1, "LDA": 1}, told
        told = json.loads(run(ranks, "info", folder / f"b{ranks}.kds", "--json"))
        assert told["dataset"]["levels"] == {"QE, PBE": 1, "LDA": 1}, told
        for name in ("back.xyz", "back.csv"):
            text = exported(folder, folder / f"b{ranks}.kds", ranks, name)
            told = json.loads(run(1, "import", folder / name, "-o", folder / "back.h5", "--json", "--force"))
            assert told["levels"] == {"QE, PBE": 1, "LDA": 1}, (told, text)
    out = run(1, "import", IRON, "-o", folder / "iron.h5")
    assert "level of theory: QE6.7 PBE" in out and "(67)" in out, out
    (folder / "lda.xyz").write_text(f'1\n{CELL}level="LDA" energy=-1\nFe 0 0 0\n')
    run(1, "import", folder / "lda.xyz", "-o", folder / "b1.kds", "--level", "GGA")
    run(1, "import", folder / "lda.xyz", "-o", folder / "b1.kds", says=["mixes levels", "LDA"])


def tables_go_in_and_out(folder):
    table = folder / "t.csv"
    table.write_text("# made up\na [angstrom],phase,T [K],kappa [W/(cm K)],rho [uohm cm]\n"
                     "2.86,bcc,300,0.8,9.9\n3.6,fcc,,0.3,\n2.5,hcp,10,,NA\n")
    for ranks in RANKS:
        run(ranks, "import", table, "-o", folder / "t.h5", "--family", "measured", "--force",
            says=["measured", "thermal_conductivity (2)"])
        run(ranks, "export", folder / "t.h5", "-o", folder / "t.xlsx")
        run(ranks, "import", folder / "t.xlsx", "-o", folder / "u.h5", "--force")
        keys = [re.sub(r"source=\S+ ", "", exported(folder, folder / f"{d}.h5", ranks)) for d in "tu"]
        assert keys[0] == keys[1] and "thermal_conductivity=80.0" in keys[0], keys


def other_formats_go_in_and_out(folder):
    run(1, "import", IRON, "-o", folder / "iron.h5")
    whole = exported(folder, folder / "iron.h5")
    for ranks in RANKS:
        run(ranks, "export", folder / "iron.h5", "-o", folder / "input.data", "--length-unit", "bohr",
            "--energy-unit", "hartree")
        run(ranks, "import", folder / "input.data", "-o", folder / "n.h5", "--length-unit", "bohr",
            "--energy-unit", "hartree", "--force")
        for (e1, rows1), (e2, rows2) in zip(frames_of(whole), frames_of(exported(folder, folder / "n.h5")), strict=True):
            assert abs(e1 - e2) < 1e-9
            for r1, r2 in zip(rows1, rows2, strict=True):
                assert all(abs(x - y) < 1e-9 for x, y in zip(r1[:6], r2))
        run(ranks, "export", folder / "iron.h5", "-o", folder / "cells", "--format", "poscar", "--force")
        run(ranks, "import", *sorted((folder / "cells").iterdir()), "-o", folder / "p.h5", "--force",
            says=["67 structures, 101 atoms"])
    reference = exported(folder, folder / "iron.h5", name="r.xyz")
    run(1, "export", folder / "iron.h5", "-o", folder / "ref.xyz", "--keys", "ref")
    assert "REF_energy=" in (folder / "ref.xyz").read_text() and "REF_energy=" not in reference


def outputs_of_programs_are_read_without_what_failed(folder):
    data = REPOSITORY / "tests/formats/data"
    failed = folder / "failed.pw.out"
    text = (data / "qe/relax.pw.out").read_text()
    failed.write_text(text[:text.index("convergence has been achieved")])
    cut = folder / "cut.pw.out"
    cut.write_text(text[:text.index("JOB DONE")])
    for ranks in RANKS:
        run(ranks, "import", data / "qe/relax.pw.out", failed, cut, data / "vasp/OUTCAR", "-o", folder / "o.h5",
            "--force", says=["failed.pw.out:", "cut.pw.out:", "did not converge", "6 structures, 13 atoms"])
        energies = [energy for energy, _ in frames_of(exported(folder, folder / "o.h5"))]
        assert len(energies) == 6 and abs(energies[-1] + 24.12345678) < 1e-9, energies
        assert abs(energies[0] + 111.46622481 * 13.605693122994) < 1e-6, energies
        run(ranks, "import", failed, "-o", folder / "none.h5", code=65, says=["failed.pw.out", "no structure is left"])
    run(1, "import", data / "qe/data-file-schema.xml", data / "vasp/vasprun.xml", "-o", folder / "x.h5",
        says=["4 structures, 9 atoms"])


def main():
    for test in (shipped_set_is_the_same_on_any_ranks, wrong_stress_sign_is_refused_and_can_be_flipped,
                 wrong_stresses_are_found_across_files_and_in_what_is_there,
                 texts_that_are_not_utf8_are_refused_and_names_of_files_converted, what_cannot_be_used_is_refused_with_its_place, bad_frames_can_be_left_out_and_duplicates_dropped,
                 duplicates_are_told_by_geometry, a_dataset_is_replaced_only_if_asked_for,
                 levels_of_theory_are_kept_and_told, tables_go_in_and_out, other_formats_go_in_and_out,
                 outputs_of_programs_are_read_without_what_failed):
        with tempfile.TemporaryDirectory() as folder:
            test(Path(folder))
        print("passed:", test.__name__.replace("_", " "))


main()
