# SPDX-License-Identifier: EUPL-1.2
"""Two curves as a picture: what a packet and what a meeting cost as the meeting grows. In tests/load/run. Pure.

Invariant: both axes begin at nothing, so that flat looks flat.
"""

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 420, 260, 60, 40, 40


def steps(most):
    """At most seven round numbers up to a little more than `most`."""
    size = next(size for power in range(-3, 9) for size in (10 ** power, 2 * 10 ** power, 5 * 10 ** power)
                if most / size <= 5)
    return [size * i for i in range(int(most / size) + 2)]


def panel(left, title, points):
    across, up = steps(max(x for x, _ in points)), steps(max(y for _, y in points))
    width, height = WIDTH - LEFT - 20, HEIGHT - BOTTOM - TOP

    def place(x, y):
        return left + LEFT + width * x / across[-1], TOP + height * (1 - y / up[-1])
    lines = [f'<text x="{left + LEFT}" y="20" font-weight="bold">{title}</text>']
    for y in up:
        (x1, at), (x2, _) = place(0, y), place(across[-1], y)
        lines += [f'<path d="M{x1:.1f} {at:.1f}H{x2:.1f}" stroke="#ccc"/>',
                  f'<text x="{x1 - 6:.1f}" y="{at + 4:.1f}" text-anchor="end">{y:g}</text>']
    for x in across:
        at, bottom = place(x, 0)
        lines.append(f'<text x="{at:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{x:g}</text>')
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    lines.append(f'<polyline points="{path}" fill="none" stroke="#0b57a4" stroke-width="2"/>')
    lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#0b57a4"/>' for x, y in (place(*p) for p in points)]
    lines.append(f'<text x="{left + LEFT + width / 2:.1f}" y="{HEIGHT - 6}" text-anchor="middle">people</text>')
    return lines


def svg(series):
    """`series`: {people: result}."""
    ordered = sorted(series.items())
    cost = [(people, result["cpu_per_million"]) for people, result in ordered]
    memory = [(people, result["pss_kib"] / 1024) for people, result in ordered]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">', "<!-- SPDX-License-Identifier: EUPL-1.2 -->",
        f'<rect width="{2 * WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *panel(0, "CPU-seconds per million packets", cost), *panel(WIDTH, "MiB (PSS) of all processes", memory),
        "</svg>", ""])
