# SPDX-License-Identifier: EUPL-1.2
"""What the client's code may not contain, and which of its parts may not know each other.

Invariant: only web/src is held to these; its tests and its build configuration are not shipped.
"""

import os
import posixpath
import re

import doors
from tree import Finding

SOURCE = "web/src/"
IMPORT = re.compile(
    r"""(?:^|(?<=\n))\s*(?:import|export)\s+(?P<type>type\b)?[^;"'`]*?\bfrom\s*["'](?P<from>[^"']+)["']"""
    r"""|(?:^|(?<=\n))\s*import\s*["'](?P<bare>[^"']+)["']|\bimport\s*\(\s*["'](?P<late>[^"']+)["']""")
BANNED = [
    (re.compile(r"(?:[:<|&,(]|\bas|=>)\s*any\b(?!\s*[:(?])|\bany\[\]"), "the type any"),
    (re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|srcdoc)\b|\bdocument\.write"), "markup from a string"),
    (re.compile(r"\bunsafe(?:HTML|SVG|CSS|Static)\b"), "markup from a string"),
    (re.compile(r"^\s*export\s+default\b|\bas\s+default\b"), "a default export"),
    (re.compile(r"(?<![\w.])eval\s*\(|\bnew\s+Function\s*\("), "code from a string"),
    (re.compile(r"(?<![\w.])set(?:Timeout|Interval)\s*\(\s*[\"'`]"), "code from a string"),
    (re.compile(r"(?<!\w)console\.(?:log|debug)\s*\("), "console.log"),
]
COMMENT_BANS = re.compile(r"@ts-(?:ignore|nocheck)|eslint-disable")
ABSOLUTE_URL = re.compile(r"""["'`(=](?:(?:https?:|wss?:)?//[\w$])""")


def shipped(tree):
    return [path for path in tree.web_files() if path.startswith(SOURCE)]


def web_words(tree):
    """No type any, no markup or code from strings, no default export, no switched-off check."""
    for path in shipped(tree):
        for number, line in enumerate(tree.code(path), 1):
            for pattern, what in BANNED:
                if pattern.search(line):
                    yield Finding(path, number, what)
        for number, line in enumerate(tree.lines(path), 1):
            if COMMENT_BANS.search(line):
                yield Finding(path, number, "a check that is switched off")


def part_of(path):
    """`web/src/view/room.ts` and `web/src/view.ts` belong to `view`."""
    return os.path.splitext(path.removeprefix(SOURCE).split("/")[0])[0]


def imports(tree, path):
    """(line number, what is imported, whether only as a type); an import may span lines."""
    code = "\n".join(tree.code(path))
    for match in IMPORT.finditer(code):
        target = match.group("from") or match.group("bare") or match.group("late")
        yield code.count("\n", 0, match.end()) + 1, target, match.group("type") is not None


def web_borders(tree):
    """The parts of the client that may not know each other do not; a type is no acquaintance, since it is erased."""
    for path in shipped(tree):
        forbidden = doors.WEB_MAY_NOT.get(part_of(path), [])
        for number, target, only_type in imports(tree, path):
            if not target.startswith("."):
                continue
            resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if not resolved.startswith(SOURCE):
                yield Finding(path, number, f"an import from outside web/src, {target}")
            elif part_of(resolved) in forbidden and not only_type:
                yield Finding(path, number, f"{part_of(path)} may not import {part_of(resolved)}")


def web_hosts(tree):
    """The client asks nobody but the server it came from (PRODUCT P7)."""
    for path in tree.paths:
        if not path.startswith(("web/src/", "web/public/", "web/index.html")):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for name in doors.NAMESPACES:
                line = line.replace(name, "")
            if ABSOLUTE_URL.search(line) and not line.lstrip().startswith(("//", "*", "/*")):
                yield Finding(path, number, "an address of somebody else")


def web_functions(tree):
    """No function is too long; where one ends is told by its indentation."""
    for path in tree.web_files():
        open_functions = []
        for number, line in enumerate(tree.code(path), 1):
            indent = len(line) - len(line.lstrip())
            while open_functions and indent <= open_functions[-1][1] and line.lstrip().startswith("}"):
                start, _ = open_functions.pop()
                if number - start - 1 > doors.FUNCTION_LINES and path.startswith(SOURCE):
                    yield Finding(path, start, f"a function of {number - start - 1} lines")
            if re.search(r"(?:\bfunction\b[^;]*|=>\s*|^\s*(?:async\s+)?\w+\([^;]*\)[^;=]*)\{\s*$", line):
                open_functions.append((number, indent))


RULES = [web_words, web_borders, web_hosts, web_functions]
