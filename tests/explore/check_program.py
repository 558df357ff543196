#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""VOLE_SCHED on a whole program: the same seed repeats its order, others give others, and the ends are what they are without.

    check_program.py PROGRAM
"""
import os
import subprocess
import sys

PROGRAM = sys.argv[1]


def run(sched, *arguments):
    environment = dict(os.environ)
    environment.pop("VOLE_SCHED", None)
    if sched is not None:
        environment["VOLE_SCHED"] = sched
    done = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def insist(holds, what):
    if not holds:
        sys.exit(f"check_program.py: {what}")


def check_orders(policy):
    orders = set()
    for seed in range(1, 9):
        first = run(f"{policy}seed={seed}")
        insist(first[0] == 0, f"{policy} seed {seed}: {first}")
        insist(sorted(first[1].strip()) == sorted("abcd" * 5), f"{policy} seed {seed}: {first}")
        insist(run(f"{policy}seed={seed}") == first, f"{policy} seed {seed} does not repeat itself")
        orders.add(first[1])
    insist(len(orders) >= 4, f"{policy}: 8 seeds gave only {len(orders)} orders")


def check_ends():
    for sched in (None, "random:seed=3", "pct:depth=3,seed=42"):
        insist(run(sched, "seven")[0] == 7, f"{sched}: status of main")
        insist(run(sched, "running")[0] == 0, f"{sched}: an end beside goroutines that run")
        status, _, error = run(sched, "deadlock")
        insist(status == 2, f"{sched}: deadlock ends with {status}: {error}")
        insist("fatal error: all goroutines are asleep - deadlock!" in error, f"{sched}: {error}")
        insist("goroutine 1 [sync.Mutex.Lock" in error, f"{sched}: {error}")
        status, _, error = run(sched, "goexit")
        insist(status == 2, f"{sched}: goexit ends with {status}: {error}")
        insist("no goroutines (main called runtime.Goexit) - deadlock!" in error, f"{sched}: {error}")
        status, _, error = run(sched, "panic")
        insist(status == 2, f"{sched}: panic ends with {status}: {error}")
        insist("panic: boom" in error, f"{sched}: {error}")


def check_refusals():
    for sched, complaint in (
        ("fifo", "vole: VOLE_SCHED: policy 'fifo': position 0: expected random, pct or dfs\n"),
        ("pct:depth=x", "vole: VOLE_SCHED: policy 'pct:depth=x': position 10: expected a number of at most 64 bits\n"),
        ("dfs", "vole: VOLE_SCHED: dfs needs many runs, and a program has one: random or pct\n"),
    ):
        insist(run(sched) == (2, "", complaint), f"{sched}: {run(sched)}")
    status, _, error = run("random", "thread")
    insist(status == 2 and "fatal error: " in error and "outside" in error, f"thread: {status} {error}")
    status, _, error = run("random", "io")
    insist(status == 2 and "fatal error: a goroutine under a controlled schedule waits for input or output" in error,
           f"io: {status} {error}")


check_orders("random:")
check_orders("pct:depth=3,")
check_ends()
check_refusals()
