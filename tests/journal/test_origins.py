"""Which rows of earlier runs the rows of a run were mended from, and which of these are confirmed by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.run import Fix, Mending, NewRun, Target
from importer.model.source import TARGET_FIELDS, Field, Origin, SourceInfo
from importer.model.statuses import Status
from tests.journal.rows import begun, issue, outcome, seen, update

Make = Callable[..., NewRun]


def _run(
    journal: Journal,
    new: NewRun,
    statuses: Mapping[int, Status],
    *,
    origins: Mapping[int, tuple[str, int]] | None = None,
) -> RunJournal:
    """Let a run go through, each of whose rows ends as it is said; what is invalid or not sent never leaves."""
    run = journal.begin(new)
    invalid = [row for row, status in statuses.items() if status is Status.INVALID]
    sent = [row for row, status in statuses.items() if status not in NEVER_LEFT]
    settled = [row for row, status in statuses.items() if status is Status.SETTLED]
    found = [Origin(row, of_row, of_run) for row, (of_run, of_row) in (origins or {}).items()]
    valid = [update(row) for row in statuses if row not in (*invalid, *settled)]
    run.add(valid, [issue(row) for row in invalid], origins=found)
    run.origins.settle(dict.fromkeys(settled, "Marked as settled"))
    run.record(begun(*sent), [], [])
    run.record([], [], [outcome(row, statuses[row]) for row in sent])
    run.selection.leave_out(code="over_limit", message="Left out")
    run.settle(None, "")
    run.ended(1, unfinished=False)
    return run


def _fixes(journal: Journal, run_id: str) -> list[tuple[str, int, int]]:
    return [(fix.run_id, fix.rows, fix.confirmed) for fix in journal.mending(journal.find(run_id)).fixes]


def _open(journal: Journal, run_id: str) -> list[tuple[int, str, Status | None]]:
    return [(row.row, row.run_id, row.status) for row in journal.mending(journal.find(run_id)).open_rows]


NEVER_LEFT = (Status.INVALID, Status.NOT_SENT, Status.SETTLED)
FIRST = {2: Status.INVALID, 3: Status.REJECTED, 4: Status.MISMATCH, 5: Status.UPDATED}


def test_a_run_knows_which_runs_it_fixes_and_they_know_it(journal: Journal, new_run: Make) -> None:
    """Most rows come first; rows without an origin belong to nobody; a run of another journal is named too."""
    _run(journal, new_run("first"), FIRST)
    origins = {2: ("first", 4), 3: ("elsewhere", 9), 4: ("first", 2)}
    run = _run(journal, new_run("second"), dict.fromkeys(range(2, 6), Status.UPDATED), origins=origins)
    assert run.origins.counts() == {"first": 2, "elsewhere": 1}
    assert list(journal.find("second").fix_of) == ["first", "elsewhere"]
    assert list(journal.find("first").fix_of) == []
    assert journal.mending(journal.find("first")).fixes == (Fix("second", 2, 2),)
    assert journal.mending(journal.find("second")) == Mending()


def test_the_runs_that_a_run_fixes_are_counted_once(journal: Journal, new_run: Make) -> None:
    """They are kept when its source is journalled; before that, and of older versions' runs, they are counted."""
    run = journal.begin(new_run("second"))
    run.add([update(2)], [], origins=[Origin(2, 4, "first")])
    assert list(journal.find("second").fix_of) == ["first"]
    run.checked(SourceInfo("/data/changes.csv", None, run.sha256, 1))
    run.connection.execute("DELETE FROM origins")
    assert list(journal.find("second").fix_of) == ["first"]


def test_rows_that_were_not_to_be_fixed_do_not_count(journal: Journal, new_run: Make) -> None:
    """A row number that somebody has typed over with that of a confirmed row fixes nothing."""
    _run(journal, new_run("first"), FIRST)
    _run(journal, new_run("second"), {2: Status.UPDATED}, origins={2: ("first", 5)})
    assert _fixes(journal, "first") == []


def test_the_newest_run_that_sent_a_row_decides(journal: Journal, new_run: Make) -> None:
    """A later refusal undoes a fix; a row that was only left out, or found invalid, changes nothing."""
    _run(journal, new_run("first"), FIRST)
    origins = {2: ("first", 2), 3: ("first", 3), 4: ("first", 4)}
    _run(journal, new_run("second"), dict.fromkeys((2, 3, 4), Status.UPDATED), origins=origins)
    later = {2: Status.REJECTED, 3: Status.INVALID, 4: Status.NOT_SENT}
    _run(journal, new_run("third"), later, origins=origins)
    assert _fixes(journal, "first") == [("second", 3, 2), ("third", 3, 0)]


def test_what_is_mended_in_several_rounds_is_followed(journal: Journal, new_run: Make) -> None:
    """A row that fails again is named by the newest run's sheet, and still counts for the first run."""
    _run(journal, new_run("first"), FIRST)
    origins = {2: ("first", 2), 3: ("first", 3), 4: ("first", 4)}
    second = {2: Status.UPDATED, 3: Status.REJECTED, 4: Status.REJECTED}
    _run(journal, new_run("second"), second, origins=origins)
    _run(journal, new_run("third"), {2: Status.UPDATED}, origins={2: ("second", 4)})
    assert _fixes(journal, "first") == [("second", 3, 1), ("third", 1, 1)]
    assert _fixes(journal, "second") == [("third", 1, 1)]


def test_a_settled_row_is_done_and_one_that_is_in_no_sheet_stays_open(journal: Journal, new_run: Make) -> None:
    """Who has settled it is whoever began the run that was given the sheet; a row that was deleted is named."""
    _run(journal, new_run("first"), FIRST)
    assert _open(journal, "first") == [(2, "", None), (3, "", None), (4, "", None)]
    second = replace(new_run("second"), started_by="maria")
    origins = {2: ("first", 2), 3: ("first", 4)}
    _run(journal, second, {2: Status.UPDATED, 3: Status.SETTLED}, origins=origins)
    assert journal.mending(journal.find("first")).fixes == (Fix("second", 2, 1, 1, "maria", (4,)),)
    assert _open(journal, "first") == [(3, "", None)]
    _run(journal, new_run("third"), {2: Status.INVALID}, origins={2: ("first", 3)})
    assert _open(journal, "first") == [(3, "third", Status.INVALID)]
    _run(journal, new_run("fourth"), {2: Status.SETTLED}, origins={2: ("third", 2)})
    assert _open(journal, "first") == _open(journal, "third") == []


def test_rows_that_are_still_to_be_fixed_and_in_no_sheet_are_known(journal: Journal, new_run: Make) -> None:
    """Those of the runs that others were mended from; not what is done since, nor what is in the sheet in any way."""
    _run(journal, new_run("first"), FIRST | {6: Status.INVALID, 7: Status.INVALID})
    _run(journal, new_run("second"), {2: Status.UPDATED}, origins={2: ("first", 2)})
    origins = {2: ("first", 3), 3: ("first", 6), 4: ("elsewhere", 9)}
    third = {2: Status.INVALID, 3: Status.SETTLED, 4: Status.UPDATED}
    run = _run(journal, new_run("third"), third, origins=origins)
    assert run.origins.left_open() == {"first": [4, 7]}
    assert _run(journal, new_run("fourth"), {2: Status.UPDATED}).origins.left_open() == {}


def test_a_settled_row_that_is_sent_later_is_as_it_ended_then(journal: Journal, new_run: Make) -> None:
    """Whoever gives an older sheet again, without the mark, opens it, or has it confirmed; the reverse is true too."""
    _run(journal, new_run("first"), FIRST)
    for run_id, status in (("second", Status.SETTLED), ("third", Status.REJECTED)):
        _run(journal, new_run(run_id), {2: status}, origins={2: ("first", 2)})
    assert _open(journal, "first")[0] == (2, "third", Status.REJECTED)
    _run(journal, new_run("fourth"), {2: Status.SETTLED}, origins={2: ("first", 2)})
    assert [row for row, *_ in _open(journal, "first")] == [3, 4]


def test_a_row_that_is_in_a_sheet_twice_is_done_when_both_are(journal: Journal, new_run: Make) -> None:
    """Whichever comes first: a customer who was taken apart into two is not done while one of them is refused."""
    _run(journal, new_run("first"), FIRST)
    statuses = {2: Status.REJECTED, 3: Status.SETTLED, 4: Status.UPDATED, 5: Status.REJECTED}
    origins = {2: ("first", 2), 3: ("first", 2), 4: ("first", 3), 5: ("first", 3)}
    _run(journal, new_run("second"), statuses, origins=origins)
    assert _open(journal, "first") == [(2, "second", Status.REJECTED), (3, "second", Status.REJECTED), (4, "", None)]


def test_a_row_is_compared_with_what_it_was(journal: Journal, new_run: Make) -> None:
    """By what was sent, where it could be; else by what was read; nobody knows it of another journal's rows."""
    first = _run(journal, new_run("first"), FIRST)
    run = journal.begin(new_run("second"))
    refused, is_changed = Origin(9, 2, "first"), partial(run.origins.is_changed, own=TARGET_FIELDS)
    assert is_changed(refused, None, "email=a") is None
    first.origins.note_given([(2, "")])
    assert is_changed(refused, update(9), "email=a") is None
    first.origins.note_given([(2, "email=a")])
    assert is_changed(refused, None, "email=a") is False
    assert is_changed(refused, update(9), "email=b") is True
    sent = Origin(9, 3, "first")
    assert is_changed(sent, replace(update(3), row=9), "") is False
    assert is_changed(sent, update(9), "") is True
    assert is_changed(sent, replace(update(3), linked_account_id="other"), "") is True
    assert is_changed(sent, replace(update(3), linked_account_id="other"), "", own=[Field.GROUP_ID]) is False
    assert is_changed(sent, None, "") is True
    assert is_changed(Origin(9, 3, "elsewhere"), update(9), "") is None
    assert is_changed(Origin(9, 3, "second"), update(9), "") is None


def test_a_row_that_names_itself_or_a_later_run_goes_nowhere(journal: Journal, new_run: Make) -> None:
    """Whoever types ids by hand cannot make a circle."""
    _run(journal, new_run("first"), FIRST, origins={2: ("first", 2), 3: ("second", 2)})
    _run(journal, new_run("second"), {2: Status.REJECTED}, origins={2: ("first", 3)})
    assert _fixes(journal, "first") == [("second", 1, 0)]
    assert _fixes(journal, "second") == []


def test_neither_a_rehearsal_nor_another_api_fixes_a_row(journal: Journal, new_run: Make) -> None:
    """Only what the same API has confirmed; for a check, which had none, any."""
    elsewhere = Target("https://other.example.com", "g", "a")
    rows: Any = {"statuses": {2: Status.UPDATED}, "origins": {2: ("first", 2)}}
    _run(journal, new_run("first"), FIRST)
    _run(journal, replace(new_run("rehearsal"), asked={"sandbox": True}), **rows)
    _run(journal, replace(new_run("elsewhere"), target=elsewhere), **rows)
    _run(journal, replace(new_run("checked"), mode=Mode.CHECK), **rows)
    assert _fixes(journal, "first") == []
    _run(journal, replace(new_run("check"), mode=Mode.CHECK, target=Target("")), FIRST)
    _run(journal, replace(new_run("real"), target=elsewhere), {2: Status.UPDATED}, origins={2: ("check", 2)})
    assert _fixes(journal, "check") == [("real", 1, 1)]


def test_a_retry_takes_the_origins_of_its_rows_only(run: RunJournal) -> None:
    """What is not taken up is not mended by it; where a run is discarded, nothing of it is left."""
    run.add([update(2), update(3)], [], origins=[Origin(2, 7, "first"), Origin(3, 8, "first")])
    run.selection.only([(3, False)])
    assert run.origins.counts() == run.origins.left() == {"first": 1}
    run.add([], [issue(4)], origins=[Origin(4, 9, "first")])
    assert (run.origins.counts(), run.origins.left()) == ({"first": 2}, {"first": 1})
    run.discard()
    assert seen(run.path, "SELECT * FROM origins") == []


def test_issues_are_read_row_by_row(run: RunJournal) -> None:
    """In row order, those of a row as they were found, and no warnings."""
    run.add([update(4)], [issue(3), issue(2, "one", "First."), issue(2, "two", "Second.")])
    found = [(row, [one.code for one in issues]) for row, issues in run.findings.issues()]
    assert found == [(2, ["one", "two"]), (3, ["blank_email"])]
