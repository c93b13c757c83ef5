# SPDX-License-Identifier: EUPL-1.2
"""Whether a figure stayed what it was, and where the figures of processes come from. Pure but for /proc.

Invariant: a judgement uses medians of many samples, so that one bad minute decides nothing and a slow leak does.
"""

import os
import statistics

WARM = 0.2          # of the samples: caches fill and pools grow to what is needed once
LEAST = 9           # samples after that; fewer say nothing
FLAT = 0.02         # TARGETS: ±2 %


def growth(values):
    """(growth of the median from the first third to the last, as a part; what is wrong with the samples or None)."""
    kept = values[int(len(values) * WARM):]
    if len(kept) < LEAST:
        return 0.0, f"only {len(kept)} samples"
    third = len(kept) // 3
    first, last = statistics.median(kept[:third]), statistics.median(kept[-third:])
    return ((last - first) / first if first else float(last > 0)), None


def is_flat(values, part=FLAT, grain=0):
    """(flat or not, words for it). `grain`: so much, in the unit of the values, is always forgiven."""
    by, wrong = growth(values)
    if wrong:
        return False, wrong
    kept = values[int(len(values) * WARM):]
    third = len(kept) // 3
    step = statistics.median(kept[-third:]) - statistics.median(kept[:third])
    return abs(by) <= part or abs(step) <= grain, f"{by:+.1%}, from {kept[0]:.6g} to {kept[-1]:.6g}"


def does_not_grow(values, times, grain):
    """The same for a figure that trembles: the last third's median is at most `times` the first's, or `grain` more."""
    by, wrong = growth(values)
    kept = values[int(len(values) * WARM):]
    third = len(kept) // 3
    if wrong:
        return False, wrong
    step = statistics.median(kept[-third:]) - statistics.median(kept[:third])
    return by <= times - 1 or step <= grain, f"{by:+.0%}, median {statistics.median(kept):.6g}"


def rollup_kib(pids, what):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith(f"{what}:"))
    return total


def pss_kib(pids):
    """Of all of them together."""
    return rollup_kib(pids, "Pss")


def own_kib(pids):
    """The same without what files are mapped: that is divided by how many other processes map them just now."""
    return rollup_kib(pids, "Pss_Anon")


def descriptors(pids):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def processor(pids):
    """Seconds that their threads ran, from the scheduler's books."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
    return total / 1e9
