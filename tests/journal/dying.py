"""A process that dies by SIGKILL at lines of the journal that a step of a run comes by, one child a line.

Each child works in a state directory of its own, which it leaves behind as it was when it died. The directory `whole`
is that of a child that did not die. Called with the folder of all that, the name of the step, the first line, and how
many lines further the next child dies: with 0 and 1 at every line.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import importer.journal
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.run import NewRun
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.conftest import NOON
from tests.journal.rows import NEW_RUN, begun, outcome, update

_CODE = str(Path(importer.journal.__file__).parent)
_Go = Callable[[], object]


def source_of(folder: Path) -> Path:
    """Return the source of all these runs."""
    return folder / "changes.csv"


def opened(state: Path, *, days: float = 0.0) -> Journal:
    """Open a journal so many days after noon."""
    return Journal(state, wall=lambda: NOON + days * 86_400.0)


def _begun(journal: Journal, folder: Path) -> RunJournal:
    return journal.begin(NewRun(run_id="dying", source=source_of(folder), output=folder, **NEW_RUN))


def _sending(journal: Journal, folder: Path) -> RunJournal:
    """Return a run of rows 2 to 6: 2 is confirmed, 3 failed, 4 in flight, 5 untouched, and 6 repeats 4."""
    run = _begun(journal, folder)
    run.add([*(update(row) for row in range(2, 6)), update(6, customer="customer-4")], [])
    run.selection.resolve([(6, 4)])
    run.checked(SourceInfo(str(source_of(folder)), None, run.sha256, 5))
    run.record(begun(2, 3, 4), [], [])
    run.record([], [], [outcome(2), outcome(3, Status.FAILED)])
    return run


def _stopped(journal: Journal, folder: Path) -> RunJournal:
    run = _sending(journal, folder)
    run.record([], [], [outcome(4, Status.UNCONFIRMED)])
    run.settle(StopReason.API_DOWN, "It stopped")
    return run


def _begin(state: Path, folder: Path) -> _Go:
    journal = opened(state)
    return lambda: _begun(journal, folder)


def _end(state: Path, folder: Path) -> _Go:
    run = _stopped(opened(state), folder)
    return lambda: run.ended(1, unfinished=False)


def _resume(state: Path, folder: Path) -> _Go:
    with opened(state) as journal:
        _sending(journal, folder)
    journal = opened(state)
    return lambda: journal.resume(journal.find("dying"))


def _forget(state: Path, folder: Path) -> _Go:
    with opened(state) as journal:
        _sending(journal, folder)
    journal = opened(state)
    return lambda: journal.forget(journal.find("dying"))


def _confirm(state: Path, folder: Path) -> _Go:
    """Confirm a row of a retry whose values the first run keeps."""
    journal = opened(state)
    _stopped(journal, folder).ended(1, unfinished=False)
    first = journal.find("dying")
    retry = journal.begin(NewRun(run_id="retry", source=source_of(folder), output=folder, retry_of=first, **NEW_RUN))
    retry.add([update(3), update(5)], [])
    retry.record(begun(3), [], [])
    return lambda: retry.record([], [], [outcome(3)])


def _forget_ended(state: Path, folder: Path) -> _Go:
    journal = opened(state)
    _stopped(journal, folder).ended(1, unfinished=False)
    return lambda: journal.forget(journal.find("dying"))


_STEPS = {
    "begin": _begin,
    "end": _end,
    "resume": _resume,
    "forget": _forget,
    "confirm": _confirm,
    "forget_ended": _forget_ended,
}


def _die_at(line: int) -> None:
    """Let this process die when it has come by so many lines of the journal's code."""
    left = line

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal left
        if not frame.f_code.co_filename.startswith(_CODE):
            return None
        if event == "line":
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def _run_child(state: Path, folder: Path, step: str, line: int) -> bool:
    """Return whether a child died at this line."""
    child = os.fork()
    if child == 0:
        go = _STEPS[step](state, folder)
        _die_at(line)
        go()
        sys.settrace(None)
        os._exit(0)  # without closing anything: it is a process that comes no further
    _, code = os.waitpid(child, 0)
    return os.WIFSIGNALED(code)


def main(folder: Path, step: str, first: int, further: int) -> None:
    """Let a child die at each of these lines in turn, until one comes through."""
    line = first
    while _run_child(folder / f"line-{line}", folder, step, line):
        line += further
    (folder / f"line-{line}").rename(folder / "whole")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
