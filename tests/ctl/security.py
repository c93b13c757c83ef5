#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What a collector of logs hears of a real conclaved: each event once, in order, chained, and nothing that it need not
know.

Invariant: prints TAP; every process it started has ended when it ends; what is said to be absent is looked for with a
search that finds it where it is.
Usage: security.py CONCLAVED CONCLAVECTL CONCLAVE_MEDIA DATA
"""
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import sys
import threading

from programs import MEETING, World, free_port, main

LINE = re.compile(rb'<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) raad\.example\.org conclaved (\d+) ([a-z-]+) '
                  rb'\[meta sequenceId="(\d+)"\]\[conclave@32473((?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")+)\]')
CANARIES = ["Schepencollege", "Grondverkoop", "Hilde", "Jan Peeters", "geheim-wachtwoord", "AAAA-BBBB-CCCC"]


class Collector:
    def __init__(self, path):
        self.path, self.lines, self.came = path, [], threading.Condition()
        self.open()

    def open(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.thread = threading.Thread(target=self.read, args=(self.socket,), daemon=True)
        self.thread.start()

    def read(self, on):
        while True:
            line = on.recv(4096)
            if line == b"end":
                return
            with self.came:
                self.lines.append(line)
                self.came.notify_all()

    def close(self):
        """As when the service behind it is started anew."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"end", self.path)
        self.thread.join()
        self.socket.close()
        os.unlink(self.path)

    def wait(self, word):
        with self.came:
            assert self.came.wait_for(lambda: any(word in line for line in self.lines), 20), f"{word} did not come"


def parsed(lines):
    events = []
    for line in lines:
        m = LINE.fullmatch(line)
        assert m, line
        fields = dict(re.findall(r' ([a-z]+)="((?:[^"\\]|\\.)*)"', m[6].decode()))
        events.append({"pri": int(m[1]), "kind": m[4].decode(), "seq": int(m[5]), **fields})
    return events


def unbroken(lines):
    """Does each line carry the hash of what was before it, from the start of the server on?"""
    chain = bytes(32)
    for line in lines:
        text, found = line.split(b' chain="')
        chain = hashlib.sha256(chain + text).digest()
        if found != chain.hex().encode() + b'"]':
            return False
    return True


def canary(text):
    return next((word for word in CANARIES if word in text), None)


def post(w, path, body):
    trust_nobody = ssl.create_default_context()
    trust_nobody.check_hostname, trust_nobody.verify_mode = False, ssl.CERT_NONE
    c = http.client.HTTPSConnection("127.0.0.1", w.port, context=trust_nobody, timeout=20)
    origin = f"https://raad.example.org:{w.port}"
    c.request("POST", path, json.dumps(body), {"Host": origin[8:], "Origin": origin, "Sec-Fetch-Site": "same-origin",
                                               "Content-Type": "application/json"})
    answer = c.getresponse()
    answer.read()
    c.close()
    return answer.status


def each_event_is_told_once(w):
    folder = os.path.dirname(w.config)
    w.collector = Collector(os.path.join(folder, "log"))
    with open(w.config) as config:
        text = config.read().replace("admin_listen = off", f"admin_listen = 127.0.0.1:{free_port()}")
    with open(w.config, "w") as config:
        config.write(f"{text}syslog = {w.collector.path}\n")
    w.start()
    w.ctl("body", "add", "Grondverkoop")
    w.ctl("user", "add", "Jan Peeters", "--email", "jan@example.org")
    w.ctl("admin", "add", "it@example.org", "--level", "configure")
    w.ctl("user", "close", "jan@example.org")
    assert post(w, "/api/sign-in/recovery", {"email": "jan@example.org", "recovery": CANARIES[-1]}) == 403
    w.meeting = w.ctl("meeting", "create", *MEETING, "--member", "Jan Peeters <jan@example.org>",
                      "--item", "Grondverkoop;closed").strip()
    CANARIES.append(w.ctl("invite", w.meeting, "jan@example.org").split("#")[1].strip())
    w.ctl("meeting", "end", w.meeting, "--reason", "Grondverkoop")
    w.ctl("reload")
    w.ctl("backup", os.path.join(folder, "one"))
    w.stop()
    w.collector.wait(b" stopped ")
    events = parsed(w.collector.lines)
    told = [(e["kind"], e["event"], e["outcome"]) for e in events]
    for wanted in [("started", "301", "done"), ("body-added", "221", "changed"), ("user-added", "201", "changed"),
                   ("admin-added", "211", "changed"), ("user-closed", "203", "changed"),
                   ("sign-in-refused", "102", "denied"), ("meeting-created", "401", "done"),
                   ("link-made", "411", "changed"), ("ended", "403", "done"),
                   ("certificate-changed", "311", "changed"), ("backup-made", "321", "done"),
                   ("stopped", "302", "done")]:
        assert told.count(wanted) == 1, (wanted, told)
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert {e["pri"] for e in events if e["outcome"] == "denied"} == {10 * 8 + 4}
    closed = next(e for e in events if e["kind"] == "user-closed")
    assert closed["target"] == "jan@example.org", closed


def nothing_else_is_told(w):
    exported = b"\n".join(w.collector.lines).decode()
    assert "jan@example.org" in exported, "the account is what R115 wants"
    assert canary(exported) is None, canary(exported)
    log = "".join(w.log)
    assert re.search(r"conclaved info security event=203 kind=user-closed outcome=changed", log), log
    assert canary(log) is None and "@example.org" not in log, "the log has no accounts"
    assert canary(exported + "Hilde") == "Hilde", "the search finds nothing"


def chain_tells_what_is_missing_or_changed(w):
    lines = w.collector.lines
    assert unbroken(lines)
    for i in range(len(lines)):
        assert i == len(lines) - 1 or not unbroken(lines[:i] + lines[i + 1:]), i
    assert not unbroken([lines[0].replace(b"started", b"stopped")] + lines[1:])


def collector_that_is_away_is_waited_for(w):
    w.collector.close()
    w.collector.lines.clear()
    w.start()
    w.ctl("body", "add", "Raad")
    w.collector.open()
    w.collector.wait(b"body-added")
    w.stop()
    w.collector.wait(b" stopped ")
    assert [e["kind"] for e in parsed(w.collector.lines)] == ["started", "body-added", "stopped"]
    assert unbroken(w.collector.lines)
    assert any("syslog-waits" in line for line in w.log)


def restored_server_says_so(w):
    folder = os.path.dirname(w.config)
    os.rename(w.state, w.state + ".before")
    w.ctl("restore", os.path.join(folder, "one"), "--into", w.state)
    for times in (1, 0):
        w.collector.lines.clear()
        w.start()
        w.stop()
        w.collector.wait(b" stopped ")
        assert [e["kind"] for e in parsed(w.collector.lines)].count("restored") == times, times
    w.collector.close()


if __name__ == "__main__":
    sys.exit(main([each_event_is_told_once, nothing_else_is_told, chain_tells_what_is_missing_or_changed,
                   collector_that_is_away_is_waited_for, restored_server_says_so]))
