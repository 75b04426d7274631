"""What whoever watches a run is told of waits, in simulated time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.loop import deliver
from importer.delivery.policy import Policy
from importer.story.lookout import Lookout
from tests.delivery.pace.limiters import Announced
from tests.delivery.samples import page, pending, unmasked
from tests.delivery.simulation import Api, Books, World, policy, scripted
from tests.story.meddling import Meddler

_SLOW_DOWN: Final = "The API asks to slow down (HTTP 429)"
_WAIT: Final = "The API asks to wait (HTTP 429)"
_LATER: Final = "The API asks to wait (HTTP 503)"
_DOWN: Final = "The API failed (HTTP 503)"
_NONE_LEFT: Final = "The API says that it takes no more requests for now"
_WALL: Final = "Something in front of the API blocks requests (HTTP 403)"
_RATE: Final = policy(rate=0.1)


@dataclass(kw_only=True)
class _Watcher(Meddler):
    """Notes what it is told of waits, and when."""

    world: World
    said: list[tuple[int, str, int | None]] = field(default_factory=list)

    def silent(self, why: str, seconds: float | None) -> None:
        """Note it."""
        self._note(why, seconds)

    def asked_to_wait(self, why: str, seconds: float) -> None:
        """Note it."""
        self._note(why, seconds)

    def _note(self, why: str, seconds: float | None) -> None:
        self.said.append((round(self.world.now - 1000.0), why, None if seconds is None else round(seconds)))


def _said(rows: int, api: Api, numbers: Policy | None = None) -> Sequence[tuple[int, str, int | None]]:
    numbers = numbers or policy()
    books = Books(pending(rows), ceiling=numbers.concurrency)
    world = World(api, books)
    watcher = _Watcher(source=Path(), moment="", world=world)
    dispatcher = Dispatcher(numbers, uniform=lambda: 0.5, redact=unmasked)
    lookout = Lookout(dispatcher, watcher, lambda: world.now)
    deliver(dispatcher, world, books, clock=lambda: world.now, switch=world.switch, observe=lookout.settled)
    return watcher.said


@pytest.mark.parametrize(
    ("rows", "script", "numbers", "told"),
    [
        pytest.param(40, {9: [(429, 60.0)]}, None, [(0, _WAIT, 60), (61, "", 0)], id="all wait"),
        pytest.param(40, {9: [(429, 1.0)]}, None, [], id="a moment"),
        pytest.param(40, {9: [(503, 60.0)]}, None, [(1, _LATER, 59), (60, "", 0)], id="all but one row are done"),
        pytest.param(3, {2: [(503, 60.0)], 3: [(503, 90.0)], 4: [(503, 60.0)]}, None,
                     [(0, _LATER, 60), (60, "", 0), (60, _DOWN, None), (60, "", None), (60, _LATER, 30), (90, "", 0)],
                     id="each for itself"),
        pytest.param(2, {3: [429] * 7}, None,
                     [(5, _SLOW_DOWN, 2), (7, "", 0), (7, _SLOW_DOWN, 4), (11, "", 0)], id="without a time"),
        pytest.param(3, {3: [page(403)] * 3, 4: [page(403)] * 3}, None,
                     [(3, _WALL, 8), (11, "", 0)], id="a wall"),
        pytest.param(99, {row: [503] * 20 for row in range(2, 101)}, None,
                     [(0, _DOWN, None), (0, _DOWN, 60)], id="it is down"),
        pytest.param(99, {row: [(503, 100.0)] * 2 for row in range(2, 101)}, None,
                     [(0, _DOWN, None), (0, _DOWN, 60), (1, _DOWN, 100)], id="it is down, and asks for longer"),
        pytest.param(2, {2: ["ok", 500, 500], 3: [500, 500, 500, 500]}, None, [], id="a backoff of our own"),
        pytest.param(9, {}, _RATE, [], id="a rate of our own"),
        pytest.param(40, {2: ["ok"], 3: [(503, 200.0)]}, None, [], id="too long, so that it stops"),
    ],
)  # fmt: skip
def test_a_wait_that_was_asked_for_is_told_with_its_end(
    rows: int, script: Mapping[int, Sequence[object]], numbers: Policy | None, told: Sequence[object]
) -> None:
    """Where nothing else is done meanwhile; and that it is over, once."""
    assert _said(rows, scripted(script), numbers) == told


def test_a_wait_until_the_api_takes_more_is_told_as_one() -> None:
    """Once its headers are believed, nothing is refused any more: then it is not 429 that is waited for."""
    api = Announced(60, 10.0)
    said = _said(300, api)
    last_refused_s = api.refused[-1] - 1000.0
    assert {why for at, why, _ in said if at <= last_refused_s and why} == {_SLOW_DOWN}
    assert [(why, seconds) for at, why, seconds in said if at > last_refused_s + 10 and why] == [(_NONE_LEFT, 10)] * 3
