#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""conclavectl as an administrator uses it, against a real conclaved: what it prints, and how it ends.

Invariant: prints TAP; every process it started has ended when it ends.
Usage: programs.py CONCLAVED CONCLAVECTL CONCLAVE_MEDIA DATA
"""
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading

CONCLAVED, CONCLAVECTL, MEDIA, DATA = sys.argv[1:]
VERBS = ["meeting create", "meeting list", "meeting show", "meeting end", "invite", "demo", "doctor", "log export",
         "log verify", "web key", "web sign", "web export", "web verify", "backup", "backup-key", "restore"]
MEETING = ["--title", "Schepencollege", "--starts", "2026-12-01T19:30:00+01:00", "--chair", "Greet <greet@example.org>"]


def free_port():
    """A port that neither TCP nor UDP uses now, and that a configuration may name."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("0.0.0.0", port))
            except OSError:
                continue
            if port <= 65519:
                return port


class World:
    def __init__(self, folder):
        self.state = os.path.join(folder, "state")
        self.config = os.path.join(folder, "conclaved.conf")
        self.key = os.path.join(folder, "key.pem")
        self.server = None
        self.log = []
        os.mkdir(os.path.join(folder, "web"))
        with open(os.path.join(folder, "web", "index.html"), "w") as page:
            page.write("<!doctype html>")
        shutil.copyfile(os.path.join(DATA, "key.pem"), self.key)
        os.chmod(self.key, 0o600)
        self.port = free_port()
        with open(self.config, "w") as config:
            config.write(f"state = {self.state}\nport = {self.port}\nhost = raad.example.org\n"
                         f"certificate = {DATA}/certificate.pem\nkey = {self.key}\nweb_root = {folder}/web\n"
                         f"listen = 127.0.0.1\nmetrics_listen = off\nadmin_listen = off\nmedia_program = {MEDIA}\n")

    def start(self):
        self.server = subprocess.Popen([CONCLAVED, "--config", self.config], stderr=subprocess.PIPE, text=True)
        ready = threading.Event()

        def read():
            for line in self.server.stderr:
                self.log.append(line)
                if "conclaved info worker-ready" in line:
                    ready.set()
            ready.set()

        self.reader = threading.Thread(target=read)
        self.reader.start()
        ready.wait(60)
        if not any("worker-ready" in line for line in self.log):
            raise AssertionError("conclaved did not start")

    def stop(self):
        """The exit status; what it logged is in self.log."""
        if not self.server:
            return None
        self.server.terminate()
        status = self.server.wait(60)
        self.reader.join()
        self.server = None
        return status

    def ctl(self, *arguments, expect=0):
        r = subprocess.run([CONCLAVECTL, "--config", self.config, *arguments], capture_output=True, text=True,
                           timeout=60)
        assert r.returncode == expect, f"{arguments}: ended with {r.returncode}: {r.stderr}"
        if expect == 0:
            assert r.stderr == "", f"{arguments}: said {r.stderr!r}"
        else:
            assert re.fullmatch(r"conclavectl: [^\n]+\n", r.stderr), f"{arguments}: said {r.stderr!r}"
        return r.stdout

    def json(self, *arguments, expect=0):
        return json.loads(self.ctl(*arguments, "--json", expect=expect))

    def grades(self, expect=0):
        found = self.json("doctor", expect=expect)
        assert found["ok"] == (expect == 0)
        return {c["check"]: c["state"] for c in found["checks"]}


def help_is_printed(w):
    assert w.ctl("--help").startswith("conclavectl VERB")
    for verb in VERBS:
        assert w.ctl(*verb.split(), "--help").startswith("conclavectl " + verb)


def wrong_use_ends_with_2(w):
    for line in ["", "burn", "meeting", "demo now", "demo --title x", "invite abcdefghij", "doctor --only moon",
                 "web", "web key", "web sign x", "web export x", "web verify http://x",
                 "meeting create --title x", "meeting create --substitute Jan", "meeting end abcdefghij"]:
        assert w.ctl(*line.split(), expect=2) == ""


def server_that_is_down_is_told(w):
    assert w.ctl("demo", expect=1) == ""
    grades = w.grades(expect=1)
    assert len(grades) == 34
    for check in ["reachable", "port", "media", "state"]:
        assert grades[check] == "broken", grades
    assert "mend:" in w.ctl("doctor", "--only", "port", expect=1)


def doctor_finds_a_healthy_server(w):
    w.start()
    grades = w.grades()
    assert "broken" not in grades.values(), grades
    assert grades["certificate"] == "attention", "it signed itself"
    for check in ["reachable", "port", "media", "helper", "served", "protocol", "headers", "policy", "key", "chain",
                  "state", "database", "proceedings", "retention", "epoch", "limits", "inodes"]:
        assert grades[check] == "ok", grades
    assert w.ctl("doctor", "--only", "reachable").count("\n") == 1


def doctor_finds_seeded_faults(w):
    os.chmod(w.state, 0o755)
    assert w.grades(expect=1)["state"] == "broken"
    assert "doe:  " in w.ctl("doctor", "--only", "state", "--language", "nl", expect=1)
    os.chmod(w.state, 0o700)
    os.chmod(w.key, 0o604)
    assert w.grades(expect=1)["key"] == "broken"
    os.chmod(w.key, 0o640)  # its owner is the server, which needs no group
    assert w.grades()["key"] == "attention"
    os.chmod(w.key, 0o600)
    stamp = os.path.join(w.state, "last-backup")
    open(stamp, "w").close()
    assert w.grades()["backup"] == "ok"
    os.utime(stamp, (0, 10 ** 9))
    assert w.grades(expect=1)["backup"] == "broken"
    os.unlink(stamp)
    assert w.grades()["backup"] == "attention"
    with open(os.path.join(DATA, "other-key.pem")) as other, open(w.key) as own:
        mine, its = own.read(), other.read()
    with open(w.key, "w") as own:
        own.write(its)
    assert w.grades(expect=1)["certificate"] == "broken"
    with open(w.key, "w") as own:
        own.write(mine)
    assert "broken" not in w.grades().values()


def demonstration_has_a_link_for_each(w):
    lines = w.ctl("demo").splitlines()
    assert re.search(r"[0-9A-Za-z]{6,}$", lines[0])
    assert len(lines) == 6
    for line in lines[1:]:
        assert re.search(rf"  https://raad\.example\.org:{w.port}/j#[0-9A-Za-z_-]{{43}}$", line), line
    made = w.json("demo")
    assert [p["office"] for p in made["people"]] == ["clerk", "chair", "member", "member", "member"]
    assert set(made["people"][0]) == {"name", "email", "office", "link"}
    assert w.json("meeting", "show", made["meeting"])["meeting"]["id"] == made["meeting"]


def meeting_is_made_shown_and_ended(w):
    meeting = w.ctl("meeting", "create", *MEETING, "--member", "jan@example.org").strip()
    assert meeting in w.ctl("meeting", "list")
    assert [m["id"] for m in w.json("meeting", "list")["meetings"]].count(meeting) == 1
    shown = w.json("meeting", "show", meeting)
    assert [(p["name"], p["office"]) for p in shown["people"]] == [("Greet", "chair"), ("jan", "member")]
    assert shown["meeting"]["starts"] == "2026-12-01T18:30:00.000Z"
    assert "Schepencollege" in w.ctl("meeting", "show", meeting)
    first, second = (w.ctl("invite", meeting, "jan@example.org") for _ in range(2))
    assert first != second and re.fullmatch(r"https://[^ ]+/j#[0-9A-Za-z_-]{43}\n", first)
    assert w.ctl("invite", meeting, "nobody@example.org", expect=1) == ""
    assert meeting in w.ctl("meeting", "end", meeting, "--reason", "verplaatst")
    assert w.json("meeting", "show", meeting)["meeting"]["phase"] == "ended"
    assert w.json("meeting", "end", meeting, "--reason", "verplaatst", expect=1)["ok"] is False
    assert w.ctl("invite", meeting, "jan@example.org", expect=1) == ""


def proceedings_are_exported_and_verified(w):
    meeting = w.ctl("meeting", "create", *MEETING, "--member", "jan@example.org").strip()
    for _ in range(500):
        w.ctl("invite", meeting, "jan@example.org")
    path = w.config + ".export"
    assert w.ctl("log", "export", meeting, "--output", path).startswith("503 entries")
    assert w.ctl("log", "export", meeting, "--output", path, expect=1) == "", "the file is there"
    assert w.ctl("log", "export", meeting) == open(path).read()
    assert len(json.load(open(path))["entries"]) == 503
    assert w.ctl("log", "verify", path).startswith("the proceedings are whole: 503 entries, last checkpoint of ")
    with open(path + ".note", "w") as note:
        note.write(json.load(open(path))["checkpoints"][-1]["note"])
    assert w.json("log", "verify", path, "--checkpoint", path + ".note")["ok"]
    with open(path + ".first", "w") as note:
        note.write(json.load(open(path))["checkpoints"][0]["note"])
    both = ("--checkpoint", path + ".first", "--checkpoint", path + ".note")
    server = w.json("log", "verify", path, *both)["server"]
    assert w.json("log", "verify", path, "--server", server)["ok"]
    other = "f" + server[1:] if server[0] != "f" else "0" + server[1:]
    assert "not of server " + other in w.json("log", "verify", path, "--server", other, expect=1)["error"]
    with open(path + ".bad", "w") as note:
        note.write("no note\n")
    for order in (1, -1):  # every one is looked at, wherever it stands
        notes = [word for name in (".first", ".bad")[::order] for word in ("--checkpoint", path + name)]
        assert "checkpoint that was kept" in w.json("log", "verify", path, *notes, expect=1)["error"]
    lines = open(path).read().splitlines(keepends=True)
    first = lines.index('],"entries":[\n') + 1
    with open(path, "w") as altered:
        altered.writelines(lines[:first + 20] + [lines[first + 20].replace('"by":0', '"by":1')] + lines[first + 21:])
    found = w.json("log", "verify", path, expect=1)
    assert found["entry"] == 21 and not found["ok"], found
    assert w.ctl("log", "verify", path + ".gone", expect=1) == ""
    assert w.ctl("log", "export", "abcdefghij", expect=1) == ""


def doctor_finds_faults_in_the_records(w):
    """Seeded with another program, while the server runs: it does not look at an old meeting again by itself."""
    trigger = "event_is_never_changed"
    with sqlite3.connect(os.path.join(w.state, "conclave.db"), timeout=10) as db:
        (text,), = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (trigger,)).fetchall()
        (meeting, body), = db.execute("SELECT meeting, body FROM event WHERE kind = 'ended' LIMIT 1").fetchall()
        change = "UPDATE event SET body = ? WHERE kind = 'ended' AND meeting = ?"
        db.execute(f"DROP TRIGGER {trigger}")
        db.execute(change, (body.replace("verplaatst", "vervallen"), meeting))
        db.execute("INSERT INTO setting (name, value) VALUES ('retention-meetings', -1)")
        db.execute("UPDATE meeting SET exported = 1 WHERE number = ?", (meeting,))
        db.commit()
        try:
            grades = w.grades(expect=1)
            assert (grades["proceedings"], grades["retention"], grades["database"]) == ("broken", "attention", "ok")
        finally:
            db.execute(change, (body, meeting))
            db.execute("UPDATE meeting SET exported = NULL WHERE number = ?", (meeting,))
            db.execute("DELETE FROM setting WHERE name = 'retention-meetings'")
            db.execute(text)
            db.commit()
    grades = w.grades()
    assert (grades["proceedings"], grades["retention"]) == ("ok", "ok")


def server_refuses_in_one_line(w):
    assert w.ctl("meeting", "show", "abcdefghij", expect=1) == ""
    assert w.ctl("meeting", "create", *MEETING, "--clerk", "greet@example.org", expect=1) == ""
    assert w.ctl("meeting", "create", *MEETING[:4], "--member", "jan@example.org", expect=1) == ""


def links_never_reach_the_log(w):
    link = w.ctl("demo").split("#")[1].split()[0]
    assert w.stop() == 0
    assert any("link-made" in line for line in w.log)
    assert not any(link in line or "Hilde" in line for line in w.log)


TESTS = [help_is_printed, wrong_use_ends_with_2, server_that_is_down_is_told, doctor_finds_a_healthy_server,
         doctor_finds_seeded_faults, demonstration_has_a_link_for_each, meeting_is_made_shown_and_ended,
         proceedings_are_exported_and_verified, doctor_finds_faults_in_the_records, server_refuses_in_one_line,
         links_never_reach_the_log]


def main(tests):
    failed = 0
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory(prefix="conclave-ctl-") as folder:
        world = World(folder)
        try:
            for number, test in enumerate(tests, 1):
                try:
                    test(world)
                    print(f"ok {number} - {test.__name__}", flush=True)
                except (AssertionError, KeyError, IndexError, ValueError, subprocess.SubprocessError) as error:
                    failed += 1
                    print(f"not ok {number} - {test.__name__}\n# {type(error).__name__}: {error}", flush=True)
        finally:
            world.stop()
        if failed:
            print("".join("# " + line for line in world.log))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(TESTS))
