#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles one source with the race plugin and compares the calls that it inserted with the source's comments.

Usage: check_ir.py CLANG PLUGIN SOURCE

Comments understood, one to a line (LEVELS is a comma-separated list out of O0,O1,O2):
  // flags: OPTION...                    options for every compilation of the file
  // LEVELS FUNCTION: CALL...            exactly these runtime calls, in this order, stand in FUNCTION; "none" for none.
                                         A call may show its order argument: __vole_atomic32_load(2)
  // LEVELS FUNCTION has ATTRIBUTE       the function's definition carries the attribute, as the IR spells it
  // LEVELS counter NAME OP NUMBER       the statistics counter NAME compares so with NUMBER; OP is == or >=
A file without any expectation fails, and so does a function that the compiler did not emit.
"""
import re
import subprocess
import sys


def parse(path):
    flags, functions, counters, attributes = [], [], [], []
    for number, line in enumerate(open(path), 1):
        line = line.strip()
        if match := re.fullmatch(r"// flags: (.*)", line):
            flags += match[1].split()
        elif match := re.fullmatch(r"// ((?:O\d,?)+) counter (\w+) (==|>=) (\d+)", line):
            counters.append((number, match[1].split(","), match[2], match[3], int(match[4])))
        elif match := re.fullmatch(r"// ((?:O\d,?)+) ([\w.]+): (.*)", line):
            calls = [] if match[3] == "none" else match[3].split()
            functions.append((number, match[1].split(","), match[2], calls))
        elif match := re.fullmatch(r"// ((?:O\d,?)+) (\w+) has (.*)", line):
            attributes.append((number, match[1].split(","), match[2], match[3]))
        elif re.search(r"//.*(flags: -|O\d counter )", line):
            sys.exit(f"{path}:{number}: an expectation inside a sentence, perhaps moved there by a formatter")
    return flags, functions, counters, attributes


def compile_ir(clang, plugin, flags, level, source):
    command = [clang, "-std=c++20", f"-{level}", "-S", "-emit-llvm", "-o", "-", f"-fplugin={plugin}",
               "-fplugin-arg-vole-race", "-fplugin-arg-vole-stats", "-DVOLE_RACE=1",
               *([] if "inlined" in source else ["-fplugin-arg-vole-no-inline"]), *flags, source]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    counters = {m[2]: int(m[1]) for m in re.finditer(r"^vole-race: [^:]*: (\d+) (\w+)", done.stderr, re.M)}
    return done.stdout, counters


def calls_by_function(ir):
    """Maps a function's name to its runtime calls, each (name, order argument of an atomic or None)."""
    found, current = {}, None
    for line in ir.splitlines():
        if match := re.match(r'define .*?@"?([\w.$]+)"?\(', line):
            current = found.setdefault(match[1], [])
        elif line == "}":
            current = None
        elif current is not None and (match := re.search(r"call .*?@(__vole_\w+)\((.*)\)", line)):
            orders = re.findall(r"i32 (\d+)", match[2])
            current.append((match[1], orders))
    return found


def attributes_of(ir, name):
    group = re.search(r'^define .*?@"?' + name + r'"?\(.*\).*? #(\d+)', ir, re.M)
    return re.search(rf"^attributes #{group[1]} = {{(.*)}}", ir, re.M)[1] if group else ""


def same(want, got):
    name, orders = got
    if "(" not in want:
        return want == name
    # The orders are the last arguments; an operand may be an i32 too.
    wanted = want[want.index("(") + 1:-1].split(",")
    return want[:want.index("(")] == name and orders[-len(wanted):] == wanted


def main():
    clang, plugin, source = sys.argv[1:]
    flags, functions, counters, attributes = parse(source)
    if not functions and not counters and not attributes:
        sys.exit(f"{source}: expects nothing")
    failures = []
    for level in sorted({level for _, levels, *_ in functions + counters + attributes for level in levels}):
        ir, stats = compile_ir(clang, plugin, flags, level, source)
        got = calls_by_function(ir)
        for line, levels, name, want in functions:
            if level not in levels:
                continue
            if name not in got:
                failures.append(f"{source}:{line}: {level}: no function {name} in the output")
            elif len(want) != len(got[name]) or not all(map(same, want, got[name])):
                shown = " ".join(f"{call}({','.join(orders)})" for call, orders in got[name]) or "none"
                failures.append(f"{source}:{line}: {level} {name}:\n  want {' '.join(want) or 'none'}\n  got  {shown}")
        for line, levels, name, wanted in attributes:
            if level in levels and wanted not in attributes_of(ir, name):
                failures.append(f"{source}:{line}: {level}: {name} lacks {wanted}")
        for line, levels, name, op, number in counters:
            if level not in levels:
                continue
            if name not in stats:
                failures.append(f"{source}:{line}: no counter {name}")
            elif not (stats[name] == number if op == "==" else stats[name] >= number):
                failures.append(f"{source}:{line}: {level}: counter {name} is {stats[name]}, want {op} {number}")
    if failures:
        sys.exit("\n".join(failures))


main()
