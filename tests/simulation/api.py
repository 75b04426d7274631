"""The simulated API, and the truth about what it has applied."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from http import HTTPStatus
from itertools import count
from random import Random
from typing import Final

from importer.delivery.wire.attempts import Fault, Reply
from importer.model.rows import Update
from tests.delivery.pace.limiters import bucket
from tests.simulation.scenario import NOBODY, Climate, Values

_DEADLINE_S: Final = 30.0
LATEST_S: Final = 60.0
"""So long after it left, a request may still be applied."""

_APPLIED: Final = {200, 202, 204, 102, 408}
"""Statuses beside 5xx that may mean that it was applied, in spite of what else they may mean."""
_PAGE: Final = ("text/html", b"<html><h1>Sorry</h1></html>")
_TEXT: Final = ("text/plain", b"Sorry")
_NOTHING: Final = ("", b"")
_IN_FRONT: Final = (
    *((status, form) for status in (301, 302, 404, 405, 410, 418, 429) for form in (_PAGE, _TEXT, _NOTHING)),
    *((status, _PAGE) for status in (400, 403, 409, 413)),
    *((status, form) for status in (408, 500, 502, 503, 504) for form in (_PAGE, _TEXT, _NOTHING)),
)
"""What fronts answer of themselves, and in which form."""
_NOT_ASKED: Final = {403, 429}
"""With these, a front says that it has not passed a request on."""
_ANOTHER: Final = "cloudfront"
"""What a front calls itself that has taken the place of another."""


NO_TRY: Final = {403, 429}
"""Replies that make everything wait: a limiter's and a wall's. A 403 of the API itself is the end of its row."""


@dataclass(frozen=True)
class Applied:
    """A change that the API has made; a customer is another one in each group."""

    at: float
    run_id: str
    row: int
    customer: tuple[str, str]
    values: Values
    updated_at: str


@dataclass(frozen=True, order=True)
class _Due:
    """A change that is on its way."""

    at: float
    number: int
    left_at: float = field(compare=False)
    change: Applied = field(compare=False)


@dataclass(frozen=True)
class _Answer:
    """What a request comes to: whether it is applied, and what is heard of it."""

    reply: Reply
    applied: bool = False
    hangs: bool = False


class Api:
    """Applies what it is sent, each change at a time of its own, and answers as its climate says.

    A request goes on without the process that sent it: what has left is applied, if it is, whether or not anybody is
    there for the answer.
    """

    def __init__(self, climate: Climate, random: Random) -> None:
        self.climate = climate
        self.log: list[Applied] = []
        self.holds: dict[tuple[str, str], Applied] = {}
        self._random = random
        self._due: list[_Due] = []
        self._numbers = count(1)
        self._allow = bucket(climate.limit, max(1.0, climate.burst)) if climate.limit else None

    def heal(self, climate: Climate) -> None:
        """Behave otherwise from now on."""
        self.climate = climate
        self._allow = None

    def ask(self, update: Update, run_id: str, left_at: float) -> tuple[float, Reply]:
        """Take in a request, and return when its answer comes, and that answer."""
        number = next(self._numbers)
        sent = (update.first_name, update.last_name, update.email)
        stored = ("Altered", *sent[1:]) if update.customer_id in self.climate.altered else sent
        change = Applied(left_at, run_id, update.row, whom(update), stored, _stamp(number))
        answer = self._through_front(self._answer(update, change, left_at), change)
        latency_s = self._latency_s()
        answered_at = left_at + (_DEADLINE_S if answer.hangs else latency_s)
        if answer.applied:
            latest_s = LATEST_S if answer.hangs else latency_s
            at = left_at + self._random.uniform(0, latest_s)
            heappush(self._due, _Due(at, number, left_at, replace(change, at=at)))
            if self.climate.front is not None and self._random.random() < self.climate.front.again:
                sent_again = replace(change, at=self._random.uniform(at, max(at, answered_at)))
                heappush(self._due, _Due(sent_again.at, next(self._numbers), left_at, sent_again))
        return answered_at, answer.reply

    def settle(self, now: float) -> None:
        """Apply what is due."""
        while self._due and self._due[0].at <= now:
            change = heappop(self._due).change
            self.log.append(change)
            self.holds[change.customer] = change

    def lose(self, now: float) -> None:
        """Forget the requests that have not left by now: the process that was to send them is dead."""
        self._due = sorted(due for due in self._due if due.left_at <= now)

    def _latency_s(self) -> float:
        typical_s, spread = self.climate.latency_s, self.climate.spread
        return min(_DEADLINE_S - 1, typical_s * math.exp(self._random.gauss(0, spread)))

    def _answer(self, update: Update, change: Applied, now: float) -> _Answer:
        climate, random = self.climate, self._random
        outage = next((outage for outage in climate.outages if outage.start_s <= now < outage.end_s), None)
        if outage is not None:
            return self._trouble(random.choice(outage.answers), update, change)
        if now >= climate.revoked_at:
            return _Answer(_status(update, climate.revoked))
        if self._allow is not None and not self._allow(now):
            return _Answer(_status(update, 429, retry_after_s=climate.retry_after_s))
        if update.customer_id in climate.refusals:
            return _Answer(_status(update, climate.refusals[update.customer_id]))
        if random.random() < climate.trouble:
            return self._trouble(random.choice(climate.troubles), update, change)
        return _Answer(_object(update, change), applied=True)

    def _through_front(self, answer: _Answer, change: Applied) -> _Answer:
        """Return what is heard of an answer of the API behind what stands in front of it."""
        front, random = self.climate.front, self._random
        if answer.reply.fault is not None or answer.reply.http_status is None:
            return answer
        server = self.climate.server
        if front is None:
            return replace(answer, reply=replace(answer.reply, server=server))
        name = _ANOTHER if change.at >= front.changes_at else front.server
        if random.random() >= front.share:
            return replace(answer, reply=replace(answer.reply, server=name if front.covers else server))
        status, (content_type, body) = random.choice(_IN_FRONT)
        asked_s = random.choice((None, 0.5, 20.0)) if status in (408, 429, 503) else None
        reply = Reply(answer.reply.row, 0.1, None, status, content_type, asked_s, body, name)
        return _Answer(reply, applied=answer.applied and status not in _NOT_ASKED and random.random() < 0.5)

    def _trouble(self, kind: int | Fault | str, update: Update, change: Applied) -> _Answer:
        """Return an answer that is none; where it leaves open whether the change was made, chance decides."""
        chance = self._random.random() < 0.5
        if isinstance(kind, Fault):
            applied = chance and kind not in NEVER_LEFT
            http_status = 200 if kind in (Fault.REPLY_TRUNCATED, Fault.REPLY_TOO_LARGE) else None
            return _Answer(Reply(update.row, 0.1, kind, http_status), applied, hangs=kind is Fault.TIMED_OUT)
        if isinstance(kind, int):
            asked_s = self._random.choice((None, 0.5, 20.0)) if kind in (429, 503) else None
            open_question = kind in _APPLIED or kind >= HTTPStatus.INTERNAL_SERVER_ERROR
            return _Answer(_status(update, kind, retry_after_s=asked_s), chance and open_question)
        return _Answer(_lie(kind, update, change), applied=chance or kind == "wrong type")


def whom(update: Update) -> tuple[str, str]:
    """Return which customer an update is of, as the API knows them: by group and id."""
    return update.group_id, update.customer_id


NEVER_LEFT: Final = {
    Fault.NAME_NOT_RESOLVED,
    Fault.CONNECTION_REFUSED,
    Fault.UNREACHABLE,
    Fault.CONNECT_TIMED_OUT,
    Fault.TLS_FAILED,
    Fault.PROXY_FAILED,
}


def _stamp(number: int) -> str:
    """Return a time that no other change has."""
    return f"2026-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}.{number:06d}Z"


def _status(update: Update, status: int, *, retry_after_s: float | None = None) -> Reply:
    return Reply(update.row, 0.1, None, status, "application/json", retry_after_s, b'{"message": "no"}')


def _object(update: Update, change: Applied, **other: object) -> Reply:
    first_name, last_name, email = change.values
    found: dict[str, object] = {
        "id": update.customer_id,
        "group_id": update.group_id,
        "first_name": first_name,
        "last_name": last_name,
        "email": email,
        "updated_at": change.updated_at,
    }
    body = json.dumps(found | other).encode()
    return Reply(update.row, 0.1, None, 200, "application/json", None, body)


def _lie(kind: str, update: Update, change: Applied) -> Reply:
    """Return a 200 that does not say what it should."""
    good = _object(update, change)
    return {
        "html": replace(good, content_type="text/html", body=b"<html>Log in</html>"),
        "empty": replace(good, body=b""),
        "another customer": _object(update, change, id=NOBODY),
        "wrong type": replace(good, content_type="text/plain"),
        "truncated": replace(good, body=good.body[:-7]),
        "undated": _object(update, change, updated_at=None),
        "soon": replace(good, http_status=202),
    }[kind]


def of_run(log: Iterable[Applied], run_id: str) -> dict[int, list[Applied]]:
    """Return what a run has changed, by row."""
    found: dict[int, list[Applied]] = {}
    for change in log:
        if change.run_id == run_id:
            found.setdefault(change.row, []).append(change)
    return found


def is_in_front(reply: Reply) -> bool:
    """Return whether a refusal is not in the API's own voice."""
    is_refusal = reply.http_status is not None and 300 <= reply.http_status < 500
    return is_refusal and reply.http_status not in {*NO_TRY, 408} and not reply.content_type.endswith("json")
