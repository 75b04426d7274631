"""Limits of so many requests in a time."""

from __future__ import annotations

import pytest

from importer.delivery.pace.cycles import Cycle, Cycles


def play(cycles: Cycles, *events: tuple[float, bool]) -> list[Cycle | bool | None]:
    """Return what is said of each: a time, and whether it was let through."""
    return [cycles.passed(now, now) if passed else cycles.refused(now) for now, passed in events]


def used_up_at(now: float, count: int = 6) -> list[tuple[float, bool]]:
    """Return so many that pass a moment before a refusal."""
    return [(now - 0.01 * (count - number), True) for number in range(count)] + [(now, False)]


def test_a_limit_is_measured_from_one_time_that_it_is_used_up_to_the_next() -> None:
    """Six in ten seconds: the second time is as late in its window as the first."""
    cycles = Cycles()
    play(cycles, *used_up_at(100.0), (100.5, False), (102.0, False), (106.0, False))
    assert play(cycles, (109.5, True)) == [True]
    *_, cycle = play(cycles, *used_up_at(110.0, 5))
    assert cycle == Cycle(6, 10.0, 109.5, 3.5)
    assert isinstance(cycle, Cycle)
    assert cycle.rate == pytest.approx(0.6)
    assert cycle.fastest == pytest.approx(6 / 6.5)


@pytest.mark.parametrize(
    ("first", "shut"),
    [
        pytest.param(6, [100.5, 101.0], id="soon over"),
        pytest.param(6, [103.0], id="few refusals"),
        pytest.param(4, [100.5, 102.0, 106.0], id="few requests"),
    ],
)
def test_what_is_soon_over_or_of_few_requests_is_no_cycle(first: int, shut: list[float]) -> None:
    """Limits of a second are found otherwise."""
    cycles = Cycles()
    play(cycles, *used_up_at(100.0, first), *((when, False) for when in shut))
    assert play(cycles, (shut[-1] + 0.5, True)) == [False]
    assert play(cycles, *used_up_at(110.0))[-1] is None


def test_what_was_begun_before_a_refusal_opens_nothing() -> None:
    """An answer that comes later belongs to the time before."""
    cycles = Cycles()
    play(cycles, *used_up_at(100.0), (100.5, False), (102.0, False), (106.0, False))
    assert not cycles.passed(105.9, 106.1)
    assert cycles.passed(106.5, 106.6)
