"""How fast attempts may leave."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.pace.lateness import Lateness
from importer.delivery.pace.spacing import Pacing


def test_without_a_rate_nothing_waits() -> None:
    """Where no rate is set, attempts leave as fast as there are slots."""
    pacing = Pacing()
    assert [pacing.leave(5.0, None) for _ in range(3)] == [5.0, 5.0, 5.0]
    pacing.submitted(5.0)
    assert pacing.begins_at(5.0) <= 5.0


def test_a_rate_spaces_attempts_evenly() -> None:
    """At four a second, an attempt leaves every quarter of a second, the first at once."""
    pacing = Pacing(ceiling=4.0)
    assert [pacing.leave(100.0, None) for _ in range(3)] == pytest.approx([100.0, 100.25, 100.5])


def test_an_attempt_is_begun_a_little_before_it_leaves() -> None:
    """So that a commit in between does not hold it up: by thirty milliseconds, and no more."""
    pacing = Pacing(ceiling=4.0)
    pacing.leave(100.0, None)
    assert pacing.begins_at(100.0) == pytest.approx(100.22)


def test_the_lower_of_two_rates_counts() -> None:
    """The user's own is a ceiling; below it, the API's limit decides."""
    for ceiling, allowed in ((4.0, 10.0), (10.0, 4.0)):
        pacing = Pacing(ceiling=ceiling)
        pacing.leave(100.0, allowed)
        assert pacing.leave(100.0, allowed) == pytest.approx(100.25)


def test_a_moments_delay_is_made_up() -> None:
    """A commit of some milliseconds between two attempts does not lower the rate that a person asked for."""
    pacing = Pacing(ceiling=100.0)
    pacing.leave(100.0, None)
    pacing.leave(100.015, None)
    assert pacing.leave(100.015, None) == pytest.approx(100.02)


def test_nothing_is_made_up_where_the_api_refuses_some() -> None:
    """A limiter without bursts would refuse the next one."""
    pacing = Pacing()
    pacing.leave(100.0, 10.0)
    assert pacing.leave(100.13, 10.0) == pytest.approx(100.13)
    assert pacing.leave(100.13, 10.0) == pytest.approx(100.23)


def test_what_was_handed_over_late_shifts_the_next() -> None:
    """Where a commit took longer than an attempt was begun ahead, the space behind it stays."""
    pacing = Pacing()
    pacing.leave(100.0, 10.0)
    pacing.submitted(100.04)
    assert pacing.leave(100.1, 10.0) == pytest.approx(100.14)


def limited(*took_s: float) -> Pacing:
    """Return the pacing of ten a second, with answers that took so long."""
    pacing = Pacing()
    for number, took in enumerate(took_s):
        left_at = pacing.leave(number * 1.0, 10.0, sharp=True)
        pacing.answered(left_at, left_at + took)
    return pacing


def test_an_attempt_that_was_late_makes_the_next_one_as_much_later() -> None:
    """Its answer came 40 ms later than usual, so it may have arrived as late: the limiter counts from then."""
    pacing = limited(*[0.01] * 10)
    left_at = pacing.leave(100.0, 10.0, sharp=True)
    pacing.answered(left_at, left_at + 0.05)
    assert pacing.leave(100.1, 10.0, sharp=True) == pytest.approx(100.14, abs=0.002)


def test_an_attempt_without_an_answer_is_late_already() -> None:
    """What should have been answered long ago has arrived a moment ago at best."""
    pacing = limited(*[0.01] * 10)
    pacing.leave(100.0, 10.0, sharp=True)
    assert pacing.begins_at(100.09) == pytest.approx(100.09 - 0.01 + 0.1 - 0.03, abs=0.001)


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever() -> None:
    """One that hangs costs the space of one attempt more."""
    pacing = limited(*[0.01] * 10)
    pacing.leave(100.0, 10.0, sharp=True)
    assert pacing.begins_at(100.2) < 100.2
    assert pacing.leave(100.2, 10.0, sharp=True) == pytest.approx(100.2)


def test_an_answer_to_an_earlier_attempt_changes_nothing() -> None:
    """What counts is the last one that left."""
    pacing = limited(*[0.5] * 10)
    first = pacing.leave(100.0, 10.0, sharp=True)
    pacing.leave(100.1, 10.0, sharp=True)
    pacing.answered(first, 100.15)
    assert pacing.leave(100.2, 10.0, sharp=True) == pytest.approx(100.2)


def test_where_bursts_are_allowed_late_answers_cost_nothing() -> None:
    """A limiter that lets several through at once does not mind one that comes a little too soon."""
    pacing = Pacing()
    pacing.answered(pacing.leave(100.0, 10.0), 100.01)
    pacing.answered(pacing.leave(100.1, 10.0), 100.19)
    assert pacing.leave(100.2, 10.0) == pytest.approx(100.2)


def test_where_the_user_alone_sets_the_rate_late_answers_cost_nothing() -> None:
    """A rate of one's own is kept to by departures."""
    pacing = Pacing(ceiling=10.0)
    pacing.answered(pacing.leave(100.0, None), 100.09)
    assert pacing.leave(100.1, None) == pytest.approx(100.1)


@given(
    took_s=st.lists(st.floats(0, 10), min_size=1, max_size=40), spare_s=st.sampled_from([0.0, 0.0015, 0.1, 5.0, 1e9])
)
def test_what_is_usual_spends_just_what_may_be_spent(took_s: list[float], spare_s: float) -> None:
    """Answers are late by as much as may be spent on average, or by less where none was faster."""
    lateness = Lateness()
    for took in took_s:
        lateness.answered(0.0, took)
    usual_s, last = lateness.usual_s(spare_s), took_s[-32:]
    late_s = sum(max(0.0, took - usual_s) for took in last) / len(last)
    assert late_s <= spare_s + 1e-9
    assert usual_s == min(last) or late_s == pytest.approx(spare_s, abs=1e-9)


def test_one_that_was_late_leaves_less_space_behind_it() -> None:
    """Where answers take 10 ms at the least, one that took 60 ms arrived up to 50 ms later than the others."""
    lateness = Lateness()
    for left_at, answered_at in ((1.0, 1.01), (1.1, 1.16), (1.2, 1.21)):
        lateness.left(left_at)
        lateness.answered(left_at, answered_at)
    assert lateness.least_space_s(1.0, 2.0) == math.inf
    assert lateness.least_space_s(1.1, 2.0) == pytest.approx(0.1)
    assert lateness.least_space_s(1.2, 2.0) == pytest.approx(0.05)
    lateness.left(1.3)
    lateness.left(1.4)
    assert lateness.least_space_s(1.4, 1.42) == pytest.approx(-0.01)


@pytest.mark.slow
@given(
    rate=st.floats(0.5, 2000),
    delays=st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.3, 2.0]), min_size=1, max_size=300),
)
def test_no_second_holds_noticeably_more_than_the_rate(rate: float, delays: list[float]) -> None:
    """However late attempts leave, what is made up is at most a fiftieth of a second's worth."""
    pacing, now, times = Pacing(ceiling=rate), 100.0, []
    for delay in delays:
        now = max(now, pacing.begins_at(now)) + delay
        times.append(max(now, pacing.leave(now, None)))
        pacing.submitted(now)
    for start in times:
        assert sum(start <= when < start + 1 for when in times) <= rate * 1.0201 + 1


def test_a_pause_holds_everything_and_is_never_shortened() -> None:
    """A longer pause that was asked for before stays."""
    pacing = Pacing()
    pacing.pause(20.0)
    pacing.pause(10.0)
    assert pacing.leave(5.0, None) == 20.0
