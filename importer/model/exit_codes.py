"""The exit code of a run: it follows from its statuses, its stop reason and its mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from importer.model.modes import Mode
from importer.model.statuses import CONFIRMED, Status
from importer.model.stop_reasons import StopReason

_EXIT_OF_STOP: Final = {
    StopReason.INTERNAL_ERROR: 5,
    StopReason.HUNG_UP: 129,
    StopReason.INTERRUPTED: 130,
    StopReason.TERMINATED: 143,
}


def exit_code_of_stop(reason: StopReason) -> int:
    """Return the exit code of a run that ended early."""
    return _EXIT_OF_STOP.get(reason, 4)


def exit_code(statuses: Mapping[Status, int], stop_reason: StopReason | None, mode: Mode) -> int:
    """Return the exit code of a run that has ended: it follows from these three and nothing else.

    Example: `exit_code({Status.UPDATED: 2, Status.INVALID: 1}, None, Mode.RUN)` is `1`.
    """
    if stop_reason is not None:
        return exit_code_of_stop(stop_reason)
    if mode is not Mode.RUN:
        return 1 if statuses.get(Status.INVALID) else 0
    needs_attention = any(count for status, count in statuses.items() if status not in CONFIRMED)
    return 1 if needs_attention else 0


def has_ended(mode: Mode, exit_code: int | None, stop_reason: StopReason | None) -> bool:
    """Return whether a run has come to its end; only one that sends can stop before it."""
    return mode is not Mode.RUN or exit_code in (0, 1) or stop_reason is StopReason.INVALID_ROWS
