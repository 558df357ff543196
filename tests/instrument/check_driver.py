#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests vole-c++: usage errors, what it passes on, and programs that it builds.

Usage: check_driver.py VOLE_CXX WORK_DIR
"""
import os
import shutil
import subprocess
import sys

driver, work = sys.argv[1:]
shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
failures = []


def write(name, text):
    path = os.path.join(work, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def run(*arguments, **environment):
    return subprocess.run([driver, *arguments], cwd=work, capture_output=True, text=True,
                          env={**os.environ, **environment})


def expect(what, done, status, stdout="", stderr=""):
    if done.returncode != status or stdout not in done.stdout or stderr not in done.stderr:
        failures.append(f"{what}: status {done.returncode}, want {status}; want '{stdout}' on stdout and '{stderr}' "
                        f"on stderr, got:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


# One function that touches memory, one that spawns carelessly, neither needing the runtime's code.
plain = write("plain.cpp", "int g; int get() { return g; }\n")
macro = write("macro.cpp", "#ifdef VOLE_RACE\n#error built for race mode\n#endif\nint x;\n")
careless = write("careless.cpp", """#include <vole/detail/annotations.h>
void start(const void*);
template <class F> VOLE_SPAWNS void spawn(F&& f) { start(&f); }
void bad() { int x = 0; spawn([&] { x = 1; }); }
""")
concept = write("concept.cpp", "template <class T> concept any = true; any auto x = 1;\n")
broken = write("broken.cpp", "int f( { }\n")

expect("help", run("--help"), 0, stdout="usage: vole-c++")
expect("short help", run("-help"), 0, stdout="-race")
expect("no input", run(), 2, stderr="no input files")
expect("only our options", run("-race"), 2, stderr="no input files")
expect("unknown race option", run("-race=fast", plain, "-c"), 2, stderr="unknown option '-race=fast'")
expect("unknown vet option", run("-vetted", plain, "-c"), 2, stderr="unknown option '-vetted'")
expect("not offered", run("-explore", plain, "-c"), 2, stderr="unknown option '-explore'")
expect("clang's unknown option", run("-fno-such-thing", plain, "-c"), 2, stderr="unknown argument")
expect("missing value", run(plain, "-o"), 2, stderr="'-o' needs a value")
expect("statistics of nothing", run("-race-stats", plain, "-c"), 2, stderr="-race-stats needs -race")
expect("lto", run("-race", "-flto", plain, "-c"), 2, stderr="does not work with -flto")
expect("lto taken back", run("-race", "-flto", "-fno-lto", plain, "-c", "-o", "lto.o"), 0)
expect("tsan", run("-race", "-fsanitize=thread", plain, "-c"), 2, stderr="does not work with -fsanitize=thread")
expect("no clang", run(plain, VOLE_CLANGXX="no-such-clang"), 2, stderr="'no-such-clang' not found")
expect("unknown check", run("-vet", "-Wno-vole-nonsense", careless, "-c"), 2, stderr="the checks are: vole-go-capture vole-add-in-goroutine")
expect("no such file", run("-c", "missing.cpp"), 1, stderr="missing.cpp")
expect("source error", run("-race", "-vet", "-c", broken), 1, stderr="broken.cpp:1")
expect("asks clang", run("--version"), 0, stdout="clang version 19")

expect("plain object", run("-c", plain, "-o", "plain.o"), 0)
expect("race object", run("-race", "-c", plain, "-o", "race.o"), 0)
symbols = lambda name: subprocess.run(["nm", os.path.join(work, name)], capture_output=True, text=True).stdout
if "__vole_read4" not in symbols("race.o") or "__vole" in symbols("plain.o"):
    failures.append("-race decides whether an object is instrumented")
expect("race defines VOLE_RACE", run("-race", "-c", macro), 1, stderr="built for race mode")
expect("plain does not", run("-c", macro, "-o", "macro.o"), 0)
expect("default standard", run("-c", concept, "-o", "concept.o"), 0)
expect("given standard", run("-std=c++17", "-c", concept), 1)
expect("statistics", run("-race", "-race-stats", "-c", plain, "-o", "race.o"), 0, stderr=": 1 reads (")
expect("vet", run("-vet", "-c", careless, "-o", "careless.o"), 0, stderr="[vole-go-capture]")
expect("vet as error", run("-vet", "-Werror", "-c", careless), 1, stderr="[vole-go-capture]")
for switch in (["-w"], ["-Wno-vole-go-capture"]):
    silenced = run("-vet", *switch, "-c", careless, "-o", "careless.o")
    expect(f"vet with {switch}", silenced, 0)
    if silenced.stderr:
        failures.append(f"{switch} leaves: {silenced.stderr}")
quiet = run("-race", "-c", plain, "-o", "race.o")
if quiet.stderr:
    failures.append(f"compiling is not quiet: {quiet.stderr}")
expect("preprocess only", run("-race", "-E", macro), 1, stderr="built for race mode")
expect("from stdin", subprocess.run([driver, "-x", "c++", "-c", "-", "-o", "stdin.o"], cwd=work, capture_output=True,
                                    text=True, input="int x;\n"), 0)
expect("spaces", run("-c", write("with space.cpp", "int x;\n"), "-o", "with space.o"), 0)
expect("shared library", run("-race", "-shared", "-fPIC", plain, "-o", "libplain.so"), 0)

# Programs. The race is one by construction: nothing orders the two writes.
racy = write("racy.cpp", """#include <thread>
extern int shared;
void bump() { ++shared; }
int main() { std::thread other(bump); bump(); other.join(); }
""")
variable = write("variable.cpp", "int shared;\n")
in_library = write("in_library.cpp", "int shared; void touch() { ++shared; }\n")
uses_library = write("uses_library.cpp", """#include <thread>
void touch();
int main() { std::thread other(touch); touch(); other.join(); }
""")
vole = write("vole.cpp", """#include <vole/vole.h>
#include <cstdio>
int main() {
  auto ch = vole::make_chan<int>();
  vole::go([ch] { ch.send(42); });
  std::printf("%d\\n", *ch.recv());
}
""")


def program(name):
    return subprocess.run([os.path.join(work, name)], capture_output=True, text=True)


for level in ("-O0", "-O2"):
    expect(f"{level} race program", run("-race", level, racy, variable, "-o", "racy"), 0)
    expect(f"{level} race is found", program("racy"), 66, stderr="WARNING: DATA RACE")
expect("plain program", run("-O2", racy, variable, "-o", "not_watched"), 0)
expect("nobody watches", program("not_watched"), 0)
expect("compile, then link", run("-race", "-c", racy, "-o", "racy.o"), 0)
expect("compile, then link", run("-race", "-c", variable, "-o", "variable.o"), 0)
expect("compile, then link", run("-race", "racy.o", "variable.o", "-o", "linked"), 0)
expect("compile, then link: race", program("linked"), 66, stderr="racy.cpp:3")
expect("-x before the libraries", run("-race", "-x", "c++", racy, variable, "-o", "with_x"), 0)
expect("race library", run("-race", "-shared", "-fPIC", in_library, "-o", "libracy.so"), 0)
expect("program of it", run("-race", uses_library, "-L.", "-lracy", f"-Wl,-rpath,{work}", "-o", "user"), 0)
expect("race in a shared library", program("user"), 66, stderr="in_library.cpp:1")
for mode in ([], ["-race"]):
    expect(f"goroutines {mode}", run(*mode, "-vet", "-Werror", "-O1", vole, "-o", "vole"), 0)
    expect(f"goroutines run {mode}", program("vole"), 0, stdout="42")

sys.exit("\n".join(failures) if failures else 0)
