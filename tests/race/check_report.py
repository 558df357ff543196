#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the reporter and compares what it says with what Go's detector would, and the options with GORACE's.

    check_report.py REPORTER [--update]     --update rewrites the texts in golden/
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
IS_UPDATE = sys.argv[2:] == ["--update"]
HERE = str(pathlib.Path(__file__).resolve().parent)


def run(*arguments, options=""):
    environment = dict(os.environ, VOLE_RACE=f"atexit_sleep_ms=0 {options}", VOLE_MAXPROCS="2")
    return subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def expect(condition, what, done):
    if not condition:
        sys.exit(f"{what}\nstatus {done.returncode}\n--- stdout\n{done.stdout}--- stderr\n{done.stderr}")


# What Go prints for the same program, with places masked; either of the two may come second.
BY = r"(?:main goroutine|goroutine \d+)"
STACK = r"(?:  \S.*\n      \S+:\d+ \+0x[0-9a-f]+\n)+"
REPORT = re.compile(
    r"={18}\nWARNING: DATA RACE\n"
    rf"(?:Read|Write) at 0x[0-9a-f]{{12}} by {BY}:\n({STACK})\n"
    rf"Previous (?:read|write) at 0x[0-9a-f]{{12}} by {BY}:\n({STACK})\n"
    rf"Goroutine \d+ \((?:running|finished)\) created at:\n({STACK})\n"
    r"(?P<location>Location is [^\n]*\n(?:(?:  [^\n]*\n)*))\n"
    r"(?P<notes>(?:[A-Z][^\n]*\.\n)+)\n"
    r"Accesses of 4 bytes and 4 bytes; race id (?P<id>[0-9a-f]{16})\n"
    r"={18}\n")


def functions(stack):
    return re.findall(r"^  (\S.*)\n", stack, re.M)


done = run("global", "count")
found = REPORT.search(done.stderr)
expect(found, "the report has not Go's form", done)
stacks = sorted(functions(found.group(i)) for i in (1, 2))
expect(stacks[0][:2] == ["pool::store()", "(anonymous namespace)::race_on()"] or
       stacks[0][0] == "pool::store()" and stacks[0][-1] == "main()", "main's stack is not whole", done)
expect(["pool::store()", "pool::racer()"] in [s[:2] for s in stacks], "the goroutine's stack is not whole", done)
expect(functions(found.group(3))[0] == "pool::start()" and functions(found.group(3))[-1] == "main()",
       "the creation stack is not whole", done)
expect("'pool::counter' of type int, 4 bytes" in found["location"], "the variable is not named", done)
expect(done.stderr.endswith("Found 1 data race(s)\n") and done.returncode == 66, "the end is not Go's", done)
expect("1 races\n" in done.stdout and "called back with a report\n" in done.stdout, "count or callback", done)
identity = found["id"]

again = run("global")
expect(REPORT.search(again.stderr)["id"] == identity, "the id differs between runs", again)
twice = run("twice", "count")
expect("1 races" in twice.stdout, "the same race is reported twice", twice)
heap = run("heap")
found = REPORT.search(heap.stderr)
expect(found and "heap block of 16 bytes" in found["location"] and ", offset 8, allocated by main goroutine at:" in
       found["location"] and "pool::make_block()" in found["location"], "the heap block is not described", heap)

expect(run("global", options="exitcode=7").returncode == 7, "exitcode", done)
expect(run("global", "fail").returncode == 66, "status 3 with races", done)
expect(run("fail").returncode == 3, "status 3 without races", done)
expect(run("count").returncode == 0, "status 0 without races", done)
stopped = run("global", "heap", "count", options="halt_on_error=1")
expect(stopped.returncode == 66 and stopped.stderr.count("WARNING") == 1 and stopped.stdout == "", "halt_on_error", stopped)
stripped = run("global", options=f"strip_path_prefix={HERE}/")
expect("      reporter.cpp:" in stripped.stderr and HERE not in stripped.stderr, "strip_path_prefix", stripped)
with tempfile.TemporaryDirectory() as folder:
    logged = run("global", options=f"log_path={folder}/log")
    expect(logged.stderr == "" and logged.returncode == 66, "log_path: something is on stderr", logged)
    logs = list(pathlib.Path(folder).iterdir())
    expect(len(logs) == 1 and re.fullmatch(r"log\.\d+", logs[0].name), "log_path: no log.pid", logged)
    expect(REPORT.search(logs[0].read_text()), "log_path: no report in it", logged)
    rules = pathlib.Path(folder, "rules")
    for text in ("race:^pool::racer$", "race:*reporter.cpp", f"id:{identity}", "function:pool::racer  # known",
                 "file:reporter.cpp$"):
        rules.write_text("# known\n" + text + "\n")
        hidden = run("global", options=f"suppressions={rules}")
        expect(hidden.returncode == 0 and "WARNING" not in hidden.stderr, f"suppression {text}", hidden)
    rules.write_text("race:another\nfile:pool::racer\nfunktion:x\nid:xyz\n")
    other = run("global", options=f"suppressions={rules} print_unused_suppressions=1")
    expect(other.returncode == 66, "a suppression of another", other)
    expect(f'{rules}:3: "funktion:x": expected function:PATTERN' in other.stderr and f'{rules}:4: "id:xyz": an id' in other.stderr,
           "faulty rules are not named", other)
    expect(f"{rules}:1: race:another matched nothing\n{rules}:2: file:pool::racer matched nothing\n" in other.stderr,
           "unused rules are not named", other)
    missing = run("count", "global", options=f"suppressions={folder}/none")
    expect(f"can't read {folder}/none: No such file" in missing.stderr and missing.returncode == 66, "no file", missing)
    blocked = run("global", options=f"log_path={folder}/none/log")
    expect("can't write" in blocked.stderr and "WARNING: DATA RACE" in blocked.stderr, "log_path nowhere", blocked)
unknown = run("count", options="histroy_size=2 exitcode=x exitcode")
expect('"histroy_size=2" is left out: there is no such option' in unknown.stderr and unknown.returncode == 0,
       "an unknown option", unknown)
expect('"exitcode=x" is left out: its value must be a number' in unknown.stderr and
       '"exitcode" is left out: expected name=value' in unknown.stderr, "faulty values", unknown)
every = run("twice", "count", options="suppress_equal_stacks=0")
expect("2 races" in every.stdout, "suppress_equal_stacks=0", every)


# Whole texts, of programs that fix which access comes first.
def masked(text):
    text = text.replace(HERE + "/", "")
    text = re.sub(r"0x[0-9a-f]{9,}", "0xADDRESS", text)
    text = re.sub(r"\+0x[0-9a-f]+", "+0xOFFSET", text)
    # A thread ends some time after it has said so.
    return re.sub(r"\((running|runnable|finished)\) created", "(STATE) created", text)


for name in ("locks", "readers", "stack", "threads"):
    done = run(name)
    golden = pathlib.Path(HERE, "golden", name + ".txt")
    if IS_UPDATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(masked(done.stderr))
    elif golden.read_text() != masked(done.stderr):
        shown = "\n".join(difflib.unified_diff(golden.read_text().split("\n"), masked(done.stderr).split("\n"),
                                              "golden", "now", lineterm=""))
        sys.exit(f"{name} differs from its golden text (--update rewrites it):\n{shown}")
