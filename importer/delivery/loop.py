"""The delivery of a run: rows from the ledger through the dispatcher and an engine, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.attempts import Engine, Fault, Ledger, Reply
from importer.model.rows import Outcome, Pending
from importer.model.stop_reasons import StopReason

_MAX_POLL_S: Final = 0.2
"""A signal is noticed within this time."""
_SETTLED_S: Final = 2.0
"""A connection is closed when it has been one too many for between one and two times as long."""


class KeptConnections:
    """Tells an engine how many connections to keep: as many as have been of use at once of late."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept = 0
        self._most_of_late = self._most_before = 0
        self._since = float("-inf")

    def adapt(self, useful: int, now: float, *, at_most: int | None = None) -> None:
        """Take in how many are of use now; those beyond `at_most` are closed without waiting for that to settle."""
        if now - self._since >= _SETTLED_S:
            self._most_before, self._most_of_late, self._since = self._most_of_late, 0, now
        self._most_of_late = max(self._most_of_late, useful)
        kept = max(self._most_of_late, self._most_before)
        if (kept := kept if at_most is None else min(kept, at_most)) != self._kept:
            self._kept = kept
            self._engine.keep(kept)


def deliver(
    dispatcher: Dispatcher,
    engine: Engine,
    ledger: Ledger,
    *,
    clock: Callable[[], float],
    switch: StopSwitch,
    observe: Callable[[Sequence[Outcome]], None],
) -> StopReason | None:
    """Send every pending row of the ledger and return why that stopped early, if it did.

    Nothing leaves before the ledger holds it, and `observe` sees outcomes only when they are durable; it is called
    several times a second even where there are none. Whatever the ledger raises ends the delivery at once.
    """
    after = 0
    connections = KeptConnections(engine)
    while True:
        _heed(switch, dispatcher)
        rows = _next_rows(dispatcher, ledger, after)
        after = rows[-1].update.row if rows else after
        step = dispatcher.step(now := clock())
        # What hangs has a connection beside those that the window is for.
        connections.adapt(max(dispatcher.slots, len(dispatcher.in_flight)), now, at_most=dispatcher.connections)
        if step:
            ledger.record(
                step.begun,
                step.waiting,
                step.outcomes,
                revised=step.revised,
                products=step.products,
                believed=step.believed,
            )
            engine.submit(step.begun)
            if step.begun:
                dispatcher.submitted(clock())
        observe(step.outcomes)
        if dispatcher.finished:
            return dispatcher.stop_reason
        for reply in _replies(dispatcher, engine, switch, clock()):
            dispatcher.receive(reply, clock())


def _heed(switch: StopSwitch, dispatcher: Dispatcher) -> None:
    """Pass on that the run is to stop: before the next attempt, and before a reply that may give another reason."""
    if switch.reason is not None:
        dispatcher.stop(switch.reason)


def _next_rows(dispatcher: Dispatcher, ledger: Ledger, after: int) -> Sequence[Pending]:
    """Hand over the next pending rows behind row `after`, if there is room for any, and return them."""
    room = dispatcher.room()
    if not room:
        return ()
    rows = ledger.pending(after, room)
    dispatcher.feed(rows, last=len(rows) < room)
    return rows


def _replies(dispatcher: Dispatcher, engine: Engine, switch: StopSwitch, now: float) -> Sequence[Reply]:
    """Return what has arrived; for whatever is still out when everything is to be given up, that."""
    wait_s = dispatcher.wait_s(now)
    replies = engine.poll(_MAX_POLL_S if wait_s is None else min(_MAX_POLL_S, wait_s))
    _heed(switch, dispatcher)
    if not switch.give_up:
        return replies
    answered = {reply.row for reply in replies}
    return [*replies, *(Reply(row, 0.0, Fault.GIVEN_UP) for row in sorted(dispatcher.in_flight) if row not in answered)]
