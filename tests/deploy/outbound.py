#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What the processes of a server called: nobody. Reads what strace wrote down of a whole run of tests.

Usage: outbound.py FOLDER, with a file NAME.PID for each process (tests/wire/lib/server.mjs with CONCLAVE_WATCH).
Invariant: a call is a connect() to an internet address, whatever came of it, or a datagram to an address from which
this process had received nothing before. Only conclave-fetch may call.
"""

import os
import re
import sys

CALL = re.compile(r"^(\w+)\(")
ADDRESS = re.compile(r"sa_family=AF_INET6?, sin6?_port=htons\((\d+)\),"
                     r"(?: sin6_flowinfo=[^,]+,)? (?:sin_addr=inet_addr\(|inet_pton\(AF_INET6, )\"([0-9a-f.:]+)\"")
PROGRAM = re.compile(r'^execve\("([^"]+)"')
MAY_CALL = {"conclave-fetch"}
FROM = {"recvfrom", "recvmsg", "recvmmsg", "accept", "accept4"}
TO = {"sendto", "sendmsg", "sendmmsg"}


class Process:
    """One process: its program, and whom it called."""

    def __init__(self):
        self.program, self.heard, self.calls, self.lines, self.answers = "?", set(), [], 0, 0

    def read(self, line):
        self.lines += 1
        program = PROGRAM.match(line)
        if program:
            self.program = os.path.basename(program.group(1))
            return
        call = CALL.match(line)
        addresses = set(ADDRESS.findall(line))
        if not call or not addresses:
            return
        if call.group(1) in FROM:
            self.heard |= addresses
        elif call.group(1) == "connect":
            self.calls.append(line.strip())
        elif call.group(1) in TO:
            strangers = addresses - self.heard
            self.answers += not strangers
            if strangers:
                self.calls.append(line.strip())


def processes(folder):
    """What was seen of each; a child that did not yet start a program counts under that of its file's name."""
    for name in sorted(os.listdir(folder)):
        one = Process()
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            for line in file:
                one.read(line)
        yield one


def main():
    seen = list(processes(sys.argv[1]))
    names = sorted({one.program for one in seen})
    calls = [(one.program, call) for one in seen if one.program not in MAY_CALL for call in one.calls]
    for program, call in calls[:20]:
        print(f"# {program} called: {call[:300]}")
    print(f"{len(seen)} processes ({', '.join(names)}), {sum(one.lines for one in seen)} calls of the kernel, "
          f"{sum(one.answers for one in seen)} datagrams answered, {len(calls)} calls outside")
    return bool(calls) or not seen


if __name__ == "__main__":
    sys.exit(main())
