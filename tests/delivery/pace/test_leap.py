"""Whether a limit is still there."""

from __future__ import annotations

from importer.delivery.pace.leap import Leap


def go_on(leap: Leap, begin: float, *, share: float = 1.0) -> float | None:
    """Let this share of the rate through for a step and a little more, and return the rate after that."""
    before = rate = leap.passed(begin, begin)
    now = begin
    while rate is not None and rate == before:
        now += 1 / (rate * share)
        rate = leap.passed(now, now)
    return rate


def test_one_attempt_that_comes_too_soon_tells_where_no_bursts_are_allowed() -> None:
    """The one behind the next leaves after half the space; only its answer counts, and what follows goes on faster."""
    leap = Leap(10.0, 100.0, sharp=True)
    assert [leap.next_rate(10.0, 100.0 + number) for number in range(3)] == [20.0, 10.0, 10.0]
    assert leap.passed(100.5, 100.6) == 10.0
    assert not leap.goes_beyond(100.5)
    assert leap.goes_beyond(101.0)
    assert leap.passed(101.0, 101.1) == 20.0


def test_a_burst_is_used_up_before_anything_is_believed() -> None:
    """First half as fast again for some seconds, then twice as fast each second."""
    leap = Leap(10.0, 100.0, sharp=False)
    assert leap.goes_beyond(100.0)
    assert leap.passed(100.1, 100.1) == 15.0
    assert go_on(leap, 100.2) == 30.0
    assert not leap.went_far
    assert go_on(leap, 103.5) == 60.0
    assert leap.went_far


def test_a_rate_that_is_not_used_limits_nothing() -> None:
    """Something else does: the limit is forgotten."""
    leap = Leap(10.0, 100.0, sharp=False)
    assert go_on(leap, 100.1, share=0.7) is None
