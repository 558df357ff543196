#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds one program with and without the race plugin, at every level, and compares what it prints.

Usage: same_results.py CLANG PLUGIN RUNTIME_OBJECT INCLUDE_DIR SOURCE WORK_DIR
"""
import os
import subprocess
import sys


def build_and_run(command, program):
    done = subprocess.run([*command, "-o", program], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    done = subprocess.run([program], capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"{program}: status {done.returncode}, output {len(done.stdout)} bytes\n{done.stderr}")
    return done.stdout


def main():
    clang, plugin, runtime, include, source, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    for level in ("-O0", "-O2", "-O3 -march=native"):
        tag = level.replace(" ", "")
        command = [clang, "-std=c++20", *level.split(), "-w", f"-I{include}", source, runtime]
        want = build_and_run(command, os.path.join(work, f"plain{tag}"))
        plugged = [*command, f"-fplugin={plugin}", "-fplugin-arg-vole-race", "-fplugin-arg-vole-no-inline",
              "-D_GLIBCXX_TSAN=1"]
        got = build_and_run(plugged, os.path.join(work, f"race{tag}"))
        if got != want:
            lines = [f"  want {a}\n  got  {b}" for a, b in zip(want.splitlines(), got.splitlines()) if a != b]
            sys.exit(f"{level}: the instrumented program prints something else\n" + "\n".join(lines))


main()
