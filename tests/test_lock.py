"""One sending run at a time, between real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from importer.errors import JournalError, LockedError
from importer.lock import Holder, Patience, holder_of, holders, holders_at, run_lock, sending_lock
from tests.unchanged import unchanged

URL = "https://api.example.com"
ME = Holder(os.getpid(), "2026-01-02T03:04:05.000000Z", "/data/changes.csv", "k3f9abcd")

_HOLD = """
import os, sys, time
from pathlib import Path
from importer.lock import Holder, Patience, sending_lock
holder = Holder(os.getpid(), "2026-01-01T00:00:00.000000Z", "/data/first.csv", "first111")
patience = Patience(wait_s=0.0, clock=time.monotonic, sleep=time.sleep, given_up=lambda: False)
with sending_lock(Path(sys.argv[1]), sys.argv[2], holder, patience):
    print("held", flush=True)
    sys.stdin.readline()
"""


def patience(wait_s: float = 0.0, given_up: Callable[[], bool] = lambda: False) -> Patience:
    """Return how long to wait, by the real clock."""
    return Patience(wait_s=wait_s, clock=time.monotonic, sleep=time.sleep, given_up=given_up)


@contextmanager
def another(folder: Path, url: str = URL) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lock until its standard input is written to, or closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.communicate()


def test_a_second_run_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    """Process, start, source and run of the first are named, at once."""
    with another(tmp_path) as process:
        with pytest.raises(LockedError) as caught, sending_lock(tmp_path, URL, ME, patience()):
            pass
        for told in (str(process.pid), "started 2026-01-01 00:00:00 UTC", "/data/first.csv", "first111", URL):
            assert told in caught.value.message
        assert "--wait" in caught.value.hint
        assert holder_of(tmp_path, URL) == Holder(
            process.pid, "2026-01-01T00:00:00.000000Z", "/data/first.csv", "first111"
        )
    with sending_lock(tmp_path, URL, ME, patience()):
        assert holder_of(tmp_path, URL) == ME
    assert holder_of(tmp_path, URL) is None


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    """After a SIGKILL the lock is free, and what the dead process said of itself is not believed."""
    with another(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert holder_of(tmp_path, URL) is None
        with sending_lock(tmp_path, URL, ME, patience()):
            assert holder_of(tmp_path, URL) == ME


def test_whoever_looks_who_holds_a_lock_changes_nothing(tmp_path: Path) -> None:
    """Neither beside somebody who holds it, nor after a kill; and not where nothing is there yet."""
    with unchanged(tmp_path):
        assert holder_of(tmp_path, URL) is None
    with another(tmp_path) as process:
        with unchanged(tmp_path):
            assert holder_of(tmp_path, URL) is not None
        process.kill()
        process.wait()
        (card,) = (tmp_path / "locks").glob("*.json")
        card.write_text(card.read_text().replace(str(process.pid), str(os.getpid())))  # its number may be another's
        with unchanged(tmp_path):
            assert holder_of(tmp_path, URL) is None


def test_one_process_excludes_itself_too(tmp_path: Path) -> None:
    """Two runs of one process are two runs."""
    with sending_lock(tmp_path, URL, ME, patience()):
        with pytest.raises(LockedError, match="k3f9abcd"), sending_lock(tmp_path, URL, ME, patience()):
            pass
        assert holder_of(tmp_path, URL) == ME


def test_other_places_are_free(tmp_path: Path) -> None:
    """Another base URL is another lock, and so is another state directory."""
    with ExitStack() as stack:
        stack.enter_context(another(tmp_path))
        stack.enter_context(sending_lock(tmp_path, "https://other.example.com", ME, patience()))
        stack.enter_context(sending_lock(tmp_path / "elsewhere", URL, ME, patience()))
        assert holder_of(tmp_path, "https://other.example.com") == holder_of(tmp_path / "elsewhere", URL) == ME
        assert holder_of(tmp_path, URL) != ME


@pytest.mark.parametrize(
    ("held", "asked", "told"),
    [
        ((None,), "b", "shares it with nobody"),
        (("a",), None, "Another run is sending to https"),
        (("a",), "a", "the same group"),
        (("a",), "b", ""),
        (("a", "b"), "c", "2 runs share"),
        (("a", "b"), "a", "the same group"),
        (("a", "b"), None, "Another run is sending to https"),
    ],
)
def test_a_place_is_shared_by_two_groups_or_by_nobody(
    held: Sequence[str | None], asked: str | None, told: str, tmp_path: Path
) -> None:
    """Whoever comes later is kept out, but by one run of another group; what keeps it out is gone with its end."""
    with ExitStack() as stack:
        for number, group in enumerate(held):
            other = replace(ME, run_id=f"other{number}")
            stack.enter_context(sending_lock(tmp_path, URL, other, patience(), group=group))
        assert [holder.run_id for holder in holders_at(tmp_path, URL)] == [f"other{n}" for n in range(len(held))]
        if told:
            with pytest.raises(LockedError, match=told) as caught:
                stack.enter_context(sending_lock(tmp_path, URL, ME, patience(), group=asked))
            assert "run other0" in caught.value.message
        else:
            stack.enter_context(sending_lock(tmp_path, URL, ME, patience(), group=asked))
            assert len(holders_at(tmp_path, URL)) == len(held) + 1
    for group in (asked, None):
        with sending_lock(tmp_path, URL, ME, patience(), group=group):
            assert holder_of(tmp_path, URL) == ME
    assert not list((tmp_path / "locks").glob("*.json"))


def test_waiting_ends_with_the_first_run(tmp_path: Path) -> None:
    """Whoever waits gets the lock as soon as it is free."""
    with another(tmp_path) as process:
        asked: list[float] = []

        def let_go() -> bool:
            if not asked:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            asked.append(time.monotonic())
            return False

        with sending_lock(tmp_path, URL, ME, patience(30.0, let_go)):
            assert holder_of(tmp_path, URL) == ME
        assert asked


def test_waiting_ends_when_it_is_given_up(tmp_path: Path) -> None:
    """A signal ends the waiting, long before its time."""
    began = time.monotonic()
    refused = pytest.raises(LockedError)
    with another(tmp_path), refused, sending_lock(tmp_path, URL, ME, patience(60.0, lambda: True)):
        pass
    assert time.monotonic() - began < 30


@pytest.mark.slow
def test_who_has_just_begun_is_not_given_a_name(tmp_path: Path) -> None:
    """Where the holder cannot be read, it is asked for again once, and then no name is invented."""
    with another(tmp_path):
        (card,) = (tmp_path / "locks").glob("*.json")
        card.write_text("{")
        with pytest.raises(LockedError, match="just begun"), sending_lock(tmp_path, URL, ME, patience()):
            pass
        assert holder_of(tmp_path, URL) is None


def test_only_the_owner_can_read_who_sends(tmp_path: Path) -> None:
    """The folder and what is in it are private: a source's path may name somebody."""
    with sending_lock(tmp_path, URL, ME, patience()):
        assert (tmp_path / "locks").stat().st_mode & 0o777 == 0o700
        modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "locks").iterdir()}
    assert modes == {0o600}


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be names the remedy."""
    (tmp_path / "locks").write_text("")
    with pytest.raises(JournalError) as caught, sending_lock(tmp_path, URL, ME, patience()):
        pass
    assert "--state" in caught.value.hint


def test_nobody_holds_what_was_never_locked(tmp_path: Path) -> None:
    """Asking makes nothing."""
    assert holder_of(tmp_path, URL) is None
    assert list(tmp_path.iterdir()) == []


def test_looking_at_a_lock_that_nobody_holds_does_not_take_it(tmp_path: Path) -> None:
    """Whoever takes it in that moment would be refused: where nobody says to hold it, it is left alone."""
    with sending_lock(tmp_path, URL, ME, patience()):
        pass
    (path,) = (tmp_path / "locks").iterdir()
    path.unlink()
    assert holder_of(tmp_path, URL) is None
    assert list((tmp_path / "locks").iterdir()) == []


def test_whoever_only_looks_at_a_lock_does_not_keep_others_out(tmp_path: Path) -> None:
    """Where nobody says who holds it, it is tried once more a little later, before anybody is refused."""
    with sending_lock(tmp_path, URL, ME, patience()):
        pass
    (path,) = (tmp_path / "locks").iterdir()
    looked_at = FileLock(path, timeout=0, thread_local=False)
    looked_at.acquire()
    slept: list[float] = []

    def let_go(seconds: float) -> None:
        slept.append(seconds)
        looked_at.release()

    with sending_lock(tmp_path, URL, ME, replace(patience(), sleep=let_go)):
        assert holder_of(tmp_path, URL) == ME
    assert len(slept) == 1


def test_a_run_has_one_process_at_a_time(tmp_path: Path) -> None:
    """A second one is told of the first; afterwards nothing is left of the lock."""
    with run_lock(tmp_path, ME, patience()):
        assert holder_of(tmp_path, ME.run_id) == ME
        with pytest.raises(LockedError, match=f"Run k3f9abcd is at work: process {ME.pid}"):
            run_lock(tmp_path, ME, patience()).__enter__()
        with run_lock(tmp_path, replace(ME, run_id="other"), patience()):
            pass
    assert list((tmp_path / "locks").iterdir()) == []
    assert holder_of(tmp_path, ME.run_id) is None


@pytest.mark.parametrize("wait_s", [0.0, 0.5])
def test_a_holder_that_is_stopped_is_named_with_the_way_on(wait_s: float, tmp_path: Path) -> None:
    """Nobody waits for it without knowing: at once, or after the wait, it is said what lets it go on, or ends it."""
    with another(tmp_path) as process:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        began = time.monotonic()
        with pytest.raises(LockedError) as caught, sending_lock(tmp_path, URL, ME, patience(wait_s)):
            pass
        assert wait_s <= time.monotonic() - began < wait_s + 10
        process.send_signal(signal.SIGCONT)
    assert f"process {process.pid}, which is stopped, started" in caught.value.message
    assert f"kill -CONT {process.pid}" in caught.value.hint
    assert f"`kill {process.pid}`" in caught.value.hint


def test_everybody_who_says_to_hold_a_lock_is_told(tmp_path: Path) -> None:
    """Once for each lock; whoever is dead does not count."""
    with another(tmp_path) as process, run_lock(tmp_path, ME, patience()):
        assert {holder.pid for holder in holders(tmp_path)} == {os.getpid(), process.pid}
        process.kill()
        process.wait()
        assert list(holders(tmp_path)) == [ME]
    assert list(holders(tmp_path / "nowhere")) == []
