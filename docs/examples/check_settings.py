#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every environment variable that the runtime reads, and every item of VOLE_DEBUG, is on docs/RUNTIME_SETTINGS.md, and
nothing else is; every option of VOLE_RACE is on docs/RACE_DETECTOR.md with its default.

usage: check_settings.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
page = (root / "docs/RUNTIME_SETTINGS.md").read_text()
sources = "".join(path.read_text() for path in sorted((root / "runtime/src").rglob("*.cpp")))
parser = (root / "runtime/src/base/debug_options.cpp").read_text()
complaints = []
for kind, read, told in [
    ("variable", set(re.findall(r'getenv\("(VOLE_\w+)"\)', sources)), set(re.findall(r"^\| `(VOLE_\w+)`", page, re.M))),
    ("VOLE_DEBUG item", set(re.findall(r'name == "(\w+)"', parser)), set(re.findall(r"^\| `(\w+)=", page, re.M))),
]:
    complaints += [f"{kind} {name} is not on the page" for name in sorted(read - told)]
    complaints += [f"{kind} {name} is on the page, and nobody reads it" for name in sorted(told - read)]
options = (root / "runtime/src/race/report/options.def").read_text()
race_page = (root / "docs/RACE_DETECTOR.md").read_text()
read = {(name, default.strip('"')) for name, default in re.findall(r'^VOLE_RACE_OPTION\(\w+, (\w+), ([^,]+),', options, re.M)}
told = {(name, default.strip()) for name, default in re.findall(r"^\| `(\w+)` \|([^|]*)\|", race_page, re.M)}
complaints += [f"option {name} of VOLE_RACE, default {default}, is not on docs/RACE_DETECTOR.md" for name, default in sorted(read - told)]
complaints += [f"option {name} of VOLE_RACE, default {default}, is on the page only" for name, default in sorted(told - read)]
print("\n".join(complaints), end="\n" if complaints else "")
sys.exit(1 if complaints else 0)
