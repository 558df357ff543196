#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each misuse is reported once, with both stacks where there are two, and changes nothing else: what throws can be caught,
what is fatal ends with status 2, and neither counts as a race.

    check_misuse.py MISUSER
"""
import os
import re
import subprocess
import sys

PROGRAM = sys.argv[1]
# Name, its words, whether it is fatal, functions at the top of the first and of the second stack.
CASES = [
    ("close_twice", "close of closed channel", False, ("Close", "close_twice"), ("close", "close_twice")),
    ("close_nil", "close of nil channel", False, ("Close", "close_nil"), None),
    ("send_after_close", "send on closed channel", False, ("Send", "send_after_close"), ("close", "send_after_close")),
    ("select_after_close", "send on closed channel", False, ("Send", "select_after_close"), ("close", "select_after_close")),
    ("count_below_zero", "sync: negative WaitGroup counter", False, ("Done", "count_below_zero"), None),
    ("unlock_by_a_stranger", "sync: unlock of unlocked mutex", True, ("Unlock", "unlock_by_a_stranger"),
     ("lock", "unlock_by_a_stranger")),
    ("unlock_of_nobody", "sync: unlock of unlocked mutex", True, ("Unlock", "unlock_of_nobody"), None),
    ("destroy_while_locked", "destruction of a locked mutex", False, ("Destruction", "destroy_while_locked"),
     ("lock", "destroy_while_locked")),
]


def run(name, options=""):
    environment = dict(os.environ, VOLE_RACE=f"atexit_sleep_ms=0 {options}", VOLE_MAXPROCS="2")
    return subprocess.run([PROGRAM, name], env=environment, capture_output=True, text=True, timeout=60)


def check(name, words, is_fatal, now, before):
    done = run(name)

    def expect(condition, what):
        if not condition:
            sys.exit(f"{name}: {what}\nstatus {done.returncode}\n{done.stdout}{done.stderr}")

    expect(done.returncode == (2 if is_fatal else 0), "the exit status")
    reports = re.findall(r"^={18}\nWARNING: MISUSE: ([^\n]*)\n(.*?)^={18}\n", done.stderr, re.M | re.S)
    expect(len(reports) == 1 and reports[0][0] == words, "not one report in its words")
    body = reports[0][1]
    first = re.match(rf"{now[0]} at 0x[0-9a-f]{{12}} by (?:main goroutine|goroutine \d+):\n  ([^\n]*)", body)
    expect(first and now[1] in first[1], "the first stack")
    second = re.search(r"^Previous (\w+) at 0x[0-9a-f]{12} by (?:main goroutine|goroutine \d+):\n  ([^\n]*)", body, re.M)
    expect((second is None) == (before is None), "a second stack")
    expect(before is None or (second[1] == before[0] and before[1] in second[2]), "what the second stack is")
    expect(re.search(r"^Misuse id [0-9a-f]{16}$", body, re.M), "the id")
    expect(not re.search(r"^  vole::", body, re.M), "the runtime's own frames")
    expect(is_fatal or "0 races\n" in done.stdout, "it counts as a race")
    expect(is_fatal or name == "destroy_while_locked" or f"caught: {words}\n" in done.stdout, "the exception")
    expect(not is_fatal or f"fatal error: {words}\n" in done.stderr, "the fatal error")
    silent = run(name, "report_misuse=0")
    expect("MISUSE" not in silent.stderr and silent.returncode == done.returncode, "report_misuse=0")


for case in CASES:
    check(*case)
quiet = run("nothing")
if quiet.stderr or quiet.returncode != 0:
    sys.exit(f"a report about nothing:\n{quiet.stderr}")
