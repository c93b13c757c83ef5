#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds the tree to ARCHITECTURE.md and CONTRIBUTING.md, as far as a machine can tell.

Usage: check_tree.py [FOLDER]. Invariant: one rule is one check; it passes when it finds nothing in any file.
"""

import os
import sys

import rules_c
import rules_papers
import rules_text
import rules_web
from tree import Tree

RULES = rules_c.RULES + rules_papers.RULES + rules_text.RULES + rules_web.RULES


def check(root):
    """The findings of each rule, by its name."""
    tree = Tree(root)
    if not tree.paths:
        raise SystemExit(f"check_tree: nothing to check in {root}")
    return {rule.__name__: list(rule(tree)) for rule in RULES}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..")
    results = check(root)
    for name, findings in results.items():
        for finding in findings:
            print(f"{finding} [{name}]")
    failed = sum(1 for findings in results.values() if findings)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
