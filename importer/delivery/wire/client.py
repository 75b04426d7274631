"""One request to the API and its reply.

Nothing here decides anything. No redirect is followed, nothing is tried again, and an attempt ends by its deadline.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import HTTPException, RemoteDisconnected
from typing import Final
from urllib.parse import quote

import urllib3.exceptions as faults
from urllib3.response import HTTPResponse

from importer.delivery.replies.rate_headers import parse_quota
from importer.delivery.replies.retry_after import parse_retry_after
from importer.delivery.wire.adapter import ApiAdapter
from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.deadline import Deadline, DeadlinePassedError
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.exchange import Exchange, Following
from importer.ids import normal_id
from importer.model.rows import Attempt, Update
from importer.model.source import VALUE_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where requests go, as whom, and within which bounds.

    Attributes:
        key: The API key, stripped; it is never part of the repr, a message or an exception.
        timeout_s: For a whole attempt, from name resolution to the last byte of the reply.
        max_reply_bytes: No more of a reply is read.
    """

    base_url: str
    key: str = field(repr=False)
    user_agent: str
    timeout_s: float
    max_reply_bytes: int

    def path(self, update: Update) -> str:
        """Return the path of an update: the route of the API's reference, with each id as one path segment."""
        group, account, customer = (
            quote(segment, safe="") for segment in (update.group_id, update.linked_account_id, update.customer_id)
        )
        return f"/api/v1/groups/{group}/revere_pay/{account}/customers/{customer}"


class Client:
    """Makes one attempt at a time over connections that are kept alive; for one thread.

    Args:
        endpoint: Where to, as whom.
        deadline: Watched by somebody else; see `importer.delivery.wire.deadline`.
        doubts: Shared by clients of the same endpoint, which may be in other threads.
    """

    def __init__(self, endpoint: Endpoint, deadline: Deadline, doubts: Doubts) -> None:
        self._endpoint = endpoint
        self._deadline = deadline
        self._doubts = doubts
        self._exchange = Exchange()
        self._adapter = ApiAdapter(endpoint.base_url, endpoint.timeout_s, deadline, self._exchange)
        self._earlier_id, self._earlier_row = "", 0
        """The customer whom the connection's last request was about, and its row."""
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": endpoint.user_agent,
        }

    def send(self, attempt: Attempt) -> Reply:
        """Perform one attempt and return what came back, or why nothing did. Never raises for the network's sake."""
        update = attempt.update
        started = time.monotonic()
        self._deadline.start(self._endpoint.timeout_s)
        self._exchange.start()
        try:
            reply, ended = self._ask(update), time.monotonic()
            reply = self._in_step(reply, update, ended - started)
        except (faults.HTTPError, OSError) as error:
            reply, ended = self._without_answer(update, error), time.monotonic()
        except Exception:
            # Whatever an answer does to the libraries that parse it is no defect of the row. An error before the
            # request left is ours.
            if not self._deadline.left:
                raise
            self.close()
            reply, ended = Reply(update.row, 0.0, Fault.REPLY_UNREADABLE), time.monotonic()
        finally:
            self._deadline.finish()
            self._exchange.finish()
            self._note_strays()
        return replace(reply, elapsed_s=ended - started, idle_s=self._exchange.idle_s)

    @property
    def connected(self) -> bool:
        """Whether a connection is open that another attempt may use."""
        return self._exchange.is_open

    def close(self) -> None:
        """Close the connections; another attempt would make new ones."""
        self._adapter.close()

    def _ask(self, update: Update) -> Reply:
        """Send a request and read the answer."""
        alone = self._doubts.avoided
        if alone or self._may_be_answered_for(update):
            self.close()
        body = _body(update)
        # The raw key, as the API's reference says; what is kept and may be shown does not hold it.
        headers = {**self._headers, "Authorization": self._endpoint.key, "Content-Length": str(len(body))}
        if alone:
            headers["Connection"] = "close"
        response = self._adapter.put(self._endpoint.path(update), headers, body)
        if alone:
            self._doubts.note_connection(self._exchange.connecting_s)
        try:
            answer, fault = self._read(response)
        finally:
            response.close()
            response.release_conn()
        self._note_strays()
        retry_after = parse_retry_after(
            response.headers.get("Retry-After"), date=response.headers.get("Date"), now=time.time()
        )
        content_type = response.headers.get("Content-Type", "")
        server = response.headers.get("Server", "")
        quota = parse_quota(response.headers, now=time.time())
        return Reply(update.row, 0.0, fault, response.status, content_type, retry_after, answer, server, quota=quota)

    def _may_be_answered_for(self, update: Update) -> bool:
        """Return whether a second answer to the connection's last request would confirm this one, too.

        That was for another account of the same customer: no answer names the account.
        """
        return self._earlier_id == normal_id(update.customer_id) and self._earlier_row != update.row

    def _note_strays(self) -> None:
        if self._exchange.strays:
            self._doubts.note_stray()

    def _in_step(self, reply: Reply, update: Update, took_s: float) -> Reply:
        """Return a reply, or that nobody can tell whose answer it is, and keep what is stray from the next row.

        An answer has no name: over a connection that was used before, it may be a second one to an earlier request.
        """
        asked_id, earlier_id = normal_id(update.customer_id), self._earlier_id
        named_id = _customer_id(reply.body) if reply.http_status == HTTPStatus.OK else asked_id
        is_earlier = self._exchange.reused and asked_id != named_id == earlier_id
        if is_earlier:
            self._doubts.note_stray()
        if is_earlier or self._is_doubtful_refusal(reply):
            self.close()
            return Reply(update.row, 0.0, Fault.OUT_OF_STEP)
        if self._exchange.excess or named_id != asked_id or reply.fault is not None:
            self.close()
        else:
            self._earlier_id, self._earlier_row = asked_id, update.row
            self._doubts.note_answer(took_s)
        return reply

    def _is_doubtful_refusal(self, reply: Reply) -> bool:
        """Return whether a reply is a refusal that may be stray.

        More came with it, or comes after it, or into it; or the connection ends where more might have come.
        """
        status = reply.http_status or 0
        if status == HTTPStatus.REQUEST_TIMEOUT or status // 100 not in (3, 4):
            return False
        is_limit = status == HTTPStatus.TOO_MANY_REQUESTS
        if not is_limit:
            self._doubts.note_refusal()
        if not self._exchange.reused:
            return self._exchange.answered_twice
        quiet_s = _GLANCE_S if is_limit else self._doubts.quiet_s
        # An end that the deadline brings about would say nothing.
        self._deadline.prolong(quiet_s + _SPARE_S)
        started = time.monotonic()
        is_whole = reply.fault is None and not self._exchange.excess
        following = self._exchange.what_follows(quiet_s) if is_whole else Following.MORE
        if following is Following.MORE:
            self._doubts.note_stray()
            return True
        if self._deadline.expired:
            return True
        if following is Following.NOTHING or is_limit or self._exchange.end_announced:
            return False
        return time.monotonic() - started < quiet_s / 2

    def _read(self, response: HTTPResponse) -> tuple[bytes, Fault | None]:
        """Return the reply's body, up to the limit, and what cut it off."""
        limit = self._endpoint.max_reply_bytes
        try:
            body = response.read(limit + 1, decode_content=True)
        except faults.DecodeError:
            return b"", Fault.REPLY_UNREADABLE
        except (faults.HTTPError, OSError):
            return b"", Fault.TIMED_OUT if self._deadline.passed else Fault.REPLY_TRUNCATED
        if self._deadline.expired:
            return b"", Fault.TIMED_OUT
        if len(body) > limit:
            return body[:limit], Fault.REPLY_TOO_LARGE
        return body, None

    def _without_answer(self, update: Update, error: Exception) -> Reply:
        """Return the reply of an attempt that ended with an error: the interim answer, if at least that came."""
        fault = self._fault(error)
        if self._exchange.interim_status is not None and fault in (Fault.TIMED_OUT, Fault.CONNECTION_LOST):
            return Reply(update.row, 0.0, None, self._exchange.interim_status)
        return Reply(update.row, 0.0, fault)

    def _fault(self, error: Exception) -> Fault:
        """Return what kept a reply from coming. What matters most is whether the request had begun to leave."""
        causes = _causes(error)
        if not self._deadline.left:
            if self._deadline.expired:
                return Fault.CONNECT_TIMED_OUT
            return next((fault for kind, fault in _BEFORE_LEAVING if _any_is(causes, kind)), Fault.UNREACHABLE)
        if self._deadline.passed or _any_is(causes, TimeoutError):
            return Fault.TIMED_OUT
        if _any_is(causes, RemoteDisconnected) or not _any_is(causes, (HTTPException, faults.InvalidHeader)):
            return Fault.CONNECTION_LOST
        return Fault.REPLY_UNREADABLE


def _customer_id(body: bytes) -> str:
    """Return the customer whom an answer names; "" where it is not a customer's object."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    customer_id = document.get("id") if isinstance(document, dict) else None
    return normal_id(customer_id) if isinstance(customer_id, str) else ""


def _body(update: Update) -> bytes:
    values = {name.value: getattr(update, name) for name in VALUE_FIELDS}
    try:
        return json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Python's own error holds the whole text.
        raise ValueError("a value holds half of a character, which is no text") from None


_GLANCE_S: Final = 0.002
"""So long a connection is listened to after "slow down", which everything else must hear of at once."""
_SPARE_S: Final = 1.0
"""So much later than that wait its attempt ends, so that it is not the deadline that ends it."""
_BEFORE_LEAVING: Final[tuple[tuple[type[BaseException], Fault], ...]] = (
    (DeadlinePassedError, Fault.CONNECT_TIMED_OUT),
    (faults.ProxyError, Fault.PROXY_FAILED),
    (socket.gaierror, Fault.NAME_NOT_RESOLVED),
    (ssl.SSLError, Fault.TLS_FAILED),
    (faults.SSLError, Fault.TLS_FAILED),
    (ConnectionRefusedError, Fault.CONNECTION_REFUSED),
    (TimeoutError, Fault.CONNECT_TIMED_OUT),
)
"""The first of these kinds that is among the causes names the fault."""


def _any_is(causes: list[BaseException], kind: type[BaseException] | tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(cause, kind) for cause in causes)


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and whatever led to it.

    urllib3 keeps causes as attributes, as arguments and as `__cause__`.
    """
    errors: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        suspect = queue.pop(0)
        if isinstance(suspect, BaseException) and suspect not in errors:
            errors.append(suspect)
            queue += [suspect.__cause__, suspect.__context__, getattr(suspect, "reason", None), *suspect.args]
    return errors
