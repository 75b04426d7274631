"""Whether something in front of the API blocks all requests, or only some rows."""

from __future__ import annotations

from importer.delivery.pace.walls import Walls


def test_a_row_that_is_blocked_beside_others_that_pass_is_blocked_for_what_it_holds() -> None:
    """After so many times, each with somebody else passing before it."""
    walls = Walls(2)
    for expected in (False, False, True):
        assert walls.met(7, alone=False) == expected
        walls.passed(8)


def test_as_long_as_nobody_passes_it_may_be_everybody() -> None:
    """However often it is tried."""
    walls = Walls(2)
    assert not any(walls.met(row, alone=True) for row in (7, 8) * 10)
    assert walls.are_for_all
    assert walls.in_a_row == 20


def test_the_last_rows_are_blocked_for_what_they_hold_if_others_have_passed_since() -> None:
    """Nobody is left to pass beside them."""
    walls = Walls(2)
    walls.met(7, alone=False)
    walls.passed(8)
    assert not walls.are_for_all
    assert [walls.met(7, alone=True) for _ in range(2)] == [False, True]


def test_who_passes_was_blocked_for_no_reason_of_its_own() -> None:
    """It begins anew."""
    walls = Walls(1)
    walls.met(7, alone=False)
    walls.passed(7)
    assert walls.in_a_row == 0
    assert not walls.met(7, alone=False)
