#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One race has one id: whatever the optimisation, whether its functions are inlined, wherever they stand in the file, and
whichever access comes first. Other races have other ids.

    check_ids.py VOLE-C++
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

COMPILER = sys.argv[1]
SOURCE = (pathlib.Path(__file__).resolve().parent / "same_race.cpp").read_text()
INLINING = {"as it comes": "", "always": "[[gnu::always_inline]]", "never": "[[gnu::noinline]]"}


def shifted(text, lines):
    """The same program further down in its file, and each of its functions further from the one before."""
    head, body = text.split("namespace {", 1)
    return head + "\n" * lines + "namespace {" + re.sub(r"\n\n", "\n" * (lines + 2), body)


def ids_of(program, *arguments):
    environment = dict(os.environ, VOLE_RACE="atexit_sleep_ms=0", VOLE_MAXPROCS="2")
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=60)
    found = re.findall(r"race id ([0-9a-f]{16})$", done.stderr, re.M)
    if done.returncode != 66 or not found:
        sys.exit(f"status {done.returncode}\n{done.stderr}")
    return set(found), done.stderr


expected = None
with tempfile.TemporaryDirectory() as folder:
    source, program = pathlib.Path(folder, "same_race.cpp"), pathlib.Path(folder, "same_race")
    for level in ("-O0", "-O1", "-O2", "-O3"):
        for number, (inlining, attribute) in enumerate(INLINING.items()):
            source.write_text(shifted(SOURCE, 3 * number))
            subprocess.run([COMPILER, "-race", "-std=c++20", level, f"-DINLINED={attribute}", source, "-o", program],
                           check=True)
            for order in ((), ("swapped",)):
                found, text = ids_of(program, *order)
                expected = expected or found
                if len(found) != 3 or found != expected:
                    sys.exit(f"{level}, inlined {inlining}, {order}: ids {sorted(found)}, where the first build had "
                             f"{sorted(expected)}:\n{text}")
