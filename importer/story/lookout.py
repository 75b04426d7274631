"""Looks whether the API shows life while rows are sent, for whoever watches a bar that stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.pace.outage import NoLife
from importer.model.rows import Outcome
from importer.story.order import Observer


@dataclass(slots=True)
class Lookout:
    """Stands between a delivery and the observer of its run.

    Args:
        dispatcher: Knows whether the API shows life.
        observer: Is told of outcomes, and when there is no life any more, or is again.
        clock: The dispatcher's own.
    """

    dispatcher: Dispatcher
    observer: Observer
    clock: Callable[[], float]
    _told: NoLife | None = None

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Pass outcomes on, and what has changed; a delivery calls this several times a second."""
        self.observer.settled(outcomes)
        silence, told = self.dispatcher.silence, self._told
        if silence is None and told is not None:
            if self.dispatcher.stop_reason is None:
                self.observer.silent("", None)
            self._told = None
        elif silence is not None and (told is None or silence.until != told.until):
            seconds = None if silence.until is None else max(silence.until - self.clock(), 0.0)
            self.observer.silent(silence.why, seconds if silence.is_waited_for else 0.0)
            self._told = silence
