#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs our benchmarks and their peers in turn and prints a table of medians.

Every figure of a row comes from the same session: the programs take turns, so that a machine that is
busy for a while is busy for all of them. `runtime` compares nanoseconds per operation, `race` how many
times slower a checked program is than the native one.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

PROGRAM_LIMIT_S = 60  # one process; it needs about 2


class Program:
    """A benchmark program: its name in the tables, its file below the build's bench/, its environment."""

    def __init__(self, name, file, environment=None):
        self.name, self.file, self.environment = name, file, environment or {}

    def run(self, folder):
        """One process; {row: nanoseconds per operation}."""
        done = subprocess.run([str(folder / self.file)], capture_output=True, text=True,
                              timeout=PROGRAM_LIMIT_S, env={**os.environ, **self.environment})
        if done.returncode != 0:
            sys.exit(f"bench: {self.file} ended with status {done.returncode}\n{done.stdout}{done.stderr}")
        rows = {}
        for line in done.stdout.splitlines():
            name, tab, value = line.partition("\t")
            if not tab:
                sys.exit(f"bench: {self.file}: expected NAME<tab>NANOSECONDS, found {line!r}")
            rows[name] = float(value)
        return rows


def progress(text):
    """Shows where we are, to people only."""
    if sys.stderr.isatty():
        print("\r" + text + "\r", end="", file=sys.stderr, flush=True)


def take_turns(programs, folder, runs):
    """{program: {row: median}} and the spread of each, over `runs` processes of each program."""
    samples = {p.name: {} for p in programs}
    for turn in range(runs):
        # Each turn starts with another program, so that none always follows the same one.
        for i in range(len(programs)):
            program = programs[(turn + i) % len(programs)]
            for row, value in program.run(folder).items():
                samples[program.name].setdefault(row, []).append(value)
            progress(f"  run {turn + 1} of {runs}: {program.name:<24}")
    progress(" " * 60)
    return {name: {row: statistics.median(values) for row, values in rows.items()}
            for name, rows in samples.items()}, samples


def table(header, rows):
    widths = [max(len(str(line[i])) for line in [header, *rows]) for i in range(len(header))]
    for line in [header, *rows]:
        print("  " + "  ".join(str(cell).ljust(w) if i == 0 or not str(cell)[:1].isdigit() else str(cell).rjust(w)
                               for i, (cell, w) in enumerate(zip(line, widths))).rstrip())


def bench_runtime(folder, runs):
    """Ours against Go and Boost.Fiber; ours and Go each with one processor and with all, the best counts."""
    every = str(os.cpu_count())
    programs = [Program("vole, 1 processor", "bench_runtime_vole", {"VOLE_MAXPROCS": "1"}),
                Program("Go, 1 processor", "bench_runtime_go", {"GOMAXPROCS": "1"}),
                Program(f"vole, {every} processors", "bench_runtime_vole", {"VOLE_MAXPROCS": every}),
                Program(f"Go, {every} processors", "bench_runtime_go", {"GOMAXPROCS": every}),
                Program("Boost.Fiber", "bench_runtime_boost_fiber")]
    medians, samples = take_turns(programs, folder, runs)
    lines = []
    for row in medians[programs[0].name]:
        ours = min((medians[p.name][row], p.name) for p in programs if p.name.startswith("vole"))
        peers = [min((medians[p.name][row], p.name) for p in programs if p.name.startswith("Go"))]
        if row in medians["Boost.Fiber"]:
            peers.append((medians["Boost.Fiber"][row], "Boost.Fiber"))
        for peer in peers:
            lines.append((row, f"{ours[0]:.0f}", ours[1], f"{peer[0]:.0f}", peer[1], f"{ours[0] / peer[0]:.2f}"))
    print("runtime: nanoseconds per operation; the better of 1 and all processors on both sides")
    table(("row", "ours", "", "peer", "", "ours/peer"), lines)
    return samples


def bench_race(folder, runs):
    """Race mode against ThreadSanitizer, both as slowdown of the same program built natively."""
    programs = [Program("native", "bench_race_native"), Program("vole", "bench_race_vole"),
                Program("TSan", "bench_race_tsan")]
    medians, samples = take_turns(programs, folder, runs)
    lines, ratios, slow = [], [], {"vole": [], "TSan": []}
    for row, native in medians["native"].items():
        ours, peer = medians["vole"][row] / native, medians["TSan"][row] / native
        slow["vole"].append(ours)
        slow["TSan"].append(peer)
        ratios.append(ours / peer)
        lines.append((row, f"{native:.0f} ns", f"{ours:.1f}x", f"{peer:.1f}x", f"{ours / peer:.2f}"))
    mean = statistics.geometric_mean
    lines.append(("geometric mean", "", f"{mean(slow['vole']):.1f}x", f"{mean(slow['TSan']):.1f}x",
                  f"{mean(ratios):.2f}"))
    print("race: how many times slower than native (clang, same flags)")
    table(("row", "native", "ours", "TSan", "ours/TSan"), lines)
    return samples


def machine(build):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    kind = re.search(r"CMAKE_BUILD_TYPE:\w+=(\w*)", (build / "CMakeCache.txt").read_text())
    load = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    go = subprocess.run(["go", "version"], capture_output=True, text=True).stdout.strip()
    clang = subprocess.run(["clang++-19", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    return {"cores": os.cpu_count(), "cpu": model.group(1) if model else "unknown", "load": load,
            "build type": kind.group(1) if kind else "unknown", "go": go, "clang": clang,
            "kernel": os.uname().release}


def main():
    groups = {"runtime": bench_runtime, "race": bench_race}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("group", nargs="?", choices=sorted(groups), help="one group instead of all")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--runs", type=int, default=5, help="processes of each program (5)")
    parser.add_argument("--json", type=pathlib.Path, help="write every sample to this file")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs: expected 1 or more")
    if not (arguments.build / "CMakeCache.txt").exists():
        parser.error(f"--build: {arguments.build} is no build folder; ./dev bench makes one")
    facts = machine(arguments.build)
    print("machine: " + "; ".join(f"{k} {v}" for k, v in facts.items()))
    if facts["build type"] == "Dev":
        print("note: this is a build with assertions on; its figures say little")
    everything = {"machine": facts}
    for name, group in groups.items():
        if arguments.group in (None, name):
            print()
            everything[name] = group(arguments.build / "bench", arguments.runs)
    print("\nload at the end: " + ", ".join(f"{x:.2f}" for x in os.getloadavg()))
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
