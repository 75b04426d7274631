"""What it costs to tell a stray refusal from the row's own."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from importer.delivery.wire.doubts import Doubts


@dataclass
class SetClock:
    """Stands where a test puts it."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_connection_must_be_quiet_for_longer_than_any_answer_took() -> None:
    """At least two seconds; what took long once is forgotten with time, however many answers there are."""
    clock = SetClock()
    doubts = Doubts(clock)
    assert doubts.quiet_s == 2.0
    doubts.note_answer(0.01)
    assert doubts.quiet_s == 2.0
    doubts.note_answer(2.4)
    for _ in range(1000):
        doubts.note_answer(0.01)
    assert doubts.quiet_s == 4.8
    clock.now = 60.0
    assert doubts.quiet_s == 2.4
    doubts.note_answer(1.1)
    assert doubts.quiet_s == 2.4
    doubts.note_answer(1.5)
    assert doubts.quiet_s == 3.0
    clock.now = 600.0
    assert doubts.quiet_s == 2.0


def test_where_answers_take_very_long_every_request_has_a_new_connection() -> None:
    """A wait that is long enough would cost more than that; where one is under way already, it is that long."""
    clock = SetClock()
    doubts = Doubts(clock)
    avoided = []
    for now, took_s in ((0.0, 2.5), (0.0, 5.5), (120.0, 0.1)):
        clock.now = now
        doubts.note_answer(took_s)
        avoided.append((doubts.avoided, doubts.quiet_s))
    assert avoided == [(False, 5.0), (True, 11.0), (False, 2.75)]


def test_a_refusal_that_took_long_does_not_pay_for_ever() -> None:
    """At most for what the longest wait that is worth it would have cost."""
    clock = SetClock()
    doubts = Doubts(clock)
    doubts.note_answer(30.0)
    doubts.note_refusal()
    doubts.note_connection(5.0)
    clock.now = 600.0
    assert not doubts.avoided


def test_nothing_is_avoided_before_there_was_a_refusal() -> None:
    """Answers and connections that are made anyway change nothing."""
    doubts = Doubts()
    doubts.note_answer(0.1)
    doubts.note_connection(0.1)
    assert not doubts.avoided


def test_a_refusal_pays_for_as_many_new_connections_as_take_as_long_as_its_doubt() -> None:
    """Twenty of a tenth of a second each, after which connections are kept again."""
    doubts = Doubts()
    doubts.note_refusal()
    paid = 0
    while doubts.avoided:
        doubts.note_connection(0.1)
        paid += 1
    assert paid == pytest.approx(20, abs=1)


def test_many_refusals_do_not_pay_for_ever() -> None:
    """After a block of bad rows, the rest of the sheet has its connections back soon."""
    doubts = Doubts()
    for _ in range(1000):
        doubts.note_refusal()
    for _ in range(100):
        doubts.note_connection(0.1)
    assert not doubts.avoided


def test_connections_that_cost_nothing_are_paid_for_all_the_same() -> None:
    """A clock that stands still does not keep every connection new."""
    doubts = Doubts()
    doubts.note_refusal()
    for _ in range(30_000):
        doubts.note_connection(0.0)
    assert not doubts.avoided


def test_after_a_stray_answer_every_request_has_a_new_connection() -> None:
    """However many have been made."""
    doubts = Doubts()
    doubts.note_stray()
    for _ in range(1000):
        doubts.note_connection(1.0)
    assert doubts.avoided


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("connecting_s", [0.0003, 0.01, 0.1, 0.5])
def test_it_costs_at_most_twice_what_the_cheaper_way_would_have(share: float, connecting_s: float) -> None:
    """Waiting after each refusal, or connecting for each row, whichever of the two; and once a wait to find out."""
    doubts, uniform = Doubts(), random.Random(4711).random  # noqa: S311 - the same every time
    rows, refusals, cost_s = 5000, 0, 0.0
    for _ in range(rows):
        refused = uniform() < share
        refusals += refused
        if doubts.avoided:
            cost_s += connecting_s
            doubts.note_connection(connecting_s)
        elif refused:
            cost_s += doubts.quiet_s
        if refused:
            doubts.note_refusal()
    assert cost_s <= 2 * min(refusals * doubts.quiet_s, rows * connecting_s) + 2 * doubts.quiet_s
