"""Numbers and times as people read them."""

from __future__ import annotations

import pytest

from importer.reports.saying.figures import counted, duration, latency, moment


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.04, "0 s"),
        (5.0, "5 s"),
        (48.25, "48.2 s"),
        (59.97, "1 min 0 s"),
        (61.0, "1 min 1 s"),
        (7_325.0, "2 h 2 min"),
        (3_600_000.0, "1,000 h 0 min"),
    ],
)
def test_a_length_of_time_is_told_as_people_say_it(seconds: float, told: str) -> None:
    """Seconds, minutes or hours, whichever can be read at a glance, and never sixty of one."""
    assert duration(seconds) == told


@pytest.mark.parametrize(("seconds", "told"), [(0.0042, "4.2 ms"), (0.2504, "250 ms"), (30.0, "30.0 s")])
def test_the_time_of_a_reply_has_the_unit_that_fits(seconds: float, told: str) -> None:
    """Fast replies can be told apart, and slow ones have no digits that nobody reads."""
    assert latency(seconds) == told


def test_one_is_not_told_as_several() -> None:
    """A number and its word agree, whatever the word's plural is."""
    assert [counted(number, "row") for number in (0, 1, 1_204)] == ["0 rows", "1 row", "1,204 rows"]
    assert [counted(number, "needs fixing", "need fixing") for number in (1, 2)] == ["1 needs fixing", "2 need fixing"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2025-07-21T12:43:14.834Z", "2025-07-21 12:43:14 UTC"),
        ("2025-07-21T14:43:14+02:00", "2025-07-21 12:43:14 UTC"),
        ("soon", "soon"),
        (None, ""),
    ],
)
def test_a_moment_is_told_to_the_second_in_utc(text: str | None, told: str) -> None:
    """What is no time is shown as it is."""
    assert moment(text) == told
