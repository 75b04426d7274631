"""Every exit code of the command: what it means, and what it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from importer.errors import (
    DeclinedError,
    ImporterError,
    LockedError,
    NothingToDoError,
    RunAbandonedError,
    SettingsError,
    SourceError,
)
from importer.model.modes import Mode
from importer.model.statuses import DONE, Status
from importer.model.stop_reasons import StopReason


class ExitCode(IntEnum):
    """What the command ends with. The numbers are an interface."""

    WELL = 0
    ATTENTION = 1
    USAGE = 2
    SOURCE = 3
    STOPPED = 4
    FAILED = 5
    LOCKED = 75
    """EX_TEMPFAIL of sysexits.h: try again later."""
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143
    """Those of signals are 128 and the signal's number, as shells have it."""


MEANINGS: Final[Mapping[ExitCode, str]] = {
    ExitCode.WELL: "every row is confirmed",
    ExitCode.ATTENTION: "at least one row needs attention",
    ExitCode.USAGE: "wrong usage or settings",
    ExitCode.SOURCE: "the source cannot be read",
    ExitCode.STOPPED: "stopped early on purpose",
    ExitCode.FAILED: "the importer itself failed",
    ExitCode.LOCKED: "another process is in the way",
    ExitCode.HUNG_UP: "hung up",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.TERMINATED: "terminated",
}
"""What each says of a run, as help and README say it."""

OF_SIGNALS: Final = (ExitCode.HUNG_UP, ExitCode.INTERRUPTED, ExitCode.TERMINATED)
"""Somebody ended the command from outside."""

WORST_FIRST: Final = (
    ExitCode.FAILED,
    ExitCode.STOPPED,
    ExitCode.TERMINATED,
    ExitCode.INTERRUPTED,
    ExitCode.HUNG_UP,
    ExitCode.SOURCE,
    ExitCode.USAGE,
    ExitCode.ATTENTION,
    ExitCode.LOCKED,
    ExitCode.WELL,
)
"""Which of several runs is told of where one exit code has to tell of all."""

_OF_STOP: Final[Mapping[StopReason, ExitCode]] = {
    StopReason.INTERNAL_ERROR: ExitCode.FAILED,
    StopReason.HUNG_UP: ExitCode.HUNG_UP,
    StopReason.INTERRUPTED: ExitCode.INTERRUPTED,
    StopReason.TERMINATED: ExitCode.TERMINATED,
}
_OF_ERROR: Final[Mapping[type[ImporterError], ExitCode]] = {
    SettingsError: ExitCode.USAGE,
    SourceError: ExitCode.SOURCE,
    LockedError: ExitCode.LOCKED,
    DeclinedError: ExitCode.INTERRUPTED,
    NothingToDoError: ExitCode.WELL,
}


def exit_code(statuses: Mapping[Status, int], stop_reason: StopReason | None, mode: Mode) -> ExitCode:
    """Return the exit code of a run that has ended: it follows from these three and nothing else.

    Example: `exit_code({Status.UPDATED: 2, Status.INVALID: 1}, None, Mode.RUN)` is `ExitCode.ATTENTION`.
    """
    if stop_reason is not None:
        return exit_code_of_stop(stop_reason)
    if mode is not Mode.RUN:
        return ExitCode.ATTENTION if statuses.get(Status.INVALID) else ExitCode.WELL
    needs_attention = any(count for status, count in statuses.items() if status not in DONE)
    return ExitCode.ATTENTION if needs_attention else ExitCode.WELL


def exit_code_of_stop(reason: StopReason) -> ExitCode:
    """Return the exit code of a run that ended early."""
    return _OF_STOP.get(reason, ExitCode.STOPPED)


def exit_code_of_error(error: ImporterError) -> ExitCode:
    """Return the exit code of a command that ended with an error, such as a report that cannot be written.

    Example: `exit_code_of_error(SourceError("There is no file x.csv.", code="source_missing"))` is `ExitCode.SOURCE`.
    """
    if isinstance(error, RunAbandonedError):
        return exit_code_of_stop(StopReason(error.code))
    return next((code for kind, code in _OF_ERROR.items() if isinstance(error, kind)), ExitCode.FAILED)


def worst_exit_code(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the worst of several exit codes.

    Example: `worst_exit_code([ExitCode.WELL, ExitCode.STOPPED, ExitCode.ATTENTION])` is `ExitCode.STOPPED`.
    """
    return min(codes, key=WORST_FIRST.index, default=ExitCode.WELL)


def exit_code_of_answer(*, printed: bool) -> ExitCode:
    """Return the exit code of a command that has nothing to do but to print: cron would take silence for well."""
    return ExitCode.WELL if printed else ExitCode.FAILED


def has_ended(mode: Mode, code: int | None, stop_reason: StopReason | None) -> bool:
    """Return whether a run has come to its end; only one that sends can stop before it."""
    whole = code in (ExitCode.WELL, ExitCode.ATTENTION)
    return mode is not Mode.RUN or whole or stop_reason is StopReason.INVALID_ROWS
