# SPDX-License-Identifier: EUPL-1.2
"""What the papers say of the code: fields of the database, keys of the configuration, files of tests.

Invariant: only what can be looked up is; whether a sentence is true remains for people.
"""

import re

from tree import Finding

SCHEMA = "server/records/schema.c"
INVENTORY = "docs/nl/gegevens.md"
CONFIG = "server/shell/config.c"
# Where each key is explained, and how it stands there.
EXPLANATIONS = {"README.md": "`{}`", "deploy/etc/conclaved.conf": "{} = ", "deploy/man/conclaved.conf.5": " Ic {}"}
NAMED_FILE = re.compile(r"`((?:tests|web/test|web/src|server|base|docs|deploy)/[\w./-]+\.[a-z]+)")
STANDS_FOR_ANY = re.compile(r"\b(?:test_)?(?:FOLDER|FILE|NAME)\b")
COLUMN = re.compile(r" (\w+) (?:INTEGER|TEXT|BLOB)\b")


def columns_of(text):
    """The tables of the migrations, each with its columns."""
    sql = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', text[:text.find("schema_statements")]))
    tables = {}
    for name, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\) STRICT", sql):
        tables[name] = COLUMN.findall(" " + body.replace("(", " "))
    for name, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", sql):
        tables.setdefault(name, []).append(column)
    for name in re.findall(r"DROP TABLE (\w+)", sql):
        tables.pop(name, None)
    return tables


def inventories(tree):
    """Each field of the database stands in the inventory of what is processed, and no other."""
    if SCHEMA not in tree.known:
        return
    told = {name: set(re.findall(r"`(\w+)`", fields)) for name, fields in re.findall(
        r"^\| `(\w+)`: ([^|]*) \|", tree.text(INVENTORY) or "" if INVENTORY in tree.known else "", re.M)}
    tables = columns_of(tree.text(SCHEMA))
    for name, columns in tables.items():
        for missing in set(columns) - told.get(name, set()):
            yield Finding(SCHEMA, 1, f"{name}.{missing} does not stand in {INVENTORY}")
    for name, fields in told.items():
        for gone in fields - set(tables.get(name, [])):
            yield Finding(INVENTORY, 1, f"{name}.{gone} is no field of the database")


def configuration_keys(tree):
    """Each key of the configuration is explained to who runs the server."""
    if CONFIG not in tree.known:
        return
    keys = re.findall(r'^\t\{ "(\w+)", set_\w+, "', tree.text(CONFIG), re.M)
    for paper, form in EXPLANATIONS.items():
        text = tree.text(paper) if paper in tree.known else ""
        for key in keys:
            if form.format(key) not in text:
                yield Finding(CONFIG, 1, f"the key {key} stands not in {paper}")


def named_files(tree):
    """A file that a paper names is there."""
    for path in tree.paths:
        if not path.endswith(".md"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for name in NAMED_FILE.findall(line):
                if name not in tree.known and not STANDS_FOR_ANY.search(name):
                    yield Finding(path, number, f"there is no {name}")


RULES = [inventories, configuration_keys, named_files]
