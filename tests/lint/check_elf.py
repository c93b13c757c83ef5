#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Looks at finished programs, with readelf and objdump, for the hardening that the build asks of compiler and linker.

Usage: check_elf.py PROGRAM... Invariant: a flag of the build counts for nothing; only what stands in the file does.
"""

import re
import subprocess
import sys


def readelf(option, path):
    return subprocess.run(["readelf", "--wide", option, path], check=True, capture_output=True, text=True,
                          timeout=60, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def clears_registers(path):
    """Whether most returns come behind registers set to zero (-fzero-call-used-regs), which linking as a whole loses
    unless the linker is told, too. Of amd64: elsewhere the instructions are others."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "--section=.text", path], check=True,
                          capture_output=True, text=True, timeout=120, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    lines = [line.partition(":\t")[2] for line in code.stdout.splitlines()]
    returns = [at for at, line in enumerate(lines) if re.match(r"ret\b", line)]
    cleared = [at for at in returns if sum(bool(re.match(r"xor +%(e\w+),%\1$", line))
                                           for line in lines[max(0, at - 12):at]) >= 3]
    return 2 * len(cleared) > len(returns)


class Elf:
    """One program, as readelf prints it."""

    def __init__(self, path):
        self.path = path
        self.header = readelf("--file-header", path)
        self.dynamic = readelf("--dynamic", path)
        self.symbols = set(re.findall(r"UND (\w+)", readelf("--dyn-syms", path)))
        # Type, then numbers, then flags such as "R E".
        self.segments = [(match.group(1), match.group(2).replace(" ", "")) for match in re.finditer(
            r"^\s+([A-Z_0-9]+)\s+(?:0x[0-9a-f]+\s+){5}([RWE ]{3})", readelf("--program-headers", path), re.M)]

    def flags(self, segment):
        return [flags for name, flags in self.segments if name == segment]

    def has(self, tag, word=""):
        return re.search(rf"\({tag}\).*{word}", self.dynamic) is not None


# (what a program has, whether this one has it)
CHECKS = [
    ("position-independent (PIE)", lambda e: "DYN" in e.header and e.has("FLAGS_1", r"\bPIE\b")),
    ("relocations read-only (RELRO)", lambda e: bool(e.flags("GNU_RELRO"))),
    ("bound at start (BIND_NOW)", lambda e: e.has("FLAGS", r"\bBIND_NOW\b") or e.has("FLAGS_1", r"\bNOW\b")),
    ("a stack that is not executable", lambda e: e.flags("GNU_STACK") == ["RW"]),
    ("nothing writable and executable", lambda e: not any("W" in f and "E" in f for f in e.flags("LOAD"))),
    ("no library path of its own", lambda e: not e.has("RPATH") and not e.has("RUNPATH")),
    ("no relocations in its code", lambda e: not e.has("TEXTREL")),
    ("guarded stacks", lambda e: "__stack_chk_fail" in e.symbols),
    ("checked calls of libc (_FORTIFY_SOURCE)", lambda e: any(name.endswith("_chk") for name in e.symbols)),
    ("registers cleared at returns", lambda e: "X86-64" not in e.header or clears_registers(e.path)),
]


def check(path):
    """What the program lacks."""
    elf = Elf(path)
    return [what for what, has in CHECKS if not has(elf)]


def main():
    if len(sys.argv) < 2:
        print("usage: check_elf.py PROGRAM...")
        return 2
    passed = failed = 0
    for path in sys.argv[1:]:
        lacking = check(path)
        for what in lacking:
            print(f"{path}: lacks: {what}")
        passed += len(CHECKS) - len(lacking)
        failed += len(lacking)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
