"""The rate limit, on a clock of its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.rate import RateLimit


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_request_is_let_through_after_the_wait_it_was_told() -> None:
    """Who comes back when told is let through; who comes earlier loses nothing by it."""
    clock = Clock()
    rate = RateLimit(0.5, clock=clock)
    assert rate.take() == 0
    assert rate.take() == 2
    clock.now = 1.0
    assert rate.take() == 1
    clock.now = 2.0
    assert rate.take() == 0


@given(
    st.floats(0.5, 200),
    st.lists(st.floats(0, 0.5), min_size=1, max_size=200),
)
def test_no_second_sees_more_than_the_limit_and_its_burst(per_second: float, pauses: list[float]) -> None:
    """In any second as many are let through as the limit says, and at most a small burst more."""
    clock = Clock()
    rate = RateLimit(per_second, clock=clock)
    passed = []
    for pause in pauses:
        clock.now += pause
        if rate.take() == 0:
            passed.append(clock.now)
    most = per_second + max(1.0, per_second / 10) + 1e-6
    assert all(sum(start <= moment < start + 1 for moment in passed) <= most for start in passed)
