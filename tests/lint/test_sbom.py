#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The bill of materials of a finished build: whole, of the demanded form, and the same when made again.

Usage: test_sbom.py BUILD. Invariant: what must stand in it is asked from the programs themselves (readelf), not from
the script that wrote it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SBOM = os.path.join(TOP, "deploy/sbom")
# Of which library each part of the C programs is known to come, by the beginning of the package's name.
OF_DEBIAN = {"libssl.so": "libssl", "libcrypto.so": "libssl", "libwebsockets.so": "libwebsockets",
             "libsrtp2.so": "libsrtp2", "libnice.so": "libnice", "libsqlite3.so": "libsqlite3",
             "libjansson.so": "libjansson", "libinih.so": "libinih", "libseccomp.so": "libseccomp",
             "libcbor.so": "libcbor", "libargon2.so": "libargon2", "libIPSec_MB.so": "libipsec-mb",
             "libcurl.so": "libcurl", "libopus.so": "libopus",
             "libgcc_s.so": "libgcc-s1", "libc.so": "libc6", "libm.so": "libc6"}


def needed(build):
    """The libraries that our programs name themselves."""
    for folder, _, names in os.walk(build):
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith("conclave") and os.access(path, os.X_OK) and not path.endswith((".a", ".p")):
                out = subprocess.run(["readelf", "--wide", "--dynamic", path], capture_output=True, text=True,
                                     timeout=60).stdout
                yield from re.findall(r"\(NEEDED\).*\[(\S+?)\.so", out)


def made(build, out):
    subprocess.run([sys.executable, SBOM, build, out], check=True, capture_output=True, timeout=120)
    with open(out, encoding="utf-8") as file:
        return file.read()


def results(build):
    with tempfile.TemporaryDirectory() as folder:
        text = made(build, os.path.join(folder, "one.json"))
        yield "made twice it is the same", text == made(build, os.path.join(folder, "two.json"))
        empty = subprocess.run([sys.executable, SBOM, folder], capture_output=True, timeout=60)
        yield "a folder without a build is refused", empty.returncode != 0
    bill = json.loads(text)
    parts = bill["components"]
    names = [part["name"] for part in parts]
    yield "it says what it is", (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    yield "every part has type, name, version, address", all(
        part["type"] == "library" and part["version"] and part["purl"].startswith("pkg:") for part in parts)
    references = {part["bom-ref"] for part in parts}
    yield "references are unique and resolve", len(references) == len(parts) and references == set(
        bill["dependencies"][0]["dependsOn"])
    for library in sorted(set(needed(build))):
        package = OF_DEBIAN.get(library + ".so")
        yield f"{library} is known here", package is not None
        yield f"{library} stands in it", any(name.startswith(str(package)) for name in names)
    with open(os.path.join(TOP, "web/package-lock.json"), encoding="utf-8") as file:
        lock = json.load(file)["packages"]
    with open(os.path.join(TOP, "web/package.json"), encoding="utf-8") as file:
        wanted = set(json.load(file)["dependencies"])
    yield "so does what the client names", wanted <= set(names)
    yield "and no tool of its build", not any(
        package.get("dev") and path.rpartition("node_modules/")[2] in names for path, package in lock.items())


def main():
    passed = failed = 0
    for what, ok in results(os.path.abspath(sys.argv[1])):
        passed += bool(ok)
        failed += not ok
        if not ok:
            print(f"not ok: {what}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
