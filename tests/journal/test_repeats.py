"""The same customer in several rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from importer.errors import JournalError
from importer.journal.run_journal import RunJournal
from importer.model.rows import Issue
from importer.model.statuses import Status
from tests.journal.rows import begun, issue, outcome, update


def _numbers(run: RunJournal) -> list[list[int]]:
    return sorted([row for row, _ in rows] for rows in run.selection.repeated())


def test_only_customers_with_several_rows_are_yielded(run: RunJournal) -> None:
    """Rows of one customer come together, in row order; a customer of one row does not come."""
    run.add([update(2, customer="a"), update(3, customer="b"), update(4)], [issue(6)])
    run.add([update(7, customer="a"), update(5, customer="b"), update(8, customer="a")], [])
    assert _numbers(run) == [[2, 7, 8], [3, 5]]


def test_a_customer_is_the_group_and_the_id(run: RunJournal) -> None:
    """The same id in another group is another customer."""
    here = update(2, customer="a")
    there = update(3, customer="a")
    run.add([here, update(4, customer="a")], [])
    run.connection.execute("UPDATE rows SET group_number = 99 WHERE row = 4")
    run.add([there], [])
    assert _numbers(run) == [[2, 3]]


@pytest.mark.parametrize(
    ("second", "same"),
    [
        pytest.param({}, True, id="the same"),
        pytest.param({"note": "White space was removed."}, True, id="another note"),
        pytest.param({"first_name": "Anna"}, False, id="another first name"),
        pytest.param({"last_name": "Torres"}, False, id="another last name"),
        pytest.param({"email": "ana@example.com"}, False, id="another address"),
        pytest.param({"email": "Ana.Torres@example.com"}, False, id="another spelling of the address"),
        pytest.param({"linked_account_id": "acc-2"}, False, id="another account"),
        pytest.param({"first_name": "Torres Vidal", "last_name": "Ana"}, False, id="names swapped"),
        pytest.param({"first_name": "AnaTorres", "last_name": " Vidal"}, False, id="the same letters, cut elsewhere"),
    ],
)
def test_changes_are_the_same_when_all_that_is_sent_is(
    second: dict[str, str],
    same: bool,  # noqa: FBT001 - a parameter of the test
    run: RunJournal,
) -> None:
    """Two rows of a customer have one digest exactly where the same values go to the same account."""
    run.add([update(2, customer="a"), update(3, customer="a", **second)], [])
    ((first, other),) = [[change for _, change in rows] for rows in run.selection.repeated()]
    assert (first == other) is same


def test_decisions_are_taken_in(run: RunJournal) -> None:
    """A row that repeats another is not sent of its own; a row with an issue is invalid, with its code and message."""
    run.add([update(row, customer="a") for row in (2, 3)] + [update(row, customer="b") for row in (4, 5)], [])
    run.selection.resolve(
        [(3, 2), issue(4, "conflicting_rows", "See row 5."), issue(5, "conflicting_rows", "See row 4.")]
    )
    assert [pending.update.row for pending in run.pending(0, 10)] == [2]
    assert list(run.customers()) == [(update(2).group_id, "a")]
    run.record(begun(2), [], [])
    run.record([], [], [outcome(2)])
    run.settle(None, "")
    assert [(found.status, found.code, found.message) for found in run.outcomes()][2:] == [
        (Status.INVALID, "conflicting_rows", "See row 5."),
        (Status.INVALID, "conflicting_rows", "See row 4."),
    ]


def test_a_conflicting_row_says_what_was_cleaned_too(run: RunJournal) -> None:
    """The note on what was cleaned follows the message of the conflict, as two sentences."""
    run.add([update(2, note="White space was removed.")], [])
    run.selection.resolve([issue(2, "conflicting_rows", "See row 5.")])
    assert next(run.outcomes()).message == "See row 5. White space was removed."


def test_no_decision_changes_nothing(run: RunJournal) -> None:
    """Where no customer is repeated, all rows stay to be sent."""
    run.add([update(2), update(3)], [])
    run.selection.resolve([])
    assert run.to_send() == 2


@pytest.mark.slow
def test_thousands_of_repeated_customers_are_resolved_while_they_are_read(run: RunJournal) -> None:
    """The decisions may still be reading `repeated`: 4,000 customers, every second one with conflicting rows."""
    rows = range(2, 12002)
    run.add(
        [update(row, customer=f"c{row % 4000}", first_name=f"Ana {row if row % 2 else ''}") for row in rows],
        [],
    )

    def decide() -> Iterator[Issue | tuple[int, int]]:
        for found in run.selection.repeated():
            first, digest = found[0]
            if all(change == digest for _, change in found):
                yield from ((row, first) for row, _ in found[1:])
            else:
                yield from (issue(row, "conflicting_rows", "They differ.") for row, _ in found)

    run.selection.resolve(decide())
    assert run.to_send() == 2000
    assert run.statuses()[Status.INVALID] == 6000
    assert [pending.update.row for pending in run.pending(0, 9)] == [2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert list(run.selection.repeated()) == []


def test_an_error_while_deciding_takes_nothing_in(run: RunJournal) -> None:
    """Where the decisions break off, none of them is taken in, and they can be given again."""
    run.add([update(row, customer="a") for row in (2, 3, 4)], [])

    def decide() -> Iterator[Issue | tuple[int, int]]:
        yield (3, 2)
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        run.selection.resolve(decide())
    assert run.to_send() == 3
    run.selection.resolve([(3, 2), (4, 2)])
    assert run.to_send() == 1


def test_two_decisions_on_one_row_are_refused(run: RunJournal) -> None:
    """A row cannot both repeat another and be invalid."""
    run.add([update(row, customer="a") for row in (2, 3)], [])
    with pytest.raises(JournalError, match="UNIQUE"):
        run.selection.resolve([(3, 2), issue(3)])
    assert run.to_send() == 2
