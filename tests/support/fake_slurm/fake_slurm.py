#!/usr/bin/env python3
"""A Slurm that lies: sbatch, squeue, sacct, scontrol, scancel, sinfo call it with their names.

It really runs the scripts, in the background. FAKE_SLURM is its directory; in it "faults.json" says what goes wrong:
probabilities of each call, drawn with a seed, and fixed habits. All are off when they are not there.

    seed           of the random numbers
    lost_reply     sbatch has the job in the queue but says that it could not talk to the controller
    unheard        sbatch does not have it in the queue and says the same
    hang           the command does not answer for 60 s (sbatch has the job in the queue)
    vanish         sbatch gives an id, but the job is forgotten: it never runs and nobody knows it
    empty          squeue knows of no job at all, with exit code 0
    error          squeue cannot talk to the controller
    limit          (number) most jobs in the queue; beyond it sbatch refuses
    ids            (number) of different ids: they are used again and again
    invisible      [s] for which a job is in no answer, at most; it may run meanwhile
    delay          [s] before a job starts, at most
    forget         [s] after which ended jobs are in no answer of squeue
    accounting     sacct works (and never forgets)
"""
import fcntl
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

home = Path(os.environ["FAKE_SLURM"])
faults = json.loads((home / "faults.json").read_text())
unreachable = "Unable to contact slurm controller (connect failure)"


class State:
    """The list of jobs, for one command at a time."""

    def __enter__(self):
        self.file = open(home / "state", "a+")
        fcntl.flock(self.file, fcntl.LOCK_EX)
        self.file.seek(0)
        self.data = json.loads(self.file.read() or '{"calls": 0, "next": 1, "jobs": []}')
        self.data["calls"] += 1
        self.random = random.Random(faults.get("seed", 0) * 1000003 + self.data["calls"])
        return self

    def __exit__(self, *_):
        self.file.seek(0)
        self.file.truncate()
        self.file.write(json.dumps(self.data))
        self.file.flush()

    def strikes(self, fault):
        hit = self.random.random() < faults.get(fault, 0)
        if hit:
            with open(home / "struck.log", "a") as log:
                log.write(fault + "\n")
        return hit


def state_of(job, task):
    base = home / f"job.{job['key']}.{task}"
    if Path(f"{base}.code").exists():
        text = Path(f"{base}.code").read_text().strip()
        if Path(f"{base}.cancelled").exists():
            return "CANCELLED"
        return "RUNNING" if not text else "COMPLETED" if text == "0" else "FAILED"
    return "RUNNING" if Path(f"{base}.started").exists() else "PENDING"


def ended_at(job, task):
    return (home / f"job.{job['key']}.{task}.code").stat().st_mtime


def start(job, script, directory):
    for task in job["tasks"] or [0]:
        base = home / f"job.{job['key']}.{task}"
        environment = dict(os.environ, SLURM_JOB_ID=str(job["id"]), SLURMD_NODENAME="fake")
        if job["tasks"]:
            environment.update(SLURM_ARRAY_JOB_ID=str(job["id"]), SLURM_ARRAY_TASK_ID=str(task))
        subprocess.Popen(["bash", "-c", 'echo $$ >"$1.pid"; sleep "$2"; : >"$1.started"; cd "$4"; bash "$3" >"$1.out" 2>&1; '
                          'echo $? >"$1.part"; mv "$1.part" "$1.code"', "job", str(base), str(job["delay"]), script, directory],
                         env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         start_new_session=True)


def sbatch(words):
    if "--version" in words:
        return print("slurm 0.0.0-fake")
    script = words[-1]
    directory = next(w.split("=", 1)[1] for w in words if w.startswith("--chdir="))
    text = Path(script).read_text()
    name = re.search(r"^#SBATCH --job-name=(.*)$", text, re.M)[1]
    array = re.search(r"^#SBATCH --array=0-(\d+)", text, re.M)
    with State() as state:
        live = [j for j in state.data["jobs"] for t in j["tasks"] or [0] if state_of(j, t) in ("PENDING", "RUNNING")]
        if len(live) + (int(array[1]) + 1 if array else 1) > faults.get("limit", 10**9):
            with open(home / "struck.log", "a") as log:
                log.write("limit\n")
            sys.exit("sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates "
                     "accounting/QOS policy (job submit limit, user's size and/or time limits)")
        if state.strikes("unheard"):
            sys.exit(f"sbatch: error: Batch job submission failed: {unreachable}")
        number = state.data["next"]
        state.data["next"] += 1
        identity = 1 + (number - 1) % faults.get("ids", 10**9)
        if state.strikes("vanish"):
            return print(identity)
        job = {"key": number, "id": identity, "name": name, "tasks": list(range(int(array[1]) + 1)) if array else [],
               "submitted": time.time(), "visible": time.time() + state.random.random() * faults.get("invisible", 0),
               "delay": state.random.random() * faults.get("delay", 0)}
        state.data["jobs"].append(job)
        start(job, script, directory)
        lost, hangs = state.strikes("lost_reply"), state.strikes("hang")
    if hangs:
        time.sleep(60)
    if lost:
        sys.exit("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation")
    print(identity)


def rows(state):
    for job in state.data["jobs"]:
        if time.time() < job["visible"]:
            continue
        for task in job["tasks"] or [0]:
            yield job, task, state_of(job, task), time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(job["submitted"]))


def squeue(_):
    with State() as state:
        if state.strikes("error"):
            sys.exit(f"slurm_load_jobs error: {unreachable}")
        if state.strikes("empty"):
            return
        hangs = state.strikes("hang")
        for job, task, word, submitted in rows(state):
            ended = word not in ("PENDING", "RUNNING")
            if ended and time.time() - ended_at(job, task) > faults.get("forget", 10**9):
                continue
            print(job["id"], task if job["tasks"] else "N/A", word, submitted, "0:00", "None", job["name"], sep="|")
    if hangs:
        time.sleep(60)


def sacct(_):
    if not faults.get("accounting"):
        sys.exit("Slurm accounting storage is disabled")
    with State() as state:
        for job, task, word, submitted in rows(state):
            name = f"{job['id']}_{task}" if job["tasks"] else job["id"]
            print(name, "CANCELLED by 0" if word == "CANCELLED" else word, "0:0", submitted, 0, job["name"], sep="|")


def scancel(words):
    with State() as state:
        identity, _, task = words[-1].partition("_")
        name = words[0].removeprefix("--name=")
        for job in state.data["jobs"]:
            if job["name"] != name:
                continue
            for t in job["tasks"] or [0]:
                if str(job["id"]) == identity and (not task or str(t) == task) and state_of(job, t) in ("PENDING", "RUNNING"):
                    base = home / f"job.{job['key']}.{t}"
                    Path(f"{base}.cancelled").touch()
                    os.killpg(int(Path(f"{base}.pid").read_text()), 15)
                    Path(f"{base}.code").write_text("143\n")


def scontrol(_):
    print("MaxArraySize            = 5\nMinJobAge               = 300 sec")


def sinfo(_):
    print("main*|up|1:00:00\nlong|up|infinite")


globals()[sys.argv[1]](sys.argv[2:])
