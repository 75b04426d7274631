"""How fast attempts may leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.pacing import Pacing


def test_without_a_rate_nothing_waits() -> None:
    """Where no rate is set, attempts leave as fast as there are slots."""
    pacing = Pacing()
    pacing.left(5.0)
    assert pacing.opens_at() <= 5.0


def test_a_rate_spaces_attempts_evenly() -> None:
    """At four a second, an attempt leaves every quarter of a second, the first at once."""
    pacing = Pacing(rate=4.0)
    assert pacing.opens_at() <= 100.0
    pacing.left(100.0)
    assert pacing.opens_at() == pytest.approx(100.25)
    pacing.left(100.25)
    assert pacing.opens_at() == pytest.approx(100.5)


def test_a_moments_delay_is_made_up() -> None:
    """A commit of some milliseconds between two attempts does not lower the rate."""
    pacing = Pacing(rate=100.0)
    pacing.left(100.0)
    pacing.left(100.015)
    assert pacing.opens_at() == pytest.approx(100.02)


@given(
    rate=st.floats(0.5, 2000),
    delays=st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.3, 2.0]), min_size=1, max_size=300),
)
def test_no_second_holds_noticeably_more_than_the_rate(rate: float, delays: list[float]) -> None:
    """However late attempts leave, what is made up is at most a fiftieth of a second's worth."""
    pacing, now, times = Pacing(rate=rate), 100.0, []
    for delay in delays:
        now = max(now, pacing.opens_at()) + delay
        pacing.left(now)
        times.append(now)
    for start in times:
        assert sum(start <= when < start + 1 for when in times) <= rate * 1.0201 + 1


def test_a_pause_holds_everything_and_is_never_shortened() -> None:
    """A longer pause that was asked for before stays."""
    pacing = Pacing()
    pacing.pause(20.0)
    pacing.pause(10.0)
    assert pacing.opens_at() == 20.0
