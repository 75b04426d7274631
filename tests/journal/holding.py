"""A process that has begun to write to a journal, and is stopped there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RUN = "held1111"
SOURCE = "/data/held.csv"

_HOLD = f"""
import os, signal, sqlite3, sys
from contextlib import nullcontext
from pathlib import Path
from importer.lock import NO_PATIENCE, Holder, run_lock
state, what, is_stopped = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"
holder = Holder(os.getpid(), "2026-01-02T03:04:05.000000Z", "{SOURCE}", "{RUN}")
with run_lock(state, holder, NO_PATIENCE) if "run" in what else nullcontext():
    journal = sqlite3.connect(state / "journal.sqlite", isolation_level=None)
    if "journal" in what:
        journal.execute("BEGIN IMMEDIATE")
    if "alone" in what:
        journal.execute("PRAGMA locking_mode = EXCLUSIVE")
        journal.execute("PRAGMA journal_mode = DELETE")
        journal.execute("BEGIN EXCLUSIVE")
    print("there", flush=True)
    if is_stopped:
        os.kill(os.getpid(), signal.SIGSTOP)
    sys.stdin.read()
"""


@contextmanager
def holding(state: Path, what: str = "journal, run", *, is_stopped: bool = True) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold what is named, `journal` and `run`, and be stopped, for as long as the block runs.

    With `alone` it has the whole file for itself, so that nobody can even read.
    """
    command = [sys.executable, "-c", _HOLD, str(state), what, str(is_stopped)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        if is_stopped:
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        yield process
    finally:
        process.kill()
        process.communicate()
