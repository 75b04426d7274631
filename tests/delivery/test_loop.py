"""The write-ahead rule: nothing leaves, and nothing is shown, before the ledger holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.loop import KeptConnections, deliver
from importer.delivery.policy import Policy
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.attempts import Reply
from importer.errors import JournalError
from importer.model.rows import Attempt, Outcome, Pending, Reconsidered, Waiting
from importer.model.stop_reasons import StopReason
from tests.delivery.samples import http, ok, pending, unmasked, update
from tests.delivery.simulation import policy


@dataclass
class Recorder:
    """A ledger, an engine and an observer in one, which writes down what happens to it, in order."""

    rows: Sequence[Pending]
    events: list[tuple[str, int]] = field(default_factory=list)
    refuse: tuple[str, int] | None = None
    timeouts: list[float] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    now: float = 0.0
    _replies: list[Reply] = field(default_factory=list)
    customers: dict[int, str] = field(default_factory=dict)
    _first: set[int] = field(default_factory=set)
    numbers: Policy = field(default_factory=policy)

    def pending(self, after: int, limit: int) -> Sequence[Pending]:
        return [row for row in self.rows if row.update.row > after][:limit]

    def record(
        self,
        begun: Sequence[Attempt],
        waiting: Sequence[Waiting],
        outcomes: Sequence[Outcome],
        *,
        revised: Sequence[Outcome] = (),
        products: Sequence[str] = (),
        believed: Sequence[Reconsidered] = (),
    ) -> None:
        assert begun or waiting or outcomes or revised or products or believed
        for kind, rows in (
            ("begun", [attempt.update.row for attempt in begun]),
            ("waiting", [row.row for row in waiting]),
            ("outcome", [outcome.row for outcome in outcomes]),
        ):
            if self.refuse and kind == self.refuse[0] and self.refuse[1] in rows:
                raise JournalError("The journal cannot be written.", code="journal_unwritable")
            self.events += [(kind, row) for row in rows]

    def submit(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            self.events.append(("submitted", attempt.update.row))
            again = attempt.update.row in self._first
            self._first.add(attempt.update.row)
            self._replies.append(ok(attempt.update) if again else http(attempt.update, 500))

    def poll(self, timeout_s: float) -> Sequence[Reply]:
        self.timeouts.append(timeout_s)
        self.now += timeout_s + 1e-6
        found, self._replies = self._replies, []
        return found

    def keep(self, connections: int) -> None:
        self.kept.append(connections)

    def close(self) -> None:
        """There is nothing to close."""

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        self.events += [("observed", outcome.row) for outcome in outcomes]
        self.customers.update((outcome.row, outcome.customer_id) for outcome in outcomes)

    def deliver(self, switch: StopSwitch | None = None) -> StopReason | None:
        """Run the delivery over this."""
        return deliver(
            Dispatcher(self.numbers, uniform=lambda: 0.5, redact=unmasked),
            self,
            self,
            clock=lambda: self.now,
            switch=switch or StopSwitch(),
            observe=self.observe,
        )


def test_every_row_takes_its_way_in_order() -> None:
    """Begun, submitted, waiting, begun, submitted, outcome, observed: each durable before what rests on it."""
    recorder = Recorder(pending(10))
    assert recorder.deliver() is None
    for row in range(2, 12):
        assert [kind for kind, of in recorder.events if of == row] == [
            *("begun", "submitted", "waiting"),
            *("begun", "submitted", "outcome", "observed"),
        ]
    assert recorder.customers == {row: update(row).customer_id for row in range(2, 12)}


@pytest.mark.parametrize("kind", ["begun", "waiting", "outcome"])
def test_a_ledger_that_fails_ends_the_delivery_at_once(kind: str) -> None:
    """Where nothing can be made durable any more, nothing more leaves and nothing more is shown."""
    recorder = Recorder(pending(10), refuse=(kind, 5))
    with pytest.raises(JournalError):
        recorder.deliver()
    assert not [event for event in recorder.events if event in (("observed", 5), (kind, 5))]
    assert kind != "begun" or ("submitted", 5) not in recorder.events


def test_a_ledger_that_cannot_be_read_ends_the_delivery_at_once() -> None:
    """Rows that cannot be read cannot be sent."""

    class Unreadable(Recorder):
        def pending(self, after: int, limit: int) -> Sequence[Pending]:
            raise JournalError(f"Rows {after} to {limit} cannot be read.", code="journal_unreadable")

    recorder = Unreadable([])
    with pytest.raises(JournalError):
        recorder.deliver()
    assert recorder.events == []


def test_a_stop_is_noticed_within_a_moment() -> None:
    """However long there is nothing to do, the switch is looked at five times a second."""
    recorder = Recorder(pending(3))
    recorder.deliver()
    assert 0 < max(recorder.timeouts) <= 0.2


def test_a_switch_that_was_pressed_before_sends_nothing() -> None:
    """A stop before the delivery begins is one."""
    switch = StopSwitch()
    switch.press(StopReason.TERMINATED)
    recorder = Recorder(pending(3))
    assert recorder.deliver(switch) is StopReason.TERMINATED
    assert recorder.events == []


@pytest.mark.parametrize(("rows", "kept"), [(200, 8), (3, 3)])
def test_as_many_connections_are_kept_as_are_of_use(rows: int, kept: int) -> None:
    """As many as attempts may be in flight, or as there are rows."""
    recorder = Recorder(pending(rows), numbers=policy(concurrency=8))
    recorder.deliver()
    assert recorder.kept[0] == kept
    assert recorder.kept == sorted(recorder.kept, reverse=True)


def test_connections_are_not_closed_over_a_moment_in_which_fewer_are_in_flight() -> None:
    """What finishes would close its connection, and the next attempt open one."""
    kept: list[int] = []
    recorder = Recorder([])
    recorder.kept = kept
    connections = KeptConnections(recorder)
    for number in range(1000):
        connections.adapt(7 - number % 3, number * 0.01)
    assert kept == [7]
    for number in range(1000):
        connections.adapt(4, 10.0 + number * 0.01)
    assert kept == [7, 4]
    connections.adapt(5, 21.0)
    assert kept == [7, 4, 5]


def test_connections_that_take_the_places_of_others_are_closed_at_once() -> None:
    """Nothing has to settle for that."""
    recorder = Recorder(pending(1))
    connections = KeptConnections(recorder)
    connections.adapt(8, 0.0)
    connections.adapt(8, 0.1, at_most=3)
    connections.adapt(8, 0.2, at_most=20)
    connections.adapt(8, 0.3)
    assert recorder.kept == [8, 3, 8]
