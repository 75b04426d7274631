"""What is known of other processes."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer import processes
from importer.processes import is_locked, is_stopped, way_on, writers
from tests.unchanged import unchanged

_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX if sys.argv[2] == "write" else fcntl.LOCK_SH, 10, 120)
    print("there", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that does nothing."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_who_is_stopped_is_known_until_it_goes_on(child: subprocess.Popen[bytes]) -> None:
    """SIGSTOP makes it so, SIGCONT ends that, and one that is killed is gone."""
    assert not is_stopped(child.pid)
    child.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    assert is_stopped(child.pid)
    child.send_signal(signal.SIGCONT)
    os.waitid(os.P_PID, child.pid, os.WCONTINUED | os.WNOWAIT)
    assert not is_stopped(child.pid)
    child.kill()
    child.wait()
    assert not is_stopped(child.pid)


def test_where_there_is_no_proc_it_is_asked_of_ps(
    child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both say the same."""
    monkeypatch.setattr(processes, "_PROCESSES", tmp_path)
    assert not is_stopped(child.pid)
    child.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    assert is_stopped(child.pid)
    assert not is_stopped(2**30)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_stopped(child.pid)


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock")
@pytest.mark.parametrize(
    ("how", "at", "told"),
    [
        ("write", None, 1),
        ("write", (120,), 1),
        ("write", (5, 129), 1),
        ("write", (119, 130), 0),
        ("read", None, 0),
    ],
)
def test_whoever_holds_a_lock_for_writing_is_told(
    how: str, at: tuple[int, ...] | None, told: int, tmp_path: Path
) -> None:
    """Ten bytes from 120 on are locked: whoever asks for one of them is told of it; a lock for reading is none."""
    path = tmp_path / "locked"
    path.write_bytes(b"")
    command = [sys.executable, "-c", _LOCK, str(path), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        assert writers(path, at) == frozenset([process.pid][:told])
    assert writers(path) is None


def test_asking_gives_up_no_lock_of_ones_own(tmp_path: Path) -> None:
    """The file is not opened and closed for it, which would give up the asker's own locks on it."""
    path = tmp_path / "locked"
    with path.open("w+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert writers(path) in ({os.getpid()}, None)
        assert subprocess.run([sys.executable, "-c", _TRY, str(path)], check=False).returncode == 1
    assert subprocess.run([sys.executable, "-c", _TRY, str(path)], check=False).returncode == 0


_TRY = """
import fcntl, sys
try:
    fcntl.lockf(open(sys.argv[1], "r+b"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit(1)
"""


def test_a_lock_on_a_whole_file_is_known_and_the_file_left_as_it_is(tmp_path: Path) -> None:
    """Whoever has it alone is told; whoever shares it is in nobody's way, and what is not there is free."""
    path = tmp_path / "locked"
    assert not is_locked(path)
    path.touch(mode=0o400)
    with unchanged(tmp_path), path.open("rb") as file:
        assert not is_locked(path)
        fcntl.flock(file, fcntl.LOCK_EX)
        assert is_locked(path)
        fcntl.flock(file, fcntl.LOCK_SH)
        assert not is_locked(path)
    assert is_locked(path / "of no folder")


def test_nobody_tells_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Whether anybody holds what is gone is not known."""
    assert writers(tmp_path / "gone") is None


def test_the_way_on_names_the_process() -> None:
    """What is told can be typed."""
    assert way_on(4711) == (
        "Let it go on, with `fg` in its terminal or `kill -CONT 4711`; or end it, with `kill 4711` and then"
        " `kill -CONT 4711`."
    )
