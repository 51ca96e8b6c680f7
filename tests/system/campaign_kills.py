#!/usr/bin/env python3
"""Runs a campaign, killing its driver at random instants, until it has ended.

    campaign_kills.py KAMACITE --kills N --seed N [--longest SECONDS] [--full DIRECTORY]

In the directory of campaign.yaml. Half of the kills come within the first half second of a driver, where it reads what
it has left; the others later. What was handed over goes on. With --full the file system of DIRECTORY, a small one, is full to
the last byte in every other second until the last kill; a driver that ends by it (74) is started again.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("kamacite")
parser.add_argument("--kills", type=int, default=8)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--longest", type=float, default=2.0)
parser.add_argument("--full")
options = parser.parse_args()
over = threading.Event()
fillings = 0


def fill():
    global fillings
    filler = os.path.join(options.full, "filler")
    while not over.wait(1.0):
        try:
            with open(filler, "wb", buffering=0) as file:
                while file.write(b"0" * 4096):
                    pass
        except OSError:
            fillings += 1
        over.wait(1.0)
        os.remove(filler)


if options.full:
    threading.Thread(target=fill).start()
chance = random.Random(options.seed)
kills, starts, full, begin = 0, 0, 0, time.time()
while True:
    starts += 1
    driver = subprocess.Popen([options.kamacite, "campaign", "run", "campaign.yaml"])
    deadline = None if kills >= options.kills else chance.choice([chance.uniform(0.01, 0.5), chance.uniform(0.3, options.longest)])
    if deadline is None:
        over.set()
    try:
        code = driver.wait(timeout=deadline or 3000)
        if options.full and code == 74:
            full += 1
            continue
        break
    except subprocess.TimeoutExpired:
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        if deadline is None:
            sys.exit("the last driver did not end")
        kills += 1
over.set()
print(f"{kills} kills, disk full {fillings} times, which ended {full} drivers, {starts} starts, {time.time() - begin:.1f} s, exit code {code}")
sys.exit(code != 0)
