# SPDX-License-Identifier: EUPL-1.2
"""What every measurement needs: a network of its own, its turn, and a count of what passed.

Invariant: nothing here measures.
"""

import os
import platform
import re
import subprocess
import sys

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
INSIDE = "CONCLAVE_LOAD_INSIDE"


class Tally:
    """What passed, and what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, detail=""):
        self.passed += good
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} - {what}{': ' + detail if detail else ''}", flush=True)


def enter_namespace():
    """Into a network of our own, where no port is taken and nothing listens to the outside. Janus takes no address of a
    loopback interface, so there is another one, whose other end is nowhere; what goes to it stays in the machine."""
    if os.environ.get(INSIDE):
        return
    os.environ[INSIDE] = "yes"
    setup = ("ip link set lo up && ip link add load0 type veth peer name load1 && "
             f"ip addr add {servers.Janus.ADDRESS}/24 dev load0 && ip link set load1 up && ip link set load0 up && "
             'exec "$@"')
    flags = ["--net"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--net"]
    os.execvp("unshare", ["unshare", *flags, "sh", "-c", setup, "sh", sys.executable, *sys.argv])


def go_first():
    """Before whatever else the machine does, the servers and the tool alike, as far as we may."""
    try:
        os.nice(-10)
    except OSError:
        print("   at ordinary priority", flush=True)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    return f"{os.cpu_count()} × {model.group(1) if model else platform.machine()}, Linux {platform.release()}"


def commit():
    done = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"
