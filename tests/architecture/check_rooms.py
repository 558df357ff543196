#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The walls of the house: which room may include which, and what every source file must look like.

    check_rooms.py [ROOT]       prints each broken rule as FILE:LINE: what is wrong; status 1 if any
    check_rooms.py --self-test  plants violations in a scratch tree and insists that each is found
"""
import pathlib
import re
import sys
import tempfile

# Room -> the rooms it may include, besides itself. docs/ARCHITECTURE.md draws the same picture.
RUNTIME = {
    "base": "",
    "event": "base",
    "fiber": "base",
    "clock": "base",
    "format": "base",
    "symbol": "base",
    "sched": "base event fiber",
    "chan": "base event sched",
    "sync": "base event sched",
    "time": "base event sched",
    "net": "base event sched",
    "ctx": "base event sched chan sync time",
    "synctest": "base event sched chan sync time",
    "explore": "base event sched",
    "race": "base event clock symbol format",
    "profile": "base event symbol format",
    "trace": "base event symbol format",
    "leak": "base event symbol format",
    "boot": "base event fiber sched chan sync time net ctx synctest explore race profile trace leak format symbol",
}
# Public headers (<vole/NAME.h>) that a room may include: those it implements, and what they are made of.
PUBLIC_FREE = re.compile(r"vole/(detail/.*|panic\.h|instrument_abi\.def)$")
PUBLIC = {
    "sched": "go panic defer",
    "chan": "chan select",
    "sync": "sync errgroup singleflight chan context time go",
    "time": "time chan select",
    "ctx": "context chan select time sync go errgroup",
    "synctest": "synctest time",
    "net": "net time",
    "explore": "explore",
    "race": "race",
    "profile": "pprof",
    "leak": "leak",
    "boot": "leak pprof race time go panic",
}
TOOLS = "base format symbol"  # what any folder under tools/ may include of the runtime

SOURCE = {".h", ".hpp", ".cpp", ".cc", ".c", ".S", ".def"}
FORMATTED = {".h", ".hpp", ".cpp", ".cc"}
LINES_MAX = 700
COLUMNS_MAX = 100
SOURCES_IN_FOLDER_MAX = 15
PUBLIC_LINES_MAX = 250
README_LINES_MAX = 40
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")  # in two halves: this file is checked too
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
ATOMICS_IN_HEADER = re.compile(r"\bstd::(atomic\w*|mutex|shared_ptr|thread|memory_order\w*)\b")
OS_HEADER = re.compile(r"^(sys/|linux/|unistd\.h|pthread\.h|fcntl\.h|signal\.h|sched\.h|poll\.h)")


class house:
    """One tree and the rules broken in it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.broken = []

    def fault(self, path, line, text):
        self.broken.append(f"{path.relative_to(self.root)}:{line}: {text}")

    def files_under(self, *folders):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if path.is_file() and "build" not in path.relative_to(self.root).parts[:1]:
                    yield path

    def check_form(self, path, lines):
        """The rules that hold for every source file."""
        head = "\n".join(lines[:3])
        if "SPDX-License-Identifier: Apache-2.0" not in head:
            self.fault(path, 1, "no SPDX line in the first three lines")
        if len(lines) > LINES_MAX:
            self.fault(path, len(lines), f"{len(lines)} lines, more than {LINES_MAX}: split it")
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                self.fault(path, number, f"unfinished work left in the tree: {line.strip()}")
            if path.suffix in FORMATTED and len(line) > COLUMNS_MAX and "http" not in line:
                self.fault(path, number, f"{len(line)} columns, more than {COLUMNS_MAX}")

    def check_folders(self, *folders):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if not path.is_dir():
                    continue
                count = sum(1 for f in path.iterdir() if f.suffix in SOURCE)
                # Headers of the public API stand together by name; a program includes them by it.
                is_public = path == self.root / "runtime/include/vole"
                if count > SOURCES_IN_FOLDER_MAX and not is_public:
                    self.fault(path, 0, f"{count} sources, more than {SOURCES_IN_FOLDER_MAX}")

    def check_room_includes(self, path, lines, room):
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            name = found.group(2)
            target = name.split("/")[0]
            if target == "vole":
                public = PUBLIC.get(room, "").split()
                if not PUBLIC_FREE.match(name) and pathlib.PurePath(name).stem not in public:
                    self.fault(path, number, f"room {room} has no door to <{name}>")
            elif "/" in name and target in RUNTIME and target != room:
                if target not in RUNTIME[room].split():
                    self.fault(path, number, f"room {room} has no door to {target} ({name})")
            elif "/" in name and target in ("tests", "tools", "instrument", ".."):
                self.fault(path, number, f"room {room} may not reach {name}")

    def check_rooms(self):
        source = self.root / "runtime/src"
        for folder in sorted(p for p in source.iterdir() if p.is_dir() and any(p.iterdir())):
            room = folder.name
            if room not in RUNTIME:
                self.fault(folder, 0, f"room {room} is not in the allow-table")
                continue
            readme = folder / "README.md"
            if not readme.exists():
                self.fault(folder, 0, "no README.md")
            elif len(readme.read_text().splitlines()) > README_LINES_MAX:
                self.fault(readme, README_LINES_MAX, f"more than {README_LINES_MAX} lines")
            for path in sorted(folder.rglob("*")):
                if path.suffix in SOURCE:
                    self.check_room_includes(path, path.read_text().splitlines(), room)

    def check_public_headers(self):
        for path in self.files_under("runtime/include"):
            if path.suffix != ".h":
                continue
            lines = path.read_text().splitlines()
            if len(lines) > PUBLIC_LINES_MAX:
                self.fault(path, len(lines), f"{len(lines)} lines, more than {PUBLIC_LINES_MAX}")
            for number, line in enumerate(lines, 1):
                code = line.split("//")[0]
                found = INCLUDE.match(line)
                if found and (OS_HEADER.match(found.group(2)) or found.group(2) in ("atomic", "thread")):
                    self.fault(path, number, f"a public header includes <{found.group(2)}>")
                if found and found.group(1) == '"':
                    self.fault(path, number, "a public header includes another one with <vole/...>")
                atomic = ATOMICS_IN_HEADER.search(code)
                if atomic:
                    self.fault(path, number, f"{atomic.group(0)} inlined into user code")

    def check_others(self):
        """Tools read files and know no scheduler; the plugin knows nothing of the runtime's rooms."""
        for folder, allowed in (("tools", TOOLS), ("instrument", "")):
            for path in self.files_under(folder):
                if path.suffix not in SOURCE:
                    continue
                for number, line in enumerate(path.read_text().splitlines(), 1):
                    found = INCLUDE.match(line)
                    target = found.group(2).split("/")[0] if found and "/" in found.group(2) else None
                    if target in RUNTIME and target not in allowed.split():
                        self.fault(path, number, f"{folder} has no door to {target}")
                    if target == "vole" and folder == "tools" and "detail" in found.group(2):
                        self.fault(path, number, f"tools have no door to <{found.group(2)}>")

    def check(self):
        for path in self.files_under("runtime", "instrument", "tools", "tests", "docs/examples", "viewer"):
            if path.suffix in SOURCE | {".py", ".mjs", ".js"} and "third_party" not in path.parts:
                self.check_form(path, path.read_text(errors="replace").splitlines())
        self.check_folders("runtime", "instrument", "tools")
        self.check_rooms()
        self.check_public_headers()
        self.check_others()
        return self.broken


# Path -> (text, what must be said about it). Everything else in the scratch tree is in order.
HEAD = "// SPDX-License-Identifier: Apache-2.0\n// One purpose.\n"
PLANTED = {
    "runtime/src/leak/door.cpp": (HEAD + '#include "sched/park.h"\n', "no door to sched"),
    "runtime/src/base/up.h": (HEAD + '#include "event/emit.h"\n', "no door to event"),
    "runtime/src/race/api.cpp": (HEAD + "#include <vole/chan.h>\n", "no door to <vole/chan.h>"),
    "runtime/src/chan/reach.cpp": (HEAD + '#include "tests/support/blocked.h"\n', "may not reach"),
    "runtime/src/attic/README.md": ("# attic\n", "not in the allow-table"),
    "runtime/src/event/bare.cpp": ("int x;\n", "no SPDX line"),
    "runtime/src/event/long.cpp": (HEAD + "int x;\n" * 700, "more than 700: split"),
    "runtime/src/event/wide.cpp": (HEAD + "// " + "w" * 100 + "\n", "columns, more than 100"),
    "runtime/src/event/later.cpp": (HEAD + "// TO" + "DO: later\n", "unfinished work"),
    "runtime/src/event/README.md": ("line\n" * 41, "more than 40 lines"),
    "runtime/include/vole/os.h": (HEAD + "#include <pthread.h>\n", "includes <pthread.h>"),
    "runtime/include/vole/count.h": (HEAD + "inline std::atomic<int> n;\n", "inlined into user code"),
    "runtime/include/vole/big.h": (HEAD + "//\n" * 249, "more than 250"),
    "tools/vole/live.cpp": (HEAD + '#include "sched/park.h"\n', "tools has no door to sched"),
    "instrument/race/near.cpp": (HEAD + '#include "base/check.h"\n', "instrument has no door to base"),
}
IN_ORDER = {
    **{f"runtime/src/{room}/README.md": f"# {room}\n" for room in ("base", "leak", "race", "chan")},
    "runtime/src/chan/core.cpp": HEAD + '#include <vole/chan.h>\n#include <vector>\n#include "sched/park.h"\n',
    "runtime/src/leak/find.cpp": HEAD + '#include "event/census.h"\n#include "leak/rules.h"\n',
    "runtime/include/vole/fine.h": HEAD + "// std::atomic is only spoken of here.\n#include <string>\n",
    "tools/vole/reader.cpp": HEAD + '#include "format/profile.h"\n',
}


def plant(root, files):
    for name, text in files.items():
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def self_test():
    missed = []
    with tempfile.TemporaryDirectory() as root:
        plant(root, IN_ORDER)
        missed += [f"false alarm: {text}" for text in house(root).check()]
        plant(root, {name: text for name, (text, _) in PLANTED.items()})
        plant(root, {f"runtime/src/fiber/part_{i}.cpp": HEAD for i in range(16)})
        plant(root, {"runtime/src/fiber/README.md": "# fiber\n"})
        found = house(root).check()
        for name, (_, words) in PLANTED.items():
            place = "runtime/src/attic" if "attic" in name else name
            if not any(line.startswith(place + ":") and words in line for line in found):
                missed.append(f"{name}: planted, not found: {words}")
        if not any("16 sources, more than 15" in line for line in found):
            missed.append("runtime/src/fiber: planted, not found: 16 sources")
        expected = len(PLANTED) + 1
        if not missed and len(found) != expected:
            missed.append(f"{len(found)} faults for {expected} planted ones:\n" + "\n".join(found))
    return missed


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    if len(sys.argv) > 2 or sys.argv[1:2] == ["--help"]:
        sys.exit(__doc__)
    if sys.argv[1:] == ["--self-test"]:
        faults = self_test()
    else:
        faults = house(sys.argv[1] if len(sys.argv) == 2 else root).check()
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
