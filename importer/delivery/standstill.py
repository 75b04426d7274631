"""What is waited for where nothing leaves for a while since the API, or somebody in front of it, has asked for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from importer.delivery.pace.quotas import Quotas
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


_NONE_LEFT: Final = "The API says that it takes no more requests for now"


@dataclass(slots=True)
class Standstill:
    """Takes in what answers ask for. Times are seconds of one monotonic clock.

    Args:
        pacing: Is paused where all rows are to wait.
        quotas: What the API says is left, in answers that ask for nothing.
        spread_s: A row that is to wait waits at most so much longer than it was asked to.
    """

    pacing: Pacing
    quotas: Quotas
    spread_s: float
    _why: str = ""
    _until: float = float("-inf")

    def learn(self, reply: Reply, meaning: Meaning, now: float) -> None:
        """Take in an answer, once all that follows from it is done."""
        asked_s = meaning.retry_after_s
        if meaning.is_wall:
            why = f"Something in front of the API blocks requests (HTTP {reply.http_status})"
        elif meaning.next is Next.WAIT_OUT and asked_s is None:
            why = f"The API asks to slow down (HTTP {reply.http_status})"
        elif asked_s is not None:
            why = f"The API asks to wait (HTTP {reply.http_status})"
        else:
            return
        row_until = now if asked_s is None else now + asked_s + self.spread_s
        until = max(row_until, self.pacing.paused_until)
        if until >= self._until:
            self._why, self._until = why, until

    def wait(self, now: float, wait_s: float | None) -> AskedWait | None:
        """Return the wait that was asked for; None where there is none, or it is something else that is waited for.

        Args:
            now: The time.
            wait_s: How long nothing will leave; None where that depends on an answer.
        """
        if not wait_s:
            return None
        none_left_s = self.quotas.wait_s(now)
        if none_left_s is not None and wait_s <= none_left_s:
            return AskedWait(_NONE_LEFT, now + wait_s)
        return AskedWait(self._why, now + wait_s) if now + wait_s <= self._until else None
