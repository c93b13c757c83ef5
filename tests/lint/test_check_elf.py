#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Builds a hardened program and, for each property that check_elf.py looks for, one that lacks exactly this one.

Invariant: a program is found to lack what was taken from it, and nothing else.
"""

import os
import subprocess
import sys
import tempfile

from check_elf import CHECKS, check

SOURCE = """
#include <stdio.h>
#include <string.h>
/* More of our own returns than of those that come with every program. */
#define WEIGHED(n) __attribute__((noipa)) static int weighed_##n(int a, int b, int c) \\
	{ return a * b - c * n; }
WEIGHED(1) WEIGHED(2) WEIGHED(3) WEIGHED(4) WEIGHED(5) WEIGHED(6) WEIGHED(7) WEIGHED(8) WEIGHED(9)
int main(int argc, char **argv)
{
	char text[64];

	strncpy(text, argv[0], (size_t)argc);
	return puts(text) < weighed_1(argc, 2, 3) + weighed_2(argc, 3, 4) + weighed_3(argc, 4, 5) +
		weighed_4(argc, 5, 6) + weighed_5(argc, 6, 7) + weighed_6(argc, 7, 8) + weighed_7(argc, 8, 9) +
		weighed_8(argc, 9, 1) + weighed_9(argc, 1, 2);
}
"""

ASSEMBLY = {
    # An absolute address within the code, which the loader would have to write.
    "text.s": ".text\n.globl there\nthere: .quad there\n",
    # A section that may be both written and run.
    "both.s": '.section .both,"awx",@progbits\n.quad 0\n',
}

HARD = ["-O2", "-fPIE", "-pie", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
        "-fzero-call-used-regs=used-gpr", "-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code"]

# (what must be missing, what is added to the command)
TAKEN = [
    ("position-independent (PIE)", ["-fno-pie", "-no-pie"]),
    ("relocations read-only (RELRO)", ["-Wl,-z,norelro"]),
    ("bound at start (BIND_NOW)", ["-Wl,-z,lazy"]),
    ("a stack that is not executable", ["-Wl,-z,execstack"]),
    ("nothing writable and executable", ["both.s"]),
    ("no library path of its own", ["-Wl,-rpath,/opt"]),
    ("no library path of its own", ["-Wl,-rpath,/opt", "-Wl,--disable-new-dtags"]),
    ("no relocations in its code", ["-Wl,-z,notext", "text.s"]),
    ("guarded stacks", ["-fno-stack-protector"]),
    ("checked calls of libc (_FORTIFY_SOURCE)", ["-U_FORTIFY_SOURCE"]),
    ("registers cleared at returns", ["-fzero-call-used-regs=skip"]),
]


def build(folder, more):
    with open(os.path.join(folder, "a.c"), "w", encoding="utf-8") as file:
        file.write(SOURCE)
    for name, text in ASSEMBLY.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write('.section .note.GNU-stack,"",@progbits\n' + text)
    subprocess.run([os.environ.get("CC", "cc"), "-w", "-o", "a", "a.c", *HARD, *more],
                   check=True, cwd=folder, capture_output=True, timeout=60)
    return os.path.join(folder, "a")


def results():
    """(what is shown, whether it is so, what was found instead)"""
    with tempfile.TemporaryDirectory() as folder:
        lacking = check(build(folder, []))
        yield "a hardened program lacks nothing", lacking == [], lacking
        for what, more in TAKEN:
            lacking = check(build(folder, more))
            yield f"{what}: {' '.join(more)}", lacking == [what], lacking
    untested = {what for what, _ in CHECKS} - {what for what, _ in TAKEN}
    yield "every check is shown to find something", not untested, untested


def main():
    passed = failed = 0
    for what, ok, found in results():
        passed += ok
        failed += not ok
        if not ok:
            print(f"not ok: {what}\n        found: {found}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
