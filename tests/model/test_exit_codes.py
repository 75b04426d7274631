"""A run as a whole: its exit code, and its summary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model.exit_codes import exit_code, exit_code_of_stop
from importer.model.modes import Mode
from importer.model.run import Summary, Target
from importer.model.source import SourceInfo
from importer.model.statuses import CONFIRMED, Status
from importer.model.stop_reasons import StopReason


@pytest.mark.parametrize("status", Status)
def test_a_run_is_0_only_where_every_row_is_confirmed(status: Status) -> None:
    """One row that is not confirmed makes a run 1, whatever else there is; a confirmed one does not."""
    confirmed = dict.fromkeys(CONFIRMED, 5)
    expected = 0 if status in CONFIRMED else 1
    assert exit_code({**dict.fromkeys(Status, 0), **confirmed, status: 1}, None, Mode.RUN) == expected
    assert exit_code({status: 1}, None, Mode.RUN) == expected


@pytest.mark.parametrize("mode", [Mode.CHECK, Mode.DRY_RUN])
@pytest.mark.parametrize("status", Status)
def test_a_check_is_1_only_where_a_row_is_invalid(mode: Mode, status: Status) -> None:
    """Where nothing is sent, only invalid rows count: all others are `not_sent` and fine."""
    assert exit_code({Status.NOT_SENT: 7, status: 1}, None, mode) == (1 if status is Status.INVALID else 0)


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


SUMMARY = Summary(
    run_id="r7",
    version="1",
    mode=Mode.RUN,
    exit_code=0,
    stop_reason=None,
    started_at="",
    finished_at="",
    seconds=0.0,
    source=SourceInfo("/x.csv", None, "", rows=0),
    target=Target(""),
    statuses={},
    attempts=0,
)


@given(st.dictionaries(st.sampled_from(Status), st.integers(0, 9)), st.integers(0, 40))
def test_a_summary_is_balanced_where_its_statuses_sum_to_its_rows(counts: dict[Status, int], rows: int) -> None:
    """Each row has exactly one status, or the summary is not balanced."""
    summary = replace(SUMMARY, statuses=counts, source=replace(SUMMARY.source, rows=rows))
    assert summary.balanced is (sum(counts.values()) == rows)
