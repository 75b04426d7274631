"""Other processes of this machine: which are stopped, hold locks or have a terminal; how one goes on, or ends."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROCESSES: Final = Path("/proc")
_TERMINAL: Final = 4
"""So many fields are between the name of a process and the number of its terminal."""
_DEATH_SIGNAL: Final = 1
"""PR_SET_PDEATHSIG, of prctl(2)."""
_STOPPED: Final = "T"
"""As Linux (proc_pid_stat(5)) and ps(1) call a process that a signal has stopped; one that is debugged is none."""


def is_stopped(pid: int) -> bool:
    """Return whether a process is stopped, as by Ctrl-Z or SIGSTOP; False where it is gone, or nobody knows."""
    try:
        if (_PROCESSES / "self").exists():
            state = (_PROCESSES / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].strip()
        else:
            command = ("ps", "-o", "stat=", "-p", str(pid))
            state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - a number
    except OSError:
        return False
    return state.startswith(_STOPPED)


def has_terminal(device: int) -> bool:
    """Return whether a terminal, by its device number, is that of some session; False where nobody tells (Linux does).

    The number is told as proc_pid_stat(5) has it: bits 31 to 20 and 7 to 0 are the minor one, 15 to 8 the major one.
    """
    minor = os.minor(device)
    number = (os.major(device) << 8) | (minor & 0xFF) | ((minor & ~0xFF) << 12)
    for path in _PROCESSES.glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
            if int(path.read_text("utf-8", "replace").rpartition(")")[2].split()[_TERMINAL]) == number:
                return True
    return False


def writers(path: Path, at: Collection[int] | None = None) -> frozenset[int] | None:
    """Return the ids of the processes that hold a POSIX lock for writing on a file; None where nobody tells.

    Linux tells, in /proc/locks. Where no lock of any kind on the file is told of, nobody may know: on btrfs, files have
    another device there than stat(2) says. So whoever wants to be sure that nobody writes has a lock for reading.
    The file itself is not opened: to close it again would give up whatever locks this process holds on it
    (fcntl_locking(2)).

    Args:
        path: The file.
        at: Only locks on one of these bytes count; None for all.
    """
    try:
        status = path.stat()
        lines = (_PROCESSES / "locks").read_text("utf-8").splitlines()
    except OSError:
        return None
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    pids, is_told = set(), False
    for line in lines:
        match line.split():
            case [_, "POSIX", _, kind, pid, locked, first, last] if locked == file:
                is_told = True
                is_there = at is None or any(int(first) <= byte and (last == "EOF" or byte <= int(last)) for byte in at)
                if kind == "WRITE" and is_there:
                    pids.add(int(pid))
    return frozenset(pids) if is_told else None


def is_locked(path: Path) -> bool:
    """Return whether somebody holds a lock of flock(2) on a file alone; True where the file cannot be looked at.

    The file is opened for reading and left as it is. It is shared for a moment: whoever tries it alone just then is
    refused once.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def way_on(pid: int) -> str:
    """Return what a person may do about a process that is stopped."""
    return (
        f"Let it go on, with `fg` in its terminal or `kill -CONT {pid}`; or end it, with `kill {pid}` and then"
        f" `kill -CONT {pid}`."
    )


def end_with(parent: int) -> None:
    """See to it that this process does not outlive the one that started it; where that is gone already, end here."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - only where there is something to call

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
