# SPDX-License-Identifier: EUPL-1.2
"""The files of the tree, their text, and their code without comments and strings.

Invariant: stripping keeps every line break, so that a finding's line number is the file's.
"""

import os
import re
import subprocess
from dataclasses import dataclass

SKIPPED_FOLDERS = {".git", "node_modules", "dist", "__pycache__", "var"}
C_ENDINGS = (".c", ".h")
WEB_ENDINGS = (".ts", ".mts", ".js", ".mjs", ".cjs")
HASH_ENDINGS = (".py", ".sh", ".build", ".yml", ".yaml", ".service", ".socket", ".conf", ".ini", ".ftl")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Tree:
    """A folder that is looked at; under git only what is, or would be, committed."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        self.codes = {}
        self.paths = sorted(path for path in self._list() if os.path.isfile(os.path.join(root, path)))
        self.known = set(self.paths)

    def _list(self):
        if os.path.exists(os.path.join(self.root, ".git")):
            out = subprocess.run(
                ["git", "-c", f"safe.directory={os.path.abspath(self.root)}", "-C", self.root,
                 "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                check=True, capture_output=True, text=True, timeout=60).stdout
            return [path for path in out.split("\0") if path]
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            found += [os.path.relpath(os.path.join(folder, name), self.root) for name in files]
        return found

    def text(self, path):
        """The file as text; None when it is not (a font, a corpus file)."""
        if path not in self.texts:
            with open(os.path.join(self.root, path), "rb") as file:
                data = file.read()
            try:
                self.texts[path] = None if b"\0" in data else data.decode()
            except UnicodeDecodeError:
                self.texts[path] = None
        return self.texts[path]

    def lines(self, path):
        return (self.text(path) or "").split("\n")

    def code(self, path):
        """The lines of a C or web file without comments and without what stands in strings."""
        if path not in self.codes:
            self.codes[path] = strip(self.text(path) or "", is_web(path)).split("\n")
        return self.codes[path]

    def c_files(self):
        return [path for path in self.paths if path.endswith(C_ENDINGS)]

    def web_files(self):
        return [path for path in self.paths if is_web(path)]

    def source_files(self):
        return [path for path in self.paths if self.is_source(path)]

    def is_source(self, path):
        """Written by us as code: by its ending, or a script by its first line."""
        if path.startswith("tests/fuzz/corpus/"):
            return False
        if path.endswith(C_ENDINGS + WEB_ENDINGS + HASH_ENDINGS + (".css", ".html", ".sql")):
            return True
        if "." in os.path.basename(path).lstrip("."):
            return path.endswith("meson_options.txt")
        return (self.text(path) or "").startswith("#!")


def is_web(path):
    return path.endswith(WEB_ENDINGS)


# A string, template or regular expression is matched whole, so that a comment's start within it is none.
C_TOKENS = re.compile(r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", re.S)
WEB_TOKENS = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<regex>(?<=[(,=:\[!&|?{};\n])[ \t]*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)""", re.S)
KEEPS_STRING = re.compile(r"""^\s*(?:#\s*include|import\b|export\b.*\bfrom\b)|\bfrom\s*$|\bimport\s*\(\s*$""")


def strip(text, web):
    if web:
        text = strip_templates(text)

    def replace(match):
        whole = match.group()
        if match.lastgroup == "string":
            line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
            return whole if KEEPS_STRING.search(line) else whole[0] + whole[0]
        return "\n" * whole.count("\n") or " "

    return (WEB_TOKENS if web else C_TOKENS).sub(replace, text)


def strip_templates(text):
    """Empties the text of template literals, but keeps the expressions in them, which are code."""
    out = []
    stack = []          # "`" within a template's text, "{" within an expression (with its open braces)
    depth = []
    tokens = re.compile(
        r"""/\*.*?\*/|(?<![:\\])//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\\.|`|\$\{|[{}]|.""", re.S)
    at = 0
    while at < len(text):
        if stack and stack[-1] == "`":
            if text[at] == "\\":
                at += 2
                continue
            if text[at] == "`":
                stack.pop()
                out.append("`")
            elif text.startswith("${", at):
                stack.append("{")
                depth.append(0)
                out.append("${")
                at += 1
            elif text[at] == "\n":
                out.append("\n")
            at += 1
            continue
        token = tokens.match(text, at).group()
        at += len(token)
        out.append(token)
        if token == "`":
            stack.append("`")
        elif token == "{" and depth:
            depth[-1] += 1
        elif token == "}" and depth:
            if depth[-1] == 0:
                depth.pop()
                stack.pop()
            else:
                depth[-1] -= 1
    return "".join(out)
