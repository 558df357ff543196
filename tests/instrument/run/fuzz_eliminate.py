#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the race pass with its naive twin, which drops no check, on random programs.

Usage: fuzz_eliminate.py CLANG PLUGIN RUNTIME_OBJECT INCLUDE_DIRS WORK_DIR SEED COUNT

For each program both must announce, in every segment between two releases, the same bytes as accessed and as
written, as early with respect to acquires (run/recording_runtime.h): then the one reports the same races as the
other. The optimized one must also make fewer calls on the whole, or the test has lost its subject.
"""
import os
import random
import subprocess
import sys

TYPES = [("unsigned char", 1), ("unsigned short", 2), ("unsigned", 4), ("unsigned long", 8)]


class Program:
    def __init__(self, rng):
        self.rng = rng
        self.names = 0

    def place(self):
        name, size = self.rng.choice(TYPES)
        volatile = "volatile " if self.rng.random() < 0.5 else ""
        offset = self.rng.randrange(0, 48 // size) * size
        base = self.rng.choice(["arena", "arena", "p", "q"])
        return f"(*({volatile}{name}*)({base} + {offset}))"

    def statement(self, depth):
        rng = self.rng
        roll = rng.random()
        pad = "  " * (6 - depth)
        if roll < 0.30:
            return f"{pad}{self.place()} = {rng.randrange(100)};\n"
        if roll < 0.48:
            return f"{pad}x += {self.place()};\n"
        if roll < 0.55:
            return f"{pad}{self.place()} += x;\n"
        if roll < 0.60:
            return f"{pad}external_sync();\n"
        if roll < 0.64:
            return f"{pad}x += external_acquire();\n"
        if roll < 0.67:
            return f"{pad}x += flag.load(std::memory_order_acquire);\n"
        if roll < 0.69:
            return f"{pad}flag.store(x, std::memory_order_release);\n"
        if roll < 0.70:
            return f"{pad}std::atomic_thread_fence(std::memory_order_acquire);\n"
        if roll < 0.72:
            return f"{pad}__builtin_memcpy(p + {rng.randrange(24)}, q + {24 + rng.randrange(8)}, {rng.randrange(1, 20)});\n"
        if roll < 0.77:
            return self.array_loop(pad)
        if depth == 0:
            return f"{pad}x ^= {rng.randrange(64)};\n"
        body = self.block(depth - 1)
        self.names += 1
        if roll < 0.84:
            other = f" else {{\n{self.block(depth - 1)}{pad}}}" if rng.random() < 0.5 else ""
            return f"{pad}if (bits >> {rng.randrange(32)} & 1) {{\n{body}{pad}}}{other}\n"
        if roll < 0.93:
            name = f"i{self.names}"
            step = f"{pad}  p = arena + 8 * ({name} & 3);\n" if rng.random() < 0.3 else ""
            leave = f"{pad}  if (bits >> {rng.randrange(32)} & 1) break;\n" if rng.random() < 0.3 else ""
            return f"{pad}for (int {name} = 0; {name} < (int)(bits >> {rng.randrange(28)} & 3); ++{name}) {{\n{step}{body}{leave}{pad}}}\n"
        return (f"{pad}try {{\n{body}{pad}  external_throw(bits >> {rng.randrange(32)} & 1);\n"
                f"{self.block(depth - 1)}{pad}}} catch (...) {{\n{self.block(depth - 1)}{pad}}}\n")

    def array_loop(self, pad):
        """A loop that only computes, with one to three accesses that walk through memory."""
        rng = self.rng
        self.names += 1
        i = f"i{self.names}"
        index = rng.choice(["int", "unsigned", "long", "unsigned char"])
        body = ""
        for _ in range(rng.randrange(1, 4)):
            name, size = rng.choice(TYPES[:3])
            walk = rng.choice([i, i, i, f"2 * {i}", f"(7 - {i})", f"({i} & 1)", "1"])
            at = f"(({name}*)({rng.choice(['arena', 'p', 'q'])} + {rng.randrange(4) * size}))[{walk}]"
            access = rng.choice([f"{at} = {i};", f"x += {at};", f"{at} += 3;"])
            guard = f"if (bits >> ({i} + {rng.randrange(8)}) & 1) " if rng.random() < 0.2 else ""
            leave = f" if (x > {rng.randrange(1000)}) break;" if rng.random() < 0.1 else ""
            body += f"{guard}{access}{leave} "
        bound = rng.choice(["(bits >> 5 & 7)", "(bits >> 11 & 7)", "8", "5"])
        if rng.random() < 0.3 and index != "unsigned char":
            return f"{pad}for ({index} {i} = {bound}; {i}-- > 0;) {{ {body}}}\n"
        return f"{pad}for ({index} {i} = {rng.randrange(3)}; {i} < {bound}; {i} += {rng.choice([1, 1, 1, 2])}) {{ {body}}}\n"

    def block(self, depth):
        return "".join(self.statement(depth) for _ in range(self.rng.randrange(1, 5)))

    def function(self, number):
        body = "".join(self.statement(3) for _ in range(self.rng.randrange(4, 12)))
        return (f"__attribute__((noinline)) unsigned long f{number}(unsigned bits, unsigned char* p, unsigned char* q) {{\n"
                f"  unsigned long x = bits;\n{body}  return x;\n}}\n")


def source(seed, count):
    rng = random.Random(seed)
    functions = "".join(Program(rng).function(i) for i in range(count))
    calls = "".join(f"  run(f{i}, {i});\n" for i in range(count))
    return f"""#include "recording_runtime.h"
#include <atomic>
#include <cstdio>
alignas(64) unsigned char arena[256];
std::atomic<unsigned> flag;
{functions}
__attribute__((disable_sanitizer_instrumentation)) static void run(unsigned long (*f)(unsigned, unsigned char*, unsigned char*), int number) {{
  unsigned bits = number * 2654435761u + 12345;
  for (int round = 0; round < 12; ++round) {{
    bits = bits * 1664525u + 1013904223u;
    recording::watch(arena, sizeof arena);
    std::printf("f%d round %d\\n", number, round);
    f(bits ^ bits >> 16, arena + (bits >> 9 & 3) * 8, arena + (bits >> 13 & 3) * 8);
    recording::print_segments();
  }}
}}
__attribute__((disable_sanitizer_instrumentation)) int main() {{
{calls}  std::fprintf(stderr, "%llu\\n", (unsigned long long)recording::calls());
}}
"""


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nstatus {done.returncode}\n{done.stderr}")
    return done


def main():
    clang, plugin, runtime, includes, work, seed, count = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    path = os.path.join(work, f"fuzz_{seed}.cpp")
    with open(path, "w") as file:
        file.write(source(int(seed), int(count)))
    for level in ("-O1", "-O3"):
        outputs, calls = [], []
        for extra in ([], ["-fplugin-arg-vole-no-eliminate"]):
            program = os.path.join(work, f"fuzz_{seed}{level}_{len(outputs)}")
            run([clang, "-std=c++20", level, "-w", f"-fplugin={plugin}", "-fplugin-arg-vole-race",
                 "-fplugin-arg-vole-no-inline", *extra,
                 *(f"-I{folder}" for folder in includes.split(":")), path, runtime, "-o", program])
            done = run([program])
            outputs.append(done.stdout.splitlines())
            calls.append(int(done.stderr))
        if outputs[0] != outputs[1]:
            where = next(i for i, pair in enumerate(zip(*outputs)) if pair[0] != pair[1])
            head = next(line for line in reversed(outputs[0][:where + 1]) if line.startswith("f"))
            sys.exit(f"seed {seed} {level}: {head}: with elimination '{outputs[0][where]}', without '{outputs[1][where]}' "
                     f"(segment, byte, acquires before the first access, before the first write)\nsource: {path}")
        if not calls[0] < calls[1]:
            sys.exit(f"seed {seed} {level}: {calls[0]} calls with elimination, {calls[1]} without")
        print(f"seed {seed} {level}: {len(outputs[0])} lines agree; {calls[0]} calls with elimination, {calls[1]} without")


main()
