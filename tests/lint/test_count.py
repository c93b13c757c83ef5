#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""tests/support/count.py on the reports of meson and vitest.

Invariant: whatever did not run well to its end is counted as failed.
"""

import json
import os
import subprocess
import sys
import tempfile

COUNT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "count.py")


def meson(*tests):
    return "meson", "\n".join(json.dumps(
        {"name": "x", "result": result, "stdout": stdout, "stderr": "e"}) for result, stdout in tests)


def vitest(good, bad, *suites):
    return "vitest", json.dumps({"numPassedTests": good, "numFailedTests": bad, "testResults": [
        {"status": status, "assertionResults": [{"status": each} for each in tests]} for status, tests in suites]})


# (what is shown, the report, the closing line)
CASES = [
    ("two programs", meson(("OK", "1..2\nok 1 - a\nok 2 - b\n"), ("OK", "1..1\nok 1\n")), "3 passed, 0 failed"),
    ("a failed test", meson(("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n")), "1 passed, 1 failed"),
    ("a crash after good tests", meson(("ERROR", "1..3\nok 1 - a\nok 2 - b\n")), "2 passed, 1 failed"),
    ("a time-out", meson(("TIMEOUT", None)), "0 passed, 1 failed"),
    ("a program without a test", meson(("OK", "1..0\n")), "0 passed, 1 failed"),
    ("a program that skips all", meson(("OK", "1..1\nok 1 - a # SKIP no root\n")), "0 passed, 1 failed"),
    ("a leak, found when all was done", meson(("FAIL", "1..1\nok 1 - a\n")), "1 passed, 1 failed"),
    ("words that only look alike", meson(("OK", "okay\n  ok 5\nok 1 - a\nnotok\n")), "1 passed, 0 failed"),
    ("nothing at all", meson(), "0 passed, 0 failed"),
    ("units of the client", vitest(5, 0, ("passed", ["passed"] * 5)), "5 passed, 0 failed"),
    ("one that failed", vitest(4, 1, ("failed", ["passed", "failed"])), "4 passed, 1 failed"),
    ("a file that does not load", vitest(4, 0, ("failed", []), ("passed", ["passed"])), "4 passed, 1 failed"),
]


def closing_line(kind, report):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(report)
        file.flush()
        run = subprocess.run([sys.executable, COUNT, kind, file.name], capture_output=True, text=True, timeout=30)
    return run.stdout.splitlines()[-1], run.returncode


def main():
    passed = failed = 0
    for what, (kind, report), expected in CASES:
        line, status = closing_line(kind, report)
        good = not expected.startswith("0 ") and expected.endswith(", 0 failed")
        ok = line == expected and (status == 0) == good
        passed += ok
        failed += not ok
        if not ok:
            print(f"not ok: {what}\n        {line} ({status}) instead of {expected}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
