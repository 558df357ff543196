#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The code that the pages of docs/ quote is the code that is compiled and run.

A source marks a passage by the lines `// [quote NAME]` and `// [/quote]`. A page quotes it by the line
`<!-- quote FILE NAME -->`, FILE relative to docs/examples, followed by a fenced block. This program fails when a block
differs from its passage, when a quoted passage does not exist, and when a passage is quoted nowhere.

What a program prints is quoted by the line `<!-- output FILE -->` and a block of text: all of that file.

usage: check_quotes.py [--update] DOCS      --update writes the passages into the pages
       check_quotes.py --self-test
"""
import pathlib
import re
import sys
import tempfile
import textwrap

PASSAGE = re.compile(r"^[ \t]*// \[quote (\S+)\]\n(.*?)^[ \t]*// \[/quote\]\n", re.M | re.S)
OUTPUT = re.compile(r"(<!-- output (\S+) -->\n```text\n)(.*?)(^```$)", re.M | re.S)
BLOCK = re.compile(r"(<!-- quote (\S+) (\S+) -->\n```cpp\n)(.*?)(^```$)", re.M | re.S)


def passages(examples):
    found = {}
    for path in sorted(examples.rglob("*.cpp")):
        text = path.read_text()
        inside = PASSAGE.findall(text)
        if len(inside) != text.count("// [quote ") or len(inside) != text.count("// [/quote]"):
            sys.exit(f"{path}: a quote that does not begin or end")
        for name, body in inside:
            key = (path.relative_to(examples).as_posix(), name)
            if key in found:
                sys.exit(f"{path}: two quotes are called {name}")
            found[key] = textwrap.dedent(body)
    return found


def check(docs, update):
    """The complaints, as a list of lines."""
    known = passages(docs / "examples")
    used, complaints = set(), []
    for page in sorted(docs.rglob("*.md")):
        text = page.read_text()

        def quoted(match):
            key = (match[2], match[3])
            used.add(key)
            if key not in known:
                complaints.append(f"{page.name}: no passage {key[1]} in {key[0]}")
                return match[0]
            if match[4] != known[key] and not update:
                complaints.append(f"{page.name}: {key[1]} differs from {key[0]}: run check_quotes.py --update docs")
            return match[1] + known[key] + match[5]

        def printed(match):
            path = docs / "examples" / match[2]
            if not path.is_file():
                complaints.append(f"{page.name}: no file {match[2]}")
                return match[0]
            if match[3] != path.read_text() and not update:
                complaints.append(f"{page.name}: the output differs from {match[2]}: run check_quotes.py --update docs")
            return match[1] + path.read_text() + match[4]

        new = OUTPUT.sub(printed, BLOCK.sub(quoted, text))
        if len(OUTPUT.findall(text)) != text.count("<!-- output "):
            complaints.append(f"{page.name}: an output without a block of text")
        if len(BLOCK.findall(text)) != text.count("<!-- quote "):
            complaints.append(f"{page.name}: a quote without a block of code")
        if update and new != text:
            page.write_text(new)
    complaints += [f"{file}: nobody quotes {name}" for file, name in sorted(known.keys() - used)]
    return complaints


def self_test():
    source = "int a;\n  // [quote one]\n  int b;\n    int c;\n  // [/quote]\n"
    page = "<!-- quote x.cpp one -->\n```cpp\nint b;\n  int c;\n```\n"
    cases = [(source, page, 0), (source.replace("int c", "int d"), page, 1), (source, "nothing", 1),
             (source, page + page.replace("one", "two"), 1), (source, page + "<!-- quote x.cpp one -->\n", 1)]
    output = "<!-- output x.txt -->\n```text\n1\n2\n```\n"
    cases += [(source, page + output, 0), (source, page + output.replace("2", "3"), 1),
              (source, page + output.replace("x.txt", "y.txt"), 1), (source, page + "<!-- output x.txt -->\n", 1)]
    for number, (cpp, md, expected) in enumerate(cases):
        with tempfile.TemporaryDirectory() as folder:
            docs = pathlib.Path(folder)
            (docs / "examples").mkdir()
            (docs / "examples/x.cpp").write_text(cpp)
            (docs / "examples/x.txt").write_text("1\n2\n")
            (docs / "PAGE.md").write_text(md)
            complaints = check(docs, False)
            if len(complaints) != expected:
                sys.exit(f"case {number}: {complaints}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        sys.exit()
    wants_update = sys.argv[1:2] == ["--update"]
    if len(sys.argv) != 2 + wants_update:
        sys.exit(__doc__)
    lines = check(pathlib.Path(sys.argv[-1]), wants_update)
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(1 if lines else 0)
