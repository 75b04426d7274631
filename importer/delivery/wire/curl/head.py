"""The head of an answer: its status, its headers, and how its body is told from what follows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from socket import socket
from typing import Final, Literal, cast

_USUAL: Final = re.compile(r"HTTP/1\.1 ([2-5]\d\d)(?: [ -~]*)?\r\n(?:[A-Za-z0-9-]+:[\t -~]*\r\n){,99}\r\n")
"""Nearly every head."""
_LENGTH: Final = re.compile(r"\d{1,18}", re.ASCII)
_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_METHOD: Final = "PUT"
MOST_HEADERS: Final = 100
"""As http.client has it, the empty line included."""
LONGEST_LINE: Final = 65_536
"""As http.client has it, in bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of an answer says.

    Attributes:
        headers: By name, in small letters; what comes twice is joined by commas.
        framing: What ends the body: after so many bytes, the last of its chunks, or the end of the connection.
        length: Of a body that has one, in bytes.
        ends_connection: Whether the connection ends with the answer.
    """

    status: int
    headers: Mapping[str, str]
    framing: Literal["length", "chunks", "end"]
    length: int
    ends_connection: bool


class NoHeadError(ValueError):
    """Bytes that are no head of an answer."""


@lru_cache(maxsize=128)  # those of one second differ in nothing but the length
def read_head(data: bytes) -> Head:
    """Return what the head of an answer says.

    The usual ones are taken apart here; whatever else there may be, http.client understands or refuses.

    Args:
        data: All of it, with the empty line at its end.

    Raises:
        NoHeadError: It is none.
    """
    return _usual(data) or _unusual(data)


def _usual(data: bytes) -> Head | None:
    """Return what a head says that has nothing unusual about it, and None of others."""
    text = data.decode("latin-1")
    found = _USUAL.fullmatch(text)
    if found is None or len(data) > LONGEST_LINE:
        return None
    headers: dict[str, str] = {}
    for line in text.split("\r\n")[1:-2]:
        name, _, value = line.partition(":")
        _add(headers, name, value.strip())
    return _framed(int(found[1]), headers, ends="close" in headers.get("connection", "").lower())


def _unusual(data: bytes) -> Head:
    response = HTTPResponse(cast("socket", _Sock(data)), method=_METHOD)
    try:
        response.begin()
    except (HTTPException, ValueError) as error:
        raise NoHeadError(type(error).__name__) from None
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        _add(headers, name, value)
    return _framed(response.status, headers, ends=response.will_close)


def _add(headers: dict[str, str], name: str, value: str) -> None:
    name = name.lower()
    headers[name] = f"{headers[name]}, {value}" if name in headers else value


def _framed(status: int, headers: Mapping[str, str], *, ends: bool) -> Head:
    """Return a head with what its headers say of the body, in the way of http.client and urllib3."""
    if status in _BODILESS:
        return Head(status, headers, "length", 0, ends)
    if headers.get("transfer-encoding", "").lower().rpartition(",")[2].strip() == "chunked":
        return Head(status, headers, "chunks", 0, ends)
    if "content-length" not in headers:
        return Head(status, headers, "end", 0, ends_connection=True)
    lengths = {part.strip() for part in headers["content-length"].split(",")}
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise NoHeadError("a length that is none")  # to read on to the end would take what is cut off for whole
    return Head(status, headers, "length", int(min(lengths)), ends)


class _Sock:
    """As much of a socket as http.client needs to read what is there."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> BytesIO:
        return BytesIO(self._data)
