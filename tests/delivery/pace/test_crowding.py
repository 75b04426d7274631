"""Whether attempts fail where too many are in flight at once."""

from __future__ import annotations

from importer.delivery.pace.crowding import Crowding


def test_what_fails_in_larger_numbers_only_tells_how_many_pass() -> None:
    """Of eight that left together four passed, as did all before of which four were out."""
    crowding = Crowding()
    for number in range(12):
        crowding.passed(float(number), 4, number + 0.05)
    for _ in range(4):
        crowding.passed(20.0, 8, 20.05)
    assert crowding.turned_away(20.0, 8, 3) is None  # One is chance.
    assert [crowding.turned_away(20.0, 8, out) for out in (2, 1, 0)] == [6, 5, 4]


def test_the_others_that_are_still_out_count_as_passing() -> None:
    """A refusal comes sooner than the answers to what was let in."""
    crowding = Crowding()
    for number in range(12):
        crowding.passed(float(number), 4, number + 0.05)
    assert [crowding.turned_away(20.0, 8, out) for out in (7, 6, 5, 4)] == [None, 6, 5, 4]


def test_what_fails_in_any_number_says_nothing() -> None:
    """Attempts failed where few were out, too."""
    crowding = Crowding()
    for number in range(20):
        crowding.passed(float(number), 4, number + 0.05)
        crowding.turned_away(float(number), 4, 3)
        crowding.passed(number + 0.5, 8, number + 0.55)
    assert crowding.turned_away(30.0, 8, 5) is None


def test_a_few_among_many_say_nothing() -> None:
    """One of twenty that left in a large number may fail for another reason."""
    crowding = Crowding()
    for number in range(100):
        crowding.passed(float(number), 4 if number < 40 else 8, number + 0.05)
    assert [crowding.turned_away(200.0 + number, 8, 5) for number in range(3)] == [None] * 3
