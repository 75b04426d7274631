"""What a row can end as, and what is said of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """The one final thing that is true of a row. The spelling is an interface."""

    UPDATED = "updated"
    DUPLICATE = "duplicate"
    UNCHANGED = "unchanged"
    SETTLED = "settled"
    MISMATCH = "mismatch"
    INVALID = "invalid"
    REJECTED = "rejected"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    VALID = "valid"


CONFIRMED: Final = frozenset({Status.UPDATED, Status.DUPLICATE, Status.UNCHANGED})

DONE: Final = CONFIRMED | {Status.SETTLED}
"""What rows end as that need nothing any more."""

CALM: Final = DONE | {Status.VALID}
"""What rows end as that need nobody's attention."""

TO_FIX: Final = frozenset({Status.INVALID, Status.REJECTED, Status.MISMATCH})
"""What rows end as that a person must change, or at least look at."""

TO_TRY_AGAIN: Final = frozenset({Status.UNCONFIRMED, Status.FAILED, Status.NOT_SENT})
"""What rows end as that another try may help."""

WRONG: Final = frozenset({Status.REJECTED, Status.FAILED, Status.UNCONFIRMED, Status.MISMATCH})
"""What rows that were sent end as where something went wrong: `--max-errors` counts them."""

REACHED: Final = CONFIRMED - {Status.UNCHANGED} | WRONG - {Status.FAILED}
"""What rows end as of which the API, or somebody in its place, has or may have taken something up."""


@dataclass(frozen=True, slots=True)
class StatusAdvice:
    """What the person who reviews a run is told of a status.

    Attributes:
        told: What is true of such a row, short enough to stand beside a number: at most 44 characters.
        to_do: What to do about it, in a few words; "" for nothing.
        advice: The same as a sentence, about several rows.
    """

    told: str
    to_do: str = ""
    advice: str = ""


STATUS_ADVICE: Final[Mapping[Status, StatusAdvice]] = {
    Status.UPDATED: StatusAdvice("confirmed by the API"),
    Status.DUPLICATE: StatusAdvice("the same change as an earlier, confirmed row"),
    Status.UNCHANGED: StatusAdvice("already confirmed by an earlier run"),
    Status.SETTLED: StatusAdvice("marked as settled by a person, not sent"),
    Status.MISMATCH: StatusAdvice(
        "applied, but with other values: look",
        "look at what the API now holds",
        "Look at what the API now holds of these customers, and correct the values.",
    ),
    Status.INVALID: StatusAdvice(
        "never sent: fix the data",
        "fix the data",
        "Mend these rows, in the file of rows to fix or in the source.",
    ),
    Status.REJECTED: StatusAdvice("refused by the API: fix the data", "fix the data", "Fix what the API names."),
    Status.UNCONFIRMED: StatusAdvice(
        "may or may not be applied: safe to try again",
        "try again: sending it twice is safe",
        "Try them again: sending the same values twice is safe.",
    ),
    Status.FAILED: StatusAdvice(
        "certainly not applied: try again", "try again", "Try them again: nothing was applied."
    ),
    Status.NOT_SENT: StatusAdvice("not sent", "resume, or try again", "Go on with the run, or try them again."),
    Status.VALID: StatusAdvice(
        "valid: a check or a dry run sends nothing", "can be sent", "Send them: nothing is wrong with them."
    ),
}
"""The one table of what statuses mean.

It is that of a run that can be gone on with. Of another one, and of a check, what to do about `not_sent` is something
else: `importer.reports.saying` knows."""
