"""A row that takes the API down each time it is sent goes last, and a few hopeless rows are no outage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from importer.delivery.pace.darkening import Darkening
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Attempt
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.delivery.pace.fronts import Balanced
from tests.delivery.samples import fault, http, ok, pending
from tests.delivery.simulation import Api, Delivery, Ran, policy

CONCURRENCIES = [1, 8, "auto"]


def run(api: Api, rows: int, concurrency: int | str) -> Ran:
    """Send so many rows with so many in flight."""
    numbers = policy(concurrency=concurrency) if isinstance(concurrency, int) else policy(concurrency=64, adaptive=True)
    return Delivery(pending(rows), api, numbers).run()


@pytest.mark.parametrize("poison", [(12, 27, 45), (12, 13, 45), (2, 60, 61)])
@pytest.mark.parametrize("concurrency", CONCURRENCIES)
def test_rows_that_take_both_upstreams_down_hold_up_the_others_once_each(
    concurrency: int | str, poison: Sequence[int]
) -> None:
    """Nginx over two upstreams, 3 rows of 60 that are applied and reset: this took 262 s, and ended as an outage.

    A time of ten seconds without any upstream is noticed at most six seconds late, and no such row begins a second
    one before all others are done.
    """
    ran = run(Balanced(poison), 60, concurrency)
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 57, Status.UNCONFIRMED: 3}
    assert {row for row, outcome in ran.outcomes.items() if outcome.status is Status.UNCONFIRMED} == set(poison)
    healthy = [when for when, attempt in ran.sent if attempt.update.row not in poison]
    assert healthy[-1] - 1000.0 <= 3 * 16


def test_in_a_long_run_such_rows_go_last() -> None:
    """Of 600 rows three are such: the others take as long as they do without, and three times ten seconds."""
    poison = (50, 51, 300)
    ran = run(Balanced(poison), 600, 8)
    assert ran.counts() == {Status.UPDATED: 597, Status.UNCONFIRMED: 3}
    healthy = [when for when, attempt in ran.sent if attempt.update.row not in poison]
    assert healthy[-1] - 1000.0 <= 600 / 8 * 0.05 + 3 * 13


def hopeless(rows: range, answer: int | Fault) -> Api:
    """Return an API that gives this answer to these rows, always."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        if attempt.update.row not in rows:
            return 0.05, ok(attempt.update)
        bad = fault(attempt.update, answer) if isinstance(answer, Fault) else http(attempt.update, answer)
        return 0.02, bad

    return api


@pytest.mark.parametrize("answer", [500, 503, Fault.CONNECTION_LOST])
@pytest.mark.parametrize("first", [40, 152, 282])
@pytest.mark.parametrize("concurrency", CONCURRENCIES)
def test_twenty_hopeless_rows_are_no_outage(concurrency: int | str, first: int, answer: int | Fault) -> None:
    """Of 300 rows twenty in a row always fail; at the end of the sheet that was taken for an API that is down."""
    ran = run(hopeless(range(first, first + 20), answer), 300, concurrency)
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 280, Status.UNCONFIRMED: 20}


def test_an_api_that_cannot_be_reached_at_the_end_is_down() -> None:
    """A connection that is refused is no row's fault, whatever the API did before."""
    ran = run(hopeless(range(282, 302), Fault.CONNECTION_REFUSED), 300, 8)
    assert ran.reason is StopReason.API_DOWN
    assert ran.counts() == {Status.UPDATED: 280, Status.NOT_SENT: ran.counts()[Status.NOT_SENT]}


def test_an_api_that_goes_down_before_the_end_is_down() -> None:
    """Fifty rows that fail at the end are too many to be hopeless: the rest is not even tried."""
    ran = run(hopeless(range(252, 302), 500), 300, 8)
    assert ran.reason is StopReason.API_DOWN
    assert len(ran.outcomes) < 300


def test_hopeless_rows_beside_one_that_hangs_cost_few_requests() -> None:
    """While one is still out nobody knows whether it is an outage; the others are not sent over and over meanwhile."""

    def api(attempt: Attempt, now: float) -> tuple[float, Reply]:
        if attempt.update.row == 301:
            return 90.0, http(attempt.update, 500)
        latency_s, reply = hopeless(range(282, 302), 500)(attempt, now)
        return 10 * latency_s, reply

    ran = run(api, 300, 32)
    assert ran.reason is None
    assert ran.counts() == {Status.UPDATED: 280, Status.UNCONFIRMED: 20}
    assert len(ran.sent) <= 300 + 30


def test_only_a_row_after_which_nothing_lives_is_suspected() -> None:
    """Rows that failed before one that left later and lived are cleared; the first one that is left is named."""
    watch = Darkening()
    watch.learn(1, 0.0, 0.1, alive=False, dark=False)
    watch.learn(2, 0.2, 0.3, alive=True, dark=False)
    watch.learn(3, 0.3, 0.4, alive=False, dark=False)
    watch.learn(4, 0.3, 0.5, alive=True, dark=False)  # It left before the answer to 3.
    watch.learn(5, 0.5, 0.6, alive=False, dark=False)
    assert watch.learn(6, 0.6, 0.7, alive=False, dark=True) == 3


def test_what_fails_later_in_the_dark_is_no_suspect() -> None:
    """One is named for each time of darkness, when it begins."""
    watch = Darkening()
    watch.learn(1, 0.0, 0.1, alive=False, dark=False)
    assert watch.learn(2, 0.0, 0.2, alive=False, dark=True) == 1
    assert watch.learn(3, 0.3, 0.4, alive=False, dark=True) is None
    assert watch.learn(4, 0.5, 0.6, alive=True, dark=False) is None
    watch.learn(5, 0.7, 0.8, alive=False, dark=False)
    assert watch.learn(6, 0.7, 0.9, alive=False, dark=True) == 5


@pytest.mark.parametrize("answer", [503, 500, Fault.TIMED_OUT, Fault.CONNECTION_REFUSED])
def test_an_api_that_dies_among_the_first_rows_is_down_and_spared(answer: int | Fault) -> None:
    """Where the first rows go alone, the others are not there to tell hopeless rows from an outage."""
    ran = Delivery(pending(20), hopeless(range(7, 22), answer), policy(canary=10), max_steps=20_000).run()
    assert ran.reason is StopReason.API_DOWN
    assert len(ran.sent) < 60


def test_an_api_that_asks_to_be_left_alone_is_left_alone_though_few_rows_are_left() -> None:
    """What a 503 asks for holds for those that look whether it is a row's own fault, too."""

    def api(attempt: Attempt, _: float) -> tuple[float, Reply]:
        if attempt.update.row < 7:
            return 0.05, ok(attempt.update)
        return 0.05, http(attempt.update, 503, retry_after_s=30.0)

    ran = Delivery(pending(15), api, policy(concurrency=1), max_steps=20_000).run()
    late = [when for when, _ in ran.sent if when - ran.sent[0][0] > 70.0]
    assert len(late) > 1
    assert all(after - before >= 29.0 for before, after in pairwise(late))
