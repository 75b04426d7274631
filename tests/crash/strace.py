"""The program that kills a process, or lets its calls fail, at a chosen call of the system."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import AnyStr, Final

import pytest

from tests.forking.process import Forked

_PATIENCE_S: Final = 30


def strace_command(*options: str) -> tuple[str, ...]:
    """Return the beginning of a command that traces another, with all its threads; skip the test where none can be.

    Where everything must be proved (CI=true), its absence is a failure.
    """
    found = shutil.which("strace")
    works = found is not None and subprocess.run([found, "-qq", "-o", os.devnull, "true"], check=False).returncode == 0
    if not works and os.environ.get("CI") == "true":
        pytest.fail("strace is missing, or may not trace here; CI must have it")
    if found is None or not works:
        pytest.skip("there is no strace that may trace here")
    return (found, "-f", "-qq", *options)  # not with --seccomp-bpf: nothing is injected then


@contextmanager
def traced(process: Forked[AnyStr], options: Sequence[str]) -> Iterator[None]:
    """Let strace see every call that a process makes which has stopped before its first line; it goes on in the block.

    The block waits for its end; then what is to be in the trace is there.
    """
    os.waitpid(process.pid, os.WUNTRACED)
    command = [*strace_command(*options), f"--attach={process.pid}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        until = time.monotonic() + _PATIENCE_S
        while _state(process.pid) != "t":
            assert time.monotonic() < until, "strace does not attach"
            assert tracer.poll() is None, "strace has ended"
            time.sleep(0.001)
        process.send_signal(signal.SIGCONT)
        yield
        _, said = tracer.communicate(timeout=_PATIENCE_S)
    assert said == ""


def _state(pid: int) -> str:
    """Return the state of a process: `T` where it is stopped, `t` where that is because of a tracer."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
