"""What a reply means: one table, from HTTP status or transport fault to a meaning.

The statuses and the object are those of the API's reference; everything it leaves open is decided on the side of
"may have been applied" (`docs/decisions/README.md`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from http import HTTPStatus
from typing import Final, cast

from importer.delivery.replies.quoting import api_words, is_page, told_value
from importer.delivery.replies.voice import Voice, is_html, is_json_object, product_of
from importer.delivery.wire.attempts import Fault, Reply
from importer.ids import normal_id
from importer.model.rows import Difference, Update
from importer.model.source import FIELDS, VALUE_FIELDS, Field
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason

_RFC3339: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,12})?"
    r"([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


class Next(Enum):
    """What follows from a meaning."""

    FINISH = auto()
    RETRY = auto()
    ASK_AGAIN = auto()
    """One more try, outside the budget: somebody answered who is not the API."""
    WAIT_OUT = auto()
    """Not this row's fault, and no try of it: everything waits, then it goes again."""
    KEY_REFUSED = auto()
    FORBIDDEN = auto()
    """The key or the row: other replies decide."""
    DEFECT = auto()


@dataclass(frozen=True, slots=True)
class Reconsideration:
    """What an answer means if whose it is turns out otherwise.

    Attributes:
        product: By what it was answered, as `importer.delivery.replies.voice.product_of` returns it.
        meaning: Of an answer in front, what it means if the API answers by that product; of a refusal that was believed
            before there was any confirmation, what it means if the API does not.
    """

    product: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one reply means for its row.

    Attributes:
        status: What the row is if nothing better follows.
        maybe: Whether the attempt may have been applied although it is not confirmed.
        retry_after_s: How long the API asks to wait, where that is to be honoured.
        otherwise: What it may still turn out to mean; None where that is certain.
        differences: What the API holds that is not what was sent.
    """

    next: Next
    status: Status
    code: str = ""
    message: str = ""
    maybe: bool = False
    http_status: int | None = None
    retry_after_s: float | None = None
    updated_at: str = ""
    otherwise: Reconsideration | None = None
    differences: Sequence[Difference] = ()

    @property
    def is_wall(self) -> bool:
        """Whether something in front of the API blocked the request."""
        return self.code == StopReason.BLOCKED.value

    @property
    def is_in_front(self) -> bool:
        """Whether somebody else than the API seems to have answered."""
        return self.next is Next.ASK_AGAIN

    @property
    def applied(self) -> bool:
        """Whether the API said that it has this customer changed."""
        return self.status in (Status.UPDATED, Status.MISMATCH)


_MAYBE: Final = "it may or may not have been applied"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line of the table. `{}` in a code or a sentence stands for the HTTP status."""

    next: Next
    status: Status
    code: str
    sentence: str
    maybe: bool = False

    def meaning(self, reply: Reply, words: str = "") -> Meaning:
        """Return what this line says of a reply, with the API's own words in the message."""
        sentence = self.sentence.format(reply.http_status)
        message = f"{sentence}: {words}" if words else sentence
        return Meaning(
            self.next,
            self.status,
            self.code.format(reply.http_status),
            f"{message}; {_MAYBE}" if self.maybe else message,
            maybe=self.maybe,
            http_status=reply.http_status,
            retry_after_s=reply.retry_after_s if self.next in (Next.RETRY, Next.WAIT_OUT) else None,
        )


_KEY_REFUSED: Final = _Rule(Next.KEY_REFUSED, Status.NOT_SENT, "key_refused", "The API key was refused (HTTP {})")
_LATER: Final = "The API asked to try again later (HTTP {})"
_COME_BACK: Final = _Rule(Next.RETRY, Status.UNCONFIRMED, "http_{}", _LATER, maybe=True)
"""Whoever says so may say it after the API has begun."""
_WALL: Final = _Rule(
    Next.WAIT_OUT,
    Status.NOT_SENT,
    StopReason.BLOCKED.value,
    "Something in front of the API blocked the request (HTTP {})",
)
_IN_FRONT: Final = _Rule(
    Next.ASK_AGAIN,
    Status.UNCONFIRMED,
    "answered_in_front",
    "Something in front of the API answered (HTTP {})",
    maybe=True,
)
_UNDOCUMENTED: Final = _Rule(
    Next.FINISH,
    Status.UNCONFIRMED,
    "undocumented_status",
    "The API answered with a status that it does not document (HTTP {})",
    maybe=True,
)
_BY_STATUS: Final = {
    401: _KEY_REFUSED,
    403: _Rule(Next.FORBIDDEN, Status.REJECTED, "http_{}", "The API forbids this change (HTTP {})"),
    407: _KEY_REFUSED,
    408: _COME_BACK,
    425: _Rule(Next.RETRY, Status.FAILED, "http_{}", _LATER),
    429: _Rule(Next.WAIT_OUT, Status.NOT_SENT, "rate_limited", "The API asked to slow down (HTTP {})"),
}
_BY_CLASS: Final = {
    1: _UNDOCUMENTED,
    2: _UNDOCUMENTED,
    3: _Rule(
        Next.FINISH, Status.REJECTED, "redirected", "The API answered with a redirect (HTTP {}), which is not followed"
    ),
    4: _Rule(Next.FINISH, Status.REJECTED, "http_{}", "The API refused this row (HTTP {})"),
    5: _Rule(Next.RETRY, Status.UNCONFIRMED, "http_{}", "The API failed (HTTP {})", maybe=True),
}
_OF_THE_REQUEST: Final = frozenset({400, 409, 411, 413, 414, 415, 416, 417, 422, 428, 431})
"""Refusals of what a request holds: a page aside, whoever gives them has refused it before it was applied."""


_NEVER_LEFT: Final = {
    Fault.NAME_NOT_RESOLVED: "The API's host name could not be resolved",
    Fault.CONNECTION_REFUSED: "The API's host refused the connection",
    Fault.UNREACHABLE: "The API's host could not be reached",
    Fault.CONNECT_TIMED_OUT: "Connecting to the API took too long",
    Fault.TLS_FAILED: "No trusted TLS connection to the API could be made",
    Fault.PROXY_FAILED: "The proxy did not connect to the API",
}
_MAY_HAVE_ARRIVED: Final = {
    Fault.TIMED_OUT: "The API did not answer in time",
    Fault.CONNECTION_LOST: "The connection was lost before an answer came",
    Fault.REPLY_TRUNCATED: "The answer was cut off",
    Fault.REPLY_UNREADABLE: "The answer could not be read",
    Fault.REPLY_TOO_LARGE: "The answer was larger than any customer object",
    Fault.OUT_OF_STEP: "More than one answer came, and nobody can tell which of them is about this row",
    Fault.GIVEN_UP: "The run was ended before an answer came",
    Fault.DEFECT: "The importer failed while sending this row",
}
_NOT_TRIED_AGAIN: Final = {Fault.GIVEN_UP: Next.FINISH, Fault.DEFECT: Next.DEFECT}


def _of_fault(fault: Fault) -> _Rule:
    """Return the rule for an attempt without an answer: what matters is whether the request had begun to leave."""
    if fault in _NEVER_LEFT:
        return _Rule(Next.RETRY, Status.FAILED, fault.value, f"{_NEVER_LEFT[fault]}; nothing was sent")
    following = _NOT_TRIED_AGAIN.get(fault, Next.RETRY)
    return _Rule(following, Status.UNCONFIRMED, fault.value, _MAY_HAVE_ARRIVED[fault], maybe=True)


def classify(
    reply: Reply, update: Update, redact: Callable[[str], str], voice: Voice, *, is_confirmed: bool = False
) -> Meaning:
    """Return what `reply` means for the row that asked for `update`.

    Args:
        reply: What came back, or why nothing did.
        update: What was sent.
        redact: Masks secrets in words of the API before they are quoted in a message.
        voice: Tells whose answer a refusal is.
        is_confirmed: Whether a row of the same group and account was confirmed before.
    """
    if reply.http_status is None:
        return _of_fault(reply.fault or Fault.CONNECTION_LOST).meaning(reply)
    if reply.http_status == HTTPStatus.OK:
        return _of_success(reply, update, redact)
    rule = _rule(reply.http_status, asked_to_come_back=reply.retry_after_s is not None)
    # What is undocumented may hold somebody's data.
    words = "" if rule is _UNDOCUMENTED else api_words(reply, update, redact)
    by_voice = _by_voice(rule, reply, voice, is_confirmed=is_confirmed) if rule.status is Status.REJECTED else rule
    meaning = by_voice.meaning(reply, words)
    if rule.status is not Status.REJECTED or by_voice is _WALL or not is_json_object(reply):
        return meaning
    if by_voice is _IN_FRONT:
        return replace(meaning, otherwise=Reconsideration(product_of(reply.server), rule.meaning(reply, words)))
    if voice.is_unknown and reply.http_status not in {*_OF_THE_REQUEST, HTTPStatus.FORBIDDEN}:
        return replace(meaning, otherwise=Reconsideration(product_of(reply.server), _IN_FRONT.meaning(reply, words)))
    return meaning


def blocked_for_good(meaning: Meaning) -> Meaning:
    """Return what it means that a row was blocked again and again while others were let through."""
    message = f"{meaning.message}; it was so each time, while other rows were let through"
    return replace(meaning, next=Next.FINISH, message=message, retry_after_s=None)


def _by_voice(rule: _Rule, reply: Reply, voice: Voice, *, is_confirmed: bool) -> _Rule:
    """Return the rule for a refusal of a row: certain is only what the API itself has said."""
    if rule.next is Next.FORBIDDEN:
        return _WALL if is_confirmed and is_html(reply) and not voice.any_errors else rule
    if reply.http_status in _OF_THE_REQUEST and not is_html(reply):
        return rule
    return rule if voice.is_own(reply) else _IN_FRONT


def without_words(reply: Reply) -> str:
    """Return what a reply comes to, in a sentence without the API's own words and without anything of its row.

    Example: `without_words(Reply(2, 0.1, http_status=503))` is `"The API failed (HTTP 503)"`.
    """
    if reply.http_status is None:
        return _of_fault(reply.fault or Fault.CONNECTION_LOST).sentence.partition(";")[0]
    return _rule(reply.http_status, asked_to_come_back=False).sentence.format(reply.http_status)


def _rule(status: int, *, asked_to_come_back: bool) -> _Rule:
    """Return the line of the table for an HTTP status."""
    if status == HTTPStatus.SERVICE_UNAVAILABLE and asked_to_come_back:
        return _COME_BACK
    return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, _UNDOCUMENTED)


def _of_success(reply: Reply, update: Update, redact: Callable[[str], str]) -> Meaning:
    """Return the meaning of a 200: it counts only as the documented object for this customer."""
    if reply.fault is not None:
        return _of_fault(reply.fault).meaning(reply)
    stored = _customer_object(reply.body)
    if stored is None:
        page = ": it is a web page" if is_page(reply.body) else ""
        sentence = f"The API answered 200, but not with the customer object{page}"
        rule = _Rule(Next.RETRY, Status.UNCONFIRMED, "not_the_customer_object", sentence, maybe=True)
    elif not (_same_id(stored["id"], update.customer_id) and _same_id(stored["group_id"], update.group_id)):
        sentence = "The API answered for another customer or group"
        rule = _Rule(Next.FINISH, Status.UNCONFIRMED, "another_customer", sentence, maybe=True)
    else:
        rule = _compared(stored, update, reply.content_type)
    if stored is None or rule.maybe:
        return rule.meaning(reply)
    meaning = Meaning(
        rule.next, rule.status, rule.code, rule.sentence, http_status=reply.http_status, updated_at=stored["updated_at"]
    )
    if rule.status is not Status.MISMATCH:
        return meaning
    held = [Difference(field, sent, told_value(stored[field], redact)) for field, sent in _different(stored, update)]
    return replace(meaning, differences=held)


_CONFIRMED: Final = _Rule(Next.FINISH, Status.UPDATED, "", "")
_JSON: Final = "application/json"
_VALUE_NAMES: Final = tuple(field.value for field in VALUE_FIELDS)


def _compared(stored: dict[str, str], update: Update, content_type: str) -> _Rule:
    """Return the rule for the right customer's object: it holds what was sent, or it does not."""
    is_json = content_type == _JSON or content_type.partition(";")[0].strip().lower() == _JSON
    if is_json and [stored[name] for name in _VALUE_NAMES] == [update.first_name, update.last_name, update.email]:
        return _CONFIRMED
    different = [FIELDS[field] for field, _ in _different(stored, update)]
    if different:
        sentence = f"The API applied the change, but now holds another {' and '.join(different)} than was sent"
        return _Rule(Next.FINISH, Status.MISMATCH, "different_values", sentence)
    forgiven = [FIELDS[field] for field in VALUE_FIELDS if stored[field] != getattr(update, field)]
    notes = []
    if forgiven:
        notes.append(f"The API holds the {' and '.join(forgiven)} in another spelling: other spaces, accents or case")
    if not is_json:
        notes.append("The answer was right, but did not say that it is JSON")
    return _Rule(Next.FINISH, Status.UPDATED, "", ". ".join(notes))


def _different(stored: dict[str, str], update: Update) -> Sequence[tuple[Field, str]]:
    """Return the fields in which the API holds something else, each with what was sent."""
    sent = [(field, str(getattr(update, field))) for field in VALUE_FIELDS]
    return [(field, value) for field, value in sent if _folded(field, stored[field]) != _folded(field, value)]


_OBJECT_NAMES: Final = ("id", "updated_at", "group_id", *_VALUE_NAMES)


def _customer_object(body: bytes) -> dict[str, str] | None:
    """Return the documented object's fields, `group_id` being "" where it is not given; None for anything else."""
    try:
        document = _DECODER.decode(body.removeprefix(BOM_UTF8).decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    fields = {name: document.get(name) for name in _OBJECT_NAMES}
    if fields["group_id"] is None:
        fields["group_id"] = ""
    if set(map(type, fields.values())) != {str}:
        return None
    texts = cast("dict[str, str]", fields)
    return texts if texts["id"] and _RFC3339.fullmatch(texts["updated_at"]) else None


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object; one that names a thing twice says two things, and so nothing."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a name is repeated")
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)


def _same_id(answered: str, sent: str) -> bool:
    """Return whether two ids are one: UUIDs without regard to case; an id that was left out is no contradiction."""
    return answered in ("", sent) or normal_id(answered) == normal_id(sent)


def _folded(field: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    return text.lower() if field == "email" else text
