"""One request to the API and its reply.

Nothing here decides anything. No redirect is followed, nothing is tried again, and an attempt ends by its deadline.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import replace
from http.client import HTTPException, RemoteDisconnected
from typing import Final

import urllib3.exceptions as faults
from urllib3.response import HTTPResponse

from importer.delivery.wire.adapter import ApiAdapter
from importer.delivery.wire.answered import reply_of
from importer.delivery.wire.attempts import Fault, Reply
from importer.delivery.wire.deadline import Deadline, DeadlinePassedError
from importer.delivery.wire.doubts import Doubts
from importer.delivery.wire.endpoint import Endpoint, request_body
from importer.delivery.wire.exchange import Exchange
from importer.delivery.wire.whose import (
    NOBODY,
    Asked,
    Following,
    Verdict,
    counts_after,
    quiet_to_wait_s,
    verdict,
    without_answer,
)
from importer.model.rows import Attempt, Update


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
        self._served = NOBODY
        """The connection's last request."""
        self._headers = endpoint.headers()

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
            reply = without_answer(update.row, self._fault(error), self._exchange.interim_status)
            ended = time.monotonic()
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
        if alone or self._served.may_answer_for(Asked.by(update)):
            self.close()
        body = request_body(update)
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
        headers_by_name = {name.lower(): value for name, value in response.headers.itermerged()}
        return reply_of(update.row, response.status, headers_by_name, answer, fault)

    def _note_strays(self) -> None:
        if self._exchange.strays:
            self._doubts.note_stray()

    def _in_step(self, reply: Reply, update: Update, took_s: float) -> Reply:
        """Return a reply, or that nobody can tell whose answer it is, and keep what is stray from the next row."""
        asked = Asked.by(update)
        found = verdict(reply, asked, self._exchange, self._served, self._doubts)
        if found is not Verdict.OUT_OF_STEP and not self._counts(reply):
            found = Verdict.OUT_OF_STEP
        if found is Verdict.KEEP:
            self._served = asked
            self._doubts.note_answer(took_s)
        else:
            self.close()
        return Reply(update.row, 0.0, Fault.OUT_OF_STEP) if found is Verdict.OUT_OF_STEP else reply

    def _counts(self, reply: Reply) -> bool:
        """Return whether an answer can be believed, once its connection has been listened to where that is due."""
        quiet_s = quiet_to_wait_s(reply, self._exchange, self._doubts)
        if not quiet_s:
            return quiet_s is not None
        # An end that the deadline brings about would say nothing.
        self._deadline.prolong(quiet_s + _SPARE_S)
        started = time.monotonic()
        following = self._exchange.what_follows(quiet_s)
        if self._deadline.expired and following is not Following.MORE:
            return False
        waited_s = time.monotonic() - started
        return counts_after(following, waited_s, quiet_s, reply=reply, exchange=self._exchange, doubts=self._doubts)

    def _read(self, response: HTTPResponse) -> tuple[bytes, Fault | None]:
        """Return the reply's body, up to the limit, and what cut it off."""
        limit = self._endpoint.max_reply_bytes
        try:
            body = response.read(limit + 1, decode_content=True)
        except faults.DecodeError:
            return b"", Fault.REPLY_UNREADABLE
        except (faults.HTTPError, OSError, ValueError):  # what is no length of a chunk is a ValueError of urllib3's
            return b"", Fault.TIMED_OUT if self._deadline.passed else Fault.REPLY_TRUNCATED
        if self._deadline.expired:
            return b"", Fault.TIMED_OUT
        if len(body) > limit:
            return body[:limit], Fault.REPLY_TOO_LARGE
        return body, None

    def _fault(self, error: Exception) -> Fault:
        """Return what kept a reply from coming. What matters most is whether the request had begun to leave."""
        causes = causes_of(error)
        if not self._deadline.left:
            if self._deadline.expired:
                return Fault.CONNECT_TIMED_OUT
            return next((fault for kind, fault in _BEFORE_LEAVING if _any_is(causes, kind)), Fault.UNREACHABLE)
        if self._deadline.passed or _any_is(causes, TimeoutError):
            return Fault.TIMED_OUT
        if _any_is(causes, RemoteDisconnected) or not _any_is(causes, (HTTPException, faults.InvalidHeader)):
            return Fault.CONNECTION_LOST
        return Fault.REPLY_UNREADABLE


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


def causes_of(error: BaseException) -> list[BaseException]:
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
