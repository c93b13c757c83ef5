#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Counts what ran: count.py meson TESTLOG.json | vitest REPORT.json. Ends with `N passed, N failed`.

Invariant: a program that ended badly is a failure even if all it had printed until then was good.
"""

import json
import re
import sys

SHOWN_LINES = 60
TAP_LINE = re.compile(r"^(ok|not ok)\b(?!.*# SKIP)", re.M)


def count_meson(path):
    """One JSON document a line, one line a program; its standard output is TAP."""
    passed = failed = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            test = json.loads(line)
            results = TAP_LINE.findall(test.get("stdout") or "")
            bad = results.count("not ok")
            good = results.count("ok")
            if test["result"] != "OK":
                bad = max(bad, 1)
                print(f"--- {test['name']}: {test['result']}")
                output = (test.get("stdout") or "") + (test.get("stderr") or "")
                print("\n".join(line for line in output.splitlines()[-SHOWN_LINES:] if not line.startswith("ok ")))
            elif not good:
                bad = 1
                print(f"--- {test['name']}: ran no test")
            passed += good
            failed += bad
    return passed, failed


def count_vitest(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    # A file that does not even load holds no failed test.
    broken = sum(1 for suite in report["testResults"] if suite["status"] == "failed" and
                 not any(test["status"] == "failed" for test in suite["assertionResults"]))
    return report["numPassedTests"], report["numFailedTests"] + broken


def main():
    count = {"meson": count_meson, "vitest": count_vitest}[sys.argv[1]]
    passed, failed = count(sys.argv[2])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
