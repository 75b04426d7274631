"""Rows that a person has marked as settled: what counts as a mark, and what is done where it is not clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from importer.checks.checker import Checked
from importer.journal.journal import Journal
from importer.model.modes import Mode
from importer.model.rows import Issue, RowWarning, Update
from importer.model.run import NewRun, Target
from importer.model.settled_marks import says_settled
from importer.model.source import Field, Origin
from importer.sheets.table import Chunk
from importer.story.settled_rows import SettledRows, given_texts
from tests.journal.rows import issue, update

ROWS = range(2, 8)


@pytest.mark.parametrize(
    "mark",
    ["x", "X", " Settled ", "settled.", "(x)", "'yes", "TRUE", "1", "OK", "done!", "✓", "settled by me, 3 May"],
)
def test_a_person_says_it_in_several_ways(mark: str) -> None:
    """Also with a tick, and by whom."""
    assert says_settled(mark) is True


@pytest.mark.parametrize("mark", ["", "  ", "no", "No.", "FALSE", "0", "-", "n", "open"])
def test_a_person_may_say_that_it_is_not_settled(mark: str) -> None:
    """That is as good as a blank cell."""
    assert says_settled(mark) is False


@pytest.mark.parametrize(
    "mark", ["?", "x?", "ask her", "settled?", "settled - not yet", "unsettled", "yes but", "2", "#N/A"]
)
def test_what_says_neither_is_not_guessed(mark: str) -> None:
    """Neither sent nor settled."""
    assert says_settled(mark) is None


def _chunk(*origins: Origin, email: str = "a") -> Chunk:
    frame = pd.DataFrame(
        {Field.EMAIL.value: [email] * len(ROWS), Field.CUSTOMER_ID.value: [f" c \n {row}" for row in ROWS]},
        index=pd.Index(list(ROWS), name="row"),
        dtype="str",
    )
    return Chunk(frame, (), origins=origins)


def _checked(*updates: Update, issues: tuple[Issue, ...] = ()) -> Checked:
    warnings = tuple(RowWarning(row, "odd", "", "Odd.") for row in ROWS)
    return Checked(updates, issues, warnings, {Field.GROUP_ID: list(ROWS)})


def _apart(marks: SettledRows, checked: Checked, chunk: Chunk) -> tuple[Checked, Mapping[int, str]]:
    return marks.apart(checked, chunk.origins, dict(given_texts(chunk, {origin.row for origin in chunk.origins})))


def _new(folder: Path, run_id: str) -> NewRun:
    source = folder / "changes.csv"
    source.write_text("nobody reads it\n", "utf-8")
    return NewRun(
        run_id=run_id,
        mode=Mode.RUN,
        version="1",
        source=source,
        output=folder / "out",
        target=Target("https://api.example.com"),
        settings={},
    )


@pytest.fixture
def marks(tmp_path: Path) -> Iterator[SettledRows]:
    """Yield what knows of an earlier run, whose row 3 was sent and whose row 4 could not be."""
    with Journal(tmp_path / "state", wall=lambda: 0.0) as journal:
        first = journal.begin(_new(tmp_path, "first"))
        first.add([update(3)], [issue(4)])
        first.origins.note_given(given_texts(_chunk(), {4}))
        first.selection.leave_out(code="over_limit", message="Left out")
        first.ended(1, unfinished=False)
        yield SettledRows(journal.begin(_new(tmp_path, "second")).origins)


def test_a_settled_row_is_taken_out_of_everything(marks: SettledRows) -> None:
    """It is not sent, it is no longer invalid, and nothing is said of it as if it were to be sent."""
    origins = (Origin(2, 3, "first", "x", "http_404"), Origin(4, 4, "first", "x", "blank_email"))
    checked = _checked(replace(update(3), row=2), update(3), issues=(issue(4), issue(5)))
    left, settled = _apart(marks, checked, _chunk(*origins))
    assert settled == dict.fromkeys((2, 4), "Marked as settled in the sheet, and not sent")
    assert [one.row for one in left.updates] == [3]
    assert [one.row for one in left.issues] == [5]
    assert [one.row for one in left.warnings] == [3, 5, 6, 7]
    assert left.defaulted == {Field.GROUP_ID: [3, 5, 6, 7]}


def test_a_marked_row_that_was_changed_is_refused_until_somebody_says_which_is_meant(
    marks: SettledRows,
) -> None:
    """Also if it is given back as it is; once the cell under error_code is cleared, the mark holds."""
    changed = Origin(4, 4, "first", "x", "blank_email")
    cases = [
        (changed, "b", True),
        (replace(changed, codes="settled_and_changed, blank_email"), "a", True),
        (replace(changed, codes=""), "b", False),
        (changed, "a", False),
    ]
    for origin, email, is_refused in cases:
        left, settled = _apart(marks, _checked(update(4)), _chunk(origin, email=email))
        assert [one.code for one in left.issues] == (["settled_and_changed"] if is_refused else [])
        assert (list(settled), list(left.updates)) == ([] if is_refused else [4], [])


@pytest.mark.parametrize(("own", "is_refused"), [("", False), ("  ", False), ("g-2", True)])
def test_a_target_that_is_the_runs_is_no_change_of_a_row(marks: SettledRows, own: str, *, is_refused: bool) -> None:
    """A check knows none, and a rehearsal has another one; what the row says itself is the row's."""
    chunk = _chunk(Origin(3, 3, "first", "x", "http_404"))
    chunk = replace(chunk, frame=chunk.frame.assign(**{Field.GROUP_ID.value: own}))
    left, settled = _apart(marks, _checked(replace(update(3), group_id="g-2", linked_account_id="a-2")), chunk)
    assert [one.code for one in left.issues] == (["settled_and_changed"] if is_refused else [])
    assert list(settled) == ([] if is_refused else [3])


def test_what_nobody_can_compare_is_settled_and_said(marks: SettledRows) -> None:
    """Of another journal, of no run, or with names that are masked."""
    for origin, email in [
        (Origin(4, 4, "elsewhere", "x", "blank_email"), "a"),
        (Origin(4, 0, "", "x", "blank_email"), "a"),
        (Origin(4, 4, "first", "x", "blank_email"), "j•••@e•••.com"),
    ]:
        _, settled = _apart(marks, _checked(issues=(issue(4),)), _chunk(origin, email=email))
        assert "nobody can say whether its values were changed" in settled[4]


def test_an_unclear_mark_is_an_issue_and_a_no_is_nothing(marks: SettledRows) -> None:
    """Beside what else is wrong with the row."""
    origins = (Origin(3, 3, "first", "ask her"), Origin(4, 4, "first", "later?"), Origin(5, 3, "first", "no"))
    left, settled = _apart(marks, _checked(update(3), update(5), issues=(issue(4),)), _chunk(*origins))
    assert [(one.row, one.code) for one in left.issues] == [
        (3, "unclear_settled"),
        (4, "blank_email"),
        (4, "unclear_settled"),
    ]
    assert ([one.row for one in left.updates], settled) == ([5], {})


def test_the_mark_of_a_row_that_is_left_out_is_not_looked_at(marks: SettledRows) -> None:
    """Hidden rows that are to be left out close nobody."""
    checked = _checked()
    assert _apart(marks, checked, _chunk(Origin(99, 4, "first", "x"))) == (checked, {})


def test_white_space_makes_no_other_row() -> None:
    """Nor does the order of the columns, or the form of a letter."""
    assert dict(given_texts(_chunk(email="e\u0301  a "), {2})) == {2: "customer_id=c 2\nemail=\u00e9 a"}
