#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files beside a report: JSON lines that obey docs/race-report.schema.json, a SARIF 2.1.0 log, and `vole race`, which
merges the former.

    check_files.py REPORTER VOLE
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

PROGRAM, TOOL = sys.argv[1:3]
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import json_schema  # noqa: E402

SCHEMA = json.loads((ROOT / "docs/race-report.schema.json").read_text())
HERE = str(pathlib.Path(__file__).resolve().parent)


def run(*arguments, options=""):
    environment = dict(os.environ, VOLE_RACE=f"atexit_sleep_ms=0 {options}", VOLE_MAXPROCS="2")
    return subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def tool(*arguments):
    return subprocess.run([TOOL, "race", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def expect(condition, what, *shown):
    if not condition:
        sys.exit("\n".join([what, *map(str, shown)]))


def check_json(path):
    lines = path.read_text().splitlines()
    for line in lines:
        faults = json_schema.faults(json.loads(line), SCHEMA)
        expect(not faults, f"{path.name} is against the schema:", *faults)
    return [json.loads(line) for line in lines]


# The shape that SARIF 2.1.0 asks for, by the numbers of its sections; each point is checked for each result.
def check_place(place):
    if "physicalLocation" in place:
        uri = place["physicalLocation"]["artifactLocation"]["uri"]  # 3.4.3
        expect(urllib.parse.urlparse(uri).scheme in ("", "file") and " " not in uri, "3.4.3 no URI", uri)
        region = place["physicalLocation"].get("region")
        expect(region is None or region["startLine"] >= 1, "3.30.5 startLine", region)
    for logical in place["logicalLocations"]:
        expect(logical["fullyQualifiedName"], "3.33.5 fullyQualifiedName", logical)


def check_sarif(text):
    log = json.loads(text)
    expect(log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json"), "3.13 version", log)
    expect(len(log["runs"]) == 1, "3.13.4 runs")
    one = log["runs"][0]
    rules = one["tool"]["driver"]["rules"]
    expect(one["tool"]["driver"]["name"] and all(rule["id"] for rule in rules), "3.18, 3.19")
    for result in one["results"]:
        expect(rules[result["ruleIndex"]]["id"] == result["ruleId"], "3.27.6 ruleIndex", result)
        expect(result["level"] in ("none", "note", "warning", "error"), "3.27.10 level")
        expect(result["message"]["text"], "3.27.11 message")
        expect(result["occurrenceCount"] >= 1, "3.27.19 occurrenceCount")
        expect(re.fullmatch("[0-9a-f]{16}", result["fingerprints"]["voleRaceId/v1"]), "3.27.17 fingerprints")
        for place in result["locations"] + result.get("relatedLocations", []):
            check_place(place)
        for stack in result["stacks"]:
            expect(stack["message"]["text"], "3.44.2 message of a stack")
            for frame in stack["frames"]:
                check_place(frame["location"])
        for suppression in result["suppressions"]:
            expect(suppression["kind"] in ("inSource", "external"), "3.35.2 kind")
    return one["results"]


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    options = f"json_path={folder}/races.json sarif_path={folder}/races.sarif"
    everything = ("locks", "readers", "stack", "threads", "global", "heap")
    done = run(*everything, options=options)
    logs = sorted(folder.glob("races.json.*"))
    expect(len(logs) == 1, "one json_path.pid", logs)
    reports = check_json(logs[0])
    expect(len(reports) == len(everything) == done.stderr.count("WARNING: DATA RACE"), "a report is missing", done.stderr)
    for report in reports:
        expect(f"race id {report['id']}\n" in done.stderr, "an id differs between the text and JSON", report["id"])
        expect(not report["suppressed"], "suppressed without rules")
    places = {report["location"]["kind"] for report in reports}
    expect(places == {"global", "stack", "heap"}, "kinds of location", places)
    results = check_sarif(next(folder.glob("races.sarif.*")).read_text())
    expect([r["fingerprints"]["voleRaceId/v1"] for r in results] == [r["id"] for r in reports], "SARIF has other reports")

    # The tool prints what the program printed.
    printed = tool("--strip_path_prefix", "/nowhere/", logs[0])
    expect(printed.returncode == 0 and printed.stdout == done.stderr, "vole race prints another text", printed.stdout)
    expect(check_sarif(tool("--format", "sarif", logs[0]).stdout) == results, "vole race writes another SARIF log")
    expect(tool("--format=json", logs[0]).stdout == logs[0].read_text(), "vole race writes other JSON")

    # Runs are merged by id; what a merge writes can be merged again.
    run("locks", "heap", options=options)
    logs = sorted(folder.glob("races.json.*"))
    merged = folder / "merged.json"
    expect(tool("--format=json", "--output", merged, *logs).returncode == 0, "--output")
    counts = {report["id"]: report.get("occurrences", 1) for report in check_json(merged)}
    expect(sorted(counts.values()) == [1, 1, 1, 1, 2, 2], "merged counts", counts)
    again = tool(merged, merged)
    expect(again.stdout.count("Seen 4 times\n") == 2 and again.stdout.count("Seen 2 times\n") == 4, "merged twice", again)

    # Suppressed races are in the files, with the reason, and nowhere else.
    rules = folder / "rules"
    rules.write_text("function:^pool::make_block$\nfunction:race_as_readers # by design\nfunction:store_guarded\n")
    hidden = run("readers", options=f"suppressions={rules} json_path={folder}/hidden sarif_path={folder}/hidden_sarif")
    expect(hidden.returncode == 0 and hidden.stderr == "", "a suppressed race is seen", hidden.stderr)
    report = check_json(next(folder.glob("hidden.*")))[0]
    expect(report["suppressed"] and report["reason"] == "by design", "no reason", report)
    result = check_sarif(next(folder.glob("hidden_sarif.*")).read_text())[0]
    expect(result["suppressions"] == [{"kind": "external", "justification": "by design"}], "SARIF suppression", result)
    listed = tool("--suppressions", rules, "--exitcode", 3, *logs)
    expect(listed.returncode == 3 and "Found 4 data race(s), 2 more suppressed\n" in listed.stdout, "--suppressions", listed)
    expect(listed.stderr == f"vole race: {rules}:1: function:^pool::make_block$ matched nothing\n", "unused", listed.stderr)
    rules.write_text("file:reporter.cpp\n")
    expect(tool("--suppressions", rules, "--exitcode", 3, *logs).returncode == 0, "all are suppressed")

    # Bad input: status 1, and where it is bad; a bad command line: status 2.
    bad = folder / "bad"
    bad.write_text(logs[0].read_text() + '{"vole_race_report":1}\n')
    failed = tool(bad)
    expect(failed.returncode == 1 and failed.stderr == f"vole race: {bad}:7: id: is missing\n", "bad JSON", failed)
    missing = tool(folder / "none")
    expect(missing.returncode == 1 and f"{folder}/none: No such file" in missing.stderr, "no file", missing)
    rules.write_text("x\n")
    failed = tool("--suppressions", rules, logs[0])
    expect(failed.returncode == 1 and f"{rules}:1: " in failed.stderr, "bad rules", failed)
    expect(tool("--format=xml", logs[0]).returncode == 2 and tool().returncode == 2, "a bad command line")
    (folder / "empty").write_text("")
    expect(tool(folder / "empty").stdout == "Found 0 data race(s)\n", "an empty file")
    check_sarif(tool("--format=sarif", folder / "empty").stdout)
