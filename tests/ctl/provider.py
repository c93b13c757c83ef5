#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The doctor's checks of a provider of sign-ins, and the metrics of conclave-fetch, against a real conclaved with its
conclave-fetch and a provider here: all in order, then one fault after the other.

Invariant: prints TAP; every process it started has ended when it ends.
Usage: provider.py CONCLAVED CONCLAVECTL CONCLAVE_MEDIA DATA
"""
import email.utils
import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

import programs

# RFC 7515, A.3.1.
KEY = {"kid": "first", "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
       "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}


def certify(folder):
    """An authority, and a certificate by it for localhost."""
    def run(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)

    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("req", "-x509", *new, "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    run("req", *new, "-subj", "/CN=localhost", "-keyout", "p.key", "-out", "p.csr")
    with open(os.path.join(folder, "p.ext"), "w") as names:
        names.write("subjectAltName=DNS:localhost\n")
    run("x509", "-req", "-in", "p.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2", "-CAcreateserial",
        "-extfile", "p.ext", "-out", "p.pem")


class Provider(http.server.ThreadingHTTPServer):
    """What it answers is in its fields."""
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Answering)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(folder, "p.pem"), os.path.join(folder, "p.key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.issuer = f"https://localhost:{self.server_address[1]}"
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self):
        self.status, self.keys, self.late = 200, [KEY], 0

    def handle_error(self, request, client_address):
        """Whoever does not trust us hangs up."""


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        s = self.server
        body = {"keys": s.keys} if self.path == "/jwks" else {
            "issuer": s.issuer, "jwks_uri": s.issuer + "/jwks", "authorization_endpoint": s.issuer + "/ask",
            "token_endpoint": s.issuer + "/token"}
        text = json.dumps(body).encode()
        self.send_response_only(s.status)
        self.send_header("Date", email.utils.formatdate(time.time() - s.late, usegmt=True))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class World(programs.World):
    def __init__(self, folder):
        super().__init__(folder)
        certify(folder)
        self.provider = Provider(folder)
        self.secret = os.path.join(folder, "secret")
        with open(self.secret, "w") as file:
            file.write("a secret\n")
        os.chmod(self.secret, 0o600)
        self.metrics = programs.free_port()
        with open(self.config) as file:
            self.lines = file.read().replace("metrics_listen = off", f"metrics_listen = 127.0.0.1:{self.metrics}") \
                + f"oidc_issuer = {self.provider.issuer}\noidc_client_id = conclave\noidc_algorithm = ES256\n" \
                + f"oidc_secret_file = {self.secret}\n"
        self.authority = f"oidc_ca_file = {folder}/ca.pem\n"
        self.configure(self.lines + self.authority)

    def configure(self, text):
        with open(self.config, "w") as file:
            file.write(text)

    def start(self):
        """Until conclave-fetch said what came of its first look."""
        self.log.clear()
        super().start()
        end = time.monotonic() + 30
        first = ("fetch info provider-", "fetch warn provider-", "fetch error start-failed")
        while not any(line.startswith(first) for line in self.log):
            assert time.monotonic() < end, "conclave-fetch says nothing"
            threading.Event().wait(0.02)

    def found(self, check, expect=0):
        (one,) = self.json("doctor", "--only", check, expect=expect)["checks"]
        return one

    def until(self, check, state, word):
        """What conclave-fetch tells passes through conclaved."""
        end = time.monotonic() + 10
        while True:
            expect = 1 if state == "broken" else 0
            r = subprocess.run([programs.CONCLAVECTL, "--config", self.config, "doctor", "--only", check, "--json"],
                               capture_output=True, text=True, timeout=60)
            one = json.loads(r.stdout)["checks"][0]
            if (one["state"], r.returncode) == (state, expect) and word in one["says"]:
                return one
            assert time.monotonic() < end, one
            threading.Event().wait(0.05)

    def restart(self):
        assert self.stop() == 0, "".join(self.log)
        self.start()

    def measure(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in lines
                if line.startswith(("conclave_fetch", "conclave_provider", "conclave_sign_ons"))}


def a_provider_in_order(w):
    w.start()
    w.until("provider", "ok", "was found")
    grades = {c["check"]: c["state"] for c in w.json("doctor")["checks"]}
    assert len(grades) == 38, grades
    assert [grades[c] for c in ("provider", "secret", "redirect", "skew")] == ["ok"] * 4, grades
    assert f"https://raad.example.org:{w.port}/:" in w.found("redirect")["says"]
    assert "in orde" in w.ctl("doctor", "--only", "provider", "--language", "nl")


def conclave_fetch_is_counted(w):
    figures = w.measure()
    assert figures["conclave_provider_found"] == 1
    assert figures['conclave_fetch_requests_total{question="discovery"}'] == 1
    assert figures['conclave_fetch_requests_total{question="keys"}'] == 1
    assert figures['conclave_fetch_requests_total{question="token"}'] == 0
    assert not any(value for name, value in figures.items() if "failures" in name), figures
    assert abs(figures["conclave_fetch_success_seconds"] - time.time()) < 60


def a_secret_that_others_may_read(w):
    os.chmod(w.secret, 0o644)
    one = w.found("secret", expect=1)
    assert one["state"] == "broken" and "chmod 600" in one["mend"], one
    w.restart()
    assert any("start-failed" in line for line in w.log)
    assert w.found("provider", expect=1)["state"] == "broken"
    os.chmod(w.secret, 0o600)
    assert w.found("secret")["state"] == "ok"


def a_configuration_that_the_server_has_not_read(w):
    w.restart()
    w.configure(w.lines.replace("host = raad.example.org", "host = council.example.org") + w.authority)
    assert "restart" in w.found("redirect", expect=1)["mend"]
    w.configure(w.lines.replace(w.provider.issuer, w.provider.issuer + "/other") + w.authority)
    assert w.found("redirect", expect=1)["state"] == "broken"
    w.configure(w.lines + w.authority)
    assert w.found("redirect")["state"] == "ok"


def a_clock_that_is_late(w):
    w.provider.late = 120
    w.restart()
    one = w.until("skew", "broken", "s apart, more than the 60 s")
    assert "timedatectl" in one["mend"]
    w.provider.reset()


def keys_of_another_kind(w):
    w.provider.keys = [{**KEY, "kty": "RSA"}]
    w.restart()
    w.until("provider", "broken", "none for oidc_algorithm")
    w.provider.reset()


def a_description_that_is_not_there(w):
    w.provider.status = 404
    w.restart()
    w.until("provider", "broken", "status 404")
    assert w.measure()['conclave_fetch_failures_total{kind="status"}'] == 1
    assert w.measure()["conclave_provider_found"] == 0
    w.provider.reset()


def an_authority_that_nobody_knows(w):
    w.configure(w.lines + f"oidc_ca_file = {programs.DATA}/certificate.pem\n")
    w.restart()
    w.until("provider", "broken", "not trusted")
    assert w.measure()['conclave_fetch_failures_total{kind="certificate"}'] == 1
    w.configure(w.lines + w.authority)


def a_provider_that_is_gone(w):
    w.provider.shutdown()
    w.provider.server_close()
    w.restart()
    w.until("provider", "broken", "cannot be reached")
    assert w.measure()['conclave_fetch_failures_total{kind="connection"}'] == 1
    assert w.stop() == 0


programs.TESTS[:] = [a_provider_in_order, conclave_fetch_is_counted, a_secret_that_others_may_read,
                     a_configuration_that_the_server_has_not_read, a_clock_that_is_late, keys_of_another_kind,
                     a_description_that_is_not_there, an_authority_that_nobody_knows, a_provider_that_is_gone]
programs.World = World

if __name__ == "__main__":
    sys.exit(programs.main(programs.TESTS))
