# SPDX-License-Identifier: EUPL-1.2
"""What was measured, against what was to be reached: a table. In tests/load/run. Pure.

Invariant: a row's last word follows from its numbers alone; what was not measured has no row.
"""

import statistics

OPUS, VIDEO = 50, 90    # packets a second of the load: sound, and three to a frame of 30


def ratios(results, key):
    """Ours to theirs, round by round."""
    return [ours[key] / theirs[key] for ours, theirs in zip(results["conclave"], results.get("janus", []))
            if theirs[key]]


def median(results, name, key):
    return statistics.median(run[key] for run in results[name])


def row(what, measured, ratio, target, reached):
    return [what, measured, f"{ratio:.2f}" if ratio is not None else "", target, "reached" if reached else "**not**"]


def floor_of(rows):
    """Nanoseconds a packet of this load costs at least, from what the floor's parts cost; None without them."""
    parts = {what: float(ns) for what, ns in rows}
    sound, picture = parts.get("protect + sendmmsg, 111 B"), parts.get("protect + UDP_SEGMENT groups of 3, 1100 B")
    return (OPUS * sound + VIDEO * picture) / (OPUS + VIDEO) if sound and picture else None


def pair_rows(people, results, floor):
    cpu = median(results, "conclave", "cpu_per_million")
    to_janus = ratios(results, "cpu_per_million")
    rows = []
    if to_janus:
        part = statistics.median(to_janus)
        rows.append(row(f"CPU-s per million packets, N = {people}", f"{cpu:.2f}", part, "0.15 of Janus", part <= 0.15))
    if floor:
        rows.append(row(f"the same against the floor, N = {people}", f"{cpu:.2f} to {floor / 1000:.2f}",
                        cpu * 1000 / floor, "2 x the floor", cpu * 1000 <= 2 * floor))
    if people == 10:
        for key, most in (("latency_p50_us", 300), ("latency_p99_us", 1500)):
            value, part = median(results, "conclave", key), ratios(results, key)
            rows.append(row(f"forwarding latency {key[8:11]}, N = 10", f"{value / 1000:.2f} ms",
                            statistics.median(part) if part else None, f"{most / 1000:g} ms", value <= most))
    memory, part = median(results, "conclave", "pss_person"), ratios(results, "pss_person")
    rows.append(row(f"memory a participant, N = {people}", f"{memory:.2f} MiB",
                    statistics.median(part) if part else None, "0.3 MiB", memory <= 0.3))
    return rows


def council_rows(councils):
    rows = []
    for name, result in councils.items():
        if name.startswith("55"):
            rows.append(row(f"council of {name}", f"{result['cores']:.1%} of a core", None, "20 % of a core",
                            result["cores"] < 0.2))
        else:
            rows.append(row(f"council of {name}: loss", f"{result['missing']} of {result['wanted']}", None, "none",
                            result["missing"] == 0 and not result["absent"]))
    return rows


def spread(values):
    """How far the outermost lies from the middle of all, as a part."""
    middle = statistics.median(values)
    return max(max(values) / middle - 1, 1 - min(values) / middle)


def marginal(series, key):
    """(what one more person costs in the lower half, in the upper half)"""
    points = [(people, result[key]) for people, result in sorted(series.items())]
    middle = points[len(points) // 2]
    return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in ((points[0], middle), (middle, points[-1]))]


def growth_rows(series):
    costs = [result["cpu_per_million"] for result in series.values()]
    low, high = marginal(series, "pss_kib")
    names = f"N = {min(series)} to {max(series)}"
    return [
        row(f"CPU a packet, {names}", f"±{spread(costs):.0%} ({min(costs):.2f} to {max(costs):.2f})", None, "±20 %",
            spread(costs) <= 0.2),
        row(f"memory for one more, {names}", f"{low / 1024:.2f} MiB, then {high / 1024:.2f}", None, "linear",
            high <= 1.25 * max(low, 1)),
    ]


def join_row(result):
    return row("join to 9 faces, p95, 20 or more present", f"{result['crowd_p95_ms']:.0f} ms ({result['crowd_joins']})",
               None, "500 ms", result["crowd_joins"] > 0 and result["crowd_p95_ms"] <= 500)


def most_row(best, why):
    return row("most people on one core before loss", f"{best['people'] if best else 0} ({why})", None, "40",
               best is not None and best["people"] >= 40)


def idle_rows(idle):
    return [row("idle: memory", f"{idle['pss_mib']:.1f} MiB", None, "40 MiB", idle["pss_mib"] < 40),
            row("idle: processor", f"{idle['cores']:.2%}", None, "0.2 % of a core", idle["cores"] <= 0.002)]


def storm_row(result):
    return row(f"{result['people']} join within 2 s: connected, p95", f"{result['connected_p95_ms']:.0f} ms", None,
               "2000 ms", result["connected_p95_ms"] <= 2000)


def table(rows):
    return ["| what | measured | to Janus, or the floor | target | |", "| --- | --- | --- | --- | --- |",
            *["| " + " | ".join(cells) + " |" for cells in rows]]
