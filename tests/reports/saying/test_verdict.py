"""What a person does about a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.model.modes import Mode
from importer.model.rows import Cause
from importer.model.run import Summary
from importer.model.statuses import DONE, REACHED, Status
from importer.model.stop_reasons import TO_BE_CORRECTED, StopReason
from importer.reports.saying.calling import Calling
from importer.reports.saying.next_steps import advised, steps
from importer.reports.saying.verdict import verdict
from tests.reports.summary.test_summary_json import SUMMARY


def _run(counts: Mapping[Status, int], **more: Any) -> Summary:  # noqa: ANN401 - fields of several types
    source = replace(SUMMARY.source, rows=sum(counts.values()))
    ended = replace(SUMMARY, source=source, statuses=dict(counts), exit_code=1, stop_reason=None, mode=Mode.RUN)
    return replace(ended, **more)


@pytest.mark.parametrize(
    ("counts", "mode", "told"),
    [
        ({}, Mode.RUN, "The sheet has no rows."),
        (
            {Status.UPDATED: 1000, Status.DUPLICATE: 180, Status.INVALID: 12, Status.REJECTED: 6, Status.MISMATCH: 1,
             Status.UNCONFIRMED: 3, Status.FAILED: 2},
            Mode.RUN,
            "1,180 of 1,204 rows are confirmed. 19 need fixing, 5 need another try.",
        ),
        ({Status.UPDATED: 1, Status.NOT_SENT: 1}, Mode.RUN, "1 of 2 rows is confirmed. 1 was not sent."),
        ({Status.FAILED: 1}, Mode.RUN, "The one row is not confirmed. 1 needs another try."),
        ({Status.VALID: 5}, Mode.DRY_RUN, "All 5 rows are valid. Nothing was sent."),
        ({Status.UPDATED: 1, Status.SETTLED: 2}, Mode.RUN, "All 3 rows are done: 1 is confirmed, 2 are settled."),
        ({Status.SETTLED: 2}, Mode.RUN, "All 2 rows are settled."),
        ({Status.SETTLED: 1}, Mode.CHECK, "The one row is settled."),
        ({Status.UPDATED: 1, Status.SETTLED: 1, Status.INVALID: 1}, Mode.RUN,
         "1 of 3 rows is confirmed. 1 is settled, 1 needs fixing."),
        ({Status.VALID: 2, Status.SETTLED: 1}, Mode.DRY_RUN,
         "2 of 3 rows are valid. 1 is settled. Nothing was sent."),
        ({Status.VALID: 5, Status.INVALID: 1}, Mode.CHECK,
         "5 of 6 rows are valid. 1 needs fixing. Nothing was sent."),
        ({Status.VALID: 2, Status.INVALID: 1, Status.NOT_SENT: 3}, Mode.DRY_RUN,
         "2 of 6 rows are valid. 1 needs fixing, 3 were left out. Nothing was sent."),
        ({Status.NOT_SENT: 1}, Mode.CHECK, "The one row is not valid. 1 was left out. Nothing was sent."),
    ],
)  # fmt: skip
def test_the_verdict_says_what_each_part_of_the_rows_needs(counts: Mapping[Status, int], mode: Mode, told: str) -> None:
    """In a sentence or two, with the numbers of a person."""
    assert verdict(mode, sum(counts.values()), counts) == told


def test_rows_without_an_outcome_are_told() -> None:
    """A run that is at work, or was cut off, has some; they are not silently left out of the sum."""
    assert verdict(Mode.RUN, 9, {Status.UPDATED: 4}) == "4 of 9 rows are confirmed. 5 have no outcome yet."
    assert verdict(Mode.CHECK, 9, {Status.INVALID: 4}) == (
        "0 of 9 rows are valid. 4 need fixing, 5 have no outcome yet. Nothing was sent."
    )


def test_a_run_that_ended_is_retried_and_fixed() -> None:
    """Each with its command; what an option has left out is not told to be retried."""
    superseded = Cause(
        warning=False, code="superseded", column="", message="", rows=3, first_rows=(2,), status=Status.NOT_SENT
    )
    counts = {Status.UPDATED: 1, Status.FAILED: 2, Status.NOT_SENT: 4, Status.INVALID: 1}
    run = _run(counts, causes=[superseded], reports={"to_fix": "/out/to_fix.csv"})
    found = steps(run, fix_command="importer run to_fix.csv")
    assert [(step.text, step.command) for step in found] == [
        ("Try 3 rows again, which is safe.", "importer retry r7"),
        ("Fix 1 row in to_fix.csv, then run it.", "importer run to_fix.csv"),
    ]


def test_commands_name_the_state_directory_where_it_is_not_the_usual_one() -> None:
    """So that they work as they stand."""
    (step,) = steps(_run({Status.FAILED: 2}), call=Calling(state=Path("/var/my state")))
    assert step.command == "importer retry r7 --state '/var/my state'"


def test_a_redacted_report_does_not_ask_for_mending_itself() -> None:
    """A mask is no name: the file to mend is made by another report."""
    run = _run({Status.INVALID: 2}, reports={"to_fix": "/out/to_fix.csv"}, redacted=True)
    (step,) = steps(run, fix_command="importer run to_fix.csv")
    assert step.command == "importer report r7 --no-redact"


def test_what_a_check_has_found_is_checked_again() -> None:
    """The sentence says what its command does."""
    check = _run({Status.INVALID: 2}, mode=Mode.CHECK, reports={"to_fix": "/out/to_fix.csv"})
    (step,) = steps(check, fix_command="importer check to_fix.csv")
    assert (step.text, step.command) == ("Fix 2 rows in to_fix.csv, then check it.", "importer check to_fix.csv")


def test_a_run_that_stopped_is_gone_on_with() -> None:
    """What is to be done first stands first."""
    found = steps(_run({Status.NOT_SENT: 4}, exit_code=4, stop_reason=StopReason.KEY_REFUSED))
    assert [step.command for step in found] == ["", "importer forget r7"]
    assert found[0].text.startswith("Check the key")
    limited = _run({Status.NOT_SENT: 4}, exit_code=4, stop_reason=StopReason.RATE_LIMITED)
    assert [step.command for step in steps(limited)] == ["", "importer resume r7"]
    cut_off = steps(_run({Status.NOT_SENT: 4}, exit_code=None))
    assert [step.command for step in cut_off] == ["importer resume r7"]


@pytest.mark.parametrize(
    ("would_be_sent", "told"),
    [(4, "4 rows."), (3, "4 rows, in 3 requests."), (1, "4 rows, in 1 request."), (None, "4 rows.")],
)
def test_what_a_check_has_found_valid_is_sent_next(would_be_sent: int | None, told: str) -> None:
    """With how many requests that takes, where rows repeat others."""
    check = _run({Status.VALID: 4, Status.NOT_SENT: 2}, mode=Mode.CHECK, would_be_sent=would_be_sent)
    (step,) = steps(check, send_command="importer run changes.csv")
    assert (step.text, step.command) == (f"Send what is valid, {told}", "importer run changes.csv")


@pytest.mark.parametrize(
    ("command", "needs", "told"),
    [
        ("", ["a group (--group-id)"], ", with importer run, which also needs a group (--group-id)."),
        ("importer run a", ["the API key"], ", which needs the API key."),
        ("", [], ", with importer run."),
    ],
)
def test_what_sending_takes_beside_a_command_is_said(command: str, needs: list[str], told: str) -> None:
    """In words: a command that would be refused is none to type."""
    check = _run({Status.VALID: 4}, mode=Mode.CHECK)
    (step,) = steps(check, send_command=command, send_needs=needs)
    assert (step.text, step.command) == (f"Send what is valid, 4 rows{told}", command)


@pytest.mark.parametrize(
    ("source", "redacted", "command"),
    [("/in/a", False, "importer report r7"), ("/in/a", True, "importer report r7 --no-redact"), ("-", False, "")],
)
def test_a_check_that_left_no_folder_says_first_how_to_have_the_rows_to_fix(
    source: str, command: str, *, redacted: bool
) -> None:
    """As the first step, where what to do is looked for."""
    check = _run({Status.INVALID: 2, Status.VALID: 1}, mode=Mode.CHECK, redacted=redacted, reports={})
    first, _ = steps(replace(check, source=replace(check.source, path=source)))
    assert first.text.startswith("Fix 2 rows. For a sheet of them add --report")
    assert first.command == command


@pytest.mark.parametrize("reason", sorted(TO_BE_CORRECTED))
@pytest.mark.parametrize("taken_up", sorted(REACHED))
def test_a_stop_that_would_only_repeat_itself_is_run_anew(reason: StopReason, taken_up: Status) -> None:
    """With what is wrong corrected; where somebody has taken up a row before, going on is what helps."""
    nobody = {Status.NOT_SENT: 4, Status.FAILED: 1, Status.INVALID: 3}
    found = steps(_run(nobody, exit_code=4, stop_reason=reason), run_command="importer run /in/a")
    assert [step.command for step in found] == ["importer run /in/a", "importer forget r7"]
    assert found[0].text.endswith("run it again.")
    begun = _run(nobody | {taken_up: 1}, exit_code=4, stop_reason=reason)
    assert "importer resume r7" in [step.command for step in steps(begun, run_command="importer run /in/a")]


def test_who_stops_a_run_that_nobody_has_answered_is_told_both_ways_on() -> None:
    """The URL may be wrong, so that going on would only repeat it, or somebody is not there yet."""
    waiting = _run({Status.NOT_SENT: 4}, exit_code=130, stop_reason=StopReason.INTERRUPTED, unanswered=True)
    first, found, other = steps(waiting, run_command="importer run /in/a", call=Calling(state=Path("/my state")))
    assert first.text == "The run stopped early: it was interrupted."
    url = waiting.target.base_url
    assert found.text == f"Nobody answered at {url}. If that is right, go on with the run, which takes up 4 rows."
    assert found.command == "importer resume r7 --state '/my state'"
    given_up = "give this run up (importer forget r7 --state '/my state'), correct --base-url, and run it again."
    assert other.text == f"If it is wrong, {given_up}"
    assert other.command == "importer run /in/a --state '/my state'"


@pytest.mark.parametrize("more", [{"unanswered": False}, {"stop_reason": StopReason.RATE_LIMITED, "exit_code": 4}])
def test_a_run_that_was_stopped_otherwise_is_gone_on_with(more: dict[str, Any]) -> None:
    """Somebody is at the URL, or has given another reason to wait."""
    waiting = _run({Status.NOT_SENT: 4}, exit_code=130, stop_reason=StopReason.INTERRUPTED, unanswered=True)
    assert [step.command for step in steps(replace(waiting, **more))] == ["", "importer resume r7"]


def test_rows_that_all_failed_for_want_of_a_connection_ask_for_the_address() -> None:
    """Trying them again at a misspelt one would only end the same way."""
    cause = Cause(
        warning=False, code="name_not_resolved", column="", message="", rows=2, first_rows=(2,), status=Status.FAILED
    )
    (step,) = steps(_run({Status.FAILED: 2}, causes=[cause]))
    assert step.text == "Nobody answered at --base-url. If it is right, try 2 rows again, which is safe."
    (step,) = steps(_run({Status.FAILED: 2}, causes=[replace(cause, code="http_425")]))
    assert step.text == "Try 2 rows again, which is safe."


def test_there_is_nothing_to_do_where_all_is_well() -> None:
    """No step is invented."""
    assert steps(_run({Status.UPDATED: 4}, exit_code=0)) == []


@pytest.mark.parametrize("status", [status for status in Status if status not in DONE])
def test_every_cause_says_what_to_do(status: Status) -> None:
    """Whatever its code; a warning too."""
    cause = Cause(warning=False, code="any", column="", message="", rows=1, first_rows=(2,), status=status)
    assert all(one.to_do.endswith(".") for one in advised([cause, replace(cause, warning=True, status=None)]))


def test_the_reason_of_a_stop_tells_what_to_do_about_its_rows() -> None:
    """Going on with a run whose key is refused would help nobody."""
    cause = Cause(
        warning=False, code="key_refused", column="", message="", rows=1, first_rows=(2,), status=Status.NOT_SENT
    )
    assert "key" in advised([cause])[0].to_do


@pytest.mark.parametrize("code", ["answered_in_front", "http_500"])
def test_whose_answers_they_are_is_asked_where_nobody_else_can_say(code: str) -> None:
    """Only a person knows whether the API itself refuses rows without JSON."""
    cause = Cause(warning=False, code=code, column="", message="", rows=1, first_rows=(2,), status=Status.UNCONFIRMED)
    run = replace(_run({Status.UNCONFIRMED: 1}, exit_code=1), causes=[cause])
    offered = [step.text for step in steps(run) if "IMPORTER_API_ERRORS=any" in step.text]
    assert len(offered) == (code == "answered_in_front")
    [advice] = [one.to_do for one in advised(run.causes)]
    assert ("in front of the API" in advice) == (code == "answered_in_front")
