"""What the tests of commands share: running the program, frames, checks. KAMACITE MAKE_MODEL RANKS MPIEXEC..."""
import math
import pathlib
import re
import subprocess
import sys
import tempfile

kamacite, make_model, ranks = sys.argv[1], sys.argv[2], int(sys.argv[3])
mpiexec = sys.argv[4:]
work = pathlib.Path(tempfile.mkdtemp(prefix="kamacite-commands-"))
failures = []


def check(claim, truth):
    if not truth:
        failures.append(claim)
        print("FAILED:", claim)


def run(n, *arguments):
    launch = [*mpiexec[:2], str(n), *mpiexec[2:]] if n > 1 else []
    command = [*launch, *map(str, arguments)]
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


def finish():
    subprocess.run(["rm", "-r", str(work)], check=True)
    sys.exit(1 if failures else 0)
