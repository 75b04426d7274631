"""An answer, as it comes in pieces: where it begins, where it ends, and what is behind it."""

from __future__ import annotations

import re
from http import HTTPStatus
from io import BytesIO
from typing import Final

from importer.delivery.wire.attempts import Fault
from importer.delivery.wire.curl.head import LONGEST_LINE, MOST_HEADERS, Head, NoHeadError, read_head
from importer.delivery.wire.whose import FIRST_BYTES, is_stray

_INTERIM: Final = re.compile(rb"HTTP/1\.\d +(1\d\d)(?=\s)")
_FINAL: Final = (b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.1 5")
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,15}")
_CHUNK_LINE: Final = re.compile(rb"([1-9A-Fa-f][0-9A-Fa-f]{,7})\r\n")
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
_LINE_END: Final = b"\r\n"


class IncomingAnswer:
    """One answer to one request.

    Args:
        limit: No more of the body is kept, in bytes.

    Attributes:
        head: As soon as that is there.
        fault: What is wrong with it; None for nothing so far.
        is_over: Whether no more of it comes: it is whole, or there is a fault.
        interim_status: The last interim answer (1xx, but for 100) that came before it.
        excess: Whether more came than belongs to it.
        answered_twice: Whether what came with it begins another answer.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        """What came and is not understood yet."""
        self._body = bytearray()
        self._looked_at = 0
        """So much of the rest has no end of a head in it."""
        self._missing = 0
        """So many bytes of the body, or of its chunk with the end of the line, are still to come."""
        self._in_trailers = False
        self.head: Head | None = None
        self.fault: Fault | None = None
        self.is_over = False
        self.interim_status: int | None = None
        self.excess = False
        self.answered_twice = False

    def feed(self, data: bytes) -> None:
        """Take in what came next; not empty."""
        self._rest = self._rest + data if self._rest else data
        while self.head is None:
            if self.is_over or not self._take_head():
                return
        if not self.is_over:
            self._take_body()
        if self.is_over:
            self.excess = bool(self._rest)
            self.answered_twice = is_stray(self._rest[:FIRST_BYTES])

    def end(self, *, cut: bool) -> None:
        """Note that nothing more comes; `cut` says that the connection did not end in good order."""
        if self.is_over:
            return
        if self.head is None:
            interim = _INTERIM.match(self._rest)
            if interim is not None:
                self._note_interim(int(interim[1]))
            if cut or interim is not None or not self._rest:
                self.give_up(Fault.CONNECTION_LOST)
                return
            head, self._rest = self._rest, b""
            self._begin(head)  # http.client takes what came for all of the head
        is_whole = self._in_trailers or (self.head is not None and self.head.framing == "end")
        if cut or not is_whole:
            self.give_up(self.fault or (Fault.CONNECTION_LOST if self.head is None else Fault.REPLY_TRUNCATED))
        self.is_over = True

    def give_up(self, fault: Fault) -> None:
        """Take nothing more, since something is wrong."""
        self.fault, self.is_over = fault, True

    def body(self) -> bytes:
        """Return the body, without what it was packed with; b"" where there is none that is whole.

        What is too large is cut off at the limit. `fault` may be another afterwards.
        """
        if self.fault not in (None, Fault.REPLY_TOO_LARGE) or self.head is None:
            return b""
        body = bytes(self._body)
        if self.head.headers.get("content-encoding"):
            body = self._unpacked(body)
        if len(body) > self._limit:
            self.fault = Fault.REPLY_TOO_LARGE
        return body[: self._limit]

    def _take_head(self) -> bool:
        """Take a head off what came, if it is all there; return whether one was there."""
        found = _HEAD_END.search(self._rest, self._looked_at)
        if found is None:
            self._looked_at = max(0, len(self._rest) - 2)
            self._check_beginning()
            return False
        self._looked_at = 0
        head, self._rest = self._rest[: found.end()], self._rest[found.end() :]
        interim = None if head.startswith(_FINAL) else _INTERIM.match(head)
        if interim is None:
            self._begin(head)
        else:
            self._note_interim(int(interim[1]))
        return bool(self._rest) or self.head is not None

    def _note_interim(self, status: int) -> None:
        if status != HTTPStatus.CONTINUE:
            self.interim_status = status

    def _check_beginning(self) -> None:
        """Give up what cannot become a head."""
        rest = self._rest
        first, newline, _ = rest.partition(b"\n")
        is_http = first.startswith(b"HTTP/") if newline else len(first) <= LONGEST_LINE
        if not is_http or rest.count(b"\n") > MOST_HEADERS or len(rest) - rest.rfind(b"\n") > LONGEST_LINE:
            self.give_up(Fault.REPLY_UNREADABLE)

    def _begin(self, head: bytes) -> None:
        try:
            found = read_head(head)
        except NoHeadError:
            self.give_up(Fault.REPLY_UNREADABLE)
            return
        if found.status < HTTPStatus.OK:  # an interim one after all, however that is written
            self._note_interim(found.status)
            return
        self.head, self._missing = found, found.length

    def _take_body(self) -> None:
        assert self.head is not None  # noqa: S101 - the caller has seen it
        if self.head.framing == "chunks":
            self._take_chunks()
        elif self.head.framing == "end":
            self._body += self._rest
            self._rest = b""
        else:
            self._take_missing()
            self.is_over = not self._missing
        if not self.fault and len(self._body) > self._limit:
            self.give_up(Fault.REPLY_TOO_LARGE)

    def _take_missing(self) -> None:
        taken, self._rest = self._rest[: self._missing], self._rest[self._missing :]
        self._body += taken
        self._missing -= len(taken)

    def _take_chunks(self) -> None:
        """Take as many chunks as are there: each a line with its size, as many bytes, and the end of a line."""
        if self._take_only_chunk():
            return
        rest, at = self._rest, 0
        while not self.is_over and at < len(rest) and len(self._body) <= self._limit:
            if self._missing:
                taken = min(self._missing, len(rest) - at)
                self._body += rest[at : at + min(taken, max(0, self._missing - len(_LINE_END)))]
                self._missing -= taken
                at += taken
                continue
            end = rest.find(b"\n", at)
            if end < 0:
                break
            self._take_line(rest[at:end].rstrip(b"\r"))
            at = end + 1
        self._rest = rest[at:]
        if not self.is_over and not self._missing and len(self._rest) > LONGEST_LINE:
            self.give_up(Fault.REPLY_TRUNCATED)

    def _take_only_chunk(self) -> bool:
        """Take the whole body if it is there and is one chunk, as it nearly always is; return whether it was so."""
        rest = self._rest
        begun = self._missing or self._body or self._in_trailers
        first = None if begun else _CHUNK_LINE.match(rest)
        if first is None or rest[(end := first.end() + int(first[1], 16)) :] != _LAST_CHUNK:
            return False
        self._body += rest[first.end() : end]
        self._rest, self.is_over = b"", True
        return True

    def _take_line(self, line: bytes) -> None:
        """Take the line before a chunk, or one of those behind the last."""
        if self._in_trailers:
            self.is_over = not line
            return
        size = _CHUNK_SIZE.fullmatch(line.partition(b";")[0].strip())
        if size is None:
            self.give_up(Fault.REPLY_TRUNCATED)
        elif found := int(size[0], 16):
            self._missing = found + len(_LINE_END)
        else:
            self._in_trailers = True

    def _unpacked(self, body: bytes) -> bytes:
        """Return a body without what it was packed with, as far as is of use; note where that is not possible."""
        import urllib3.exceptions  # noqa: PLC0415 - hardly any API answers so
        from urllib3.response import HTTPResponse  # noqa: PLC0415 - the same

        assert self.head is not None  # noqa: S101 - the caller has seen it
        encoding = self.head.headers["content-encoding"]
        packed = HTTPResponse(BytesIO(body), headers={"Content-Encoding": encoding}, preload_content=False)
        try:
            return bytes(packed.read(self._limit + 1, decode_content=True))
        except (urllib3.exceptions.HTTPError, ValueError):
            self.fault = Fault.REPLY_UNREADABLE
            return b""
