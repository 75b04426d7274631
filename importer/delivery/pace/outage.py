"""When an API counts as down, how it is looked after, and when to give up: with times that are handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

ATTEMPTS: Final = 10
"""So many attempts without life in between, on so many rows, are an outage and no bad luck."""
ROWS: Final = 5
_SHORTEST_S: Final = 0.05
"""The least that the first probe is waited for: without any wait, probes would be a storm of their own."""
_PROBES: Final = 4
"""The longest wait between two probes is this part of the longest outage, so that an end of it is noticed."""


@dataclass(frozen=True, slots=True)
class NoLife:
    """That an API shows no life.

    Attributes:
        why: What the last attempt came to, in words without anything of its row.
        until: When the run gives up, which is later where the API asks to wait for longer; None where it is not known
            yet whether it is more than bad luck.
        is_waited_for: It may change by itself; else the run gives up at once.
    """

    why: str
    until: float | None = None
    is_waited_for: bool = True


@dataclass(slots=True)
class Outage:
    """Watches whether the API shows life: any reply but a 5xx.

    While it is `paused`, nothing leaves but one probe at a time, further and further apart. Life ends the pause; a
    probe that left at its bound or later and found none makes it `over`. An outage shorter than the bound is waited
    through, since the last probe leaves at the bound itself.

    Args:
        max_outage_s: How long a pause may last before the last probe.
        backoff_s: The longest wait before the first probe; it doubles with each.
        uniform: Returns random numbers from 0 to below 1.
        waits_for_name: Wait also where the host has no address at the first attempt; else that is an end at once.

    Attributes:
        nameless: It was such an end.
        probe: The row whose attempt is the probe in flight.
        probe_at: When the next probe may leave; it is of use while `paused` only.
        over: Whether the run should stop.
    """

    max_outage_s: float
    backoff_s: float
    uniform: Callable[[], float]
    waits_for_name: bool = True
    nameless: bool = False
    probe: int | None = None
    probe_at: float = 0.0
    over: bool = False
    _since: float | None = None
    _probes: int = 0
    _probe_left_at: float = 0.0
    _lifeless: int = 0
    _rows: set[int] = field(default_factory=set)
    _why: str = ""
    _has_shown_life: bool = False
    _prolonged: int = 0

    @property
    def silence(self) -> NoLife | None:
        """What a person should know who waits; None while there is life, or was before a few attempts that failed."""
        if self.nameless:
            return NoLife(self._why, is_waited_for=False)
        if self._since is not None and (self._lifeless >= ATTEMPTS or self._probes > 1):
            return NoLife(self._why, max(self._since + self.max_outage_s, self.probe_at))
        return NoLife(self._why) if self.in_doubt and not self._has_shown_life else None

    @property
    def paused(self) -> bool:
        """Whether nothing but probes may leave."""
        return self._since is not None

    @property
    def rows_to_look_at(self) -> int:
        """How many more rows than usual are of use, to tell rows that are hopeless from an outage."""
        return 2 * ATTEMPTS if self.dark and self._has_shown_life else 0

    @property
    def looks_far(self) -> bool:
        """Whether the next probe should be a row far behind those that failed, which may be hopeless together."""
        return self.dark and self._has_shown_life and self._probes % 4 == 1

    def goes_on(self, untried: int, now: float, *, in_doubt: bool) -> bool:
        """Return whether an outage that is `over` may be none, but rows that are hopeless: then each is still tried.

        Args:
            untried: How many of the run's rows were not tried yet.
            now: The time.
            in_doubt: Whether all others may have reached the API, so that what they came to may be their own fault.
        """
        self._prolonged += 1
        if not self._has_shown_life or not in_doubt or untried > ATTEMPTS or self._prolonged > 2 * ATTEMPTS:
            return False
        self.over = False
        # The next probe is one of these, as soon as it may be; without any, whatever still hangs is waited for.
        self.probe_at = max(self.probe_at, now if untried else now + self._wait_s())
        self._probes |= 1
        return True

    def forget(self) -> None:
        """Take back that there is an outage."""
        self._since, self._lifeless, self.over = None, 0, False
        self._rows.clear()

    @property
    def dark(self) -> bool:
        """Whether so many attempts on so many rows showed no life that it is an outage, or a probe found none."""
        return self._is_outage or (self.paused and self._probes > 0)

    @property
    def _is_outage(self) -> bool:
        return self._lifeless >= ATTEMPTS and len(self._rows) >= ROWS

    @property
    def in_doubt(self) -> bool:
        """Whether the last attempt showed no life, which may be its row's fault or an outage."""
        return self._lifeless > 0 and not self.paused

    def awaits(self, in_flight: int) -> bool:
        """Whether the attempts in flight may end the doubt, so that no row has to be tried again for that."""
        few = len(self._rows) < ROWS
        return self.in_doubt and in_flight > 0 and (few or self._lifeless + in_flight >= ATTEMPTS)

    @property
    def probes(self) -> int:
        """How many probes of this pause have come back without life."""
        return self._probes

    def pause(self, now: float, *, wait: bool = True) -> None:
        """Let nothing but probes leave from now on; without `wait` the first one at once."""
        if self._since is None:
            self._since = now
            self._probes = 0
            self.probe_at = now + (self._wait_s() if wait else 0.0)

    def probing(self, row: int, now: float) -> None:
        """Note that the attempt of a row leaves as the probe."""
        self.probe = row
        self._probe_left_at = now

    def learn(
        self,
        row: int,
        now: float,
        *,
        alive: bool,
        retry_after_s: float | None = None,
        why: str = "",
        nameless: bool = False,
    ) -> bool:
        """Take in what came of an attempt; return whether it was the probe, and found no life.

        Args:
            row: Of the attempt.
            now: The time.
            alive: Whether it showed life.
            retry_after_s: What was asked for.
            why: It showed none, in words.
            nameless: The API's host had no address.
        """
        probed = row == self.probe
        is_first = not (self._has_shown_life or self._lifeless or self.paused)
        self.nameless |= nameless and is_first and not self.waits_for_name
        self.over |= self.nameless
        self._why = why
        self._has_shown_life |= alive
        if probed:
            self.probe = None
        if alive:
            self._since = None
            self._lifeless = self._prolonged = 0
            self._rows.clear()
        elif probed and self._since is not None:
            self._note_probe(self._since, now, retry_after_s or 0.0)
            return True
        else:
            self._lifeless += 1
            self._rows.add(row)
            if self._is_outage:
                self.pause(now)
        return False

    def _note_probe(self, since: float, now: float, retry_after_s: float) -> None:
        """Plan the next probe after one that found no life, or give up."""
        bound = since + self.max_outage_s
        self.over |= self._probe_left_at >= bound
        self._probes += 1
        self.probe_at = max(now, min(now + self._wait_s(), bound), now + retry_after_s)

    def _wait_s(self) -> float:
        """Return how long to wait for the next probe.

        Half of the wait is certain: a probe costs no budget, so jitter alone must not multiply probes.
        """
        longest = min(self.max_outage_s / _PROBES, max(self.backoff_s, _SHORTEST_S) * 2.0 ** min(self._probes, 63))
        return longest * (1 + self.uniform()) / 2
