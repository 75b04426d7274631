"""What reports and delivery read from the journal."""

from __future__ import annotations

from collections.abc import Callable

from importer.journal.run_journal import RunJournal
from importer.model.rows import Issue, Pending
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import begun, issue, outcome, told, update

RunOf = Callable[[int], RunJournal]


def test_all_nine_statuses_are_counted(run: RunJournal) -> None:
    """`statuses` has all statuses, zeros too, as often as rows have them."""
    assert run.statuses() == dict.fromkeys(Status, 0)
    sent = [status for status in Status if status is not Status.INVALID]
    run.add([update(row) for row in range(2, 2 + len(sent) + 1)], [issue(row) for row in range(50, 53)])
    rows = dict(enumerate(sent, start=2))
    run.record(begun(*rows), [], [])
    run.record([], [], [outcome(row, status) for row, status in rows.items()])
    assert run.statuses() == dict.fromkeys(Status, 1) | {Status.INVALID: 3}


def test_outcomes_come_in_row_order(run: RunJournal) -> None:
    """Whatever order rows were taken in and decided on, their outcomes are in row order."""
    run.add([update(row) for row in (9, 3, 3000)], [issue(row) for row in (2, 40)])
    run.record(begun(9, 3), [], [])
    run.record([], [], [outcome(9)])
    run.record([], [], [outcome(3)])
    run.settle(StopReason.INTERRUPTED, "The run stopped")
    assert [found.row for found in run.outcomes()] == [2, 3, 9, 40, 3000]


def test_thousands_of_outcomes_are_streamed(run: RunJournal) -> None:
    """More rows than are read at a time are all there."""
    run.add([], [issue(row) for row in range(2, 4502)])
    assert [found.row for found in run.outcomes()] == list(range(2, 4502))


def test_all_issues_of_a_row_are_told(run: RunJournal) -> None:
    """A row has the codes of all its issues, each once, and all their messages, in the order given."""
    run.add(
        [],
        [
            Issue(3, "blank_email", "E-mail", "The e-mail is blank."),
            Issue(2, "blank_name", "Surname", "The surname is blank."),
            Issue(2, "too_long", "E-mail", "The e-mail is too long."),
            Issue(2, "blank_name", "Name", "The name is blank."),
        ],
    )
    first, second = run.outcomes()
    assert first.code == "blank_name, too_long"
    assert first.message == "The surname is blank. The e-mail is too long. The name is blank."
    assert told([second]) == {3: (Status.INVALID, "blank_email")}


def test_what_was_cleaned_is_part_of_the_message(run: RunJournal) -> None:
    """The note of a row follows its message as another sentence, and stands alone where there is none."""
    note = "White space around “E-mail” was removed."
    run.add([update(2, note=note), update(3, note=note), update(4), *(update(row, note=note) for row in (5, 6))], [])
    run.record(begun(2, 3, 4, 5, 6), [], [])
    said = ["", "Confirmed at attempt 2", "Told.", "It said: “Gone.”", "It said: “Gone”"]
    run.record([], [], [outcome(row, message=message) for row, message in enumerate(said, start=2)])
    assert [found.message for found in run.outcomes()] == [
        note, f"Confirmed at attempt 2. {note}", "Told.", f"It said: “Gone.” {note}", f"It said: “Gone”. {note}",
    ]  # fmt: skip


def test_pending_rows_come_in_pages(run: RunJournal) -> None:
    """Rows to be sent come in row order, so many behind a row, with their values; those in flight do not."""
    run.add([update(row, email=f"ana{row}@example.com") for row in (8, 2, 6, 4)], [issue(3)])
    run.record(begun(4), [], [])
    assert run.pending(0, 2) == [Pending(update(row, email=f"ana{row}@example.com")) for row in (2, 6)]
    assert [pending.update.row for pending in run.pending(6, 2)] == [8]
    assert run.pending(8, 2) == []


def test_attempts_are_summed(run_of: RunOf) -> None:
    """`attempts` counts every request that left, those in flight too."""
    run = run_of(3)
    assert run.attempts() == 0
    run.record(begun(2, 3), [], [])
    run.record([], [], [outcome(2, attempts=1)])
    assert run.attempts() == 2


def test_customers_are_those_that_a_row_is_to_be_sent_for(run: RunJournal) -> None:
    """Each customer with a row to be sent comes once, with the group."""
    run.add([update(2, customer="a"), update(3, customer="a"), update(4, customer="b")], [issue(5)])
    run.selection.resolve([(3, 2)])
    assert sorted(run.customers()) == [(update(2).group_id, "a"), (update(2).group_id, "b")]
