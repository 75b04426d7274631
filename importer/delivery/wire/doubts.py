"""Whether a refusal over a connection that was used before can be believed, and what it costs to find out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

_SHORTEST_QUIET_S: Final = 2.0
_LONGEST_QUIET_S: Final = 5.0
"""Where a longer wait would be due, none is worth it: a connection takes little then, compared with the answers."""
_QUIET: Final = 2.0
"""So many times the longest answer, of late, a connection must be quiet until a refusal over it is believed."""
_HALF_LIFE_S: Final = 60.0
"""After so long, half of the longest answer is forgotten, if none was as long since."""
_CHEAPEST_CONNECTION_S: Final = 0.0001
_MOST_ROUNDS: Final = 4.0
"""At most so many doubts are made up for by new connections: the refusals may have been the last ones."""


class Doubts:
    """Weighs two ways to keep stray answers from being believed; shared by the clients of an engine.

    An answer has no name: on a connection that served an earlier request, a refusal may be a second answer to that,
    and the row's own is yet to come. Either it is believed once the connection has been quiet for as long as an answer
    takes, or the request has a new connection, where nothing can be stray. Waiting costs much and is due for refusals
    only, connecting costs little and is due for all. So each refusal pays for as many new connections as take as long
    as that wait: it costs at most twice what the cheaper way would have, whatever the share of refusals and however
    far the API. Where a stray answer has been seen, or answers take very long, every request has a new connection.

    Args:
        clock: Returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._longest = 0.0, clock()
        self._credit_s = 0.0
        self._strays = False

    @property
    def quiet_s(self) -> float:
        """How long a connection must be quiet after a refusal until that is believed."""
        return max(_SHORTEST_QUIET_S, _QUIET * self._longest_of_late_s)

    @property
    def avoided(self) -> bool:
        """Whether the next request has a new connection, so that no doubt can come up."""
        return self._strays or self._credit_s > 0 or self.quiet_s > _LONGEST_QUIET_S

    @property
    def _longest_of_late_s(self) -> float:
        longest_s, at = self._longest
        return float(longest_s * 0.5 ** ((self._clock() - at) / _HALF_LIFE_S))

    def note_answer(self, took_s: float) -> None:
        """Note how long an answer took that is surely that to its request."""
        with self._lock:
            if took_s >= self._longest_of_late_s:
                self._longest = took_s, self._clock()

    def note_refusal(self) -> None:
        """Note a refusal, over whatever connection."""
        with self._lock:
            quiet_s = min(_LONGEST_QUIET_S, self.quiet_s)
            self._credit_s = min(_MOST_ROUNDS * quiet_s, self._credit_s + quiet_s)

    def note_connection(self, took_s: float) -> None:
        """Note that a connection was made for one request."""
        with self._lock:
            self._credit_s = max(0.0, self._credit_s - max(_CHEAPEST_CONNECTION_S, took_s))

    def note_stray(self) -> None:
        """Note an answer that nobody asked for, or that was for an earlier request."""
        self._strays = True
