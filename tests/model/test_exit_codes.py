"""Exit codes: of a run, of an error, and as the README tells them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importer import errors
from importer.errors import ImporterError, NothingToDoError, RunAbandonedError
from importer.model.exit_codes import MEANINGS, ExitCode, exit_code, exit_code_of_error, exit_code_of_stop, has_ended
from importer.model.modes import Mode
from importer.model.statuses import CONFIRMED, DONE, Status
from importer.model.stop_reasons import StopReason


@pytest.mark.parametrize("status", Status)
def test_a_run_is_0_only_where_every_row_is_confirmed_or_settled(status: Status) -> None:
    """One row that needs something makes a run 1, whatever else there is; a confirmed or a settled one does not."""
    confirmed = dict.fromkeys(CONFIRMED, 5)
    expected = 0 if status in DONE else 1
    assert exit_code({**dict.fromkeys(Status, 0), **confirmed, status: 1}, None, Mode.RUN) == expected
    assert exit_code({status: 1}, None, Mode.RUN) == expected


@pytest.mark.parametrize("mode", [Mode.CHECK, Mode.DRY_RUN])
@pytest.mark.parametrize("status", Status)
def test_a_check_is_1_only_where_a_row_is_invalid(mode: Mode, status: Status) -> None:
    """Where nothing is sent, only invalid rows count: what is valid or left out is fine."""
    assert exit_code({Status.VALID: 7, status: 1}, None, mode) == (1 if status is Status.INVALID else 0)


@pytest.mark.parametrize("mode", Mode)
def test_an_empty_sheet_is_0(mode: Mode) -> None:
    """A source without rows has nothing that needs attention."""
    assert exit_code({}, None, mode) == 0
    assert exit_code(dict.fromkeys(Status, 0), None, mode) == 0


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (StopReason.KEY_REFUSED, 4),
        (StopReason.TARGET_REFUSED, 4),
        (StopReason.API_DOWN, 4),
        (StopReason.RATE_LIMITED, 4),
        (StopReason.RETRY_AFTER_TOO_LONG, 4),
        (StopReason.TOO_MANY_ERRORS, 4),
        (StopReason.CANARY_FAILED, 4),
        (StopReason.INVALID_ROWS, 4),
        (StopReason.APPROVAL_MISMATCH, 4),
        (StopReason.OLDER_JOURNAL, 4),
        (StopReason.INTERNAL_ERROR, 5),
        (StopReason.HUNG_UP, 129),
        (StopReason.INTERRUPTED, 130),
        (StopReason.TERMINATED, 143),
    ],
)
def test_why_a_run_stopped_decides_over_its_rows(reason: StopReason, code: int, mode: Mode) -> None:
    """A run that ended early has the exit code of the reason, whatever its rows are."""
    assert exit_code({Status.UPDATED: 3}, reason, mode) == code
    assert exit_code({Status.INVALID: 3, Status.NOT_SENT: 1}, reason, mode) == code
    assert exit_code_of_stop(reason) == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("SettingsError", 2),
        ("SourceError", 3),
        ("JournalError", 5),
        ("ReportError", 5),
        ("LockedError", 75),
        ("NothingToDoError", 0),
        ("DefectError", 5),
    ],
)
def test_what_must_be_done_about_an_error_decides_on_its_exit_code(kind: str, code: int) -> None:
    """A wrong call, a wrong file, a run to wait for, and what the caller can do nothing about; of its kinds too."""
    one = getattr(errors, kind)
    more: type[ImporterError] = type("More", (one,), {})
    assert exit_code_of_error(one("No.", code="x")) == code
    assert exit_code_of_error(more("No.", code="x")) == code


@pytest.mark.parametrize("reason", StopReason)
def test_a_run_that_is_given_up_has_the_exit_code_of_why(reason: StopReason) -> None:
    """Nothing was sent and nothing is reported, but whoever started it learns the same."""
    assert exit_code_of_error(RunAbandonedError("No.", code=reason)) == exit_code_of_stop(reason)


def test_each_error_has_an_exit_code_and_only_one_of_them_is_well() -> None:
    """An error that is new is a failure until somebody says what it is; that nothing is to be done is none."""
    kinds = [kind for kind in ImporterError.__subclasses__() if kind is not RunAbandonedError]
    assert len(kinds) > 5
    assert [kind for kind in kinds if exit_code_of_error(kind("No.", code="x")) == 0] == [NothingToDoError]


@pytest.mark.parametrize("code", [None, *ExitCode])
def test_a_run_that_was_failed_or_stopped_is_gone_on_with(code: ExitCode | None) -> None:
    """It has ended where all its rows were tried, whatever became of them; a check has ended anyway."""
    assert has_ended(Mode.RUN, code, None) is (code in (0, 1))
    assert has_ended(Mode.RUN, code, StopReason.INVALID_ROWS)
    assert has_ended(Mode.CHECK, code, None)


def test_the_readme_says_what_each_exit_code_means() -> None:
    """Its table has each of them once, with the meaning that help gives it, and what more there is to say."""
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| ([0-9][0-9, ]*) \| (.*) \|$", readme, re.MULTILINE)
    told = [(int(number), text) for numbers, text in rows for number in numbers.split(",")]
    assert [number for number, _ in told] == sorted(ExitCode)
    assert [number for number, text in told if MEANINGS[ExitCode(number)] not in text] == []
