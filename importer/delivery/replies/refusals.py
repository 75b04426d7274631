"""When a refusal is not the row's fault: the rules that tell a bad key or a bad target from bad rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from importer.delivery.replies.reply_meaning import Meaning, Next
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason

FORBIDDEN_IN_A_ROW: Final = 3
"""So many 403 one after the other are the key, whatever was confirmed before."""
FIRST_REPLIES: Final = 10
"""So many first replies that all point elsewhere are the target, not the rows."""

GroupAndAccount = tuple[str, str]
"""A group and an account: what a key may or may not be good for."""


@dataclass(slots=True)
class Refusals:
    """Watches the replies of a run in the order in which they arrive.

    While `holding` is true after a reply was judged, that reply and those held before it may yet turn out to be no
    fault of their rows: the dispatcher decides on these rows when `holding` is false again, or the run stops over them.
    """

    _confirmed: set[GroupAndAccount] = field(default_factory=set)
    _replies: int = 0
    _all_elsewhere: bool = True
    _forbidden: int = 0

    @classmethod
    def after(cls, confirmed: Iterable[GroupAndAccount]) -> Self:
        """Return a watch over a run whose target was no wrong one: it has confirmed rows of these before."""
        known = set(confirmed)
        return cls(known, _all_elsewhere=not known)

    def judge(self, meaning: Meaning, of: GroupAndAccount) -> StopReason | None:
        """Take in the next reply's meaning and return why the run must stop over it, if it must.

        What a wall in front of the API refuses tells nothing of the key, and nothing of the target.
        """
        if meaning.is_wall:
            return None
        self._replies += 1
        self._all_elsewhere &= points_elsewhere(meaning)
        self._forbidden = self._forbidden + 1 if meaning.next is Next.FORBIDDEN else 0
        if meaning.status is Status.UPDATED:
            self._confirmed.add(of)
        if meaning.next is Next.KEY_REFUSED:
            return StopReason.KEY_REFUSED
        if self._forbidden and (of not in self._confirmed or self._forbidden >= FORBIDDEN_IN_A_ROW):
            return StopReason.KEY_REFUSED
        if self._all_elsewhere and self._replies == FIRST_REPLIES:
            return StopReason.TARGET_REFUSED
        return None

    def has_confirmed(self, of: GroupAndAccount) -> bool:
        """Return whether a row of this group and account was confirmed."""
        return of in self._confirmed

    @property
    def holding(self) -> bool:
        """Whether the last refusals may yet stop the run, so that their rows must not have an outcome yet."""
        return self._forbidden > 0 or (self._all_elsewhere and 0 < self._replies < FIRST_REPLIES)


def points_elsewhere(meaning: Meaning) -> bool:
    """Return whether a reply is one that a wrong target or a captive portal gives to every row."""
    status = meaning.http_status or 0
    return 300 <= status < 400 or status in (404, 405)  # noqa: PLR2004 - the class of redirects, RFC 9110


def is_cause(meaning: Meaning, reason: StopReason) -> bool:
    """Return whether a row with this meaning is one of those over which the run stopped for `reason`."""
    if reason is StopReason.KEY_REFUSED:
        return meaning.next in (Next.KEY_REFUSED, Next.FORBIDDEN)
    return reason is StopReason.TARGET_REFUSED and points_elsewhere(meaning)
