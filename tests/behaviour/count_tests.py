#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the tests of the runtime's behaviour by area and insists on a number that they never fall below.

    count_tests.py AREA=PROGRAM ...

Only programs that are run with 1, 2 and 8 processors are given. An area in a program of several areas is the
GoogleTest suite's name; those that stand for the same thing are put together by SAME.
"""
import collections
import subprocess
import sys

LEAST = 250
SAME = {"scheduler": "sched", "threads": "sched", "goroutine": "sched", "go": "sched", "flight": "errgroup",
        "group": "errgroup", "exiting": "exit", "ending": "exit", "panic": "exit", "go_death": "exit",
        "panic_death": "exit", "timer": "time", "ticker": "time", "singleflight": "errgroup", "whole": "pattern",
        "sync_death": "sync", "defer": "sync", "collections": "sync"}


def suites(program):
    """{GoogleTest suite: number of tests}. Some programs insist on an argument; `-` is as good as any here."""
    listing = subprocess.run([program, "--gtest_list_tests", "-"], capture_output=True, text=True, check=True).stdout
    counts, suite = collections.Counter(), ""
    for line in listing.splitlines():
        if line.startswith("  "):
            counts[suite] += 1
        elif line.split("#")[0].strip().endswith("."):
            suite = line.split(".")[0].split("/")[0]
    return counts


def main():
    areas = collections.Counter()
    for argument in sys.argv[1:]:
        area, _, program = argument.partition("=")
        for suite, count in suites(program).items():
            areas[area if area != "*" else SAME.get(suite, suite)] += count
    for area, count in sorted(areas.items()):
        print(f"  {area:<16} {count:>4}")
    total = sum(areas.values())
    print(f"  {'all':<16} {total:>4}, each with 1, 2 and 8 processors; at least {LEAST} are asked for")
    sys.exit(0 if total >= LEAST else 1)


if __name__ == "__main__":
    main()
