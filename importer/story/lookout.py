"""Looks whether the API shows life while rows are sent, for whoever watches a bar that stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from importer.delivery.dispatcher import Dispatcher
from importer.delivery.pace.outage import NoLife
from importer.delivery.standstill import AskedWait
from importer.model.rows import Outcome
from importer.story.order import Observer

_LONG_S: Final = 2.0
"""A shorter wait is over before it is read."""


@dataclass(slots=True)
class Lookout:
    """Stands between a delivery and the observer of its run.

    Args:
        dispatcher: Knows whether the API shows life, and what it asks for.
        observer: Is told of outcomes, of what is waited for, and when it is not waited for any more.
        clock: The dispatcher's own.
    """

    dispatcher: Dispatcher
    observer: Observer
    clock: Callable[[], float]
    _told: NoLife | None = None
    _told_wait: AskedWait | None = None

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """Pass outcomes on, and what has changed; a delivery calls this several times a second."""
        self.observer.settled(outcomes)
        silence, now = self.dispatcher.silence, self.clock()
        is_outage = silence is not None and (silence.until is not None or not silence.is_waited_for)
        wait = None if is_outage else self.dispatcher.asked_wait(now)
        if wait is not None and self._told_wait is None and wait.until - now < _LONG_S:
            wait = None
        if wait is None and self._told_wait is not None:
            self.observer.asked_to_wait("", 0.0)
            self._told_wait = None
        self._tell_silence(None if wait is not None else silence, now)
        if wait is not None and (self._told_wait is None or abs(wait.until - self._told_wait.until) >= 1.0):
            self.observer.asked_to_wait(wait.why, wait.until - now)
            self._told_wait = wait

    def _tell_silence(self, silence: NoLife | None, now: float) -> None:
        told = self._told
        if silence is None and told is not None:
            if self.dispatcher.stop_reason is None:
                self.observer.silent("", None)
            self._told = None
        elif silence is not None and (told is None or silence.until != told.until):
            seconds = None if silence.until is None else max(silence.until - now, 0.0)
            self.observer.silent(silence.why, seconds if silence.is_waited_for else 0.0)
            self._told = silence
