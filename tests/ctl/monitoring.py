#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What deploy/monitoring asks for is what the server offers.

Invariant: prints TAP; reads files, and runs promtool where it is installed.
Usage: monitoring.py FOLDER METRICS_SOURCE
"""
import json
import os
import re
import shutil
import subprocess
import sys

FOLDER, SOURCE = sys.argv[1:]


def read(name):
    with open(os.path.join(FOLDER, name)) as file:
        return file.read()


def offered():
    """The names of all samples, from what writes them."""
    with open(SOURCE) as file:
        text = file.read()
    names = set(re.findall(r'gauge\(w, "(conclave_\w+)"', text))
    names |= {name + "_total" for name in re.findall(r'(?:counter|sample)\(w, "(conclave_\w+)"', text)}
    for name in re.findall(r'\.name = "(conclave_\w+)"', text):
        names |= {name + suffix for suffix in ("_bucket", "_count", "_sum")}
    return names


def unknown(text):
    return set(re.findall(r"\bconclave_[a-z_]+", text)) - offered()


def harness_finds_a_name_that_is_none():
    assert len(offered()) > 20
    assert unknown("rate(conclave_rtp_lost[1m]) + conclave_moon") == {"conclave_rtp_lost", "conclave_moon"}


def rules_ask_for_what_is_offered():
    text = read("conclave-rules.yml")
    assert text.count("- alert: ") >= 8
    assert not unknown(text), unknown(text)
    assert text.count("summary: ") == text.count("mend: ") == text.count("- alert: ")


def dashboard_asks_for_what_is_offered():
    board = json.loads(read("grafana.json"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            assert "conclave_" in target["expr"] and not unknown(target["expr"]), target["expr"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 6


def promtool_understands_the_rules():
    tool = shutil.which("promtool")
    if not tool:
        return "promtool is not installed"
    run = subprocess.run([tool, "check", "rules", os.path.join(FOLDER, "conclave-rules.yml")], capture_output=True,
                         text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    return None


TESTS = [harness_finds_a_name_that_is_none, rules_ask_for_what_is_offered, dashboard_asks_for_what_is_offered,
         promtool_understands_the_rules]


def main():
    failed = 0
    print(f"1..{len(TESTS)}")
    for number, test in enumerate(TESTS, 1):
        try:
            skipped = test()
            print(f"ok {number} - {test.__name__}" + (f" # SKIP {skipped}" if skipped else ""))
        except AssertionError as error:
            failed += 1
            print(f"not ok {number} - {test.__name__}\n# {error}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
