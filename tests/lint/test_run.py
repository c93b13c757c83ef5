#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""tests/run in a tree whose lint is a stand-in that ends in every way a suite can end.

Invariant: its last line is the sum, and its exit code is 0 only if something passed and nothing failed.
"""

import os
import shutil
import subprocess
import sys
import tempfile

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "run")
LINTS = ["check_tree.py", "test_check_tree.py", "test_check_elf.py", "test_count.py", "test_run.py"]
GOOD = "echo 2 passed, 0 failed"

# (what is shown, what the first of the five says, the arguments, the last line, the exit code)
CASES = [
    ("all is well", GOOD, ["lint"], "10 passed, 0 failed", 0),
    ("one fails", "echo 1 passed, 3 failed; exit 1", ["lint"], "9 passed, 3 failed", 1),
    ("a good line and a bad end", "echo 2 passed, 0 failed; exit 7", ["lint"], "10 passed, 1 failed", 1),
    ("no closing line", "echo done", ["lint"], "8 passed, 1 failed", 1),
    ("a crash", "kill -SEGV $$", ["lint"], "8 passed, 1 failed", 1),
    ("the last line counts", "echo 5 passed, 5 failed; echo 1 passed, 0 failed", ["lint"], "9 passed, 0 failed", 0),
    ("more output than a pipe holds", "seq 100000; " + GOOD, ["lint"], "10 passed, 0 failed", 0),
    ("a process left behind does not hold it up", "sleep 300 & " + GOOD, ["lint"], "10 passed, 0 failed", 0),
    ("twice", GOOD, ["lint", "lint"], "20 passed, 0 failed", 0),
    ("a form that does not exist yet", GOOD, ["lint", "bench"], "10 passed, 1 failed", 1),
    ("nothing ran", GOOD, ["bench"], "0 passed, 1 failed", 1),
    ("a part that nobody knows", GOOD, ["lint", "nonsense"], "", 2),
]


def run_in(folder, first, arguments):
    lint = os.path.join(folder, "tests", "lint")
    os.makedirs(lint)
    shutil.copy(RUN, os.path.join(folder, "tests", "run"))
    for name in LINTS:
        with open(os.path.join(lint, name), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + (first if name == LINTS[0] else GOOD) + "\n")
        os.chmod(file.name, 0o755)
    return subprocess.run([os.path.join(folder, "tests", "run"), *arguments],
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def main():
    passed = failed = 0
    for what, first, arguments, expected, status in CASES:
        with tempfile.TemporaryDirectory() as folder:
            run = run_in(folder, first, arguments)
        line = (run.stdout.splitlines() or [""])[-1]
        ok = line == expected and run.returncode == status
        passed += ok
        failed += not ok
        if not ok:
            print(f"not ok: {what}\n        {line!r} ({run.returncode}) instead of {expected!r} ({status})")
            print(run.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
