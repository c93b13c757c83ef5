#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Certificates as an administrator gets them: from an authority of the house, or renewed by lego or certbot, and shown
by a conclaved that runs.

Invariant: prints TAP; every process it started has ended when it ends; no real authority is asked.
Usage: certificates.py CONCLAVED CONCLAVECTL CONCLAVE_MEDIA DATA DEPLOY
"""
import os
import shutil
import socket
import ssl
import subprocess
import sys

DEPLOY = sys.argv.pop()
from programs import CONCLAVECTL, World, main  # noqa: E402  (it takes the other arguments)

HOST, FOREIGN = "raad.example.org", "www.example.net"


def run(*command, expect=0, **environment):
    r = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                       env={**os.environ, "CONCLAVECTL": CONCLAVECTL, **environment})
    assert r.returncode == expect, f"{command}: ended with {r.returncode}: {r.stdout}{r.stderr}"
    return r.stdout + r.stderr


def path(w, *names):
    return os.path.join(os.path.dirname(w.config), *names)


def authority(w, *arguments, expect=0):
    return run(os.path.join(DEPLOY, "local-ca"), "--passphrase", path(w, "passphrase"), path(w, "ca"), *arguments,
               expect=expect)


def renewed(w, *arguments, expect=0, **environment):
    return run(os.path.join(DEPLOY, "acme/conclave-renewed"), *arguments, expect=expect, CONCLAVE_CONF=w.config,
               **environment)


def shown(w, name=HOST, trusted=True):
    """The serial number that a client sees who trusts that authority alone, and asks for this name."""
    context = ssl.create_default_context(cafile=path(w, "ca/authority.crt"))
    if not trusted:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", w.port), timeout=20) as tcp, \
            context.wrap_socket(tcp, server_hostname=name) as tls:
        der = tls.getpeercert(binary_form=True)
    return run_der("-serial", der)


def run_der(what, der):
    return subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", what], input=der, capture_output=True,
                          check=True).stdout.decode().strip()


def is_refused(w, name):
    try:
        shown(w, name)
    except ssl.SSLCertVerificationError:
        return True
    return False


def serial(file):
    return run("openssl", "x509", "-in", file, "-noout", "-serial").strip()


def authority_vouches_for_its_domain_alone(w):
    with open(path(w, "passphrase"), "w") as file:
        file.write("acht woorden\n")
    assert "Fingerprint" in authority(w, "new", "example.org", "Stad Lindebeke")
    authority(w, "new", "example.org", expect=1)
    authority(w, "issue", HOST, "192.168.7.7")
    first = serial(path(w, f"ca/{HOST}.chain.pem"))
    for names in ([FOREIGN], [HOST, FOREIGN], [HOST, "8.8.8.8"], ["example.org.evil.example"]):
        assert "outside" in authority(w, "issue", *names, expect=1), names
    assert serial(path(w, f"ca/{HOST}.chain.pem")) == first, "a refusal touched the pair"
    assert sorted(os.listdir(path(w, "ca"))) == ["authority.cnf", "authority.crt", "authority.key",
                                                 f"{HOST}.chain.pem", f"{HOST}.key.pem"]
    assert "ENCRYPTED" in open(path(w, "ca/authority.key")).read()


def whoever_steals_the_authority_is_held_to_its_domain_too(w):
    """As a thief with key and passphrase would sign, without the script."""
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        f"/CN={FOREIGN}", "-keyout", path(w, "f.key"), "-out", path(w, "f.csr"))
    for name, expect in ((FOREIGN, 2), (HOST, 0)):
        with open(path(w, "f.cnf"), "w") as file:
            file.write(f"subjectAltName=DNS:{name}\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n"
                       "subjectKeyIdentifier=hash\nbasicConstraints=critical,CA:FALSE\n")
        run("openssl", "x509", "-req", "-in", path(w, "f.csr"), "-CA", path(w, "ca/authority.crt"), "-CAkey",
            path(w, "ca/authority.key"), "-passin", "file:" + path(w, "passphrase"), "-days", "9", "-set_serial", "77",
            "-extfile", path(w, "f.cnf"), "-out", path(w, "f.pem"), "-subj", f"/CN={name}")
        run("openssl", "verify", "-verify_hostname", name, "-CAfile", path(w, "ca/authority.crt"), path(w, "f.pem"),
            expect=expect)


def chain_is_believed_for_its_name_and_no_other(w):
    with open(w.config) as config:
        text = config.read()
    with open(w.config, "w") as config:
        config.write("".join(f"certificate = {path(w, 'shown.pem')}\n" if line.startswith("certificate") else line
                             for line in text.splitlines(True)))
    shutil.copyfile(path(w, f"ca/{HOST}.chain.pem"), path(w, "shown.pem"))
    shutil.copyfile(path(w, f"ca/{HOST}.key.pem"), w.key)
    os.chmod(w.key, 0o640)
    w.start()
    assert shown(w) == serial(path(w, "shown.pem"))
    assert is_refused(w, "elders.example.org") and is_refused(w, FOREIGN)
    assert w.grades()["chain"] == "attention", "an authority of the house's own"


def pair_for(w, folder, chain, key):
    """Another one, as lego or certbot lays it down."""
    authority(w, "issue", HOST)
    os.makedirs(path(w, folder), exist_ok=True)
    shutil.copyfile(path(w, f"ca/{HOST}.chain.pem"), path(w, folder, chain))
    shutil.copyfile(path(w, f"ca/{HOST}.key.pem"), path(w, folder, key))
    return path(w, folder, chain), path(w, folder, key)


def lego_renews(w):
    chain, key = pair_for(w, "lego", "raad.crt", "raad.key")
    before = shown(w)
    renewed(w, LEGO_CERT_PATH=chain, LEGO_CERT_KEY_PATH=key)
    assert before != shown(w) == serial(chain)
    assert os.stat(w.key).st_mode & 0o777 == 0o640, "the mode of the key was not kept"
    assert w.server.poll() is None


def certbot_renews(w):
    chain, _ = pair_for(w, "live", "fullchain.pem", "privkey.pem")
    renewed(w, RENEWED_LINEAGE=path(w, "live"))
    assert shown(w) == serial(chain)


def another_hosts_certificate_and_a_wrong_key_change_nothing(w):
    before = shown(w)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
        "-subj", f"/CN={FOREIGN}", "-addext", f"subjectAltName=DNS:{FOREIGN}", "-keyout", path(w, "o.key"),
        "-out", path(w, "o.pem"))
    assert "nothing was done" in renewed(w, path(w, "o.pem"), path(w, "o.key"))
    assert "nothing was done" in renewed(w, path(w, "lego/raad.crt"), path(w, "live/privkey.pem"), expect=1)
    assert shown(w) == before == serial(path(w, "shown.pem"))
    renewed(w, expect=1)


def without_a_server_the_files_wait_for_it(w):
    chain, key = pair_for(w, "lego", "raad.crt", "raad.key")
    assert w.stop() == 0
    renewed(w, chain, key)
    w.start()
    assert shown(w) == serial(chain)


if __name__ == "__main__":
    sys.exit(main([authority_vouches_for_its_domain_alone, whoever_steals_the_authority_is_held_to_its_domain_too,
                   chain_is_believed_for_its_name_and_no_other, lego_renews, certbot_renews,
                   another_hosts_certificate_and_a_wrong_key_change_nothing, without_a_server_the_files_wait_for_it]))
