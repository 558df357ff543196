#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the concurrency tests over and over under load, with 1, 2 and 8 processors in turn.

    stress.py BUILD [SUITE] [TIMES] [HOGS]

SUITE: a regular expression for names of tests as ctest knows them, without the `.procs_N` at their end; none: those
that wait, wake and end goroutines. TIMES: processes of each suite, 300 if not given. HOGS: busy loops beside them, 2 if
not given; 0 where others load the machine. One line is printed for each suite; what a failing process printed goes to a
file beside the build's tests.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

DEFAULT = r"(sched\..*|chan|sync|time|ctx|net|synctest|behaviour|api\.clang|api\.program\..*|leak)"
PROCESSORS = ("1", "2", "8")
LIMIT_S = 600  # one process; none needs more than half a minute on a quiet machine
HOG = "while True: pass"


def suites(build, wanted):
    """{name: (command, environment)} of the tests that come with 1, 2 and 8 processors."""
    listing = subprocess.run(["ctest", "--test-dir", str(build), "--show-only=json-v1"], capture_output=True,
                             text=True, check=True).stdout
    found = {}
    for test in json.loads(listing)["tests"]:
        name, dot, _ = test["name"].rpartition(".procs_1")
        if not dot or not re.fullmatch(wanted, name) or "command" not in test:
            continue
        settings = next((p["value"] for p in test["properties"] if p["name"] == "ENVIRONMENT"), [])
        found[name] = (test["command"], dict(one.split("=", 1) for one in settings if "=" in one))
    return found


def run_once(command, environment, processors):
    """The output of a process that failed, or None."""
    settings = {**os.environ, **environment, "VOLE_MAXPROCS": processors}
    try:
        done = subprocess.run(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT_S)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"") + f"\nstress: still running after {LIMIT_S} s\n".encode()
    return None if done.returncode == 0 else done.stdout + f"\nstress: status {done.returncode}\n".encode()


def stress(name, command, environment, times, folder):
    """Runs one suite so many times; the number of failures."""
    start, failed = time.monotonic(), 0
    for turn in range(times):
        processors = PROCESSORS[turn % len(PROCESSORS)]
        output = run_once(command, environment, processors)
        if output is None:
            continue
        failed += 1
        log = folder / f"{name}.{turn}.procs_{processors}.log"
        log.write_bytes(output)
        print(f"    failed: VOLE_MAXPROCS={processors} {' '.join(command)}  (output: {log})", flush=True)
    took = time.monotonic() - start
    print(f"  {name:<32} {times} times, {failed or 'none'} failed, {took:.0f} s, load {os.getloadavg()[1]:.0f}", flush=True)
    return failed


def main():
    if not 2 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    words = [word for word in sys.argv[2:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[2:] if word.isdigit()]
    times, hog_count = (numbers + [300, 2][len(numbers):])[:2]
    found = suites(build, words[0] if words else DEFAULT)
    if not found:
        sys.exit(f"stress: no suite matches {words[0] if words else DEFAULT}")
    folder = build / "stress"
    folder.mkdir(exist_ok=True)
    hogs = [subprocess.Popen([sys.executable, "-c", HOG]) for _ in range(hog_count)]
    try:
        print(f"stress: {times} processes of each suite with {', '.join(PROCESSORS)} processors in turn, "
              f"{hog_count} busy loops beside them", flush=True)
        failed = sum(stress(name, *how, times, folder) for name, how in found.items())
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
