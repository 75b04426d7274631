"""What is said of a run in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importer.model.modes import Mode
from importer.model.run import Changes
from importer.model.source import Detected, Field, Skip, SourceInfo
from importer.model.statuses import DONE, Status
from importer.model.stop_reasons import StopReason
from importer.reports.saying.words import (
    as_sentences,
    changed_fields,
    columns_read,
    details,
    facts_of_run,
    facts_of_source,
    meaning,
    read_as,
    told_cause,
    told_changes,
    would_be_sent,
)
from tests.reports.reviews import CAUSE, review

DETECTED = Detected(
    format="csv",
    container="gz",
    encoding="utf-8",
    delimiter=";",
    quote="'",
    header_row=3,
    columns={"customer_id": "Kundennr.", "email": "Mail"},
)
SOURCE = SourceInfo("/in/a.csv.gz", None, "9f86", 7, {Skip.BLANK: 1, Skip.TOTAL: 2, Skip.OTHER_ROW: 0}, DETECTED)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("", ""),
        ("Confirmed at attempt 2", "Confirmed at attempt 2."),
        ("The name is blank.", "The name is blank."),
        ("The API said: “no such customer.”", "The API said: “no such customer.”"),
        ("The API said: “a lot of …”", "The API said: “a lot of …”"),
    ],
)
def test_a_message_is_shown_as_sentences(message: str, told: str) -> None:
    """The full stop that the journal's last sentence may lack is added, and never a second one."""
    assert as_sentences(message) == told


def test_a_cause_without_a_sentence_leads_to_its_rows() -> None:
    """What each row says in its own words is said there; what they have in common, by the code, is said."""
    assert told_cause(replace(CAUSE, code="odd", message="")) == "Each row says what is wrong."
    assert told_cause(replace(CAUSE, code="blank_email", message="")) == "The e-mail address is blank."
    assert told_cause(replace(CAUSE, message="No such customer")) == "No such customer."


def test_rows_that_differ_in_numbers_have_one_sentence() -> None:
    """It is that of the code, where there is one, with what all of them advise; of one row, it is its own."""
    cause = replace(CAUSE, code="conflicting_rows", message="It is also in …, so none is sent. Keep one.", rows=9)
    assert told_cause(cause) == "Several rows ask for different changes of the same customer. Keep one."
    assert told_cause(replace(cause, code="http_400", message="“No such thing as …”")) == "“No such thing as …”"
    assert told_cause(replace(cause, message="It is also in row 3.", rows=1)) == "It is also in row 3."


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("mode", Mode)
def test_a_meaning_is_short_and_names_what_to_do(status: Status, mode: Mode) -> None:
    """It stands beside a number on a sheet, and what is not done asks for something."""
    told = meaning(status, review(mode=mode).summary)
    assert len(told) <= 44
    assert (": " in told) is (status not in DONE)


@pytest.mark.parametrize(
    ("count", "valid", "told"),
    [
        (5, 5, "5 rows"),
        (1_204, 1_205, "1,204 rows; 1 repeats another"),
        (1, 3, "1 row; 2 repeat others"),
        (0, 0, ""),
        (None, 5, ""),
    ],
)
def test_what_would_be_sent_is_a_count_of_its_own(count: int | None, valid: int, told: str) -> None:
    """Repeats are valid, but sent once with the row that they repeat."""
    assert would_be_sent(count, valid) == told


@pytest.mark.parametrize(
    ("mode", "exit_code", "told"),
    [
        (Mode.RUN, 4, "not sent: resume, or try again"),
        (Mode.RUN, 1, "not sent: try again"),
        (Mode.CHECK, 0, "not sent: an option left it out"),
    ],
)
def test_rows_that_were_not_sent_can_be_helped_by_what_is_said(mode: Mode, exit_code: int, told: str) -> None:
    """Nobody is told to resume a run that has ended."""
    found = replace(review(mode=mode).summary, exit_code=exit_code)
    assert meaning(Status.NOT_SENT, found) == told


def test_facts_that_nobody_knows_are_left_out() -> None:
    """A check has no target, sends no requests, and no run has to have come from another."""
    summary = review(mode=Mode.CHECK).summary
    bare = replace(summary, target=replace(summary.target, base_url=""), started_by="")
    names = ["Run", "Mode", "Started", "Finished", "Duration", "Version"]
    assert [name for name, _ in facts_of_run(bare)] == names
    stopped = replace(bare, mode=Mode.RUN, stop_reason=StopReason.API_DOWN, retry_of="k1", fix_of=("k2", "k3"))
    told = dict(facts_of_run(stopped))
    assert told["Stopped early"] == "the API is down (api_down)"
    assert (told["Retry of"], told["Fixes rows of"], told["Requests"]) == ("k1", "k2, k3", f"{summary.attempts:,}")


def test_a_source_is_told_in_full_and_on_one_line() -> None:
    """Both say the same; the line leaves out what is around the cells."""
    assert list(facts_of_source(SOURCE)) == [
        ("Source", "/in/a.csv.gz"),
        ("SHA-256", "9f86"),
        ("Left alone", "1 blank line, 2 totals"),
    ]
    assert list(details(SOURCE)) == [
        ("Format", "csv in gz"),
        ("Encoding", "utf-8"),
        ("Between cells", "semicolon"),
        ("Quote", "'"),
        ("Header", "in row 3"),
    ]
    assert read_as(SOURCE) == "csv in gz, utf-8, cells separated by semicolon, header in row 3"
    assert columns_read(SOURCE) == ["customer id: Kundennr.", "e-mail: Mail"]


def test_of_an_older_run_only_the_sheet_is_known() -> None:
    """What was not kept is not made up."""
    assert read_as(replace(SOURCE, detected=None)) == ""
    assert read_as(replace(SOURCE, detected=None, sheet="Data")) == "sheet Data"
    assert columns_read(replace(SOURCE, detected=None)) == []


def test_what_changed_in_a_row_is_named() -> None:
    """Where nothing did, that is said too."""
    assert changed_fields((Field.LAST_NAME, Field.EMAIL)) == "last name, e-mail"
    assert changed_fields(()) == "nothing"


def test_rows_that_cannot_be_compared_are_said_to_be() -> None:
    """One row, or several, or none."""
    assert told_changes(Changes(compared=1, same=0, fields={}), 3) == [
        "1 row was compared with what an earlier run has confirmed for the same customer: nothing differs in 0.",
        "2 rows could not be compared: nobody knows what their customers hold, or nothing is sent.",
    ]
    assert told_changes(Changes(compared=0, same=0, fields={}), 1) == [
        "1 row could not be compared: nobody knows what its customer holds, or nothing is sent."
    ]
