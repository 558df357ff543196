#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every program of one build of the corpus with 1, 2 and 8 processors.

    check_corpus.py [--unseen FILE] EXECUTABLE [TIMES [PATTERN]]

racy_*: a report and exit status 66 are expected in each run; clean_*: neither, and status 0. TIMES: so often each
(once if not given). PATTERN: only programs whose name it matches, as a regular expression.
FILE: lines `NAME: REASON`, the racy programs whose race this build's compiler leaves out of what it tells the detector.
They must end without a report in each run: a line that is no longer true fails.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

LIMIT_S = 120
PROCESSORS = ("1", "2", "8")


def read_unseen(path):
    """The names of a list of exceptions, each of them that of a racy program of the corpus."""
    names = set()
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        name, colon, reason = line.partition(": ")
        if not line or line.startswith("#"):
            continue
        if not colon or not reason or not list(pathlib.Path(__file__).parent.glob(f"*/{name}.cpp")):
            sys.exit(f"{path}:{number}: expected `NAME: REASON` with the name of a program, got {line!r}")
        if not name.startswith("racy_") or name in names:
            sys.exit(f"{path}:{number}: {name} has no race, or is here twice")
        names.add(name)
    return names


def run(executable, name, processors, unseen):
    """What is wrong with one run, or None."""
    settings = dict(os.environ, VOLE_MAXPROCS=processors, VOLE_RACE="atexit_sleep_ms=0")
    try:
        done = subprocess.run([executable, name], env=settings, capture_output=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired as late:
        return f"still running after {LIMIT_S} s\n{(late.stderr or b'').decode(errors='replace')}"
    text = (done.stdout + done.stderr).decode(errors="replace")
    found = "WARNING: DATA RACE" in text
    if name in unseen:
        if found or done.returncode != 0:
            return f"its line among the exceptions is not true; status {done.returncode}\n{text}"
        return None
    if name.startswith("racy_") and (not found or done.returncode != 66):
        return f"a race was expected; status {done.returncode}\n{text}"
    if name.startswith("clean_") and (found or done.returncode != 0):
        return f"no race was expected; status {done.returncode}\n{text}"
    return None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--unseen")
    parser.add_argument("executable")
    parser.add_argument("times", type=int, nargs="?", default=1)
    parser.add_argument("pattern", nargs="?", default="")
    given = parser.parse_args()
    executable, times = given.executable, given.times
    unseen = read_unseen(given.unseen) if given.unseen else set()
    wanted = re.compile(given.pattern)
    names = subprocess.run([executable], capture_output=True, text=True, check=True).stdout.split()
    names = [name for name in names if wanted.search(name)]
    strange = [name for name in names if not re.match("racy_|clean_", name)]
    if strange or not names:
        sys.exit(f"{executable}: no programs, or names that expect nothing: {strange}")
    runs = [(name, processors) for _ in range(times) for name in names for processors in PROCESSORS]
    failures = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, processors), wrong in zip(runs, pool.map(lambda one: run(executable, *one, unseen), runs)):
            if wrong:
                failures.setdefault(name, []).append(f"with {processors} processors: {wrong}")
    for name, wrong in failures.items():
        print(f"{name}: {len(wrong)} of {3 * times} runs, the first {wrong[0]}")
    print(f"{len(names)} programs, {len(runs)} runs, {sum(map(len, failures.values()))} failures")
    sys.exit(1 if failures else 0)


main()
