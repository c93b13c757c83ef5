#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""conclaved under a service manager, which this test is: sockets handed over (sd_listen_fds), and what is told about
ready, alive and ending (sd_notify). Arguments: conclaved, the folder of test certificates.

Invariant: the ports are taken all the time, so that only who was handed them can serve there.
"""
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

CONCLAVED, DATA = sys.argv[1:3]
PATIENCE = 60


def bound():
    """A TCP and a UDP socket on one port of the loopback interface."""
    while True:
        tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp.bind(("127.0.0.1", 0))
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            continue
        tcp.listen(64)
        return tcp, udp


class World:
    def __init__(self, folder):
        self.folder = folder
        self.log = []
        self.changed = threading.Condition()
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(os.path.join(folder, "notify"))
        self.notify.settimeout(PATIENCE)
        self.tcp, self.udp = bound()
        os.mkdir(os.path.join(folder, "web"))
        with open(os.path.join(folder, "web", "index.html"), "w") as page:
            page.write("<!doctype html>")
        shutil.copyfile(os.path.join(DATA, "key.pem"), os.path.join(folder, "key.pem"))
        os.chmod(os.path.join(folder, "key.pem"), 0o600)
        self.config = os.path.join(folder, "conclaved.conf")
        with open(self.config, "w") as config:
            config.write(f"state = {folder}/state\nport = {self.port}\nhost = raad.example.org\nlisten = 127.0.0.1\n"
                         f"certificate = {DATA}/certificate.pem\nkey = {folder}/key.pem\nweb_root = {folder}/web\n"
                         "metrics_listen = off\nadmin_listen = off\n")

    @property
    def port(self):
        return self.tcp.getsockname()[1]

    def start(self, handed=(), usec=400_000):
        """The sockets become 3, 4 … of the new process, whose number only it knows beforehand."""
        env = {**os.environ, "NOTIFY_SOCKET": os.path.join(self.folder, "notify"), "WATCHDOG_USEC": str(usec)}
        names = " ".join(f"{3 + i}<&{one.fileno()}" for i, one in enumerate(handed))
        line = f'export LISTEN_PID=$$ LISTEN_FDS={len(handed)}; exec "$0" --config "$1" {names}'
        self.process = subprocess.Popen(["bash", "-c", line, CONCLAVED, self.config], env=env, stderr=subprocess.PIPE,
                                        text=True, pass_fds=[one.fileno() for one in handed])
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.log.append(line)
                self.changed.notify()

    def until(self, word, times=1):
        def said():
            return sum(word in line for line in self.log) >= times
        with self.changed:
            assert self.changed.wait_for(said, PATIENCE), f"no {word}: {''.join(self.log)}"

    def told(self, word):
        """The next thing that is told, apart from signs of life."""
        while True:
            text = self.notify.recv(256).decode()
            if text != "WATCHDOG=1" or word == text:
                assert text == word, text
                return

    def listen_up(self):
        """What was told while nobody listened: on a slow machine that is more than a few signs of life."""
        self.notify.setblocking(False)
        try:
            while True:
                self.told("WATCHDOG=1")
        except BlockingIOError:
            self.notify.settimeout(PATIENCE)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.reader.join()
        return status

    def answers(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain:
            with context.wrap_socket(plain) as tls:
                tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: raad.example.org\r\nConnection: close\r\n\r\n")
                return tls.recv(64).startswith(b"HTTP/1.1 ")

    def media(self):
        """The media workers among conclaved's children."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            for child in children.read().split():
                with open(f"/proc/{child}/comm") as name:
                    if name.read().strip() == "conclave-media":
                        yield int(child)

    def environment(self):
        """Of a media worker, as it was born."""
        with open(f"/proc/{next(self.media())}/environ") as environ:
            return environ.read()


def the_ports_are_taken(w):
    w.start()
    assert w.process.wait(PATIENCE) == 1
    w.reader.join()
    assert any("another server running" in line for line in w.log), w.log


def serves_on_what_it_was_handed(w):
    w.start([w.tcp, w.udp])
    w.told("READY=1")
    w.until("conclaved info worker-ready")
    assert w.answers()


def the_next_worker_has_the_same_socket(w):
    for pid in w.media():
        os.kill(pid, signal.SIGKILL)
    w.until("conclaved info worker-ready", 2)
    assert sum(f"worker-ready worker=0 port={w.port}" in line for line in w.log) == 2, w.log


def children_believe_nothing_their_own(w):
    environ = w.environment()
    for name in ["LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_"]:
        assert name not in environ, environ
    assert "PATH=" in environ       # or nothing was read


def a_hang_is_noticed(w):
    w.told("WATCHDOG=1")
    w.told("WATCHDOG=1")
    w.process.send_signal(signal.SIGSTOP)
    w.listen_up()
    w.notify.settimeout(2)          # ten times as long as it may take, when it lives
    try:
        # What it had said before may still be read.
        for _ in range(3):
            w.told("WATCHDOG=1")
        raise AssertionError("it says that it lives, and stands still")
    except socket.timeout:
        pass
    w.notify.settimeout(PATIENCE)
    w.process.send_signal(signal.SIGCONT)
    w.told("WATCHDOG=1")


def says_that_it_ends(w):
    status = w.stop()
    w.told("STOPPING=1")
    assert status == 0, w.log


def a_socket_that_nobody_asked_for_is_named(w):
    other, media = bound()
    w.log = []
    w.start([w.tcp, w.udp, other])
    w.told("READY=1")
    w.until("handed-sockets-unused")
    assert w.answers()
    assert w.stop() == 0
    other.close()
    media.close()


TESTS = [the_ports_are_taken, serves_on_what_it_was_handed, the_next_worker_has_the_same_socket,
         children_believe_nothing_their_own, a_hang_is_noticed, says_that_it_ends,
         a_socket_that_nobody_asked_for_is_named]


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="conclave-service-") as folder:
        w = World(folder)
        for number, one in enumerate(TESTS, 1):
            try:
                one(w)
                print(f"ok {number} - {one.__name__}", flush=True)
            except Exception as e:      # whatever it is, the others still run
                failed += 1
                print(f"not ok {number} - {one.__name__}\n# {type(e).__name__}: {e}", flush=True)
        if w.process.poll() is None:
            w.process.kill()
            w.process.wait()
    return failed > 0


sys.exit(main())
