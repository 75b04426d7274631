"""What is said of earlier runs, of the lock, and of the journal and its key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import JournalError, LockedError
from importer.journal.lasting.journal_look import JournalLook, Soundness
from importer.journal.private.digests import Digester
from importer.lock import Holder
from importer.model.modes import Mode
from importer.model.run import PastRun, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.ops.doctor.about_journal import about_digests, about_journal
from importer.ops.doctor.about_runs import about_last_run, about_lock, about_unfinished
from importer.times import rfc3339

URL = "https://api.example.com"
NOW = 1_800_000_000.0
PATH = Path("/state/journal.sqlite")
PAST = PastRun(
    number=1,
    run_id="k3f9abcd",
    mode=Mode.RUN,
    version="0.1.0",
    started_at=rfc3339(NOW - 3600),
    finished_at=rfc3339(NOW - 3500),
    exit_code=0,
    stop_reason=None,
    checked=True,
    kept=False,
    at_work=False,
    seconds=100.0,
    source=SourceInfo("/data/changes.csv", None, "0" * 64, 1204),
    target=Target(URL),
    output=Path("/data/out"),
    folders=(),
    settings={"profile": "north"},
    asked={},
    retry_of=None,
    statuses=dict.fromkeys(Status, 0),
    left=0,
    attempts=1204,
)
CUT_OFF = replace(PAST, run_id="cutoff11", exit_code=None, kept=True, left=7)


@pytest.fixture
def stopped() -> Iterator[int]:
    """Yield the id of a process that is stopped."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def holder(pid: int, hours: float) -> Holder:
    """Return who has been at work for so long."""
    return Holder(pid, rfc3339(NOW - hours * 3600), "/data/changes.csv", "k3f9abcd")


def test_a_lock_that_nobody_holds_is_free() -> None:
    """A run may begin."""
    found = about_lock(URL, None, None, now=NOW)
    assert (found.grade, found.found) == ("fine", f"free: nobody is sending to {URL}")


def test_a_run_at_work_is_fine_until_it_takes_too_long() -> None:
    """Tonight it may still be there."""
    found = about_lock(URL, holder(os.getpid(), 1), None, now=NOW)
    assert (found.grade, found.values["pid"]) == ("fine", os.getpid())
    assert f"process {os.getpid()}" in found.found
    assert "k3f9abcd" in found.found
    late = about_lock(URL, holder(os.getpid(), 13), None, now=NOW)
    assert (late.grade, "13 h" in late.found) == ("warning", True)


def test_a_process_that_is_stopped_is_in_the_way(stopped: int) -> None:
    """Whether it holds the lock or the journal; with what lets it go on."""
    found = about_lock(URL, holder(stopped, 1), None, now=NOW)
    assert (found.grade, f"kill -CONT {stopped}" in found.to_do) == ("wrong", True)
    held = LockedError("The journal is held by process 7.", code="journal_held", hint="Let it go on.")
    found = about_lock(URL, None, held, now=NOW)
    assert (found.grade, found.to_do) == ("wrong", "Let it go on.")


def test_unfinished_runs_are_named_with_what_to_do() -> None:
    """The newest is the one that is gone on with."""
    found = about_unfinished([CUT_OFF, PAST])
    assert found.grade == "warning"
    assert "cutoff11" in found.found
    assert "changes.csv, 7 rows left" in found.found
    assert "importer resume cutoff11" in found.to_do
    assert "importer forget cutoff11" in found.to_do
    assert found.values["runs"] == ["cutoff11"]
    many = [replace(CUT_OFF, run_id=f"cutoff{number}") for number in range(5)]
    assert about_unfinished(many).found.startswith("5 runs: ")
    assert about_unfinished(many).found.endswith("; and 2 more")


def test_what_nobody_can_go_on_with_is_not_unfinished() -> None:
    """Checks, what is at work, what has ended, and what was forgotten."""
    others = [
        PAST,
        replace(CUT_OFF, mode=Mode.CHECK),
        replace(CUT_OFF, at_work=True),
        replace(CUT_OFF, kept=False),
    ]
    assert about_unfinished(others).grade == "fine"
    assert about_unfinished(None).grade == "warning"


def test_the_last_run_is_the_newest_that_has_sent_something_somewhere() -> None:
    """Of the profile, where one is named; neither a check nor what went to the embedded API is one."""
    runs = [replace(PAST, mode=Mode.CHECK), replace(PAST, asked={"sandbox": True}), replace(CUT_OFF, settings={}), PAST]
    assert about_last_run(runs, None).values["run_id"] == "cutoff11"
    assert "cut off" in about_last_run(runs, None).found
    found = about_last_run(runs, "north")
    assert found.values == {"run_id": "k3f9abcd", "started_at": PAST.started_at, "exit_code": 0}
    assert found.found.endswith("changes.csv: 1,204 rows, exit code 0")
    assert "none with profile south" in about_last_run(runs, "south").found
    assert about_last_run(None, None).grade == "warning"


@pytest.mark.parametrize(
    ("look", "grade", "words"),
    [
        (None, "fine", "none yet"),
        (JournalLook(Soundness.SOUND, schema=22, known=22), "fine", "sound, 5.4 MB"),
        (JournalLook(Soundness.SOUND_SO_FAR, schema=22, known=22), "fine", "sound as far as was seen in 10 s"),
        (JournalLook(Soundness.SOUND, schema=21, known=22), "fine", "of an older version"),
        (JournalLook(Soundness.SOUND, schema=23, known=22), "wrong", "newer version"),
        (JournalLook(Soundness.DAMAGED, schema=22, known=22), "wrong", "is damaged"),
        (JournalLook(Soundness.FOREIGN), "wrong", "another application"),
        (JournalLook(Soundness.UNREADABLE, "unable to open database file"), "wrong", "unable to open"),
        (JournalLook(Soundness.HELD), "warning", "is held"),
        (JournalLook(Soundness.LOG_ALONE), "warning", "power cut"),
    ],
)
def test_what_a_journal_is_like_is_said(look: JournalLook | None, grade: str, words: str) -> None:
    """With what to do, where something is."""
    found = about_journal(PATH, look, size=5_400_000, is_own=True, longest_s=10.0)
    assert found.grade == grade
    assert words in found.found
    assert bool(found.to_do) is (grade != "fine")


def test_a_journal_of_another_user_is_wrong() -> None:
    """A run makes it private to itself, and only its owner can."""
    look = JournalLook(Soundness.SOUND, schema=22, known=22)
    assert about_journal(PATH, look, size=1, is_own=False, longest_s=10.0).grade == "wrong"


KEY = Digester(b"k" * 32)


@pytest.mark.parametrize(
    ("look", "key", "grade", "words"),
    [
        (None, None, "fine", "the first run makes one"),
        (JournalLook(Soundness.SOUND), KEY, "fine", "their key is there"),
        (JournalLook(Soundness.SOUND, newest_key=KEY.fingerprint), KEY, "fine", "is that of the newest run"),
        (JournalLook(Soundness.SOUND, newest_key="another"), KEY, "warning", "is not that of the newest run"),
        (JournalLook(Soundness.SOUND, newest_key="another"), None, "warning", "is gone"),
        (None, JournalError("It holds no key.", code="x", hint="Move it away."), "wrong", "It holds no key"),
    ],
)
def test_whether_the_key_of_the_digests_is_the_one_is_said(
    look: JournalLook | None, key: Digester | JournalError | None, grade: str, words: str
) -> None:
    """Without it, what was confirmed cannot be compared, and everything is sent again."""
    found = about_digests(Path("/state/digests.key"), look, key)
    assert found.grade == grade
    assert words in found.found
    assert bool(found.to_do) is (grade != "fine")
