#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds exact_bytes.cpp at several levels and runs it; each must announce exactly the bytes accessed.

Usage: exact_bytes.py CLANG PLUGIN RUNTIME_OBJECT INCLUDE_DIR SOURCE WORK_DIR
Levels for processors that this one is not are only built, not run.
"""
import os
import platform
import subprocess
import sys

LEVELS = [(["-O0"], ""), (["-O1"], ""), (["-O2"], ""), (["-O3"], "")]
if platform.machine() == "x86_64":
    LEVELS += [(["-O3", "-mavx2"], "avx2"),
               (["-O3", "-mavx512f", "-mavx512vl", "-mprefer-vector-width=512"], "avx512vl")]


def main():
    clang, plugin, runtime, include, source, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    here = open("/proc/cpuinfo").read().split()
    for number, (level, needs) in enumerate(LEVELS):
        program = os.path.join(work, f"exact_bytes_{number}")
        command = [clang, "-std=c++20", *level, f"-fplugin={plugin}", "-fplugin-arg-vole-race",
                   "-fplugin-arg-vole-no-inline", f"-I{include}", source, runtime, "-o", program]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        if needs and needs not in here:
            continue
        done = subprocess.run([program], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(level)}: status {done.returncode}\n{done.stdout}{done.stderr}")


main()
