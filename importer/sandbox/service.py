"""What is decided about a request, in which order: no socket, no waiting."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from importer.ids import is_uuid
from importer.sandbox.customers import Clock, Store
from importer.sandbox.magic import HTML, MISMATCH, RESET, TIMEOUT, Magic, altered, find_magic
from importer.sandbox.rate import RateLimit
from importer.sandbox.replies import SandboxReply, Silence, error_reply, object_reply, page_reply
from importer.sandbox.request_log import RequestLog
from importer.sandbox.sandbox_options import SandboxOptions
from importer.sandbox.values import FIELDS, MAX_BODY_BYTES, Refusal, SentValues, parse_body
from importer.times import rfc3339_us

REFUSED_KEY: Final = "refused"
"""A key that is not one: 401."""

READONLY_KEY: Final = "readonly"
"""A key that may not manage customers: 403."""


@dataclass(frozen=True, slots=True)
class CustomerRequest:
    """A PUT as it arrived. Group and customer are in lower case; `body` is None where it is over the limit."""

    key: str
    group_id: str
    linked_account_id: str
    customer_id: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request, and what of that the request log holds.

    Attributes:
        reply: What is sent, or what happens instead.
        values: What was sent, where the body was looked at and good.
        stored: What is stored now; None: nothing was applied.
        updated_at: When it was applied.
        fault: The magic word that was met, or "".
    """

    reply: SandboxReply | Silence
    values: SentValues | None = None
    stored: SentValues | None = None
    updated_at: str | None = None
    fault: str = ""


class Service:
    """Decides on requests, applies them and logs them, one after the other; used by one thread.

    Args:
        options: Which group and account exist, and whether every customer does.
        store: The customers.
        log: Gets a line for every request.
        rate: None: no limit.
        clock: Microseconds since 1970, for the log.
    """

    def __init__(
        self, options: SandboxOptions, store: Store, log: RequestLog, *, rate: RateLimit | None, clock: Clock
    ) -> None:
        self._group_id = options.group_id.lower() if options.group_id is not None else None
        self._account_id = options.linked_account_id.lower() if options.linked_account_id is not None else None
        self._any_customer = options.any_customer
        self._store = store
        self._log = log
        self._rate = rate
        self._clock = clock
        self._met: set[tuple[str, str, str]] = set()

    def answer(self, request: CustomerRequest) -> SandboxReply | Silence:
        """Decide on a request, apply it and log it, in this order, before anybody is told."""
        decision = self._decide(request)
        self._log.write(_line(rfc3339_us(self._clock()), request, decision))
        return decision.reply

    def _decide(self, request: CustomerRequest) -> Decision:
        refusal = self._refuse_caller(request.key) or self._refuse_target(request)
        if refusal is not None:
            return Decision(refusal)
        if request.body is None:
            message = f"The body is longer than {MAX_BODY_BYTES} bytes."
            return Decision(error_reply(413, "body_too_large", message))
        values = parse_body(request.body)
        if isinstance(values, Refusal):
            return Decision(error_reply(400, values.code, values.message, fields=values.fields))
        magic = self._find_magic(request, values.email)
        if magic is not None and not magic.applied:
            return Decision(_unapplied(magic), values, fault=magic.word)
        return self._apply(request, values, magic)

    def _refuse_caller(self, key: str) -> SandboxReply | None:
        if not key:
            return error_reply(401, "key_missing", "The Authorization header must hold an API key.")
        if key == REFUSED_KEY:
            return error_reply(401, "key_refused", "This API key is not valid.")
        if key == READONLY_KEY:
            return error_reply(403, "key_not_allowed", "This API key may not manage customers.")
        wait_s = 0.0 if self._rate is None else self._rate.take()
        if wait_s > 0:
            headers = {"Retry-After": str(math.ceil(wait_s))}
            return error_reply(429, "rate_limited", "There are too many requests per second.", headers=headers)
        return None

    def _refuse_target(self, request: CustomerRequest) -> SandboxReply | None:
        if not is_uuid(request.group_id) or self._group_id not in {None, request.group_id}:
            return error_reply(404, "group_not_found", "There is no such group.")
        if self._account_id not in {None, request.linked_account_id.lower()}:
            return error_reply(404, "linked_account_not_found", "There is no such linked account in this group.")
        if not is_uuid(request.customer_id) or not (
            self._any_customer or self._store.knows(request.group_id, request.customer_id)
        ):
            return error_reply(404, "customer_not_found", "There is no such customer in this group.")
        return None

    def _find_magic(self, request: CustomerRequest, email: str) -> Magic | None:
        magic = find_magic(email)
        if magic is None or not magic.once:
            return magic
        meeting = (magic.word, request.group_id, request.customer_id)
        if meeting in self._met:
            return None
        self._met.add(meeting)
        return magic

    def _apply(self, request: CustomerRequest, values: SentValues, magic: Magic | None) -> Decision:
        stored = altered(values) if magic is MISMATCH else values
        times = self._store.put(request.group_id, request.customer_id, stored)
        updated_at = rfc3339_us(times.updated_us)
        document = {
            "id": request.customer_id,
            "group_id": request.group_id,
            "first_name": stored.first_name,
            "last_name": stored.last_name,
            "email": stored.email,
            "created_at": rfc3339_us(times.created_us),
            "updated_at": updated_at,
        }
        silence = Silence.HANG if magic is TIMEOUT else Silence.RESET if magic is RESET else None
        return Decision(
            silence or object_reply(document), values, stored, updated_at, fault="" if magic is None else magic.word
        )


def _unapplied(magic: Magic) -> SandboxReply:
    """Return what a magic word answers instead of applying the update."""
    if magic is HTML:
        return page_reply()
    headers = {} if magic.retry_after_s is None else {"Retry-After": str(magic.retry_after_s)}
    phrase = HTTPStatus(magic.status).phrase
    message = f"The address sandbox+{magic.word} asks for this: {magic.status} {phrase}."
    return error_reply(magic.status, "magic_address", message, headers=headers)


def _line(time: str, request: CustomerRequest, decision: Decision) -> Mapping[str, object]:
    """Return a request as the log holds it: always the same keys, and never the caller's API key."""
    sent, stored, reply = decision.values, decision.stored, decision.reply
    differing = (
        {name: getattr(stored, name) for name in FIELDS if getattr(stored, name) != getattr(sent, name)}
        if stored is not None
        else {}
    )
    return {
        "time": time,
        "group_id": request.group_id,
        "linked_account_id": request.linked_account_id,
        "customer_id": request.customer_id,
        "status": reply.status if isinstance(reply, SandboxReply) else None,
        "applied": stored is not None,
        "fault": decision.fault or None,
        **{name: None if sent is None else getattr(sent, name) for name in FIELDS},
        "stored": differing or None,
        "updated_at": decision.updated_at,
    }
