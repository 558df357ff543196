#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Runs the dispatch programs as a user would and checks what they print and how they exit.
import argparse
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SUMMARY = """\
parcels     4000
couriers    339
delivered   3994
timeouts    6
mean route  26.48 min
checksum    6cda2a1dd1449de9
"""
# Far above what a request needs even on a busy machine, so that only held parcels time out.
PATIENT = ["--timeout=2000"]


def run(program, *arguments, env=None, limit=100):
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=limit,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout, done.stderr


def expect(condition, message, *shown):
    if condition:
        return
    print("FAILED:", message, file=sys.stderr)
    for text in shown:
        print(text, file=sys.stderr)
    sys.exit(1)


def summary(bin_dir):
    for procs in ("1", "2", "8"):
        code, out, err = run(bin_dir / "dispatch", *PATIENT, env={"VOLE_MAXPROCS": procs})
        expect(code == 0 and out == SUMMARY, f"the summary with VOLE_MAXPROCS={procs}", code, out, err)


def usage(bin_dir):
    for bad in (["--bug=typo"], ["--frobnicate=1"], ["file"], ["--serve=http"], ["--seconds="]):
        code, _, err = run(bin_dir / "dispatch", *bad)
        expect(code == 2 and "usage: dispatch" in err, f"{bad} is a usage error", code, err)
    code, out, _ = run(bin_dir / "dispatch", "--help")
    expect(code == 0 and out.startswith("usage: dispatch"), "--help", code, out)


def bad_data(bin_dir):
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        shutil.copytree(HERE.parent / "data", data)
        lines = (data / "parcels.csv").read_text().splitlines()
        lines[41] = lines[41].replace(lines[41].split(",")[4], "heavy")
        (data / "parcels.csv").write_text("\n".join(lines) + "\n")
        code, _, err = run(bin_dir / "dispatch", f"--data={data}")
        want = 'parcels.csv:42: weight_kg: expected a number above 0, found "heavy"'
        expect(code == 1 and want in err, "a bad weight is named", code, err)
        (data / "routes.csv").unlink()
        code, _, err = run(bin_dir / "dispatch", f"--data={data}")
        expect(code == 1 and "routes.csv: cannot be opened" in err, "a missing file", code, err)


def race(bin_dir):
    code, out, err = run(bin_dir / "dispatch_race", *PATIENT)
    expect(code == 0 and out == SUMMARY and "DATA RACE" not in err, "the clean run", code, out, err)
    for attempt in range(3):
        code, _, err = run(bin_dir / "dispatch_race", *PATIENT, "--bug=race")
        expect(code == 66, f"run {attempt}: exit status 66", code, err)
        expect(err.count("WARNING: DATA RACE") >= 1, f"run {attempt}: a report", err)
        expect("count_delivered" in err and "service.cpp" in err, "the report names the place", err)


def leak(bin_dir):
    unit = bin_dir / "dispatch_test"
    code, out, err = run(unit, env={"DISPATCH_BUG": "leak"})
    expect(code == 1, "the unit test fails", code, out, err)
    expect(out.count("[  FAILED  ] dispatch.a_held_parcel_times_out") >= 1, "the right one", out)
    report = out + err
    expect("chan send" in report and "clear_customs" in report, "the report names the place", report)


class serving:
    """The service in serve mode; `base` is the address it printed."""

    def __init__(self, bin_dir, *arguments):
        self.process = subprocess.Popen([str(bin_dir / "dispatch"), "--serve=0", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"serving (http://127\.0\.0\.1:\d+/debug/pprof/)\n", line)
        expect(found, "the address is printed", line)
        self.base = found.group(1)

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return answer.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def serve(bin_dir):
    with serving(bin_dir, "--seconds=2") as service:
        expect(b"goroutine" in service.get(""), "the index page lists the profiles")
        text = service.get("goroutine?debug=1").decode()
        expect(text.startswith("goroutine profile: total "), "a goroutine profile", text)
        out = service.process.stdout.read()
        expect(service.process.wait(timeout=60) == 0, "serving ends well", out)
        expect(re.search(r"handled every parcel [1-9]\d* times", out), "it worked meanwhile", out)


def hotspot(bin_dir):
    with serving(bin_dir, "--seconds=30", "--bug=hotspot") as service:
        profile = service.get("profile?seconds=2")
    expect(profile[:2] == b"\x1f\x8b", "a gzipped profile", profile[:16])
    expect(b"best_by_scan" in gzip.decompress(profile), "the profile names the hot spot")


def main():
    parts = {f.__name__: f for f in (summary, usage, bad_data, race, leak, serve, hotspot)}
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=sorted(parts))
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    parts[arguments.part](arguments.bin)


if __name__ == "__main__":
    main()
