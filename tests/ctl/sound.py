#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""conclavectl doctor --media: a made-up voice through a real conclaved, and what is said when something on its way is
wrong.

Invariant: prints TAP; every process it started has ended when it ends; each fault is made on the way itself, between
conclavectl and the server, or in the server's own process.
Usage: sound.py CONCLAVED CONCLAVECTL CONCLAVE_MEDIA DATA
"""
import concurrent.futures
import heapq
import itertools
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time

from programs import CONCLAVECTL, main

MESSAGE = 128 * 1024


class Between:
    """A control socket that hands on to the server's, and a UDP port before that of its media worker. `alter` changes
    what the server answers; `passes` says after how many seconds a datagram goes on, or None."""

    def __init__(self, w, name, alter=None, passes=lambda data, to_server: 0):
        self.alter, self.passes, self.real = alter, passes, os.path.join(w.state, "run/control.sock")
        state = os.path.join(os.path.dirname(w.state), name)
        os.makedirs(os.path.join(state, "run"))
        self.config = state + ".conf"
        with open(w.config) as own, open(self.config, "w") as other:
            other.write(re.sub(r"(?m)^state = .*$", f"state = {state}", own.read()))
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.bind(os.path.join(state, "run/control.sock"))
        self.control.listen()
        self.front, self.back = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
        self.front.bind(("127.0.0.1", 0))
        self.back.connect(("127.0.0.1", w.port))
        self.end, self.ended = socket.socketpair()
        self.client, self.late, self.number = None, [], itertools.count()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.close()
        self.thread.join()
        for each in (self.control, self.front, self.back, self.ended):
            each.close()

    def run(self):
        while True:
            wait = max(0, self.late[0][0] - time.monotonic()) if self.late else None
            ready = select.select([self.control, self.front, self.back, self.ended], [], [], wait)[0]
            if self.ended in ready:
                return
            if self.control in ready:
                self.hand_on()
            for each in (self.front, self.back):
                if each in ready:
                    self.relay(each)
            while self.late and self.late[0][0] <= time.monotonic():
                self.send(*heapq.heappop(self.late)[2:])

    def hand_on(self):
        asker = self.control.accept()[0]
        with asker, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
            server.connect(self.real)
            server.send(asker.recv(MESSAGE))
            answer = json.loads(server.recv(MESSAGE))
            if "check" in answer:
                answer["port"] = self.front.getsockname()[1]
            if self.alter:
                self.alter(answer)
            asker.send(json.dumps(answer).encode())

    def relay(self, which):
        try:
            data, sender = which.recvfrom(2048)
        except ConnectionRefusedError:
            return
        if which is self.front:
            self.client = sender
        after = self.passes(data, which is self.front)
        if after is not None:
            heapq.heappush(self.late, (time.monotonic() + after, next(self.number), data, which is self.front))

    def send(self, data, to_server):
        if to_server:
            self.back.send(data)
        else:
            self.front.sendto(data, self.client)

    def ask(self, *arguments):
        """The finding, and how it ended."""
        r = subprocess.run([CONCLAVECTL, "--config", self.config, "doctor", "--only", "sound", "--json", *arguments],
                           capture_output=True, text=True, timeout=60)
        (found,) = json.loads(r.stdout)["checks"]
        assert found["check"] == "sound" and r.returncode == (found["state"] == "broken"), (found, r.returncode)
        return found


def is_rtp(data):
    return 128 <= data[0] <= 191 and not 64 <= data[1] & 0x7f <= 95


def is_dtls(data):
    return 20 <= data[0] <= 63


def sound_of(w, expect=0):
    (found,) = w.json("doctor", "--only", "sound", expect=expect)["checks"]
    return found


def server_that_is_down_is_told(w):
    found = sound_of(w, expect=1)
    assert found["state"] == "broken" and "does not run" in found["says"] and "start conclaved" in found["mend"], found


def voice_goes_through_a_healthy_server(w):
    w.start()
    found = {c["check"]: c for c in w.json("doctor", "--media")["checks"]}
    assert len(found) == 35
    told = re.fullmatch(rf"a made-up voice came back through the media processes \(1, from UDP port {w.port} on\): "
                        r"lost (\d+) of 150 packets, after (\d+) ms, like what was sent for (\d+) %; "
                        r"it was not end-to-end encrypted, .*",
                        found["sound"]["says"])
    assert found["sound"]["state"] == "ok" and told, found["sound"]
    assert int(told[3]) >= 90, told[0]
    assert w.json("meeting", "list")["meetings"] == []


def without_being_asked_none_is_sent(w):
    assert "sound" not in w.grades()
    assert w.ctl("doctor", "--media", "--only", "port", expect=2) == ""
    assert w.ctl("demo", "--media", expect=2) == ""


def faults_on_the_way_are_told_apart(w):
    """At the same time, each on a way of its own: every one takes seconds."""
    spoken = itertools.count()
    ways = {
        "closed": (lambda data, to_server: None, "is not answered", "firewall"),
        "insecure": (lambda data, to_server: None if is_dtls(data) else 0, "handshake", "openssl"),
        "lossy": (lambda data, to_server: None if to_server and is_rtp(data) and next(spoken) % 10 == 9 else 0,
                  "of 150 packets of sound", "buffers"),
        "slow": (lambda data, to_server: 0.08 if is_rtp(data) and not to_server else 0, "comes back after", "top"),
    }

    def look(name):
        passes, says, mend = ways[name]
        with Between(w, name, passes=passes) as way:
            found = way.ask()
        assert found["state"] == "broken" and says in found["says"] and mend in found["mend"], (name, found)
        return found["says"]

    with concurrent.futures.ThreadPoolExecutor(len(ways)) as pool:
        said = dict(zip(ways, pool.map(look, ways)))
    assert int(re.search(r"(\d+) were lost", said["lossy"])[1]) >= 15, said
    assert int(re.search(r"after (\d+) ms", said["slow"])[1]) >= 80, said


def another_server_behind_the_port_is_not_trusted(w):
    def alter(answer):
        if answer.get("sdp"):
            answer["sdp"] = re.sub(r"(fingerprint:sha-256 )(..)", lambda m: m[1] + f"{int(m[2], 16) ^ 1:02X}",
                                   answer["sdp"])

    with Between(w, "other", alter=alter) as way:
        found = way.ask("--language", "nl")
    assert found["state"] == "broken" and "handdruk" in found["says"], found


def refuse(answer):
    """The server has begun one all the same."""
    if "check" in answer:
        answer.clear()
        answer.update(ok=False, error="there are too many sound checks at this moment")


def refusal_is_told(w):
    with Between(w, "full", alter=refuse) as way:
        found = way.ask()
    assert found["state"] == "broken" and "too many sound checks" in found["says"], found


def media_process(w):
    with open(f"/proc/{w.server.pid}/task/{w.server.pid}/children") as file:
        children = file.read().split()
    (one,) = [int(c) for c in children if os.readlink(f"/proc/{c}/exe").endswith("/conclave-media")]
    return one


def stopped_worker_is_told(w):
    worker = media_process(w)
    os.kill(worker, signal.SIGSTOP)
    try:
        found = sound_of(w, expect=1)
    finally:
        os.kill(worker, signal.SIGCONT)
    assert "media process 1 does not answer" in found["says"], found
    assert sound_of(w)["state"] == "ok"


def draining_worker_is_left_alone(w):
    with Between(w, "held", alter=refuse) as way:
        way.ask()
    w.ctl("worker", "drain", "0")
    found = sound_of(w)
    assert found["state"] == "attention" and "being drained" in found["says"], found


TESTS = [server_that_is_down_is_told, voice_goes_through_a_healthy_server, without_being_asked_none_is_sent,
         faults_on_the_way_are_told_apart, another_server_behind_the_port_is_not_trusted, refusal_is_told,
         stopped_worker_is_told, draining_worker_is_left_alone]

if __name__ == "__main__":
    raise SystemExit(main(TESTS))
