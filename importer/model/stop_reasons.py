"""Why a run can end before its last row."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class StopReason(StrEnum):
    """Why a run ended before its last row. The spelling is an interface."""

    KEY_REFUSED = "key_refused"
    BLOCKED = "blocked"
    TARGET_REFUSED = "target_refused"
    API_DOWN = "api_down"
    RATE_LIMITED = "rate_limited"
    RETRY_AFTER_TOO_LONG = "retry_after_too_long"
    TOO_MANY_ERRORS = "too_many_errors"
    CANARY_FAILED = "canary_failed"
    INVALID_ROWS = "invalid_rows"
    APPROVAL_MISMATCH = "approval_mismatch"
    OLDER_JOURNAL = "older_journal"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"
    HUNG_UP = "hung_up"
    INTERNAL_ERROR = "internal_error"


TO_BE_CORRECTED: Final = frozenset({StopReason.KEY_REFUSED, StopReason.TARGET_REFUSED, StopReason.API_DOWN})
"""Where nothing was taken up before such a stop, to go on as it was would most probably end the same way."""

BY_A_PERSON: Final = frozenset({StopReason.INTERRUPTED, StopReason.TERMINATED, StopReason.HUNG_UP})
"""Where somebody has stopped it, and not what came of it so far."""

STOP_SENTENCES: Final = {
    StopReason.KEY_REFUSED: "the API refused the key",
    StopReason.BLOCKED: "something in front of the API let nothing through",
    StopReason.TARGET_REFUSED: "the first replies all came from somewhere else than the API or this group",
    StopReason.API_DOWN: "the API is down",
    StopReason.RATE_LIMITED: "the API answered nothing but requests to slow down",
    StopReason.RETRY_AFTER_TOO_LONG: "the API asked to wait for longer than is allowed",
    StopReason.TOO_MANY_ERRORS: "there were too many errors",
    StopReason.CANARY_FAILED: "the first rows were not confirmed",
    StopReason.INVALID_ROWS: "there are invalid rows",
    StopReason.APPROVAL_MISMATCH: "this is not what was approved",
    StopReason.OLDER_JOURNAL: "its journal is older than what was done with it",
    StopReason.INTERRUPTED: "it was interrupted",
    StopReason.TERMINATED: "it was asked to terminate",
    StopReason.HUNG_UP: "its terminal was closed",
    StopReason.INTERNAL_ERROR: "the importer itself failed",
}
"""Why a run ended early, to follow "The run stopped: "."""
