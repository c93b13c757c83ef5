#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""conclavectl backup and restore, against a real conclaved that goes on: what is lost with the machine is had again.

Invariant: prints TAP; what is said to be absent is looked for with a search that finds it where it is.
Usage: backup.py CONCLAVED CONCLAVECTL CONCLAVE_MEDIA DATA
"""
import os
import shutil
import sqlite3
import subprocess
import sys
import threading

from programs import MEETING, World, main

CANARY = "Grondverkoop aan de Lindelaan"


def path(w, name):
    return os.path.join(os.path.dirname(w.config), name)


def content(name):
    with open(name, "rb") as file:
        return file.read()


def listing(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def backup_while_the_server_writes(w):
    w.start()
    w.meeting = w.ctl("meeting", "create", *MEETING, "--member", "jan@example.org",
                      "--item", f"{CANARY};closed").strip()
    done = threading.Event()

    def write():
        while not done.is_set():
            w.ctl("invite", w.meeting, "jan@example.org")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            said = w.ctl("backup", path(w, "one"))
            assert "looked at" in said, said
    finally:
        done.set()
        writer.join()
    assert not [name for name in listing(w.state) if name.startswith("backup-")], "a draft stayed"
    assert os.stat(path(w, "one.key")).st_mode & 0o077 == 0


def nothing_can_be_read_without_the_key(w):
    sealed = content(path(w, "one"))
    clear = b"".join(content(os.path.join(w.state, name))
                     for name in listing(w.state) if name.startswith("conclave.db"))
    for word in (CANARY.encode(), b"greet@example.org", b"SQLite format 3", b"PRIVATE KEY"):
        assert word not in sealed, word
    assert CANARY.encode() in clear, "the search finds what is there"


def rehearsal_says_whether_it_would_work(w):
    assert "can be restored" in w.ctl("restore", path(w, "one"), "--rehearse")
    w.ctl("backup-key", path(w, "other"))
    assert w.ctl("restore", path(w, "one"), "--key", path(w, "other"), "--rehearse", expect=1) == ""
    assert w.ctl("restore", path(w, "gone"), "--key", path(w, "other"), "--rehearse", expect=1) == ""
    w.ctl("backup", path(w, "two"), "--to", path(w, "other.pub"))
    assert not os.path.exists(path(w, "two.key"))
    assert w.json("restore", path(w, "two"), "--key", path(w, "other"), "--rehearse")["ok"]


def changed_backup_is_refused_and_leaves_nothing(w):
    whole = content(path(w, "one"))
    into = path(w, "broken")
    places = [len(whole) * i // 40 for i in range(40)]
    for changed in [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:] for at in places] + [whole[:-1], b""]:
        with open(path(w, "changed"), "wb") as file:
            file.write(changed)
        w.ctl("restore", path(w, "changed"), "--key", path(w, "one.key"), "--into", into, expect=1)
        assert listing(into) == [], listing(into)


def records_are_never_written_over(w):
    before = listing(w.state)
    w.ctl("restore", path(w, "one"), "--into", w.state, expect=1)
    assert listing(w.state) == before


def openssl_opens_it_too(w):
    key = path(w, "one.key")
    subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", path(w, "one"), "-inkey", key,
                    "-recip", key, "-out", path(w, "copy.db")], check=True, capture_output=True, timeout=60)
    with sqlite3.connect(path(w, "copy.db")) as copy:
        assert copy.execute("SELECT title FROM item").fetchone() == (CANARY,)


def altered_records_are_no_backup(w):
    """The same folder, with one entry changed as somebody with root would do it."""
    w.stop()
    kept = w.state + ".kept"
    shutil.copytree(w.state, kept, ignore=shutil.ignore_patterns("run"))
    database = os.path.join(w.state, "conclave.db")
    with sqlite3.connect(database) as records:
        records.execute("DROP TRIGGER event_is_never_changed")
        records.execute("UPDATE event SET at = at + 1000 WHERE seq = 2")
    w.ctl("backup", path(w, "altered"), "--to", path(w, "other.pub"), expect=1)
    assert not os.path.exists(path(w, "altered"))
    shutil.rmtree(w.state)
    os.rename(kept, w.state)


def restored_server_goes_on(w):
    """Another machine: the old folder is gone."""
    entries = len(w.ctl("log", "export", w.meeting, expect=1))
    assert entries == 0, "the server is down"
    shutil.rmtree(w.state)
    assert "restored" in w.ctl("restore", path(w, "two"), "--key", path(w, "other"), "--into", w.state)
    assert listing(os.path.join(w.state, "restored")) == ["certificate.pem", "conclaved.conf", "key.pem"]
    assert content(os.path.join(w.state, "restored/key.pem")) == content(w.key)
    assert all(os.stat(os.path.join(w.state, name)).st_mode & 0o077 == 0 for name in listing(w.state))
    w.log.clear()
    w.start()
    assert w.json("meeting", "show", w.meeting)["meeting"]["title"] == "Schepencollege"
    exported = path(w, "exported.json")
    w.ctl("log", "export", w.meeting, "--output", exported)
    assert "the proceedings are whole" in w.ctl("log", "verify", exported)
    assert w.ctl("invite", w.meeting, "jan@example.org").startswith("https://")


TESTS = [backup_while_the_server_writes, nothing_can_be_read_without_the_key, rehearsal_says_whether_it_would_work,
         changed_backup_is_refused_and_leaves_nothing, records_are_never_written_over, openssl_opens_it_too,
         altered_records_are_no_backup, restored_server_goes_on]

if __name__ == "__main__":
    sys.exit(main(TESTS))
