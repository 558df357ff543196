#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the tests of the runtime's behaviour by area and insists on a number that they never fall below.

    count_tests.py AREA=PROGRAM ...

Only programs that are run with 1, 2 and 8 processors are given. `*` as AREA: the
program has several, told apart by its GoogleTest suites.
"""
import collections
import subprocess
import sys

LEAST = 250
# Area -> the GoogleTest suites of programs that have several areas. Others in such a program are not counted.
AREAS = {"sched": "scheduler threads go", "exceptions": "exceptions", "exit": "exiting panic go_death panic_death",
         "chan": "chan chan_death", "select": "select select_death", "errgroup": "errgroup group singleflight flight",
         "ctx": "context context_death", "time": "timer ticker sleep after after_func", "whole programs": "pattern whole",
         "sync": "mutex mutex_death shared_mutex condition_variable wait_group once pool sync_map weighted_semaphore defer"}
AREA_OF = {suite: area for area, suites in AREAS.items() for suite in suites.split()}


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
            if area != "*" or suite in AREA_OF:
                areas[area if area != "*" else AREA_OF[suite]] += count
    for area, count in sorted(areas.items()):
        print(f"  {area:<16} {count:>4}")
    total = sum(areas.values())
    print(f"  {'all':<16} {total:>4}, each with 1, 2 and 8 processors; at least {LEAST} are asked for")
    sys.exit(0 if total >= LEAST else 1)


if __name__ == "__main__":
    main()
