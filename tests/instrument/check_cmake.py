#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests that the CMake functions end a configuration that cannot work, and say why.

Usage: check_cmake.py CMAKE VOLE_TARGETS_CMAKE WORK_DIR
"""
import os
import shutil
import subprocess
import sys

cmake, functions, work = sys.argv[1:]
shutil.rmtree(work, ignore_errors=True)

# Name, lines of the project, compiler, text that CMake must print before it gives up.
CASES = [
    ("gcc_cannot_race", "add_executable(a a.cpp)\nvole_race(a)", "g++", "vole_race(a) needs clang 19"),
    ("gcc_cannot_vet", "add_executable(a a.cpp)\nvole_vet(a)", "g++", "vole_vet(a) needs clang 19"),
    ("no_plugin", "add_executable(a a.cpp)\nvole_race(a)", "clang++-19", "without its Clang plugin"),
    ("no_target", "vole_race(b)", "clang++-19", 'no target "b"'),
    ("no_sources", "vole_add_test(t)", "clang++-19", "SOURCES is missing"),
    ("unknown_word", "vole_add_test(t FASTER SOURCES a.cpp)", "clang++-19", 'what is "FASTER"'),
]
failures = []
for name, lines, compiler, text in CASES:
    folder = os.path.join(work, name)
    os.makedirs(folder)
    open(os.path.join(folder, "a.cpp"), "w").write("int main() {}\n")
    with open(os.path.join(folder, "CMakeLists.txt"), "w") as file:
        file.write(f"cmake_minimum_required(VERSION 3.25)\nproject(p CXX)\ninclude({functions})\n{lines}\n")
    done = subprocess.run([cmake, "-G", "Ninja", "-S", folder, "-B", os.path.join(folder, "build"),
                           f"-DCMAKE_CXX_COMPILER={compiler}"], capture_output=True, text=True)
    if done.returncode == 0 or text not in " ".join(done.stderr.split()):
        failures.append(f"{name}: status {done.returncode}, want '{text}' in:\n{done.stderr}")
sys.exit("\n".join(failures) if failures else 0)
