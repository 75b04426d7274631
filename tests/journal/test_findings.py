"""What was found in rows: kept beside them, counted by cause, and told with their outcomes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.rows import Cause, RowWarning
from importer.model.run import NewRun
from importer.model.statuses import Status
from tests.journal.rows import begun, issue, outcome, seen, update

NewRunOf = Callable[..., NewRun]


@pytest.fixture
def run(journal: Journal, new_run: NewRunOf) -> RunJournal:
    """Return a run that has no rows yet."""
    return journal.begin(new_run())


def warning(row: int, code: str = "name_in_capitals", message: str = "It is loud.") -> RowWarning:
    """Return a warning of a row."""
    return RowWarning(row, code, "First Name", message)


def cause(code: str, message: str, *rows: int, column: str = "E-mail", warning: bool = False, count: int = 0) -> Cause:
    """Return a cause that is about so many rows, of which these are the first."""
    return Cause(
        warning=warning,
        code=code,
        column=column,
        message=message,
        rows=count or len(rows),
        first_rows=rows,
        status=None if warning else Status.INVALID,
    )


def test_causes_are_counted_issues_before_warnings(run: RunJournal) -> None:
    """Each cause is told once, the most frequent first, with its first five rows; a row may have several."""
    issues = [issue(row) for row in range(2, 9)]
    issues += [
        issue(4, "blank_first_name", "No name."),
        issue(9, "invalid_email", "No at."),
        issue(10, "invalid_email", "No dot."),
    ]
    run.add([update(20)], issues, [warning(20), warning(20, "domain_slip", "One slip away.")])
    assert run.results.causes() == [
        cause("blank_email", "The e-mail is blank.", 2, 3, 4, 5, 6, count=7),
        cause("blank_first_name", "No name.", 4),
        cause("invalid_email", "No at.", 9),
        cause("invalid_email", "No dot.", 10),
        cause("domain_slip", "One slip away.", 20, column="First Name", warning=True),
        cause("name_in_capitals", "It is loud.", 20, column="First Name", warning=True),
    ]


def test_sentences_that_name_rows_are_one_cause(run: RunJournal) -> None:
    """Sentences that say the same of other rows are counted together, with "…" for what differs."""
    run.add([], [issue(row, "conflicting_rows", f"Also in row {row + 1}.") for row in range(2, 8)])
    assert run.results.causes() == [cause("conflicting_rows", "Also in ….", 2, 3, 4, 5, 6, count=6)]


def test_each_way_to_be_wrong_is_a_cause_of_its_own(run: RunJournal) -> None:
    """However many there are of a code, as long as they are not about single rows."""
    faults = [f"It has fault {'x' * number}." for number in range(12)]
    run.add([], [issue(row, "invalid_email", faults[row % 12]) for row in range(24, 24 + 36)])
    assert {(found.message, found.rows) for found in run.results.causes()} == {(fault, 3) for fault in faults}


def test_more_sentences_than_anybody_reads_are_one_cause(run: RunJournal) -> None:
    """What they have in common is said once."""
    run.add([], [issue(row, "strange", f"It is strange in the way {row}.") for row in range(2, 62)])
    assert run.results.causes() == [cause("strange", "It is strange in the way ….", 2, 3, 4, 5, 6, count=60)]


def test_a_warning_is_part_of_the_message_of_its_row(run: RunJournal) -> None:
    """After the outcome's own words and what was cleaned; a row without one is told as before."""
    run.add([update(2, note="Trimmed."), update(3)], [], [warning(2)])
    run.findings.warn([warning(2, "shared_address", "Also in row 3.")])
    run.record(begun(2, 3), [], [])
    run.record([], [], [outcome(2, message="It is done"), outcome(3, message="It is done")])
    run.settle(None, "")
    assert [found.message for found in run.outcomes()] == [
        "It is done. Trimmed. It is loud. Also in row 3.",
        "It is done",
    ]


def test_where_warnings_are_errors_rows_with_one_are_invalid_with_all_that_was_found(run: RunJournal) -> None:
    """Whether they were to be sent, repeat another row, or are invalid anyway; other rows stay to be sent."""
    run.add([update(2), update(3), update(4), update(5)], [issue(6)], [warning(2), warning(5), warning(6)])
    run.findings.warn([warning(2, "shared_address", "Shared."), warning(2, "shared_address", "Twice.")])
    run.selection.resolve([issue(3, "conflicting_rows", "See row 2."), (5, 4)])
    run.findings.refuse_warned()
    assert [pending.update.row for pending in run.pending(0, 9)] == [4]
    run.selection.end_valid()
    run.settle(None, "")
    assert [(found.row, found.status, found.code, found.message) for found in run.outcomes()] == [
        (2, Status.INVALID, "name_in_capitals, shared_address", "It is loud. Shared. Twice."),
        (3, Status.INVALID, "conflicting_rows", "See row 2."),
        (4, Status.VALID, "", ""),
        (5, Status.INVALID, "name_in_capitals", "It is loud."),
        (6, Status.INVALID, "blank_email, name_in_capitals", "The e-mail is blank. It is loud."),
    ]
    assert not any(found.warning for found in run.results.causes())


def test_addresses_that_several_customers_share_are_found_by_their_digests(run: RunJournal) -> None:
    """All rows of each customer are told; a customer that is in several rows does not share with itself."""
    run.add(
        [
            update(9, email="a@example.com", customer="customer-1"),
            update(2, email="a@example.com"),
            update(3, email="b@example.com"),
            update(4, email="b@example.com", customer="customer-3"),
            update(5, email="a@example.com"),
            update(7, email="a@example.com", customer="customer-2"),
            update(6, email="c@example.com"),
        ],
        [issue(8)],
    )
    assert list(run.findings.shared_addresses()) == [[[2, 7], [5], [9]]]


def test_a_customer_in_two_groups_does_not_share_with_itself(run: RunJournal) -> None:
    """A UUID is one customer in all groups; another id may be somebody else in each."""
    uuid = "1a2b5aef-5d1a-4c1e-9b11-3fa85f659919"
    in_other_group = (
        replace(update(row, email=address, customer=customer), group_id="g-2")
        for row, address, customer in ((4, "a@example.com", uuid), (5, "b@example.com", "c-1"))
    )
    run.add(
        [
            update(2, email="a@example.com", customer=uuid),
            update(3, email="b@example.com", customer="c-1"),
            *in_other_group,
        ],
        [],
    )
    assert list(run.findings.shared_addresses()) == [[[3], [5]]]


def test_an_address_in_other_capitals_is_the_same_address(run: RunJournal) -> None:
    """Case makes no difference on any of the rows; what is compared with earlier runs still tells it apart."""
    run.add(
        [update(2, email="Ana@Example.com"), update(3, email="ana@example.com"), update(4, email="ANA@example.com")], []
    )
    run.add([update(5, email="Ben@example.com")], [])
    assert list(run.findings.shared_addresses()) == [[[2], [3], [4]]]
    assert len(set(seen(run.path, "SELECT substr(digests, 17) FROM rows"))) == 4


def test_addresses_of_an_older_journal_are_shared_as_they_are_written(run: RunJournal) -> None:
    """Such a journal has nothing without regard to case: what it has is compared, and nothing is made up."""
    run.add(
        [update(2, email="Ana@example.com"), update(3, email="Ana@example.com"), update(4, email="ana@example.com")], []
    )
    with closing(sqlite3.connect(run.path)) as older:
        older.execute("UPDATE rows SET lower_email_digest = NULL")
        older.commit()
    assert list(run.findings.shared_addresses()) == [[[2], [3]]]


def test_a_hidden_row_that_is_left_out_stays_so(journal: Journal, run: RunJournal) -> None:
    """It has its outcome from the start, and resuming does not take it up."""
    run.add([update(3)], [], [], [2])
    assert seen(journal.path, "SELECT row, phase, status, code FROM rows ORDER BY row") == [
        (2, 2, "not_sent", "hidden_row"),
        (3, 0, None, ""),
    ]


def test_what_a_retry_does_not_take_up_is_not_told(run: RunJournal) -> None:
    """Findings of rows that are not part of it go with the rows."""
    run.add([update(3)], [issue(2)], [warning(3)])
    run.selection.only([(3, False)])
    assert [found.code for found in run.results.causes()] == ["name_in_capitals"]


def test_what_a_row_says_already_is_kept_once(run: RunJournal) -> None:
    """Its only issue has no message of its own; of several, each has. What is told is the same."""
    issues = [issue(2), issue(3), issue(3, "blank_first_name", "No name.")]
    run.add([update(4), update(5)], issues, [warning(4)])
    conflict = "Also in row 5."
    run.selection.resolve([replace(issue(row, "conflicting_rows", conflict), column="Id") for row in (4, 5)])
    assert [message for (message,) in run.connection.execute("SELECT message FROM findings ORDER BY row, place")] == [
        "",
        issues[1].message,
        "No name.",
        "It is loud.",
        "",
        "",
    ]
    told = [(row, [one.message for one in of_row]) for row, of_row in run.findings.issues()]
    assert told == [(2, [issues[0].message]), (3, [issues[1].message, "No name."]), (4, [conflict]), (5, [conflict])]
    assert {one.message for one in run.results.causes()} == {issues[0].message, "No name.", conflict}


def test_what_a_row_says_already_stays_what_it_was_when_its_warnings_count_as_issues(run: RunJournal) -> None:
    """By then the row says more than that."""
    run.add([update(4), update(5)], [], [warning(4)])
    run.selection.resolve([issue(row, "conflicting_rows", "Also in another.") for row in (4, 5)])
    run.findings.refuse_warned()
    told = {row: [one.message for one in of_row] for row, of_row in run.findings.issues()}
    assert told == {4: ["It is loud.", "Also in another."], 5: ["Also in another."]}
    assert run.results.causes()[0] == replace(run.results.causes()[0], message="Also in another.", rows=2)
