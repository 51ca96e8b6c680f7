#!/usr/bin/env python3
"""Runs jobs_driver, kills it again and again, and counts what was run.

    trial.py DRIVER local|slurm|fake [--attempts N] [--kills N] [--seed N] [--faults JSON] [--again N] [driver's name=value …]

Fails if an attempt ran not at all or twice, failed, or was told twice by the journal. With `slurm`, the Slurm that SLURM_CONF
names. The directory of a trial that fails is kept.
"""
import argparse
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

fake = Path(__file__).resolve().parent.parent / "support/fake_slurm"


def environment_for(directory, kind, faults, seed):
    environment = dict(os.environ)
    if kind == "fake":
        home = directory / "fake"
        home.mkdir()
        (home / "faults.json").write_text(json.dumps(dict(faults, seed=seed)))
        environment.update(FAKE_SLURM=str(home), PATH=f"{fake}:{environment['PATH']}")
    return environment


def check(directory, attempts):
    """Complaints about what was left."""
    runs = collections.Counter(line.split()[0] for line in (directory / "runs.log").read_text().splitlines())
    complaints = [f"attempt {i} ran {runs[str(i)]} times" for i in range(attempts) if runs[str(i)] != 1]
    kinds = collections.Counter()
    ended = collections.Counter()
    names = collections.Counter()
    for number, line in enumerate((directory / "journal.jsonl").read_text().splitlines(), 1):
        entry = json.loads(line)
        if entry["number"] != number:
            complaints.append(f"journal line {number} has number {entry['number']}")
        kinds[entry["kind"]] += 1
        if entry["kind"] == "job.ended":
            ended[entry["data"]["task"]] += 1
            if entry["data"]["state"] != "completed":
                complaints.append(f"{entry['data']['task']} is {entry['data']['state']}: {entry['data']['explanation']}")
        if entry["kind"] == "job.intent":
            names[entry["data"]["name"]] += 1
    complaints += [f"{task} ended {n} times" for task, n in ended.items() if n != 1]
    complaints += [f"{name} was used {n} times" for name, n in names.items() if n != 1]
    if len(ended) != attempts:
        complaints.append(f"{len(ended)} of {attempts} attempts ended")
    return complaints, kinds


def fill_and_free(disk, chance, finished):
    """Fills the disk for a while, again and again, until `finished` is set."""
    filler = disk / "filler"
    while not finished.wait(chance.uniform(0.2, 1.5)):
        try:
            with open(filler, "wb", buffering=0) as file:
                while file.write(b"x" * 4096):
                    pass
        except OSError:
            pass
        finished.wait(chance.uniform(0.5, 2.0))
        filler.unlink()


def kill_session(directory, killed):
    """Kills a local job that has just begun with all that it started, as a machine does that reboots. Whether there was one."""
    for began in directory.glob("local/*/begun/process"):
        if began in killed or time.time() - began.stat().st_mtime > 0.4:
            continue
        killed.add(began)
        session = str(json.loads(began.read_text())["process"])
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if stat.read_text().rpartition(")")[2].split()[3] == session:
                    os.kill(int(stat.parent.name), signal.SIGKILL)
            except (OSError, IndexError):
                pass
        return True
    return False


def trial(options, seed, extra):
    directory = Path(tempfile.mkdtemp(prefix="kamacite_jobs_"))
    outside = directory  # of the disk
    if options.full_disk:
        directory = outside / "disk"
        directory.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", directory], stderr=subprocess.DEVNULL).returncode:
            print("skipped: no file system can be mounted here")
            sys.exit(77)
    try:
        return trial_in(directory, outside, options, seed, extra)
    finally:
        if options.full_disk:
            subprocess.run(["umount", "-l", directory])


def trial_in(directory, outside, options, seed, extra):
    environment = environment_for(directory, options.kind, json.loads(options.faults), seed)
    kind = "local" if options.kind == "local" else "slurm"
    command = [options.driver, str(directory), kind, str(options.attempts), *extra]
    chance = random.Random(seed)
    kills, begin, starts, refused = 0, time.time(), 0, 0
    sessions = set()
    finished = threading.Event()
    filler = threading.Thread(target=fill_and_free, args=(directory, random.Random(seed), finished))
    if options.full_disk:
        filler.start()
    with open(outside / "driver.log", "w") as log:
        while True:
            starts += 1
            driver = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            if kills >= options.kills:
                try:
                    code = driver.wait(timeout=300)
                except subprocess.TimeoutExpired:
                    driver.kill()
                    code = "its deadline"
                if code == 75 and time.time() - begin < 200:  # one look, as `campaign step` has it
                    if len(sessions) < options.sessions:
                        kill_session(directory, sessions)
                    time.sleep(0.2)
                    continue
                if code != 74:
                    break
                refused += 1
                time.sleep(0.2)
                continue
            try:
                # from within its first milliseconds to the middle of what it waits for
                code = driver.wait(timeout=10 ** chance.uniform(-2.3, options.latest))
                if code != 74:
                    break
                refused += 1  # it said that the disk is full
            except subprocess.TimeoutExpired:
                driver.send_signal(signal.SIGKILL)
                driver.wait()
                kills += 1
    if options.full_disk:
        finished.set()
        filler.join()
    complaints, kinds = check(directory, options.attempts)
    if len(sessions) < options.sessions:
        complaints.append(f"{len(sessions)} sessions were killed")
    if options.sessions and kinds["job.lost"] < options.sessions:
        complaints.append(f"{kinds['job.lost']} attempts were lost")
    if code != 0:
        complaints.append(f"the driver ended with {code}")
    struck = directory / "fake/struck.log"
    faults = collections.Counter(struck.read_text().split()) if struck.exists() else {}
    print(f"seed {seed}: {kills} kills, {starts} starts, {refused} full disks told, {time.time() - begin:.1f} s, {dict(kinds)}, faults {dict(faults)}", flush=True)
    if complaints:
        print("\n".join(complaints), f"\nkept: {directory}", sep="")
        return kills, kinds, faults, False
    if not options.full_disk:
        shutil.rmtree(directory, ignore_errors=True)
    return kills, kinds, faults, True


parser = argparse.ArgumentParser()
parser.add_argument("driver")
parser.add_argument("kind", choices=["local", "slurm", "fake"])
parser.add_argument("--attempts", type=int, default=12)
parser.add_argument("--kills", type=int, default=10, help="at most; then the driver may end")
parser.add_argument("--latest", type=float, default=0.0, help="log10 of the longest time before a kill [s]")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--again", type=int, default=1, help="trials, with the seeds that follow")
parser.add_argument("--faults", default="{}")
parser.add_argument("--sessions", type=int, default=0, help="local jobs that die with all that they started, at least; with ticks=…")
parser.add_argument("--full-disk", action="store_true", help="a small file system of its own, filled to the last byte now and then (root)")
options, extra = parser.parse_known_args()
total, all_faults, good = 0, collections.Counter(), True
for seed in range(options.seed, options.seed + options.again):
    kills, _, faults, fine = trial(options, seed, extra)
    total += kills
    all_faults.update(faults)
    good = good and fine
print(f"{'good' if good else 'BAD'}: {options.again} trials, {options.again * options.attempts} attempts, {total} kills, faults {dict(all_faults)}")
sys.exit(not good)
