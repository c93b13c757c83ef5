# SPDX-License-Identifier: EUPL-1.2
"""The servers that the load tool is pointed at: each a fresh process with state of its own, ended by its pid.

Invariant: whatever was started here has ended when its `with` block has.
"""

import datetime
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
RELEASE = os.environ.get("CONCLAVE_RELEASE", os.path.join(ROOT, "build", "release"))
TOOLS = os.environ.get("CONCLAVE_TOOLS", os.path.join(ROOT, "build", "plain"))
STARTING = 20		# seconds
JANUS = "/usr/bin/janus"


def free_port():
    """A port whose thousand-and-first neighbour is a port, too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port < 60000:
            return port


def family(pid):
    """A process and all that it started."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                parents[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


class Server:
    """What both have in common."""
    name = ""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="conclave-load-")
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            children = family(self.process.pid)[1:]
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            for child in children:      # a worker outlives a conclaved that died; not us
                try:
                    os.kill(child, 9)
                except ProcessLookupError:
                    pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def launch(self, command):
        with open(self.path("log"), "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)

    def until(self, probe):
        """Asks again until the probe says yes, or the process has ended."""
        end = datetime.datetime.now() + datetime.timedelta(seconds=STARTING)
        while not probe():
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                if datetime.datetime.now() < end:
                    continue
            raise RuntimeError(f"{self.name} did not start:\n{self.log()[-2000:]}")

    def log(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def pids(self):
        return family(self.process.pid)

    def start(self):
        raise NotImplementedError


class Conclave(Server):
    """conclaved of the release build, with a meeting of as many people as are asked for."""
    name = "conclave"

    def __init__(self, people, workers=1):
        super().__init__()
        self.people = people
        self.workers = workers
        self.port = free_port()

    def ctl(self, *words):
        done = subprocess.run([os.path.join(RELEASE, "server", "conclavectl"), *words, "--config", self.path("conf"),
                               "--json"], capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise RuntimeError(f"conclavectl {words[0]}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def is_healthy(self):
        context = ssl._create_unverified_context()      # a certificate of its own making
        try:
            with urllib.request.urlopen(f"https://localhost:{self.port}/healthz", timeout=2, context=context):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def start(self):
        self.write("web/index.html", "<!doctype html><title>Conclave</title>\n")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", self.path("key.pem"), "-out", self.path("cert.pem")],
                       check=True, capture_output=True)
        self.write("conf", "\n".join([
            f"state = {self.path('data')}", f"port = {self.port}", "host = localhost",
            f"certificate = {self.path('cert.pem')}", f"key = {self.path('key.pem')}",
            f"web_root = {self.path('web')}", f"metrics_listen = 127.0.0.1:{self.port + 1000}",
            f"admin_listen = 127.0.0.1:{self.port + 1001}", "links = everyone", f"workers = {self.workers}", ""]))
        self.launch([os.path.join(RELEASE, "server", "conclaved"), "--config", self.path("conf")])
        self.until(self.is_healthy)
        if self.people:
            self.convene()

    def convene(self, people=None, file="links"):
        """Another meeting, whose personal links stand in this file; its id."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        emails = self.emails(people or self.people)
        words = ["meeting", "create", "--title", "Load", "--starts", now, "--clerk", f"P1 <{emails[0]}>"]
        for i, email in enumerate(emails[1:], 2):
            words += ["--member", f"P{i} <{email}>"]
        meeting = self.ctl(*words)
        meeting = meeting.get("meeting") or meeting["id"]
        self.invite(meeting, people or self.people, file)
        return meeting

    @staticmethod
    def emails(people):
        return [f"p{i}@example.org" for i in range(1, people + 1)]

    def invite(self, meeting, people, file):
        """New links for all; a link is used once."""
        links = [self.ctl("invite", meeting, email)["link"] for email in self.emails(people)]
        self.write(file, "\n".join(links) + "\n")

    def arguments(self, links="links"):
        return ["--at", f"127.0.0.1:{self.port}", "--links", self.path(links)]

    def metrics(self):
        """What it says of itself: {sample: value}."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port + 1000}/metrics", timeout=5) as answer:
            lines = [line for line in answer.read().decode().splitlines() if line and line[0] != "#"]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


class Janus(Server):
    """Debian's janus: the websockets transport and the VideoRoom plugin alone, ICE-lite, nothing recorded."""
    name = "janus"
    PORT = 8188
    ADDRESS = "192.0.2.1"       # it will not use a loopback interface; run gives the machine within this one

    def __init__(self, people):
        super().__init__()
        self.people = people

    @staticmethod
    def is_installed():
        return os.access(JANUS, os.X_OK)

    def only(self, kind, library):
        """A folder with this one library in it."""
        found = subprocess.run(["dpkg", "-L", "janus"], capture_output=True, text=True, check=True).stdout.split()
        path = next(p for p in found if p.endswith(f"/{kind}/{library}.so"))
        os.makedirs(self.path(kind))
        os.symlink(path, self.path(kind, library + ".so"))

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.PORT)) == 0

    def start(self):
        self.only("plugins", "libjanus_videoroom")
        self.only("transports", "libjanus_websockets")
        for name in ("events", "loggers"):
            os.makedirs(self.path(name))
        folders = "".join(f'{name}_folder = "{self.path(name)}"\n'
                          for name in ("plugins", "transports", "events", "loggers"))
        self.write("conf/janus.jcfg", f"general: {{\n{folders}debug_level = 2\n}}\n"
                   "nat: {\nice_lite = true\n}\nmedia: {\nipv6 = false\n}\n")
        self.write("conf/janus.transport.websockets.jcfg",
                   f"general: {{\nws = true\nws_port = {self.PORT}\nwss = false\n}}\n")
        self.write("conf/janus.plugin.videoroom.jcfg",
                   f"room-1234: {{\ndescription = \"load\"\npublishers = {self.people + 1}\nfir_freq = 0\n"
                   "audiocodec = \"opus\"\nvideocodec = \"vp8\"\nrecord = false\n}\n")
        self.launch([JANUS, "-F", self.path("conf")])
        self.until(self.is_listening)

    def arguments(self, _=None):
        return ["--at", f"{self.ADDRESS}:{self.PORT}"]


def command(server, people, links, *options):
    """The load tool against a server that stands, with the people of one of its meetings."""
    words = [os.path.join(TOOLS, "tests", "load", "load"), "--server", server.name, *server.arguments(links),
             "--people", str(people), *map(str, options)]
    for pid in server.pids():
        words += ["--pid", str(pid)]
    return words


def play(server, *options):
    """One run of the load tool against a server that stands; what it printed."""
    done = subprocess.run(command(server, server.people, "links", *options), capture_output=True, text=True,
                          timeout=900)
    if done.returncode:
        raise RuntimeError(f"{server.name}, {server.people} people: {done.stderr.strip()}\n{server.log()[-2000:]}")
    return json.loads(done.stdout)
