"""What is waited for where nothing leaves for a while since the API, or somebody in front of it, has asked for that."""

from __future__ import annotations

from dataclasses import dataclass

from importer.delivery.pace.spacing import Pacing
from importer.delivery.replies.reply_meaning import Meaning, Next
from importer.delivery.wire.attempts import Reply


@dataclass(frozen=True, slots=True)
class AskedWait:
    """A wait that was asked for.

    Attributes:
        why: In words without anything of the row that was answered so.
        until: When the next request leaves.
    """

    why: str
    until: float


@dataclass(slots=True)
class Standstill:
    """Takes in what answers ask for. Times are seconds of one monotonic clock.

    Args:
        pacing: Is paused where all rows are to wait.
        spread_s: A row that is to wait waits at most so much longer than it was asked to.
    """

    pacing: Pacing
    spread_s: float
    _why: str = ""
    _row_until: float = float("-inf")

    def learn(self, reply: Reply, meaning: Meaning, now: float) -> None:
        """Take in an answer."""
        asked_s = meaning.retry_after_s
        if meaning.is_wall:
            self._why = f"Something in front of the API blocks requests (HTTP {reply.http_status})"
        elif meaning.next is Next.WAIT_OUT and asked_s is None:
            self._why = f"The API asks to slow down (HTTP {reply.http_status})"
        elif asked_s is not None:
            self._why = f"The API asks to wait (HTTP {reply.http_status})"
        if asked_s is not None:
            self._row_until = max(self._row_until, now + asked_s + self.spread_s)

    def wait(self, now: float, wait_s: float | None) -> AskedWait | None:
        """Return the wait that was asked for; None where there is none, or it is something else that is waited for.

        Args:
            now: The time.
            wait_s: How long nothing will leave; None where that depends on an answer.
        """
        if not self._why or not wait_s or now + wait_s > max(self._row_until, self.pacing.paused_until):
            return None
        return AskedWait(self._why, now + wait_s)
