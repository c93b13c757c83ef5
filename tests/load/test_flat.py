#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A leak is found, and noise is not one: by series that are made up, and by a process that really leaks.

Invariant: nothing here depends on how busy the machine is.
"""

import random
import subprocess
import sys

import flat

# Touches what it takes, as a leak would; answers when it has.
LEAKER = """
import sys
kept = [b"x" * (32 << 20)]
print("ready", flush=True)
for line in sys.stdin:
    kept.append(b"x" * int(line))
    print("taken", flush=True)
"""
SAMPLES = 15


def series(n, start, each, noise, seed=7):
    draw = random.Random(seed)
    return [start + each * i + draw.uniform(-noise, noise) for i in range(n)]


def of_process(each):
    """Own memory and descriptors of a process that takes so many bytes between two samples."""
    own, files = [], []
    with subprocess.Popen([sys.executable, "-c", LEAKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as child:
        child.stdout.readline()
        for _ in range(SAMPLES):
            child.stdin.write(f"{each}\n")
            child.stdin.flush()
            child.stdout.readline()
            own.append(flat.own_kib([child.pid]))
            files.append(flat.descriptors([child.pid]))
        child.stdin.close()
    return own, files


def cases():
    yield "noise of 1 % is flat", flat.is_flat(series(60, 30000, 0, 300))[0]
    yield "a leak of 5 % in an hour is found within that noise", not flat.is_flat(series(60, 30000, 40, 300))[0]
    yield "what shrinks is not flat", not flat.is_flat(series(60, 30000, -40, 300))[0]
    yield "growing while it warms up is forgiven", flat.is_flat([20000, 24000, 27000, *series(57, 30000, 0, 100)])[0]
    yield "one bad minute decides nothing", flat.is_flat([*series(30, 100, 0, 1), 900, *series(29, 100, 0, 1)])[0]
    yield "one descriptor a minute is found", not flat.is_flat(series(60, 150, 1, 0))[0]
    yield "a step is found", not flat.is_flat([100.0] * 30 + [104.0] * 30)[0]
    yield "a step of the grain is not", flat.is_flat([100.0] * 30 + [104.0] * 30, grain=4)[0]
    yield "nothing that becomes something is found", not flat.is_flat([0.0] * 30 + [3.0] * 30)[0]
    yield "too few samples say nothing", not flat.is_flat([1.0] * 5)[0]
    yield "a latency that trembles does not grow", flat.does_not_grow(series(60, 900, 0, 500), 2, 0)[0]
    yield "one that triples does", not flat.does_not_grow([800.0] * 30 + [2400.0] * 30, 2, 1000)[0]
    own, files = of_process(0)
    yield "a process that keeps nothing is flat", flat.is_flat(own)[0]
    yield "its descriptors, too", flat.is_flat(files)[0] and min(files) >= 3
    yield "a process that leaks 512 KiB a sample is found", not flat.is_flat(of_process(512 << 10)[0])[0]


def main():
    passed = failed = 0
    for what, good in cases():
        passed += good
        failed += not good
        if not good:
            print(f"not ok - {what}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
