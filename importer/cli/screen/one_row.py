"""One row of a past run on a terminal: what is true of it, and of a mismatch both values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from importer.errors import SettingsError
from importer.journal.journal import Journal
from importer.model.rows import Outcome
from importer.model.run import PastRun
from importer.model.statuses import Status
from importer.reports.name_mask import Mask
from importer.reports.saying.words import as_sentences, told_difference

_UNKNOWN: Final = "What the API answered is not kept any more, or is not what it was: look at what it holds now."


def row_of(journal: Journal, past: PastRun, row: int) -> Outcome:
    """Return what is true of a row, with masked values where the run's reports mask them.

    Raises:
        SettingsError: The run has no such row.
    """
    with journal.results(past) as results:
        outcome = next((one for one in results.outcomes() if one.row == row), None)
    if outcome is None:
        raise SettingsError(
            f"Run {past.run_id} has no row {row}.",
            code="row_unknown",
            hint="Rows are named by their numbers in the source, as its reports have them.",
        )
    return Mask({}).outcome(outcome) if past.asked.get("redact") else outcome


def told_row(outcome: Outcome) -> Iterator[str]:
    """Yield the lines about a row."""
    code = f" ({outcome.code})" if outcome.code else ""
    yield f"Row {outcome.row}: {outcome.status}{code}"
    if outcome.message:
        yield as_sentences(outcome.message)
    yield from map(told_difference, outcome.differences)
    if outcome.status is Status.MISMATCH and not outcome.differences:
        yield _UNKNOWN


def row_as_object(outcome: Outcome) -> dict[str, object]:
    """Return the same for programs."""
    return {
        "row": outcome.row,
        "status": outcome.status,
        "error_code": outcome.code,
        "message": outcome.message,
        "differences": [{"field": one.field, "sent": one.sent, "held": one.held} for one in outcome.differences],
    }
