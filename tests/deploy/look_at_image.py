#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds an OCI image against its own hashes, and unpacks it.

Usage: look_at_image.py IMAGE.tar FOLDER. Invariant: written after the image-spec, not after what writes the image.
"""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

# What must not be in what everyone gets.
PRIVATE = ("etc/conclave/tls/key.pem", "var/lib/conclave/conclave.db", "etc/apt/auth.conf.d/", "root/.npmrc",
           "etc/machine-id", "var/lib/conclave/log-key.pem", "srv/conclave.deb")


def blob(image, descriptor):
    algorithm, digest = descriptor["digest"].split(":")
    data = image.extractfile(f"blobs/{algorithm}/{digest}").read()
    assert algorithm == "sha256" and hashlib.sha256(data).hexdigest() == digest, f"{digest}: another hash"
    assert len(data) == descriptor["size"], f"{digest}: another size"
    return data


def main():
    path, folder = sys.argv[1:]
    with tarfile.open(path) as image:
        assert json.load(image.extractfile("oci-layout")) == {"imageLayoutVersion": "1.0.0"}
        index = json.load(image.extractfile("index.json"))
        (entry,) = index["manifests"]
        manifest = json.loads(blob(image, entry))
        config = json.loads(blob(image, manifest["config"]))
        (descriptor,) = manifest["layers"]
        layer = gzip.decompress(blob(image, descriptor))
        named = {name for name in image.getnames() if name.startswith("blobs/sha256/")}
        assert len(named) == 3, f"blobs that nothing names: {named}"
    assert config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(layer).hexdigest()]
    assert config["config"]["User"] == "conclave" and config["architecture"] == entry["platform"]["architecture"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as root:
        names = root.getnames()
        assert config["config"]["Entrypoint"][0].lstrip("/") in names
        found = [name for name in names if name.startswith(PRIVATE)]
        assert not found, f"private: {found}"
        assert not [m.name for m in root if m.ischr() or m.isblk()], "a device"
        os.makedirs(folder)
        root.extractall(folder, numeric_owner=True)
    print(f"{len(names)} files, {len(layer)} bytes")


if __name__ == "__main__":
    main()
