"""Stopping over too many errors, and the first rows that go alone."""

from __future__ import annotations

import pytest

from importer.model.run import MaxErrors
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import pending
from tests.delivery.simulation import Delivery, policy, scripted
from tests.delivery.test_dispatcher import together


@pytest.mark.parametrize(("text", "expected"), [("0", MaxErrors(count=0)), (" 12 ", MaxErrors(count=12))])
def test_a_number_of_rows_is_understood(text: str, expected: MaxErrors) -> None:
    """Digits are a number of rows."""
    assert MaxErrors.parse(text) == expected


@pytest.mark.parametrize(("text", "percent"), [("5%", 5.0), ("0.5 %", 0.5), ("100%", 100.0)])
def test_a_percentage_is_understood(text: str, percent: float) -> None:
    """A percent sign makes it a percentage."""
    assert MaxErrors.parse(text) == MaxErrors(percent=percent)


@pytest.mark.parametrize("text", ["", "%", "-1", "1.5", "101%", "nan%", "ten", "-1%", "٣"])
def test_anything_else_is_refused(text: str) -> None:
    """What is neither says what would be right."""
    with pytest.raises(ValueError, match="such as"):
        MaxErrors.parse(text)


def test_as_many_errors_as_allowed_do_not_stop() -> None:
    """Three of three are not too many."""
    ran = Delivery(
        pending(40), scripted({row: [400] for row in (5, 9, 20)}), policy(max_errors=MaxErrors(count=3))
    ).run()
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 37, Status.REJECTED: 3}


@pytest.mark.parametrize("answer", [400, 201, "other"])
def test_one_error_more_stops(answer: object) -> None:
    """The fourth of three stops the run; what was in flight still counts, and nothing else is begun."""
    rows = (5, 9, 20, 21)
    ran = Delivery(pending(400), scripted({row: [answer] for row in rows}), policy(max_errors=MaxErrors(count=3))).run()
    assert ran.reason is StopReason.TOO_MANY_ERRORS
    assert len(ran.sent) <= 24


def test_a_percentage_counts_from_fifty_rows_on() -> None:
    """Bad rows at the start are too few to tell; then they are too many."""
    script = {row: [400] for row in range(10, 30)}
    ran = Delivery(pending(400), scripted(script), policy(concurrency=1, max_errors=MaxErrors(percent=10.0))).run()
    assert ran.reason is StopReason.TOO_MANY_ERRORS
    assert len(ran.outcomes) == 50


def test_the_first_rows_go_alone() -> None:
    """Nothing else leaves before each of the first three is confirmed, retries included."""
    ran = Delivery(pending(20), scripted({3: [500, 500]}), policy(concurrency=8, canary=3)).run()
    assert ran.counts() == {Status.UPDATED: 20}
    assert min(ran.times(5)) >= max(ran.times(3)) + 0.1 - 1e-6


@pytest.mark.parametrize(
    ("answers", "status"), [([400], Status.REJECTED), (["other"], Status.MISMATCH), ([500] * 5, Status.UNCONFIRMED)]
)
def test_a_first_row_that_is_not_confirmed_stops_the_run(answers: list[object], status: Status) -> None:
    """The rest is never begun."""
    ran = Delivery(pending(20), scripted({3: answers}), policy(concurrency=8, canary=3)).run()
    assert ran.reason is StopReason.CANARY_FAILED
    assert {attempt.update.row for _, attempt in ran.sent} == {2, 3, 4}
    assert ran.outcomes[3].status is status


def test_first_rows_whose_refusal_is_held_do_not_wait_for_ever() -> None:
    """Three 404 would wait for the tenth reply, which does not come: they are decided on."""
    ran = Delivery(pending(20), scripted({row: [404] for row in (2, 3, 4)}), policy(canary=3)).run()
    assert ran.reason is StopReason.CANARY_FAILED
    assert set(ran.outcomes) == {2, 3, 4}


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_more_first_rows_than_there_are_is_all_of_them(rows: int) -> None:
    """A canary longer than the run is the run."""
    ran = Delivery(pending(rows), scripted({}), policy(canary=100)).run()
    assert ran.counts() == {Status.UPDATED: rows}


def test_a_row_behind_a_first_one_does_not_block_the_other_first_ones() -> None:
    """Rows of one customer among the first and behind them keep their order, and the first ones still go first."""
    ran = Delivery(together(12, 4), scripted({}), policy(concurrency=2, canary=6)).run()
    assert ran.counts() == {Status.UPDATED: 12}
    assert {attempt.update.row for _, attempt in ran.sent[:6]} == set(range(2, 8))
