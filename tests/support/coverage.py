#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""How much of what ships the tests reached: coverage.py BUILD [NUMBER]. A table of the folders, and the NUMBER files
with the most branches that were never taken. Ends with `N passed, N failed`.

Invariant: asks the counts of BUILD and changes nothing; what the tests themselves consist of is not counted.
"""

import collections
import json
import os
import re
import subprocess
import sys

SHIPPED = ["base", "sfu", "auth", "helper", "fetch", "server"]
# They shut the very door through which the counts go out, so a build that counts leaves them out. The probes of what
# they shut run in the suite `unsanitized`.
NOT_COUNTED = ["base/confine.c", "base/landlock.c"]
WORST = 25
# TARGETS, Reliability 9: below these the run fails.
ASKED = {"line": 90, "branch": 80}


def measure(top, build):
    """What gcovr says of each file. `-fexceptions` is there for the cleanups; in C nothing throws, so the way that a
    throw would take is not counted."""
    folders = [os.path.join(build, name) for name in SHIPPED]
    command = ["gcovr", "--root", top, "--exclude-throw-branches", "-j", str(os.cpu_count()), "--json-summary", "-"]
    command += ["--filter", re.escape(top) + "/(?:" + "|".join(SHIPPED) + ")/"]
    command += ["--exclude", re.escape(top) + "/(?:" + "|".join(map(re.escape, NOT_COUNTED)) + ")$"]
    run = subprocess.run(command + folders, cwd=top, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stderr)
    return json.loads(run.stdout)["files"]


def folder_of(name):
    parts = name.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def add(table, key, file):
    for kind in ("line", "branch"):
        table[key][kind + "_total"] += file[kind + "_total"]
        table[key][kind + "_covered"] += file[kind + "_covered"]


def percent(counts, kind):
    return 100 * counts[kind + "_covered"] / counts[kind + "_total"] if counts[kind + "_total"] else 100.0


def row(name, counts):
    missed = [counts[kind + "_total"] - counts[kind + "_covered"] for kind in ("line", "branch")]
    print(f"{name:32} {counts['line_total']:7} {percent(counts, 'line'):6.1f} % {missed[0]:6}"
          f" {counts['branch_total']:9} {percent(counts, 'branch'):6.1f} % {missed[1]:6}")


def main():
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    files = measure(top, os.path.abspath(sys.argv[1]))
    shown = int(sys.argv[2]) if len(sys.argv) > 2 else WORST
    folders = collections.defaultdict(collections.Counter)
    for file in files:
        add(folders, folder_of(file["filename"]), file)
        add(folders, "all", file)
    print(f"{'':32} {'lines':>7} {'reached':>8} {'missed':>6} {'branches':>9} {'taken':>8} {'missed':>6}")
    for name in sorted(folders, key=lambda name: (name == "all", name)):
        row(name, folders[name])
    print(f"\nThe {shown} files with the most branches that no test took:")
    for file in sorted(files, key=lambda f: f["branch_covered"] - f["branch_total"])[:shown]:
        row(file["filename"], file)
    print(f"\nNot counted: {', '.join(NOT_COUNTED)} (a sandbox lets no counts out).")
    failed = 0
    for kind, words in (("line", "lines"), ("branch", "branches")):
        reached = percent(folders["all"], kind)
        failed += reached < ASKED[kind]
        print(f"{'not ok' if reached < ASKED[kind] else 'ok'} - {reached:.1f} % of {words}, at least {ASKED[kind]} %")
    print(f"{2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
