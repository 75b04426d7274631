"""How fast attempts may leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.pacing import Pacing


def test_without_a_rate_nothing_waits() -> None:
    """Where no rate is set, attempts leave as fast as there are slots."""
    pacing = Pacing()
    assert [pacing.leave(5.0, None) for _ in range(3)] == [5.0, 5.0, 5.0]
    pacing.submitted(5.0)
    assert pacing.begins_at() <= 5.0


def test_a_rate_spaces_attempts_evenly() -> None:
    """At four a second, an attempt leaves every quarter of a second, the first at once."""
    pacing = Pacing(ceiling=4.0)
    assert [pacing.leave(100.0, None) for _ in range(3)] == pytest.approx([100.0, 100.25, 100.5])


def test_an_attempt_is_begun_a_little_before_it_leaves() -> None:
    """So that a commit in between does not hold it up: by thirty milliseconds, and no more."""
    pacing = Pacing(ceiling=4.0)
    pacing.leave(100.0, None)
    assert pacing.begins_at() == pytest.approx(100.22)


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


@given(
    rate=st.floats(0.5, 2000),
    delays=st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.3, 2.0]), min_size=1, max_size=300),
)
def test_no_second_holds_noticeably_more_than_the_rate(rate: float, delays: list[float]) -> None:
    """However late attempts leave, what is made up is at most a fiftieth of a second's worth."""
    pacing, now, times = Pacing(ceiling=rate), 100.0, []
    for delay in delays:
        now = max(now, pacing.begins_at()) + delay
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
