"""What a row can end as, and what that means."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """The one final thing that is true of a row. The spelling is an interface."""

    UPDATED = "updated"
    DUPLICATE = "duplicate"
    UNCHANGED = "unchanged"
    MISMATCH = "mismatch"
    INVALID = "invalid"
    REJECTED = "rejected"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    NOT_SENT = "not_sent"


CONFIRMED: Final = frozenset({Status.UPDATED, Status.DUPLICATE, Status.UNCHANGED})

TO_FIX: Final = frozenset({Status.INVALID, Status.REJECTED, Status.MISMATCH})
"""What rows end as that a person must change, or at least look at."""

TO_TRY_AGAIN: Final = frozenset({Status.UNCONFIRMED, Status.FAILED, Status.NOT_SENT})
"""What rows end as that another try may help."""

WRONG: Final = frozenset({Status.REJECTED, Status.FAILED, Status.UNCONFIRMED, Status.MISMATCH})
"""What rows that were sent end as where something went wrong: `--max-errors` counts them."""
