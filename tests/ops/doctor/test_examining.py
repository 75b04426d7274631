"""Examinations side by side: none hides what another has found."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from importer.errors import JournalError
from importer.ops.doctor.examining import Examination, performed
from importer.ops.doctor.finding import NAMES, Finding, Grade, fine, in_order, warning, worst, wrong


def _well() -> list[Finding]:
    return [fine("versions", "as they should be")]


WELL = Examination(("versions",), 5, _well)


def test_one_that_fails_is_wrong_and_hides_no_other() -> None:
    """What it raised is told to whoever wants to know, and not shown: it may quote anything."""
    told: list[BaseException] = []

    def failing() -> list[Finding]:
        raise RuntimeError("the secret")

    failed, well = performed([Examination(("key",), 5, failing), WELL], told.append)
    assert well == _well()[0]
    assert (failed.name, failed.grade) == ("key", Grade.WRONG)
    assert "RuntimeError in failing, line " in failed.found
    assert "secret" not in repr(failed)
    assert [type(error) for error in told] == [RuntimeError]


def test_an_error_in_words_is_said_in_them() -> None:
    """With what to do."""

    def failing() -> list[Finding]:
        raise JournalError("The lock cannot be used.", code="journal_unusable", hint="Make room.")

    (failed,) = performed([Examination(("lock",), 5, failing)])
    assert failed == wrong("lock", "The lock cannot be used", "Make room.")


def test_one_that_hangs_is_waited_for_within_its_time_only() -> None:
    """What it has found before stays; the others are there at once."""
    over = threading.Event()

    def hanging() -> Iterator[Finding]:
        yield fine("state", "there")
        over.wait(60)

    began = time.monotonic()
    found = performed([Examination(("state", "commit"), 0.2, hanging), WELL])
    over.set()
    assert time.monotonic() - began < 30
    assert [(finding.name, finding.grade) for finding in found] == [
        ("state", Grade.FINE),
        ("commit", Grade.WRONG),
        ("versions", Grade.FINE),
    ]
    assert "within 0.2 s" in found[1].found


def test_they_are_performed_at_once() -> None:
    """Each may wait for the other."""
    meeting = threading.Barrier(2, timeout=30)

    def meets() -> list[Finding]:
        meeting.wait()
        return []

    found = performed([Examination(("key",), 30, meets), Examination(("clock",), 30, meets)])
    assert [finding.found for finding in found] == ["nothing was found out"] * 2


def test_the_worst_counts() -> None:
    """And all are shown in the same order, whoever was first."""
    findings = [fine("versions", "x"), warning("key", "x"), fine("settings", "x")]
    assert worst(findings) is Grade.WARNING
    assert worst([*findings, wrong("lock", "x", "y")]) is Grade.WRONG
    assert [finding.name for finding in in_order(findings)] == ["settings", "key", "versions"]
    assert len(set(NAMES)) == len(NAMES)
