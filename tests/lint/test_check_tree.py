#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Seeds every fault that check_tree.py looks for, one by one, in a tree without faults, and sees that it is found.

Invariant: a fault is found by the rule that is named for it and by no other; what is allowed is found by none.
"""

import os
import sys
import tempfile

from check_tree import RULES, check

# In pieces, so that this file holds none of the words that it plants.
SPDX = "SPDX-License-Identifier: "
LICENCE = SPDX + "EUPL-1.2"
TO_DO = "TO" + "DO"
HOME = "/ho" + "me/somebody"


def c(body="", comment="A thing that does what it does. Invariant: it does."):
    return f"/* {LICENCE} */\n/* {comment} */\n{body}"


def ts(body=""):
    return f"// {LICENCE}\n// A part of the client that does what it does.\n{body}"


def h(body=""):
    return c("#pragma once\n" + body)


CLEAN = {
    "base/thing.h": h("#include <stdint.h>\n\nint thing(int n);\n"),
    "base/thing.c": c('#include "base/thing.h"\n\n#include <sys/socket.h>\n\nint thing(int n)\n{\n\treturn n;\n}\n'),
    "base/clock.c": c("#include <time.h>\n\nint f(void)\n{\n\treturn clock_gettime(0, 0);\n}\n"),
    "base/mem.c": c("#include <stdlib.h>\n\nvoid f(void *p)\n{\n\tfree(p);\n}\n"),
    "sfu/rtp/rtp.h": h(),
    "sfu/link/link.h": h(),
    "sfu/msg.h": h('#include "base/thing.h"\n'),
    "sfu/room/room.c": c('#include "sfu/rtp/rtp.h"\n'),
    "server/records/db.c": c("#include <sqlite3.h>\n"),
    "server/hall/hall.c": c('#include "sfu/msg.h"\n'),
    "tests/support/check.h": h("#include <cmocka.h>\n"),
    "tests/rtp/test_rtp.c": c('#include "sfu/rtp/rtp.h"\n#include "tests/support/check.h"\n\nvoid t(void)\n{\n}\n'),
    "tests/rtp/meson.build": f"# {LICENCE}\ntests = ['rtp']\n",
    "tests/fuzz/fuzz_rtp.c": c('#include <openssl/evp.h>\n\n#include "sfu/rtp/rtp.h"\n'),
    "tests/fuzz/meson.build": f"# {LICENCE}\ntargets = {{'rtp': ['rtp']}}\n",
    "tests/fuzz/corpus/rtp/one": "x \t",
    "web/package-lock.json": '{"packages": {"a": {"integrity": "sha512-x"}}}\n',
    "web/.npmrc": "omit-lockfile-registry-resolved=true\n",
    "web/index.html": f"<!doctype html>\n<!-- {LICENCE} -->\n<p>x</p>\n",
    "web/src/state.ts": ts("import type { A } from './wire/socket';\nexport interface State { readonly a: A }\n"),
    "web/src/wire/socket.ts": ts("export type A = 'any' | \"innerHTML\"; // any: eval(1)\nexport const b = 1;\n"),
    "web/src/view/room.ts": ts("import { s } from '../state';\nconst t = `any eval( ${s} <any>`;\nexport { t };\n"),
    "README.md": "# A project\n\n| `port` | a number |\n",
    "server/records/schema.c": c('const char *const a = "CREATE TABLE b (c INTEGER NOT NULL, d TEXT) STRICT;";\n'),
    "server/shell/config.c": c('a = {\n\t{ "port", set_port, "a number" },\n};\n'),
    "deploy/etc/conclaved.conf": f"; {LICENCE}\n; A file of keys.\nport = 1\n",
    "deploy/man/conclaved.conf.5": ".It Ic port\n",
    "docs/nl/gegevens.md": "| `b`: `c`, `d` | it | `tests/rtp/test_rtp.c` |\n",
}

LONG_C = "void f(void)\n{\n" + "\tg();\n" * 101 + "}\n"
LONG_TS = "export function f(): void {\n" + "  g();\n" * 101 + "}\n"
LONG_PY = f'# {LICENCE}\n"""A script that does one thing."""\n\n\ndef f():\n' + "    g()\n" * 102

# (the rule that must find it, the file, its text)
FAULTS = [
    ("include_paths", "base/a.c", c('#include "base/gone.h"\n')),
    ("include_paths", "base/a.c", c('#include "thing.h"\n')),
    ("include_paths", "base/a.c", c("#include <base/thing.h>\n")),
    ("include_borders", "base/a.c", c('#include "sfu/msg.h"\n')),
    ("include_borders", "sfu/rtp/a.c", c('#include "sfu/link/link.h"\n')),
    ("include_borders", "sfu/room/a.c", c('#include "sfu/link/link.h"\n')),
    ("include_borders", "sfu/link/a.c", c('#include "sfu/rtp/rtp.h"\n')),
    ("include_borders", "auth/a.c", c('#include "sfu/msg.h"\n')),
    ("include_borders", "server/a.c", c('#include "sfu/rtp/rtp.h"\n')),
    ("include_borders", "sfu/msg.h", h('#include "sfu/rtp/rtp.h"\n')),
    ("include_borders", "sfu/a.c", c('#include "tests/support/check.h"\n')),
    ("include_borders", "tests/rtp/test_rtp.c", c('#include "sfu/link/link.h"\n')),
    ("library_doors", "server/a.c", c("#include <sqlite3.h>\n")),
    ("library_doors", "server/a.c", c("# include <libwebsockets.h>\n")),
    ("library_doors", "server/a.c", c("#include <jansson.h>\n")),
    ("library_doors", "server/a.c", c("#include <ini.h>\n")),
    ("library_doors", "server/records/db.c", c("#include <openssl/evp.h>\n")),
    ("library_doors", "sfu/a.c", c("#include <seccomp.h>\n")),
    ("library_doors", "sfu/link/a.c", c("#include <stun/usages/ice.h>\n")),
    ("library_doors", "sfu/link/a.c", c("#include <srtp2/srtp.h>\n")),
    ("library_doors", "sfu/link/srtp_session.c", c("#include <srtp2/cipher.h>\n")),
    ("library_doors", "base/a.c", c("#include <unheard/of.h>\n")),
    ("library_doors", "tests/rtp/test_rtp.c", c("#include <cmocka.h>\n")),
    ("clean_headers", "base/a.h", c("int a(void);\n")),
    ("clean_headers", "sfu/a.h", h("#include <seccomp.h>\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tstrcpy(a, b);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tn = atoi(a);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tn = rand ();\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tn = time(NULL);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tp = malloc(1);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tfree(p);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tclock_gettime(0, p);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tgetrandom(p, 1, 0);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tsystem(p);\n}\n")),
    ("banned_calls", "base/a.c", c("void f(void)\n{\n\tusleep(1);\n}\n")),
    ("banned_calls", "tests/rtp/test_rtp.c", c("void f(void)\n{\n\tsprintf(a, b);\n}\n")),
    ("inventories", "server/records/schema.c",
     c('const char *const a = "CREATE TABLE b (c INTEGER, d TEXT) STRICT; ALTER TABLE b ADD COLUMN e TEXT;";\n')),
    ("inventories", "docs/nl/gegevens.md", "| `b`: `c`, `d`, `e` | it |\n"),
    ("configuration_keys", "server/shell/config.c", c('a = {\n\t{ "state", set_state, "a folder" },\n};\n')),
    ("named_files", "SECURITY.md", "Shown by `tests/rtp/test_gone.c`.\n"),
    ("typedefs", "base/a.h", h("typedef struct a a_t;\n")),
    ("c_functions", "base/a.c", c(LONG_C)),
    ("licence_lines", "base/a.c", "/* A thing that does. Invariant: it does. */\nint a;\n"),
    ("licence_lines", "base/a.c", f"/* {SPDX}MIT */\n/* A thing that does. Invariant: it does. */\n"),
    ("licence_lines", "base/a.c", c(f"/* {LICENCE} */\n")),
    ("licence_lines", "deploy/start", "#!/bin/sh\n# Starts what is to be started.\n"),
    ("licence_lines", "web/src/style/a.css", "p { color: red }\n"),
    ("first_comments", "base/a.c", f"/* {LICENCE} */\nint a;\n"),
    ("first_comments", "base/a.c", c(comment="A thing that does, but never says what holds.")),
    ("first_comments", "deploy/start", f"#!/bin/sh\n# {LICENCE}\nset -e\n"),
    ("first_comments", "web/src/a.ts", f"// {LICENCE}\nexport const a = 1;\n"),
    ("file_sizes", "base/a.c", c("int a;\n" * 799)),
    ("line_widths", "base/a.c", c("int " + "a" * 116 + ";\n")),
    ("line_widths", "base/a.c", c("\t" * 15 + "a;\n")),
    ("line_ends", "base/a.c", c("int a; \n")),
    ("line_ends", "base/a.c", c("int a;\r\n")),
    ("line_ends", "base/a.c", c("int a;")),
    ("line_ends", "base/a.c", c("int a;\n\n")),
    ("python_functions", "deploy/a.py", LONG_PY),
    ("unfinished", "base/a.c", c(f"/* {TO_DO}: later */\n")),
    ("unfinished", "web/src/a.ts", ts(f"// {'FIX' + 'ME'}\n")),
    ("commented_code", "base/a.c", c("//\tcall(this);\n")),
    ("commented_code", "base/a.c", c("void f(void)\n{\n\t/* call(this); */\n}\n")),
    ("foreign_paths", "CONTRIBUTING.md", f"Look into {HOME}/x.\n"),
    ("foreign_paths", "web/package-lock.json", f'{{"a": "{HOME}/x"}}\n'),
    ("lock_files", "web/package-lock.json", '{"a": {\n"resolved": "https://host.example/a.tgz"\n}}\n'),
    ("lock_files", "web/.npmrc", "registry=https://host.example/\n"),
    ("sleeping_tests", "tests/rtp/test_rtp.c", c("void t(void)\n{\n\tusleep(1);\n}\n")),
    ("sleeping_tests", "tests/browser/a.mjs", ts("await page.waitForTimeout(100);\n")),
    ("sleeping_tests", "tests/wire/a.py", f'# {LICENCE}\n"""A test that waits."""\ntime.sleep(1)\n'),
    ("registered_tests", "tests/rtp/test_other.c", c()),
    ("registered_tests", "tests/net/test_rtp.c", c()),
    ("registered_tests", "tests/fuzz/fuzz_sdp.c", c()),
    ("web_words", "web/src/a.ts", ts("export const a: any = 1;\n")),
    ("web_words", "web/src/a.ts", ts("export const a = b as any;\n")),
    ("web_words", "web/src/a.ts", ts("export const a = new Map<string, any>();\n")),
    ("web_words", "web/src/a.ts", ts("export function f(a: string | any[]): void {}\n")),
    ("web_words", "web/src/a.ts", ts("e.innerHTML = a;\n")),
    ("web_words", "web/src/a.ts", ts("const t = `${(e.innerHTML = a)}`;\n")),
    ("web_words", "web/src/a.ts", ts("export default 1;\n")),
    ("web_words", "web/src/a.ts", ts("eval(a);\n")),
    ("web_words", "web/src/a.ts", ts("setTimeout('a()', 1);\n")),
    ("web_words", "web/src/a.ts", ts("// @ts-ignore\n")),
    ("web_words", "web/src/a.ts", ts("console.log(a);\n")),
    ("web_borders", "web/src/view/a.ts", ts("import { b } from '../wire/socket';\n")),
    ("web_borders", "web/src/view/a.ts", ts("import {\n  b,\n} from '../wire/socket';\n")),
    ("web_borders", "web/src/view/a.ts", ts("const b = await import('../media/peer');\n")),
    ("web_borders", "web/src/view/part/a.ts", ts("import '../../media/peer';\n")),
    ("web_borders", "web/src/update/a.ts", ts("export { b } from '../view/room';\n")),
    ("web_borders", "web/src/a.ts", ts("import { b } from '../test/a';\n")),
    ("web_hosts", "web/src/a.ts", ts("fetch('https://other.example/');\n")),
    ("web_hosts", "web/index.html", f'<!doctype html>\n<!-- {LICENCE} -->\n<script src="//other.example/a.js">\n'),
    ("web_functions", "web/src/a.ts", ts(LONG_TS)),
]

# (what it shows, the file, its text): none of these is a fault.
ALLOWED = [
    ("a long member, a longer name", "base/a.c", c("void f(void)\n{\n\tl->free(p);\n\tmem_free(p);\n}\n")),
    ("a word in a comment or a string", "base/a.c", c('/* Like malloc(). */\nconst char *a = "strcpy(a, b) // x";\n')),
    ("a callback", "base/a.h", h("typedef void (*a_callback)(void *user);\n")),
    ("a test that frees what a library made", "tests/rtp/test_rtp.c", c("void t(void)\n{\n\tfree(p);\n}\n")),
    ("an issue's number", "base/a.c", c(f"/* {TO_DO}(#12): later */\n")),
    ("a function of 100 lines", "base/a.c", c("void f(void)\n{\n" + "\tg();\n" * 100 + "}\n")),
    ("a file of 800 lines", "base/a.c", c("int a;\n" * 798)),
    ("a line of 120 columns", "base/a.c", c("\t" * 14 + "a" * 7 + ";\n")),
    ("a long text in one piece", "web/src/a.ts", ts("export const a = '" + "a" * 120 + "';\n")),
    ("a name space", "web/src/a.ts", ts("export const a = 'http://www.w3.org/2000/svg';\n")),
    ("a header that speaks for its file", "base/thing.c", c(comment="The thing itself, and its two helpers.")),
    ("a late import of what is allowed", "web/src/a.ts", ts("const v = await import('./view/room');\n")),
    ("an expression with a slash", "web/src/a.ts", ts("export const a = /['\"`]/.test(b) ? 1 / 2 : c / d;\n")),
    ("the word any in prose", "web/src/a.ts", ts("// Says any: as any.\nexport const a = { anyone: 1 };\n")),
    ("a build's own default export", "web/vite.config.ts", ts("export default {};\n")),
    ("an address of a page", "CONTRIBUTING.md", "See /m/ID, /room/work/x and ./wo" + "rk/x.\n"),
]


def found_in(files):
    """The rules that find something in a tree of these files, and the paths at which they do."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        return {name: {finding.path for finding in findings} for name, findings in check(root).items() if findings}


def results():
    """(what is shown, whether it is so, what was found instead)"""
    found = found_in(CLEAN)
    yield "a tree without faults", found == {}, found
    for rule, path, text in FAULTS:
        found = found_in(CLEAN | {path: text})
        yield f"{rule}: {path}: {text.splitlines()[-1].strip()[:60]}", found == {rule: {path}}, found
    for what, path, text in ALLOWED:
        found = found_in(CLEAN | {path: text})
        yield f"allowed: {what}", found == {}, found
    tested = {rule for rule, _, _ in FAULTS}
    unseen = [rule.__name__ for rule in RULES if rule.__name__ not in tested]
    yield "every rule is shown to find something", not unseen, unseen


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
