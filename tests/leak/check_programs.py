#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs programs that leak on purpose and insists on what they print and how they end.

    check_programs.py BIN_DIR PART      PART: planted, gtest, catch2, doctest
"""
import os
import pathlib
import re
import subprocess
import sys

bin_dir = pathlib.Path(sys.argv[1]).resolve()


def run(name, *arguments, mode="guard"):
    done = subprocess.run([str(bin_dir / name), *arguments], env={**os.environ, "MODE": mode},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    return done.returncode, done.stdout


def expect(condition, law, output):
    if not condition:
        sys.exit(f"not so: {law}\n--- output ---\n{output}")


def planted():
    proofs = {"receive_nil": ("chan receive (nil chan)", "receives from a nil channel"),
              "send_nil": ("chan send (nil chan)", "sends on a nil channel"),
              "no_cases": ("select (no cases)", "select without cases")}
    for kind, (state, why) in proofs.items():
        status, out = run("leak_planted", kind)
        found = re.search(
            r"proven: found unexpected goroutines:\n"
            r"\[Goroutine (\d+) in state (.*), with (.*) on top of the stack:\n"
            r"waiting, .* so far\n"
            r"proven never to wake: (.*)\n"
            r"goroutine \1 \[\2 \(leaked\)\]:\n"
            r"(.*\(\.\.\.\)\n\t/.*planted\.cpp:\d+( \+0x[0-9a-f]+)?\n)+"
            r"created by main in goroutine 1\n"
            r"\t/.*planted\.cpp:\d+ \+0x[0-9a-f]+\n"
            r"\]\n", out)
        expect(found, f"{kind}: the proof stands in the report", out)
        expect(found[2] == state, f"{kind}: state {state}", out)
        expect("main::" in found[3], f"{kind}: the top function is the user's", out)
        expect(why in found[4], f"{kind}: the proof says why", out)
        expect(out.count("found unexpected goroutines") == 2, f"{kind}: find() has it too", out)
        expect("waited: less" in out and status == 1, f"{kind}: and does not wait for it", out)
    status, out = run("leak_planted", "possible")
    expect("proven: nothing\n" in out, "a sleeper is not proven", out)
    expect("[Goroutine" in out and "in state sleep" in out, "but found", out)
    expect("waited: to the end" in out and status == 1, "after the whole wait", out)
    status, out = run("leak_planted", "none")
    expect(out == "proven: nothing\nfound: nothing\nwaited: less\n" and status == 0, "clean is clean", out)


LEAK = "found unexpected goroutines:\n"


def gtest():
    status, out = run("leak_gtest")
    failed = set(re.findall(r"^\[  FAILED  \] (\w+\.\w+)(?:,.*)?$", out, re.M))
    expect(failed == {"guard.fails_what_leaks", "guard.fails_also_when_the_test_throws",
                      "fixture.guard_as_a_member_fails"}, "the guard fails just those that leak", out)
    expect(out.count(LEAK) == 3 and status == 1, "each once", out)
    expect(re.search(r"gtest_program\.cpp:\d+: Failure\n(Failed\n)?found", out), "at the guard's own line", out)
    status, out = run("leak_gtest", mode="listener")
    failed = set(re.findall(r"^\[  FAILED  \] (\w+\.\w+)(?:,.*)?$", out, re.M))
    expect(failed == {"guard.fails_what_leaks", "guard.fails_also_when_the_test_throws",
                      "fixture.guard_as_a_member_fails", "bare.leaks"}, "the listener adds bare.leaks", out)
    expect(status == 1, "and the status says so", out)
    status, out = run("leak_gtest", "--gtest_filter=bare.clean", mode="main")
    expect(status == 0 and LEAK not in out and "cleanup got 0" in out, "clean main", out)
    status, out = run("leak_gtest", "--gtest_filter=bare.*", mode="main")
    expect("[  PASSED  ] 2 tests" in out and LEAK in out, "main finds what the tests did not", out)
    expect(status == 1 and "cleanup got 1" in out, "and fails", out)
    status, out = run("leak_gtest", "--gtest_filter=guard.fails_what_leaks", mode="main")
    expect(status == 1 and out.count(LEAK) == 1, "main is silent after a failure", out)
    status, out = run("leak_gtest", "--gtest_shuffle", "--gtest_repeat=3", mode="listener")
    expect(out.count("[  FAILED  ] 4 tests") == 3, "in any order", out)


def catch2():
    status, out = run("leak_catch2", "[guard]")
    expect("test cases: 3 | 2 passed | 1 failed" in out and status == 1, "the guard fails one", out)
    expect("guard fails what leaks" in out and out.count(LEAK) == 1, "the right one", out)
    expect(re.search(r"catch2_program\.cpp:\d+: FAILED", out), "at the guard's own line", out)
    status, out = run("leak_catch2", "[clean],[leaky]", mode="listener")
    expect("test cases: 3 | 1 passed | 2 failed" in out and status == 2, "the listener fails two", out)
    expect(out.count(LEAK) == 2 and "bare clean" not in out, "each for its own", out)
    status, out = run("leak_catch2", "[clean]", mode="listener")
    expect(status == 0 and "All tests passed" in out, "and none that is clean", out)
    status, out = run("leak_catch2", "[clean]", mode="main")
    expect(status == 0 and LEAK not in out and "cleanup got 0" in out, "clean main", out)
    status, out = run("leak_catch2", "[leaky]", mode="main")
    expect("All tests passed" in out and LEAK in out, "main finds what the tests did not", out)
    expect(status == 1 and "cleanup got 1" in out, "and fails", out)


def doctest():
    status, out = run("leak_doctest", "--test-case=guard*")
    expect(re.search(r"test cases: *3 *\| *2 passed *\| *1 failed", out) and status == 1, "the guard fails one", out)
    expect("guard fails what leaks" in out and out.count(LEAK) == 1, "the right one", out)
    expect(re.search(r"doctest_program\.cpp:\d+: ERROR", out), "at the guard's own line", out)
    status, out = run("leak_doctest", "--test-case=bare*", mode="listener")
    expect(re.search(r"test cases: *3 *\| *1 passed *\| *2 failed", out) and status == 1,
           "the listener fails two", out)
    expect(out.count(LEAK) == 2 and "bare clean" not in out, "each for its own", out)
    status, out = run("leak_doctest", "--test-case=bare clean", mode="listener")
    expect(status == 0 and "SUCCESS" in out, "and none that is clean", out)
    status, out = run("leak_doctest", "--test-case=bare clean", mode="main")
    expect(status == 0 and LEAK not in out and "cleanup got 0" in out, "clean main", out)
    status, out = run("leak_doctest", "--test-case=bare*", mode="main")
    expect("SUCCESS" in out and LEAK in out, "main finds what the tests did not", out)
    expect(status == 1 and "cleanup got 1" in out, "and fails", out)


{"planted": planted, "gtest": gtest, "catch2": catch2, "doctest": doctest}[sys.argv[2]]()
