"""The verdict on a run: how many rows are as they should be, and what the others need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importer.model.modes import Mode
from importer.model.statuses import CONFIRMED, TO_FIX, Status
from importer.reports.saying.figures import counted


def verdict(mode: Mode, rows: int, statuses: Mapping[Status, int]) -> str:
    """Return a run in a sentence or two: how many rows are as they should be, and what the others need.

    Example: `verdict(Mode.RUN, 3, {Status.UPDATED: 2, Status.INVALID: 1})` is
    `"2 of 3 rows are confirmed. 1 needs fixing."`.

    Args:
        mode: What it was for.
        rows: How many its source has.
        statuses: How many rows have each status; those that have none yet are said too.
    """
    if not rows:
        return "The sheet has no rows."
    undecided = rows - sum(statuses.values())
    if mode is Mode.RUN:
        good, good_word = sum(statuses.get(status, 0) for status in CONFIRMED), "confirmed"
        needs = [
            *_needs(statuses),
            counted(undecided, "has no outcome yet", "have no outcome yet") if undecided else "",
        ]
        endings = [", ".join(filter(None, needs)) + "."] if good < rows else []
    else:
        good, good_word = rows - statuses.get(Status.INVALID, 0) - undecided, "valid"
        fixing = counted(statuses.get(Status.INVALID, 0), "needs fixing", "need fixing") + "."
        endings = [fixing, "Nothing was sent."] if statuses.get(Status.INVALID, 0) else ["Nothing was sent."]
    if good == rows:
        sentence = f"All {rows:,} rows are {good_word}." if rows > 1 else f"The one row is {good_word}."
    elif rows == 1:
        sentence = f"The one row is not {good_word}."
    else:
        sentence = f"{good:,} of {rows:,} rows {'is' if good == 1 else 'are'} {good_word}."
    return " ".join([sentence, *endings])


def _needs(statuses: Mapping[Status, int]) -> Iterator[str]:
    """Yield what the rows of a run need that are not confirmed."""
    to_fix = sum(statuses.get(status, 0) for status in TO_FIX)
    again = statuses.get(Status.UNCONFIRMED, 0) + statuses.get(Status.FAILED, 0)
    yield counted(to_fix, "needs fixing", "need fixing") if to_fix else ""
    yield counted(again, "needs another try", "need another try") if again else ""
    yield counted(count, "was not sent", "were not sent") if (count := statuses.get(Status.NOT_SENT, 0)) else ""
