#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the stacks in the reports of stacks.cpp.

    check_stacks.py EXECUTABLE

The stack of the scenario is, in either place of a report, exactly the one expected; so no frame is missing and none is
there of a function that had been left.
"""
import os
import re
import subprocess
import sys

EXPECTED = {
    "calls": ["leaf", "middle", "middle", "middle", "outer", "main"],
    "throws": ["leaf", "roomy", "after_throw", "main"],
    # Calls that a longjmp goes past are forgotten, with what was called before them.
    "jumps": ["leaf", "roomy"],
}


def stacks(text):
    """The names of the functions of each access of each report."""
    for block in re.findall(r"(?:Previous )?(?:[Ww]rite|[Rr]ead) at .*:\n((?:  .*\n)+)", text):
        yield [line.strip().split("(")[0] for line in block.splitlines() if line.startswith("  ") and line[2] != " "]


def main():
    executable, wrong = sys.argv[1], 0
    for scenario, expected in EXPECTED.items():
        settings = dict(os.environ, VOLE_RACE="atexit_sleep_ms=0")
        done = subprocess.run([executable, scenario], env=settings, capture_output=True, text=True, timeout=120)
        found = list(stacks(done.stderr))
        good = [stack for stack in found if stack[:len(expected)] == expected]
        if done.returncode != 66 or not good or any("left_behind" in stack for stack in found):
            wrong += 1
            print(f"{scenario}: expected status 66 and a stack {expected}, got {done.returncode} and {found}\n{done.stderr}")
    sys.exit(1 if wrong else 0)


main()
