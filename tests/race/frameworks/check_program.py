#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Of four tests the racy one fails, with the report in its message; the others pass, alone and together.

    check_program.py PROGRAM gtest|catch2|doctest
"""
import os
import subprocess
import sys

program, framework = sys.argv[1:3]
FILTER = {"gtest": "--gtest_filter=races.{}", "catch2": "{}", "doctest": "--test-case={}"}[framework]
FAILURE = {"gtest": "[  FAILED  ] races.{} (", "catch2": "\n{}\n---", "doctest": "TEST CASE:  {}\n"}[framework]
TESTS = ("first_clean", "racy", "then_clean", "guarded_clean")


def run(*arguments):
    environment = dict(os.environ, VOLE_RACE="atexit_sleep_ms=0", VOLE_MAXPROCS="2")
    return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def expect(condition, what, done):
    if not condition:
        sys.exit(f"{what}\nstatus {done.returncode}\n{done.stdout}{done.stderr}")


everything = run()
for name in TESTS:
    expect((FAILURE.format(name) in everything.stdout) == (name == "racy"), f"all together: {name}", everything)
expect("WARNING: DATA RACE" in everything.stdout, "the failure does not hold the report", everything)
for name in TESTS:
    alone = run(FILTER.format(name))
    expect((alone.returncode == 0) == (name != "racy"), f"{name} alone", alone)
    expect(("WARNING: DATA RACE" in alone.stdout) == (name == "racy"), f"{name} alone: its output", alone)
