"""What a run can be for."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What a run is for: to send, to do everything but send, or only to read and check."""

    RUN = "run"
    DRY_RUN = "dry_run"
    CHECK = "check"
