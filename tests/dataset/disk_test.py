"""What is on the disk after a kill, on a full disk, and where no file may be written.
Usage: disk_test.py <write_records> <kamacite> <repository> <mpiexec and its options, up to the number of ranks> ..."""
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

program, kamacite, repository, launcher = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:]


def command(ranks, *args, program=program):
    mpiexec, count_flag, *flags = launcher
    return [mpiexec, count_flag, str(ranks), *flags, program, *map(str, args)]


def run(ranks, *args, **options):
    done = subprocess.run(command(ranks, *args, **options), capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def descendants(pid):
    """All processes below `pid`."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(c) for c in children] + [d for c in children for d in descendants(int(c))]


def test_kill(tmp, ranks, seed):
    """Whatever bears a real name after kill -9 is complete."""
    random.seed(seed)
    path = tmp / f"killed{ranks}.kds"
    killed_midway = 0
    for _ in range(2):
        writer = subprocess.Popen(command(ranks, "append", path), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        deadline = time.time() + 20
        before = len(list(path.glob("seg-*.h5")))
        while len(list(path.glob("seg-*.h5"))) <= before and time.time() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.1))
        for pid in [*descendants(writer.pid), writer.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        writer.wait()
        killed_midway += bool(list(path.glob("*.part-*")))
        for segment in sorted(path.glob("seg-*.h5")):
            code, out, err = run(1, "check", segment)
            assert code == 0 and int(out) == 200, (segment, code, out, err)
    print(f"kill -9, {ranks} ranks: {len(list(path.glob('seg-*.h5')))} segments whole, "
          f"{killed_midway} of 2 kills left an unnamed part")


def expect_refusal(what, directory, code, err):
    left = [p.name for p in directory.iterdir()]
    assert code == 74, (what, code, err)
    assert not left, (what, left)
    print(f"{what}: {next(line for line in err.splitlines() if ': ' in line)}")


@contextlib.contextmanager
def small_disk(directory, kibibytes):
    """A disk of this size mounted at `directory`, which is new; None where that is not permitted."""
    directory.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(directory)],
        capture_output=True).returncode == 0
    if not mounted:
        print("SKIPPED: full disk (needs root and permission to mount)")
    try:
        yield directory if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(directory)], check=True)


def test_full_disk(tmp, ranks):
    """A full disk is exit code 74, says so, and leaves nothing."""
    with small_disk(tmp / f"disk{ranks}", 1024) as disk:
        if not disk:
            return
        code, _, err = run(ranks, "write", disk / "x.h5", 0, 400)
        assert code == 0, err
        (disk / "x.h5").unlink()
        code, _, err = run(ranks, "write", disk / "x.h5", 0, 2000)
        expect_refusal(f"full disk, {ranks} ranks, 2000 records", disk, code, err)
        assert "full" in err, err


def test_nearly_full_disk(tmp, ranks):
    """However little room there is, the program ends with 74, says why, and leaves nothing."""
    source = repository / "inputs/data/fe_kamacite/iron_qe.xyz"
    for free in (0, 4, 260, 300):  # KiB; what HDF5 keeps beside the data needs up to 256
        with small_disk(tmp / f"nearly{ranks}-{free}", free + 4) as disk:
            if not disk:
                return
            (disk / "other").write_bytes(b"x" * 4096)
            for name in ("x.h5", "x.kds") if free == 0 else ("new/x.h5",):
                code, _, err = run(ranks, "import", source, "-o", disk / name, program=kamacite)
                assert err.count("error: ") == 1 and "the disk is full" in err, err
                assert (disk / "other").read_bytes() == b"x" * 4096
                (disk / "other").unlink()
                expect_refusal(f"{free} KiB free, {ranks} ranks", disk, code, err)
                (disk / "other").write_bytes(b"x" * 4096)
    print(f"nearly full disks, {ranks} ranks: refused")


def test_file_limit(tmp, ranks):
    """A write that fails within HDF5, on some ranks or all, is exit code 74 and leaves nothing."""
    for limit in (3000, 400000):
        directory = tmp / f"limit{ranks}-{limit}"
        directory.mkdir()
        code, _, err = run(ranks, "write", directory / "x.h5", 0, 2000, limit, 0)
        expect_refusal(f"file limit {limit}, {ranks} ranks", directory, code, err)


with tempfile.TemporaryDirectory(prefix="kamacite-disk-") as name:
    for n in (1, 2, 3, 4):
        test_nearly_full_disk(Path(name), n)
    for n in (1, 3):
        test_file_limit(Path(name), n)
        test_full_disk(Path(name), n)
        test_kill(Path(name), n, 7 * n)
