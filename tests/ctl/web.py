#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""conclavectl web: a client is signed, exported, served from elsewhere, and every fault of that server is found.

Invariant: prints TAP; each fault is seeded alone, and without it the same look finds nothing.
Usage: web.py CONCLAVECTL
"""
import hashlib
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading

CTL = sys.argv[1]
PAGE = re.compile(r"^/(j|enrol|integrity|meetings/new|m/[A-Za-z0-9_-]{1,64}(/report)?)?$")
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css",
         ".json": "application/json", ".sig": "text/plain"}
SCRIPT, LATER = b"export const a = 1;\n", b"export const b = 2;\n"
# No tag of the page names a worker, and no browser checks its hash: only the list and whoever compares do.
WORKER, KEYS = "/assets/worker-Ab12_-cd.js", b"onmessage = () => postMessage(1);\n"
MEETINGS = "https://meeting.town.example:8443"


def integrity(content):
    import base64
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def listed(path, content):
    return {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
            "integrity": integrity(content)}


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def built(folder):
    """A client as the build leaves it, but small."""
    page = (f'<!doctype html>\n<meta name="conclave-server" content="">\n<link rel="icon" href="/favicon.svg">\n'
            f'<script type="module" crossorigin src="/assets/a.js" integrity="{integrity(SCRIPT)}"></script>\n'
            f'<link rel="later" data-part="b" href="/assets/b.js" integrity="{integrity(LATER)}">\n').encode()
    files = {"/assets/a.js": SCRIPT, "/assets/b.js": LATER, WORKER: KEYS, "/favicon.svg": b"<svg/>",
             "/index.html": page}
    for path, content in files.items():
        write(folder + path, content)
    manifest = {"version": 1, "files": [listed(*f) for f in sorted(files.items())]}
    write(folder + "/manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())


class Elsewhere:
    """Another web server, as its configuration says, with one fault at a time."""

    def __init__(self, folder, certificate, key):
        self.folder, self.fault = folder, lambda path, status, headers, content: (status, headers, content)
        with open(os.path.join(os.path.dirname(folder), "_headers")) as file:
            lines = file.read().splitlines()
        assert lines[0] == "/*"
        self.headers = dict(line.strip().split(": ", 1) for line in lines[1:])
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                status, headers, content = outer.fault(self.path, *outer.answer(self.path))
                self.send_response(status)
                for name, value in headers.items():
                    for one in value if isinstance(value, list) else [value]:
                        self.send_header(name, one)
                if "Transfer-Encoding" in headers:
                    pieces = [piece for piece in (content[:3], content[3:]) if piece]
                    content = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
                else:
                    self.send_header("Content-Length", str(len(content)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = True

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def answer(self, path):
        if PAGE.match(path):
            path = "/index.html"
        name = self.folder + path
        if not os.path.isfile(name):
            return 404, {}, b""
        with open(name, "rb") as file:
            kind = TYPES.get(os.path.splitext(path)[1], "image/svg+xml")
            return 200, {"Content-Type": kind, **self.headers}, file.read()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class World:
    def __init__(self, folder):
        self.folder = folder
        self.dist, self.key = folder + "/dist", folder + "/release.key"
        self.certificate = folder + "/cert.pem"
        built(self.dist)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        folder + "/tls.key", "-out", self.certificate], check=True, capture_output=True)
        with open(folder + "/conclaved.conf", "w") as config:
            config.write(f"state = {folder}/state\nhost = localhost\ncertificate = {self.certificate}\n"
                         f"key = {folder}/tls.key\nweb_root = {self.dist}\n")
        self.server = None

    def ctl(self, *arguments, expect=0):
        r = subprocess.run([CTL, *arguments], capture_output=True, text=True, timeout=60)
        assert r.returncode == expect, f"{arguments}: ended with {r.returncode}: {r.stderr}{r.stdout}"
        return (r.stdout if expect == 0 else r.stderr).strip()

    def verify(self, *more, expect=0):
        return self.ctl("web", "verify", self.server.url, "--ca", self.certificate, *more, expect=expect)

    def finds(self, fault, says, *more):
        """The fault alone is found and named; and nothing without it."""
        kept, self.server.fault = self.server.fault, fault
        try:
            found = self.verify(*more, expect=1)
        finally:
            self.server.fault = kept
        assert says in found, f"{found!r} does not say {says!r}"
        self.verify(*more)


def only(path, change):
    """A fault of one file."""
    def fault(asked, status, headers, content):
        return change(status, dict(headers), content) if asked == path else (status, headers, content)
    return fault


def a_release_key_is_made_once(w):
    public = w.ctl("web", "key", w.key)
    assert re.fullmatch(r"conclave/web\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", public), public
    assert open(w.key + ".pub").read() == public + "\n"
    assert os.stat(w.key).st_mode & 0o777 == 0o600
    w.ctl("web", "key", w.key, expect=1)


def only_a_whole_client_is_signed(w):
    assert "SHA-256" in w.ctl("web", "sign", w.dist, "--key", w.key)
    w.ctl("web", "sign", w.dist, "--key", w.key)    # again, after the note has come to lie there
    for path, content, says in [("/assets/a.js", SCRIPT[:-2] + b"!\n", "/assets/a.js: has another content"),
                                ("/assets/a.js", SCRIPT + b"\n", "/assets/a.js: has another size"),
                                ("/assets/more.js", SCRIPT, "/assets/more.js: is not in the list")]:
        write(w.dist + path, content)
        assert says in w.ctl("web", "sign", w.dist, "--key", w.key, expect=1)
        if path.endswith("more.js"):
            os.remove(w.dist + path)
        else:
            write(w.dist + path, SCRIPT)
    os.remove(w.dist + "/assets/b.js")
    assert "/assets/b.js: is missing" in w.ctl("web", "sign", w.dist, "--key", w.key, expect=1)
    write(w.dist + "/assets/b.js", LATER)
    os.chmod(w.key, 0o644)
    assert "chmod" in w.ctl("web", "sign", w.dist, "--key", w.key, expect=1)
    os.chmod(w.key, 0o600)


def the_client_is_exported_for_its_server(w):
    def export(to, *more, expect=0):
        return w.ctl("--config", w.folder + "/conclaved.conf", "web", "export", w.folder + to, *more, expect=expect)
    export("/town", "--server", MEETINGS, "--key", w.key)
    page = open(w.folder + "/town/client/index.html").read()
    assert f'<meta name="conclave-server" content="{MEETINGS}">' in page
    manifest = json.load(open(w.folder + "/town/client/manifest.json"))
    assert manifest["server"] == MEETINGS
    assert listed("/index.html", page.encode()) in manifest["files"]
    assert os.path.exists(w.folder + "/town/client/manifest.sig")
    for name in ["nginx.conf", "apache.conf", "_headers"]:
        text = open(f"{w.folder}/town/{name}").read()
        assert f"connect-src 'self' {MEETINGS} wss://meeting.town.example:8443;" in text
        assert "blocked-destinations=(script)" in text and "unsafe" not in text
    assert "there already" in export("/town", "--server", MEETINGS, expect=1)
    for bad in ["http://meeting.example", MEETINGS + "/", "https://*.example"]:
        export("/other", "--server", bad, expect=2)
    export("/other", expect=2)
    w.server = Elsewhere(w.folder + "/town/client", w.certificate, w.folder + "/tls.key")


def what_is_served_as_published_is_called_so(w):
    said = w.verify()
    assert "5 files" in said and "was not looked at" in said and MEETINGS in said, said
    assert "signed with that key" in w.verify("--key", w.key + ".pub")
    found = json.loads(w.verify("--key", open(w.key + ".pub").read().strip(), "--json"))
    assert found["ok"] and found["signed"] and found["files"] == 5 and found["server"] == MEETINGS
    with open(w.server.folder + "/manifest.json", "rb") as file:
        assert found["manifest"] == hashlib.sha256(file.read()).hexdigest()
    w.server.fault = lambda p, s, h, c: (s, {**h, "Transfer-Encoding": "chunked"}, c)
    w.verify()
    w.server.fault = lambda p, s, h, c: (s, h, c)


def a_certificate_of_nobody_is_not_believed(w):
    assert "certificate" in w.ctl("web", "verify", w.server.url, expect=1)
    other = w.server.url.replace("localhost", "127.0.0.1")
    assert "mismatch" in w.ctl("web", "verify", other, "--ca", w.certificate, expect=1)


def a_flipped_byte_is_named(w):
    for path in ["/assets/a.js", "/assets/b.js", WORKER, "/favicon.svg", "/index.html", "/j", "/m/abcdefghij/report"]:
        w.finds(only(path, lambda s, h, c: (s, h, c[:-2] + bytes([c[-2] ^ 1]) + c[-1:])), f"{path} has another content")
    w.finds(only("/assets/a.js", lambda s, h, c: (s, h, c + b"\n")), "/assets/a.js has another size")


def a_missing_file_is_named(w):
    for path in ["/assets/b.js", WORKER, "/manifest.json", "/enrol"]:
        w.finds(only(path, lambda s, h, c: (404, {}, b"")), f"{path} is missing")
    w.finds(only("/manifest.sig", lambda s, h, c: (404, {}, b"")), "/manifest.sig is missing", "--key", w.key + ".pub")


def forged(w, add, also=()):
    """A server that changes the page, and its list with it."""
    page = w.server.answer("/")[2] + add
    manifest = json.loads(w.server.answer("/manifest.json")[2])
    manifest["files"] = [f for f in manifest["files"] if f["path"] != "/index.html"] + [listed("/index.html", page)]
    manifest["files"] += [listed(*f) for f in also]
    files = {**dict(also), "/manifest.json": json.dumps(manifest).encode()}

    def fault(path, status, headers, content):
        if PAGE.match(path) or path == "/index.html":
            return status, headers, page
        if path in files:
            return 200, {**w.server.headers, "Content-Type": "text/javascript"}, files[path]
        return status, headers, content
    return fault


def one_more_script_is_named(w):
    evil = b"steal();\n"
    tag = b'<script src="/assets/evil.js" integrity="%b"></script>\n' % integrity(evil).encode()
    w.finds(forged(w, tag), "runs a script that is not in the list, or without its hash /assets/evil.js")
    for add in [b"<script>steal()</script>\n", b'<script src="/assets/a.js"></script>\n',
                b'<SCRIPT SRC="https://evil.example/x.js"></SCRIPT>', b'<link rel="modulepreload" href="/assets/x.js">',
                tag.replace(b"></script>", b">steal()</script>").replace(b"evil.js", b"a.js")]:
        w.finds(forged(w, add), "runs a script that is not in the list, or without its hash")
    # In the list, too: then only the signature tells.
    with_list = forged(w, tag, [("/assets/evil.js", evil)])
    w.finds(with_list, "/manifest.json is not signed with that key", "--key", w.key + ".pub")
    w.server.fault, kept = with_list, w.server.fault
    assert "6 files" in w.verify()
    w.server.fault = kept


def another_key_vouches_for_nothing(w):
    w.ctl("web", "key", w.folder + "/other.key")
    assert "not signed with that key" in w.verify("--key", w.folder + "/other.key.pub", expect=1)
    assert "no public release key" in w.verify("--key", w.key, expect=1)


def a_header_that_is_gone_or_changed_is_named(w):
    def without(name):
        return lambda s, h, c: (s, {k: v for k, v in h.items() if k != name}, c)
    assert len(w.server.headers) == 10
    for name in w.server.headers:
        w.finds(only("/", without(name)), f"/ lacks the header {name}")
    w.finds(only("/assets/b.js", without("Integrity-Policy")), "/assets/b.js lacks the header Integrity-Policy")
    w.finds(only("/", lambda s, h, c: (s, {**h, "Integrity-Policy": "blocked-destinations=()"}, c)),
            "/ has another value of the header Integrity-Policy")
    w.finds(only("/", lambda s, h, c: (s, {**h, "X-Frame-Options": ["DENY", "ALLOWALL"]}, c)),
            "/ has twice the header X-Frame-Options")
    w.finds(only("/assets/a.js", lambda s, h, c: (s, {**h, "Content-Type": "text/plain"}, c)),
            "/assets/a.js is not served as text/javascript")


def a_policy_that_lets_more_is_named(w):
    policy = w.server.headers["Content-Security-Policy"]
    for old, new in [("script-src 'self'", "script-src 'self' 'unsafe-inline'"), ("worker-src 'self'", "worker-src *")]:
        w.finds(only("/", lambda s, h, c: (s, {**h, "Content-Security-Policy": policy.replace(old, new)}, c)),
                "/ has another Content-Security-Policy")
    for more in [" https://evil.example", " *", " wss://evil.example"]:
        worse = policy.replace(f" {MEETINGS}", f" {MEETINGS}{more}")
        w.finds(only("/", lambda s, h, c: (s, {**h, "Content-Security-Policy": worse}, c)), "/ may talk to others")


TESTS = [a_release_key_is_made_once, only_a_whole_client_is_signed, the_client_is_exported_for_its_server,
         what_is_served_as_published_is_called_so, a_certificate_of_nobody_is_not_believed, a_flipped_byte_is_named,
         a_missing_file_is_named, one_more_script_is_named, another_key_vouches_for_nothing,
         a_header_that_is_gone_or_changed_is_named, a_policy_that_lets_more_is_named]


def main():
    failed = 0
    print(f"1..{len(TESTS)}")
    with tempfile.TemporaryDirectory(prefix="conclave-web-") as folder:
        world = World(folder)
        try:
            for number, test in enumerate(TESTS, 1):
                try:
                    test(world)
                    print(f"ok {number} - {test.__name__}", flush=True)
                except (AssertionError, LookupError, AttributeError, OSError, ValueError,
                        subprocess.SubprocessError) as error:
                    failed += 1
                    print(f"not ok {number} - {test.__name__}\n# {type(error).__name__}: {error}", flush=True)
        finally:
            if world.server:
                world.server.stop()
    return failed > 0


sys.exit(main())
