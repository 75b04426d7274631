"""What rows have ended as, many at a time: the same as one by one, and nothing is left out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.rows import Outcome, QuietOutcomes, RowWarning
from importer.model.run import NewRun
from importer.model.statuses import CALM, Status
from tests.journal.conftest import NOON
from tests.journal.rows import begun, issue, outcome, update

_MONTH_S = 30 * 86_400.0
_ROWS = range(2, 2_600)
"""More than are read at a time, twice."""


def _one_by_one(run: RunJournal) -> Iterator[Outcome]:
    for block in run.results.blocks():
        if isinstance(block, Outcome):
            yield block
        else:
            yield from block.outcomes()


def _is_quiet(one: Outcome) -> bool:
    return one.status in CALM and not (one.code or one.warnings or one.differences)


def test_every_row_is_told_as_it_is_by_itself(run: RunJournal) -> None:
    """With its times, notes, warnings and what changed, whatever ends of stretches it is at."""
    rows = [row for row in _ROWS if row % 97]
    invalid = {row for row in rows if row % 50 == 3 or 1_000 <= row < 1_010}
    warned = [
        RowWarning(row, "loud", "Last name", "It is loud.") for row in rows if row % 31 == 1 and row not in invalid
    ]
    updates = [update(row, note="Trimmed." if row % 7 == 0 else "") for row in rows if row not in invalid]
    run.add(updates, [issue(row) for row in sorted(invalid)], warned)
    for start in range(0, len(updates), 100):
        some = [one.row for one in updates[start : start + 100]]
        run.record(begun(*some), [], [])
        run.record([], [], [_ended(row) for row in some])
    run.settle(None, "")
    expected = list(run.outcomes())
    assert [one.row for one in expected] == rows
    assert list(_one_by_one(run)) == expected
    blocks = list(run.results.blocks())
    assert [one for one in expected if not _is_quiet(one)] == [one for one in blocks if isinstance(one, Outcome)]
    assert max(len(block) for block in blocks if isinstance(block, QuietOutcomes)) > 10
    assert {"", "Told.", "Trimmed.", "Told. Trimmed."} <= {one.message for one in expected if _is_quiet(one)}


def _ended(row: int) -> Outcome:
    """Return what is true of a row: most are confirmed at once."""
    if row % 40 == 5:
        return outcome(row, Status.REJECTED, code="http_400", message="No", http_status=400)
    if row % 60 == 8:
        return outcome(row, Status.UNCONFIRMED, code="timeout", message="It did not answer", http_status=None)
    message = "Told." if row % 3 == 0 else ""
    return outcome(row, updated_at=f"2026-01-01T00:00:{row % 60:02}Z", message=message, attempts=1 + row % 2)


def test_a_warning_alone_is_not_left_out(run: RunJournal) -> None:
    """Of a row among others with nothing to say."""
    run.add([update(row) for row in range(2, 9)], [], [RowWarning(4, "loud", "Last name", "It is loud.")])
    run.selection.end_valid()
    run.settle(None, "")
    before, warned, after = run.results.blocks()
    assert isinstance(warned, Outcome)
    assert (warned.row, warned.status, warned.warnings, warned.message) == (4, Status.VALID, ("loud",), "It is loud.")
    assert [len(one) for one in (before, after) if isinstance(one, QuietOutcomes)] == [2, 4]


@pytest.mark.parametrize("ends", [True, False], ids=["run", "dry run"])
def test_rows_that_rest_say_on_which_run(journal: Journal, new_run: Callable[..., NewRun], *, ends: bool) -> None:
    """Together too: rows that rest on several runs, and some that do not."""
    for run_id, own in (("first", [2, 3, 4]), ("second", [5, 6])):
        earlier = journal.begin(new_run(run_id))
        earlier.add([update(row) for row in own], [])
        earlier.record(begun(*own), [], [])
        earlier.record([], [], [outcome(row, customer_id=f"customer-{row}", updated_at="2026") for row in own])
        earlier.settle(None, "")
        earlier.ended(0, unfinished=False)
    run = journal.begin(new_run("third"))
    run.add([update(row) for row in range(2, 9)], [])
    run.last_confirmed().rest(NOON + 1, _MONTH_S, ends=ends)
    run.selection.end_valid()
    run.settle(None, "")
    expected = list(run.outcomes())
    assert list(_one_by_one(run)) == expected
    assert len(list(run.results.blocks())) == 1
    assert [one.message.split(" has ")[0].rpartition(" ")[2] for one in expected] == [
        "first", "first", "first", "second", "second", "", "",
    ]  # fmt: skip


def test_a_row_without_an_outcome_is_said(run: RunJournal) -> None:
    """What comes before it is told."""
    run.add([update(2), update(3)], [])
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2)])
    blocks = run.results.blocks()
    assert isinstance(next(blocks), QuietOutcomes)
    with pytest.raises(JournalError, match="Row 3 has no outcome"):
        next(blocks)


def test_a_part_of_quiet_outcomes_is_that_of_its_rows(run: RunJournal) -> None:
    """Each column, and the number of the first row."""
    run.add([update(row) for row in range(2, 9)], [])
    run.record(begun(*range(2, 9)), [], [])
    run.record([], [], [outcome(row, updated_at=f"2026-01-0{row}", message=f"{row}") for row in range(2, 9)])
    [block] = run.results.blocks()
    assert isinstance(block, QuietOutcomes)
    part = block.part(2, 5)
    assert list(part.outcomes()) == list(run.outcomes())[2:5]
    assert (part.first, len(part)) == (4, 3)
    assert replace(part, first=2) != block.part(0, 3)
