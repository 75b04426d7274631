"""A process that is forked is as one that is started: the two are compared, by what they find and how they end."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.forking.probe import ENDINGS
from tests.forking.process import Forked

Begin = Callable[..., "subprocess.Popen[str]"]
PIPES: Final = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def _asked(more: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked of a process; a C library may have put into this one's environment what Python lacks."""
    return {**PIPES, "env": dict(os.environ), **more}


def forked(*arguments: str, **more: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - as Popen takes it
    """Fork a process that tells what it finds."""
    return Forked(["probe", *arguments], **_asked(more))


def started(*arguments: str, **more: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - the same
    """Start the same."""
    command = [sys.executable, "-m", "tests.forking.probe", *arguments]
    return subprocess.Popen(command, **_asked(more))


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return what a process finds of itself."""
    out, err = process.communicate(timeout=60)
    assert (err, process.returncode) == ("", 0)
    return dict(json.loads(out))


@pytest.mark.slow
def test_it_finds_what_a_started_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments, environment, folder, parent, session, streams, descriptors, threads, signals: all is the same."""
    monkeypatch.setenv("INVENTED", "Añ\udcff")
    for more in (
        {},
        {"start_new_session": True},
        {"cwd": tmp_path, "env": {"PATH": "/nowhere", **_read_at_the_start()}},
        {"stdin": subprocess.DEVNULL},
        {"stdin": subprocess.PIPE},
    ):
        one, other = told(forked("end", "a b", "ñ", **more)), told(started("end", "a b", "ñ", **more))
        assert one == other
        assert one["parent"] == os.getpid()


def _read_at_the_start() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "LC_", "LANG", "TZ"))}


def test_it_knows_the_folder_in_which_this_process_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is given, it is in that of whoever asked, at that time."""
    told(forked("end"))
    monkeypatch.chdir(tmp_path)
    assert told(forked("end"))["folder"] == str(tmp_path)


def test_signals_are_ignored_and_blocked_as_they_are_here() -> None:
    """What `nohup` does to a process that is started, and what a mask does."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        one, other = told(forked("end")), told(started("end"))
    finally:
        signal.signal(signal.SIGHUP, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    assert one == other != told(forked("end"))


@pytest.mark.slow
@pytest.mark.parametrize("ending", [name for name in ENDINGS if name not in ("wait", "draw")])
def test_it_ends_as_a_started_one_ends(ending: str) -> None:
    """Exit codes, signals, an error that nobody handles, what is still to be done at the end, what was printed."""
    ended = []
    for begin in (forked, started):
        process = begin(ending, stdin=subprocess.PIPE)
        out, err = process.communicate("given\n" * 30_000, timeout=60)
        ended.append((process.returncode, bool(out), err.splitlines()[-2:]))
        assert ending != "read" or out == "given\n" * 30_000
    assert ended[0] == ended[1]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("begin", [forked, started])
def test_a_signal_ends_it(begin: Begin, number: signal.Signals) -> None:
    """It is a child of this process, which waits for it and is told which signal ended it."""
    process = begin("wait")
    assert process.stdout is not None
    assert process.stdout.read(1) == "{"
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.05)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == -number
    assert not Path(f"/proc/{process.pid}").exists()


@pytest.mark.parametrize("begin", [forked, started])
def test_it_can_have_a_terminal(begin: Begin) -> None:
    """Its streams are the terminal, written line by line, and in a session of its own a key press can end it."""
    master, slave = pty.openpty()
    process = begin("end", stdin=slave, stdout=slave, stderr=slave, start_new_session=True, text=False)
    os.close(slave)
    shown = b""
    while not shown.endswith(b"}"):
        shown += os.read(master, 65536)
    assert process.wait(timeout=60) == 0
    os.close(master)
    found = json.loads(shown)
    assert found["own_session"]
    assert [stream[-1] for stream in found["streams"]] == [True, True, True]


@pytest.mark.parametrize("begin", [forked, started])
def test_a_stream_that_is_closed_here_is_closed_there(begin: Begin) -> None:
    """Whoever begins something that prints, and has closed its own standard output before."""
    kept = os.dup(1)
    os.close(1)
    try:
        process = begin("exit", stdout=None, stdin=subprocess.DEVNULL)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "'NoneType' object has no attribute 'write'" in err


def test_nothing_is_left_of_one_in_the_next() -> None:
    """Each begins where the program was when it had been imported; and no two draw the same numbers."""
    first, second = told(forked("end")), told(forked("end"))
    assert first == second
    drawn = [forked("draw").communicate(timeout=60)[0].splitlines()[-1] for _ in range(2)]
    assert drawn[0] != drawn[1]


def test_it_stops_before_its_first_line_where_that_is_asked_for() -> None:
    """So that somebody may attach to it before it does anything."""
    process = forked("end", stopped=True)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    process.send_signal(signal.SIGCONT)
    assert told(process)["parent"] == os.getpid()


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"env": {"PYTHONUTF8": "1"}}, "Python reads"),
        ({"env": {**os.environ, "LC_ALL": "invented"}}, "Python reads LC_ALL"),
        ({"preexec_fn": os.getpid}, "preexec_fn"),
        ({"pass_fds": [2]}, "pass_fds"),
        ({"shell": True}, "shell"),
        ({"umask": 0o77}, "umask"),
    ],
)
def test_what_only_a_started_one_can_have_is_refused(more: dict[str, Any], name: str) -> None:
    """Rather than that a test shows something else than it says."""
    with pytest.raises(ValueError, match=name):
        forked("end", **more)
