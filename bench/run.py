#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs our benchmarks and their peers in turn and prints tables of medians.

Every figure of a table comes from the same session: the programs take turns, so that a machine that is
busy for a while is busy for all of them. `runtime` is the table of the runtime's rows with what each must
and should reach, `scaling` throughput over the number of processors, `race` how many times slower a
checked program is than the native one.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

import runtime_rows
from runtime_rows import EVERY, ROWS

PROGRAM_LIMIT_S = 180  # one process; it needs about 6, Boost.Fiber's million fibers 50
failures = []  # of programs, in words; any makes the exit status 1


class Program:
    """One way to run a benchmark program: a column's name, its file, environment, rows and number of runs."""

    def __init__(self, name, file, environment=None, rows=(), runs=None):
        self.name, self.file, self.environment = name, file, environment or {}
        self.rows, self.runs = list(rows), runs

    def run(self, folder):
        """One process; {row: figure}. What a failing one printed before it failed still counts."""
        command = [str(folder / self.file), *self.rows]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_LIMIT_S,
                                  env={**os.environ, **self.environment})
            text, fault = done.stdout, done.returncode and f"ended with status {done.returncode}: {done.stderr[:2000]}"
        except subprocess.TimeoutExpired as late:
            text, fault = (late.stdout or b"").decode(), f"took longer than {PROGRAM_LIMIT_S} s"
        rows = {}
        for line in text.splitlines():
            name, tab, value = line.partition("\t")
            if tab:
                rows[name] = float(value)
            elif not fault:
                fault = f"expected NAME<tab>FIGURE, found {line!r}"
        if fault:
            missing = next((row for row in self.rows if row not in rows), "")
            failures.append(f"{self.file} ({self.name}) {missing}: {fault}")
            print(f"bench: {failures[-1]}", file=sys.stderr)
        return rows


def progress(text):
    """Shows where we are, to people only."""
    if sys.stderr.isatty():
        print("\r" + text + "\r", end="", file=sys.stderr, flush=True)


def take_turns(programs, folder, runs):
    """{program's name: {row: every sample}}, over `runs` processes of each program."""
    samples = {}
    for turn in range(runs):
        # Each turn starts with another program, so that none always follows the same one.
        for i in range(len(programs)):
            program = programs[(turn + i) % len(programs)]
            if program.runs is not None and turn >= program.runs:
                continue
            progress(f"  run {turn + 1} of {runs}: {program.name:<24}")
            for row, value in program.run(folder).items():
                samples.setdefault(program.name, {}).setdefault(row, []).append(value)
    progress(" " * 60)
    return samples


def figures(samples, arguments):
    """One figure for each program and row: the median of its samples, or the least."""
    pick = min if arguments.best else statistics.median
    return {name: {row: pick(values) for row, values in rows.items()} for name, rows in samples.items()}


def table(header, rows):
    """Prints columns; those whose cells begin with a digit are set to the right."""
    widths = [max(len(str(line[i])) for line in [header, *rows]) for i in range(len(header))]
    for line in [header, *rows]:
        print("  " + "  ".join(str(cell).rjust(w) if i > 0 and str(cell)[:1].isdigit() else str(cell).ljust(w)
                               for i, (cell, w) in enumerate(zip(line, widths))).rstrip())


def on_processors(processors, rows):
    """Ours and Go with so many processors, one after the other."""
    return [Program(f"vole/{processors}", "bench_runtime_vole", {"VOLE_MAXPROCS": str(processors)}, rows),
            Program(f"Go/{processors}", "bench_runtime_go", {"GOMAXPROCS": str(processors)}, rows)]


def runtime_programs(wanted, is_whole):
    """The processes of one turn that give the wanted rows; with Boost.Fiber's million fibers for a whole table only."""
    programs = []
    for processors in sorted({n for row in wanted for n in row.on}):
        here = [row for row in wanted if processors in row.on]
        names = {name for row in here if not row.lone for name in (row.name, row.peer) if name}
        if names:
            programs += on_processors(processors, [r.name for r in ROWS if r.name in names])
        for lone in dict.fromkeys(row.lone for row in here if row.lone):
            programs += on_processors(processors, [lone])
    names = {name for row in wanted for name in (row.name, row.peer)} & runtime_rows.BOOST
    if names:
        programs.append(Program("Boost.Fiber", "bench_runtime_boost_fiber", rows=sorted(names)))
    if is_whole:
        programs += [Program("Boost.Fiber", "bench_runtime_boost_fiber", rows=[lone], runs=1)
                     for lone in runtime_rows.BOOST_ONCE]
    return programs


def bench_runtime(folder, arguments):
    """The table of the runtime: ours, Go at its best number of processors for each row, Boost.Fiber."""
    wanted = [row for row in ROWS if not arguments.rows or row.name in arguments.rows]
    if arguments.cpu:
        os.environ["BENCH_CLOCK"] = "cpu"
        wanted = [row._replace(on=(1,)) for row in wanted if 1 in row.on and row.unit in ("ns", "s")]
    samples = take_turns(runtime_programs(wanted, not arguments.rows and not arguments.cpu), folder, arguments.runs)
    middle = figures(samples, arguments)

    def best(language, row, name):
        found = [(middle[f"{language}/{n}"][name], n) for n in row.on if name in middle.get(f"{language}/{n}", {})]
        return min(found, default=(None, ""))

    lines, missed = [], []
    for row in wanted:
        (ours, ours_on), (go, go_on) = best("vole", row, row.name), best("Go", row, row.peer or row.name)
        boost = middle.get("Boost.Fiber", {}).get(row.peer or row.name)
        said = "no figure" if ours is None else runtime_rows.verdict(row, ours, go)
        if said in ("MISSED", "no figure"):
            missed.append(row.name)
        figure = lambda value: "" if value is None else runtime_rows.in_unit(value, row.unit)
        ratio = f"{ours / go:.2f}" if ours is not None and go else ""
        lines.append((row.name, figure(ours), ours_on, figure(go), go_on, figure(boost), ratio,
                      runtime_rows.show(row.must, row.unit), runtime_rows.show(row.aim, row.unit), said))
    version = re.search(r"go([\d.]+)", go_version())
    print(f"runtime: {'least' if arguments.best else 'median'} of {arguments.runs}{', processor time' * arguments.cpu}; P: processors of the better figure; must and aim: targets")
    table(("row", "vole", "P", f"Go {version.group(1) if version else ''}", "P", "Boost.Fiber", "vole/Go", "must",
           "aim", "verdict"), lines)
    print(f"  {len(lines) - len(missed)} of {len(lines)} rows reach their must" +
          (f"; missed: {', '.join(missed)}" if missed else ""))
    return samples


def bench_scaling(folder, arguments):
    """Operations a second with 1, 2, 4 ... processors, and how many times that of one processor."""
    numbers = runtime_rows.scaling_processors()
    programs = [one for n in numbers for one in on_processors(n, runtime_rows.SCALING)]
    samples = take_turns(programs, folder, arguments.runs)
    middle = figures(samples, arguments)
    lines = []
    for row in runtime_rows.SCALING:
        for language in ("vole", "Go"):
            cells = []
            for n in numbers:
                one, here = (middle.get(f"{language}/{p}", {}).get(row) for p in (1, n))
                cells.append(f"{1000 / here:.1f} ({one / here:.1f}x)" if one and here else "")
            lines.append((row, language, *cells))
    print("scaling: millions of operations a second, by the number of processors")
    table(("row", "", *(f"{n} P" for n in numbers)), lines)
    return samples


def bench_race(folder, arguments):
    """Race mode against ThreadSanitizer, both as slowdown of the same program built natively."""
    programs = [Program("native", "bench_race_native"), Program("vole", "bench_race_vole"),
                Program("TSan", "bench_race_tsan")]
    samples = take_turns(programs, folder, arguments.runs)
    middle = figures(samples, arguments)
    lines, ratios, slow = [], [], {"vole": [], "TSan": []}
    for row, native in middle["native"].items():
        ours, peer = middle["vole"][row] / native, middle["TSan"][row] / native
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


def go_version():
    return subprocess.run(["go", "version"], capture_output=True, text=True).stdout.strip()


def machine(build):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    kind = re.search(r"CMAKE_BUILD_TYPE:\w+=(\w*)", (build / "CMakeCache.txt").read_text())
    load = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    clang = subprocess.run(["clang++-19", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    return {"cores": EVERY, "cpu": model.group(1) if model else "unknown", "load": load,
            "build type": kind.group(1) if kind else "unknown", "go": go_version(), "clang": clang,
            "kernel": os.uname().release}


def parse_arguments(groups):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("group", nargs="?", choices=sorted(groups), help="one group instead of all")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--runs", type=int, default=5, help="processes of each program (5)")
    parser.add_argument("--best", action="store_true", help="the least figure, not the median: for a busy machine")
    parser.add_argument("--cpu", action="store_true",
                        help="runtime: time of the processor, rows with one processor only: for a very busy machine")
    parser.add_argument("--rows", type=lambda text: text.split(","), help="runtime: only these rows, as a,b,c")
    parser.add_argument("--json", type=pathlib.Path, help="write every sample to this file")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs: expected 1 or more")
    unknown = set(arguments.rows or ()) - {row.name for row in ROWS}
    if unknown:
        parser.error(f"--rows: no row {', '.join(sorted(unknown))}; there are {', '.join(r.name for r in ROWS)}")
    if arguments.rows and arguments.group is None:
        arguments.group = "runtime"
    if not (arguments.build / "CMakeCache.txt").exists():
        parser.error(f"--build: {arguments.build} is no build folder; ./dev bench makes one")
    return arguments


def main():
    groups = {"runtime": bench_runtime, "scaling": bench_scaling, "race": bench_race}
    arguments = parse_arguments(groups)
    facts = machine(arguments.build)
    print("machine: " + "; ".join(f"{k} {v}" for k, v in facts.items()))
    if facts["build type"] == "Dev":
        print("note: this is a build with assertions on; its figures say little")
    everything = {"machine": facts}
    for name, group in groups.items():
        if arguments.group in (None, name):
            print()
            everything[name] = group(arguments.build / "bench", arguments)
    print("\nload at the end: " + ", ".join(f"{x:.2f}" for x in os.getloadavg()))
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1) + "\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
