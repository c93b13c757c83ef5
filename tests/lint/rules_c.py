# SPDX-License-Identifier: EUPL-1.2
"""What the C may include, how long it may be, and what it may not call.

Invariant: a rule is a function that takes a Tree and yields Findings; it reads nothing else.
"""

import os
import re

import doors
from tree import Finding

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
OUR_FOLDERS = ("base/", "sfu/", "auth/", "helper/", "fetch/", "server/", "tests/")


def includes(tree, path):
    """(line number, header, whether it is one of ours)"""
    for number, line in enumerate(tree.code(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) or match.group(2), match.group(1) is not None


def longest_key(table, path):
    folder = os.path.dirname(path)
    while folder and folder not in table:
        folder = os.path.dirname(folder)
    return folder or None


def is_allowed(header, own, allowed):
    folder = os.path.dirname(header)
    return folder == own or header in allowed or folder in allowed


def allowed_for(path):
    """The folder whose border counts for this file, and what it may include; None when everything."""
    if path in doors.NARROW:
        return None, doors.NARROW[path]
    unit = longest_key(doors.UNIT_TESTS, path)
    if unit:
        own = doors.UNIT_TESTS[unit]
        allowed = doors.MAY_INCLUDE[own] + [own, unit, "tests/support"]
        if own == "server":
            allowed += ["server/ctl"]
        return own, allowed
    own = longest_key(doors.MAY_INCLUDE, path)
    return own, doors.MAY_INCLUDE[own] if own else None


def include_paths(tree):
    """Our headers are included by their path from the root, and exist."""
    for path in tree.c_files():
        for number, header, ours in includes(tree, path):
            if ours and header not in tree.known:
                yield Finding(path, number, f'no file "{header}" (paths are from the root)')
            elif not ours and header.startswith(OUR_FOLDERS):
                yield Finding(path, number, f'<{header}> is ours: write "{header}"')


def include_borders(tree):
    """A folder includes only what ARCHITECTURE.md allows it."""
    for path in tree.c_files():
        own, allowed = allowed_for(path)
        if allowed is None:
            continue
        for number, header, ours in includes(tree, path):
            if ours and header in tree.known and not is_allowed(header, own, allowed):
                yield Finding(path, number, f'{own or path} may not include "{header}"')


def is_system(header):
    return header.startswith(doors.SYSTEM_FOLDERS) or header.removesuffix(".h") in doors.SYSTEM_HEADERS


def library_doors(tree):
    """Each library enters in one file (tests may use any library, as an oracle)."""
    for path in tree.c_files():
        if path.endswith(".h") and path != "tests/support/check.h":
            continue        # clean_headers() tells
        for number, header, ours in includes(tree, path):
            if ours or is_system(header) or header.startswith(OUR_FOLDERS):
                continue
            if path.startswith("tests/") and header != "cmocka.h":
                continue
            files = [files for pattern, files in doors.DOORS if re.fullmatch(pattern, header)]
            if not files:
                yield Finding(path, number, f"<{header}> has no door: add it to tests/lint/doors.py")
            elif not any(path in allowed for allowed in files):
                yield Finding(path, number, f"<{header}> belongs to {', '.join(files[0])}")


def clean_headers(tree):
    """No header of ours includes a library's header, and each is included once."""
    for path in tree.c_files():
        if not path.endswith(".h"):
            continue
        if not any(line.strip() == "#pragma once" for line in tree.code(path)):
            yield Finding(path, 1, "a header without #pragma once")
        for number, header, ours in includes(tree, path):
            if not ours and not is_system(header) and path != "tests/support/check.h":
                yield Finding(path, number, f"a header that includes a library's header, <{header}>")


def call_pattern(names):
    """A call of one of these, not a member, a longer name, or a declaration of ours behind a type."""
    return re.compile(r"(?<![\w.>])(?:" + "|".join(names.split()) + r")\s*\(")


def banned_calls(tree):
    """Calls that nobody makes, and calls that only a door makes."""
    tables = [(call_pattern(names), files, False) for names, files in doors.BANNED_CALLS]
    tables += [(call_pattern(names), files, True) for names, files in doors.DOOR_CALLS]
    for path in tree.c_files():
        for pattern, files, door in tables:
            # A test may look at a library's own memory and at the kernel's clock.
            if path in files or (door and path.startswith("tests/")):
                continue
            for number, line in enumerate(tree.code(path), 1):
                match = pattern.search(line)
                if match:
                    where = f" outside {', '.join(files)}" if files else ""
                    yield Finding(path, number, f"call of {match.group()}){where}")


def typedefs(tree):
    """No typedef but usec_t and callbacks."""
    for path in tree.c_files():
        for number, line in enumerate(tree.code(path), 1):
            if not re.match(r"\s*typedef\b", line) or path == "base/clock.h":
                continue
            if not re.search(r"\(\s*\*\s*\w+\s*\)\s*\(|\b\w+_(callback|function)\b", line):
                yield Finding(path, number, "a typedef that is no callback")


def c_functions(tree):
    """No C function is longer than a screen and a half."""
    for path in tree.c_files():
        start = None
        for number, line in enumerate(tree.lines(path), 1):
            if line == "{":
                start = number
            elif line.startswith("}") and start:
                if number - start - 1 > doors.FUNCTION_LINES:
                    yield Finding(path, start, f"a function of {number - start - 1} lines")
                start = None


RULES = [include_paths, include_borders, library_doors, clean_headers, banned_calls, typedefs, c_functions]
