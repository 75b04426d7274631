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
    sending = mode is Mode.RUN
    undecided, settled = rows - sum(statuses.values()), statuses.get(Status.SETTLED, 0)
    good = sum(statuses.get(status, 0) for status in (CONFIRMED if sending else {Status.VALID}))
    good_word = "confirmed" if sending else "valid"
    if settled == rows:
        return f"All {rows:,} rows are settled." if rows > 1 else "The one row is settled."
    if sending and settled and good + settled == rows:
        return f"All {rows:,} rows are done: {counted(good, 'is', 'are')} confirmed, {_settled(settled)}."
    needs = [
        _settled(settled),
        *_needs(statuses, sending=sending),
        counted(undecided, "has no outcome yet", "have no outcome yet") if undecided else "",
    ]
    told_needs = ", ".join(filter(None, needs))
    endings = [f"{told_needs}." if told_needs else "", "" if sending else "Nothing was sent."]
    if good == rows:
        sentence = f"All {rows:,} rows are {good_word}." if rows > 1 else f"The one row is {good_word}."
    elif rows == 1:
        sentence = f"The one row is not {good_word}."
    else:
        sentence = f"{good:,} of {rows:,} rows {'is' if good == 1 else 'are'} {good_word}."
    return " ".join(filter(None, [sentence, *endings]))


def _settled(count: int) -> str:
    return counted(count, "is settled", "are settled") if count else ""


def _needs(statuses: Mapping[Status, int], *, sending: bool) -> Iterator[str]:
    """Yield what rows need that are not as they should be."""
    to_fix = sum(statuses.get(status, 0) for status in TO_FIX)
    again = statuses.get(Status.UNCONFIRMED, 0) + statuses.get(Status.FAILED, 0)
    yield counted(to_fix, "needs fixing", "need fixing") if to_fix else ""
    yield counted(again, "needs another try", "need another try") if again else ""
    left = ("was not sent", "were not sent") if sending else ("was left out", "were left out")
    yield counted(count, *left) if (count := statuses.get(Status.NOT_SENT, 0)) else ""
