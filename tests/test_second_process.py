"""A second process makes things for the first: what comes of them, what it has of it, and that it never outlives it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from importer.second_process import made_beside, send

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no second process elsewhere")

_ROOT: Final = Path(__file__).parents[1]


def _run(case: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.beside.cases", case, str(folder)]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=120)


def _told(case: str, folder: Path) -> Any:  # noqa: ANN401 - whatever the case tells
    process = _run(case, folder)
    assert (process.returncode, process.stderr) == (0, "")
    return json.loads(process.stdout)


def test_messages_come_whole_and_in_order(tmp_path: Path) -> None:
    """Empty ones and large ones too; they are made elsewhere, and nobody is left there."""
    assert _told("whole", tmp_path) == {"same": True, "elsewhere": True, "alone": True}


def test_where_the_second_process_fails_the_messages_end(tmp_path: Path) -> None:
    """Killed, also within a message, or by any error: what came is whole, nothing is said, nothing is waited for."""
    told = _told("breaking_off", tmp_path)
    assert len(told) == 6
    assert {name: end for name, end in told.items() if end != {"come": 3, "alone": True}} == {}


def test_the_second_process_has_nothing_of_the_first_one(tmp_path: Path) -> None:
    """No terminal, no file but the pipe, no handler; nothing is blocked, and the first one is as it was."""
    assert _told("surroundings", tmp_path) == [["/dev/null"] * 3 + ["pipe"], True, 0, True, 0]


def test_whoever_leaves_early_leaves_no_process(tmp_path: Path) -> None:
    """An error in the block is as good as its end, and the second process need not come to a message for it."""
    assert _told("left", tmp_path) == {"gone": True, "alone": True}


def test_the_second_process_is_ahead_by_a_few(tmp_path: Path) -> None:
    """Of 60 messages of 300 kB, no more than the pipe holds are made before they are taken, but some are."""
    assert 2 <= _told("ahead", tmp_path) <= 6


def test_there_is_a_second_process_only_where_that_is_safe(tmp_path: Path) -> None:
    """One thread, and a child whose end is told; where there are no files for a pipe, there are no messages."""
    assert _told("possible", tmp_path) == [True, False, False, 0]


def _is_at_work(pid: int) -> bool:
    """Return whether a process has not ended; who takes it over may be slow to take note of that."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_the_second_process_ends_with_a_first_one_that_is_killed(tmp_path: Path) -> None:
    """It holds none of its locks, not even for a moment."""
    process = _run("killed", tmp_path)
    assert process.returncode == -signal.SIGKILL
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    until = time.monotonic() + 30
    while _is_at_work(int(process.stdout)):
        assert time.monotonic() < until, "it goes on"
        time.sleep(0.01)


def test_where_no_process_can_be_made_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a user has as many as are allowed."""

    def refuse() -> int:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", refuse)
    with made_beside(lambda: iter([b"one"])) as messages:
        assert list(messages) == []


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Yield the two ends of a pipe; the test closes that for reading."""
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)


def test_a_message_that_nobody_reads_is_an_error(pipe: tuple[int, int]) -> None:
    """So a second process ends where the system does not end it with the first."""
    reading, writing = pipe
    send(writing, b"read")
    assert os.read(reading, 100) == b"\x04\0\0\0\0\0\0\0read"
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        send(writing, b"unread")
