#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link of the project's pages leads to a file, and every #anchor to a heading.

usage: check_links.py ROOT
"""
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)


def anchors(page):
    """As GitHub makes them: lower case, no punctuation, hyphens for spaces, -1 and so on for repetitions."""
    seen, out = {}, set()
    for heading in re.findall(r"^#{1,6} (.+)$", FENCE.sub("", page.read_text()), re.M):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip())
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        out.add(f"{slug}-{count}" if count else slug)
    return out


def main(root):
    complaints = []
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *root.glob("runtime/src/*/README.md")]
    for page in sorted(pages):
        text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text()))
        for link in LINK.findall(text):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, anchor = link.partition("#")
            target = (page.parent / file).resolve() if file else page
            if not target.exists():
                complaints.append(f"{page.relative_to(root)}: {link}: no such file")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                complaints.append(f"{page.relative_to(root)}: {link}: no such heading")
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
