# SPDX-License-Identifier: EUPL-1.2
"""What is measured of Conclave alone: councils, growth, the bound of one core, two workers, idling. In tests/load/run.

Invariant: each scene starts a server of its own and gives back numbers; what they are worth is said elsewhere.
"""

import json
import os
import statistics
import subprocess

import flat
import servers

IDLE = 20               # seconds
LINES = 62              # to receive, of the 64 of an offer; beyond 32 people there is less sound than people
TOOL_FULL = 0.9         # cores: then the tool, which is one thread, is the bound
COUNCIL = ["--simulcast", "--join-every", 100, "--patience", 90]


def one(kind, people, *options, **how):
    """One meeting against a fresh server."""
    with kind(people, **how) as server:
        result = servers.play(server, *options)
    result["pss_person"] = (result["pss_kib"] - result["pss_before_kib"]) / people / 1024
    print(f"   {result['server']:>8}, {people} people: {result['delivered']} delivered, {result['missing']} missing, "
          f"{result['cpu_per_million']:.2f} CPU-s per million, p50 {result['latency_p50_us']:.0f} µs, "
          f"p99 {result['latency_p99_us']:.0f} µs, join p95 {result['join_p95_ms']:.0f} ms, "
          f"tool {result['own_cores']:.2f} cores, late p99 {result['late_p99_us'] / 1000:.1f} ms", flush=True)
    return result


def council(people, microphones, seconds):
    """As Conclave's own client asks: 9 tiles, 8 voices, three layers sent."""
    return one(servers.Conclave, people, "--seconds", seconds, "--tiles", min(9, people - 1), "--voices",
               min(8, people - 1), "--microphones", microphones, *COUNCIL)


def storm(people):
    return one(servers.Conclave, people, "--seconds", 2, "--tiles", 9, "--voices", 8, "--simulcast", "--microphones", 4,
               "--join-every", 2000 // people, "--patience", 60)


def middle(results):
    """Of each figure the median."""
    return {key: statistics.median(result[key] for result in results) if isinstance(value, (int, float)) else value
            for key, value in results[0].items()}


def growth(counts, seconds, rounds):
    """{people: the middle of the rounds}, the same kind of meeting each time, the sizes taking turns."""
    series = [{people: council(people, 4, seconds) for people in counts} for _ in range(rounds)]
    return {people: middle([one_round[people] for one_round in series]) for people in counts}


def is_lossless(result):
    return result["missing"] <= 0.001 * result["wanted"] and not result["absent"]


def most(counts, seconds):
    """(the most people whom one worker served without loss, everybody to everybody; why it ended there)"""
    best = None
    for people in counts:
        voices = min(people - 1, LINES - (people - 1))
        options = ["--seconds", seconds, "--tiles", people - 1, "--voices", voices,
                   "--microphones", people if voices == people - 1 else voices, "--patience", 60]
        try:
            result = one(servers.Conclave, people, *options)
        except RuntimeError as error:
            return best, f"with {people}: {str(error).splitlines()[0]}"
        if not is_lossless(result):
            bound = "the load tool was full" if result["own_cores"] > TOOL_FULL else "the server lost"
            return best, (f"with {people}, {result['missing']} of {result['wanted']} are missing; {bound}: tool "
                          f"{result['own_cores']:.2f} cores, server {result['cores']:.2f}")
        best = result
    return best, "the search ends there"


def seeded_loss():
    """The part that is missing when 2 % are lost on purpose."""
    with servers.Conclave(3) as server:
        command = [os.path.join(servers.TOOLS, "tests", "load", "impair"), "--listen", "127.0.0.1:0",
                   "--to", f"127.0.0.1:{server.port}", "down loss 2"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as line:
            port = line.stdout.readline().split()[1]
            result = servers.play(server, "--seconds", 4, "--media", f"127.0.0.1:{port}")
            line.stdin.close()
    return result["missing"] / result["wanted"]


def workers_of(server):
    found = []
    for pid in server.pids():
        if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "conclave-media":
            found.append(pid)
    return found


def two_workers(people, seconds):
    """Two meetings at once: (both results, seconds of processor time of each worker, cores of all)"""
    with servers.Conclave(people, workers=2) as server:
        server.convene(people, "second")
        workers = workers_of(server)
        before = [flat.processor([pid]) for pid in workers]
        tools = [subprocess.Popen(servers.command(server, people, links, "--seconds", seconds, "--patience", 60),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                 for links in ("links", "second")]
        said = [tool.communicate(timeout=300) for tool in tools]
        used = [flat.processor([pid]) - start for pid, start in zip(workers, before)]
    wrong = [err.strip() for tool, (_, err) in zip(tools, said) if tool.returncode]
    if wrong:
        raise RuntimeError("two workers: " + "; ".join(wrong))
    results = [json.loads(out) for out, _ in said]
    print(f"   two workers: {[r['delivered'] for r in results]} delivered, {[r['missing'] for r in results]} missing, "
          f"{used[0]:.2f} and {used[1]:.2f} CPU-s", flush=True)
    return results, used


def idle():
    """{pss_mib, cores} of a server that nobody uses."""
    with servers.Conclave(0) as server:
        pids = server.pids()
        before = flat.processor(pids)
        try:
            server.process.wait(IDLE)
        except subprocess.TimeoutExpired:
            pass
        else:
            raise RuntimeError("the server ended while nobody used it")
        found = {"cores": (flat.processor(pids) - before) / IDLE, "pss_mib": flat.pss_kib(pids) / 1024}
    print(f"   idle: {found['pss_mib']:.1f} MiB, {found['cores']:.3%} of a core", flush=True)
    return found
