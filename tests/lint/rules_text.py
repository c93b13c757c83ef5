# SPDX-License-Identifier: EUPL-1.2
"""What holds for every file: licence, first comment, sizes, words and paths that have no place here.

Invariant: the words that are looked for stand here in pieces, so that these files pass their own rules.
"""

import ast
import os
import re

import doors
from tree import C_ENDINGS, WEB_ENDINGS, Finding

SPDX = "SPDX-License-Identifier: "
LICENCE = SPDX + "EUPL-1.2"
COMMENT_START = re.compile(r'\s*(/\*|//|#|"""|--|<!--|;)')
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b(?!\(#\d+\))")
FOREIGN_PATH = re.compile(r"(?<![\w.$}~-])/(?:ho" r"me|wo" r"rk|ro" r"ot)/[\w.]")
COMMENTED_CODE = re.compile(r"^\s*//\s*[\w.>()\[\]*-]+.*[;{]\s*$|^\t+/\*\s*[\w.>()\[\]*-]+.*;\s*\*/\s*$")
LONG_TEXT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)""")
LOCK_FILES = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")


def licence_lines(tree):
    """Each source file names its licence once, at its top."""
    for path in tree.source_files():
        lines = tree.lines(path)
        # Only a line that begins as a comment counts, so that this file and its tests may name it.
        at = [number for number, line in enumerate(lines, 1)
              if SPDX in line and COMMENT_START.match(line) and line.index(SPDX) <= 5]
        if not at or at[0] > 3 or LICENCE not in lines[at[0] - 1]:
            yield Finding(path, 1, f"no line {LICENCE} at its top")
        elif len(at) > 1:
            yield Finding(path, at[1], "a second licence line")


def first_comments(tree):
    """Each file of code says, right behind its licence, what it is; one of a process also its invariant."""
    for path in tree.source_files():
        if not path.endswith(C_ENDINGS + WEB_ENDINGS + (".py", ".sh")) and "." in os.path.basename(path):
            continue
        lines = tree.lines(path)
        after = next((n for n, line in enumerate(lines[:4], 1) if SPDX in line), 0)
        if not after:
            continue        # licence_lines() tells
        comment = first_comment(lines, after)
        if len(comment.split()) < 4:
            yield Finding(path, after + 1, "no comment that says what this file is")
        elif path.endswith(C_ENDINGS) and not path.startswith("tests/") and "nvariant" not in comment:
            # A header may speak for its file.
            if not path.endswith(".c") or path[:-2] + ".h" not in tree.known:
                yield Finding(path, after + 1, "the first comment names no invariant")


def first_comment(lines, after):
    """The text of the comment that starts on the line behind the licence."""
    if after >= len(lines) or not COMMENT_START.match(lines[after]):
        return ""
    taken = []
    start = lines[after].lstrip()
    for line in lines[after:]:
        if start.startswith(("#", "//", "--", ";")) and not COMMENT_START.match(line):
            break
        taken.append(line)
        if start.startswith("/*") and "*/" in line:
            break
        if start.startswith('"""') and line.count('"""') + (line is not lines[after]) >= 2:
            break
    return re.sub(r"[/*#\"-]+", " ", " ".join(taken))


def file_sizes(tree):
    """No file is longer than one can keep in mind."""
    for path in tree.source_files():
        size = len(tree.lines(path)) - 1
        if size > doors.FILE_LINES:
            yield Finding(path, size, f"a file of {size} lines (at most {doors.FILE_LINES})")


def line_widths(tree):
    """No line is wider than 120 columns, with tabs of 8; a long text in one piece may be."""
    for path in tree.source_files():
        if path.endswith((".css", ".html")) or path.startswith("web/src/text/"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            width = len(line.expandtabs(8))
            texts = [len(text) for text in LONG_TEXT.findall(line)]
            if width > doors.LINE_COLUMNS and max(texts, default=0) < doors.LINE_COLUMNS // 2:
                yield Finding(path, number, f"a line of {width} columns (at most {doors.LINE_COLUMNS})")


def line_ends(tree):
    """Lines end with a line feed alone, without blanks before it."""
    for path in tree.source_files():
        lines = tree.lines(path)
        for number, line in enumerate(lines, 1):
            if line != line.rstrip():
                yield Finding(path, number, "blanks at the end of a line")
        if lines[-1] or len(lines) > 1 and not lines[-2]:
            yield Finding(path, len(lines), "the file does not end with one line feed")


def python_functions(tree):
    """No Python function is too long either."""
    for path in tree.paths:
        if not path.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(tree.text(path))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > doors.FUNCTION_LINES:
                yield Finding(path, node.lineno, f"a function of {node.end_lineno - node.lineno} lines")


def unfinished(tree):
    """Nothing is left for later without the number of an issue."""
    for path in tree.source_files():
        for number, line in enumerate(tree.lines(path), 1):
            match = UNFINISHED.search(line)
            if match:
                yield Finding(path, number, f"{match.group()} without an issue")


def commented_code(tree):
    """What is not used is removed."""
    for path in tree.source_files():
        if path.endswith(C_ENDINGS + WEB_ENDINGS):
            for number, line in enumerate(tree.lines(path), 1):
                if COMMENTED_CODE.match(line):
                    yield Finding(path, number, "code in a comment")


def foreign_paths(tree):
    """No file names a folder of the machine on which it was written."""
    for path in tree.paths:
        for number, line in enumerate(tree.lines(path), 1):
            match = FOREIGN_PATH.search(line)
            if match:
                yield Finding(path, number, f"a path outside the project, {match.group()}")


def lock_files(tree):
    """Lock files hold hashes, not hosts: the registry is the machine's business."""
    for path in tree.paths:
        name = os.path.basename(path)
        if name in LOCK_FILES:
            for number, line in enumerate(tree.lines(path), 1):
                if re.search(r'"resolved":|\bresolution:.*https?://|^\s+resolved "', line):
                    yield Finding(path, number, "a lock file that names a host")
        elif name == ".npmrc":
            for number, line in enumerate(tree.lines(path), 1):
                if re.match(r"\s*(@[^:]+:)?registry\s*=|.*_auth", line):
                    yield Finding(path, number, "a registry in .npmrc")


def sleeping_tests(tree):
    """A test waits for what happens, never for a while."""
    for path in tree.paths:
        if "test" not in path or path.startswith("tests/lint/"):
            continue
        kind = "c" if path.endswith(C_ENDINGS) else "js" if path.endswith(WEB_ENDINGS) else "py"
        if kind == "py" and not path.endswith(".py"):
            continue
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in doors.SLEEPS[kind]) + r")\s*\(")
        code = tree.lines(path) if kind == "py" else tree.code(path)
        for number, line in enumerate(code, 1):
            if pattern.search(line):
                yield Finding(path, number, "a test that sleeps")


def registered_tests(tree):
    """Every test file is built and every fuzz target has a corpus."""
    for path in tree.c_files():
        folder, name = os.path.split(path)
        stem = os.path.splitext(name)[0]
        if not folder.startswith("tests/") or not stem.startswith(("test_", "fuzz_")) or name.endswith(".h"):
            continue
        build = os.path.join(folder, "meson.build")
        short = re.escape(stem.partition("_")[2])
        if not re.search(rf"['/_]{short}(?:\.c)?'", tree.text(build) or "" if build in tree.known else ""):
            yield Finding(path, 1, f"is not named in {build}")
        if stem.startswith("fuzz_"):
            corpus = f"{folder}/corpus/{stem.partition('_')[2]}/"
            if not any(other.startswith(corpus) for other in tree.paths):
                yield Finding(path, 1, f"has no corpus in {corpus}")


RULES = [licence_lines, first_comments, file_sizes, line_widths, line_ends, python_functions, unfinished,
         commented_code, foreign_paths, lock_files, sleeping_tests, registered_tests]
