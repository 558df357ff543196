#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the program and compares its report with report.txt, which the page quotes; addresses and folders are masked.

    check_report.py PROGRAM [--update]
"""
import os
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
environment = dict(os.environ, VOLE_RACE=f"strip_path_prefix={here}/ atexit_sleep_ms=0")
done = subprocess.run([sys.argv[1]], env=environment, capture_output=True, text=True, timeout=60)
text = re.sub(r"\+0x[0-9a-f]+", "+0x..", re.sub(r"0x[0-9a-f]{9,}", "0x...", done.stderr))
if done.returncode != 66 or done.stdout != "1 failures\n":
    sys.exit(f"status {done.returncode}\n{done.stdout}{done.stderr}")
expected = here / "report.txt"
if sys.argv[2:] == ["--update"]:
    expected.write_text(text)
elif text != expected.read_text():
    sys.exit(f"the report is not report.txt (check_report.py PROGRAM --update, then check_quotes.py --update):\n{text}")
