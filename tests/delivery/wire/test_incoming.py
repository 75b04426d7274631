"""An answer in pieces: what it comes to does not depend on where it was cut, and is what http.client makes of it."""

from __future__ import annotations

import io
import json
from http.client import HTTPException, HTTPResponse
from itertools import pairwise
from socket import socket
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.wire.attempts import Fault
from importer.delivery.wire.curl.head import NoHeadError, read_head
from importer.delivery.wire.curl.incoming import IncomingAnswer
from importer.delivery.wire.endpoint import named_customer, request_body
from importer.ids import normal_id
from importer.model.source import VALUE_FIELDS
from tests.delivery.samples import body, stored, update

LIMIT = 10_000
OBJECT = body(stored(update()))
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
ANSWERS = {
    "of a length": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(OBJECT), OBJECT),
    "in one chunk": CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(OBJECT), OBJECT),
    "in chunks": CHUNKED + b"3;a=b\r\nabc\r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
    "behind interim ones": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hm\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
    "with a second one": b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "with the ends of lines of another kind": b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
    "with a header on two lines": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a\r\n b\r\n\r\n{}",
    "none": b"SSH-2.0-OpenSSH_9.6\r\n",
    "none in the end": CHUNKED + b"5\r\nabcde\r\nno\r\n",
}


def taken(pieces: list[bytes], *, cut: bool = False) -> dict[str, object]:
    """Return what an answer comes to that comes in these pieces, up to the end of the connection."""
    answer = IncomingAnswer(LIMIT)
    for piece in pieces:
        if piece and not answer.is_over:
            answer.feed(piece)
    answer.end(cut=cut)
    head = answer.head
    return {
        "status": head and head.status,
        "headers": head and head.headers,
        "body": answer.body(),
        "fault": answer.fault,
        "interim": answer.interim_status,
    }


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
@given(cuts=st.lists(st.integers(0, 400), max_size=6))
def test_it_does_not_matter_where_an_answer_is_cut(said: bytes, cuts: list[int]) -> None:
    """One packet, or as many as there are bytes."""
    places = [0, *sorted(cuts), len(said)]
    pieces = [said[start:end] for start, end in pairwise(places)]
    assert taken(pieces) == taken([said])


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("none")])
def test_every_kind_of_answer_is_understood(name: str) -> None:
    """Byte by byte, too."""
    said = ANSWERS[name]
    found = taken([said[place : place + 1] for place in range(len(said))])
    assert found["fault"] is None
    assert found["body"] in (OBJECT, b"abc0123456789", b"", b"{}")
    assert (found["interim"] == 103) == ("interim" in name)


@pytest.mark.parametrize(
    ("said", "excess", "twice"),
    [
        (ANSWERS["of a length"], False, False),
        (ANSWERS["in one chunk"], False, False),
        (ANSWERS["with a second one"], True, True),
        (ANSWERS["in one chunk"] + ANSWERS["of a length"], True, True),
        (CHUNKED + b"0\r\n\r\n0\r\n\r\n", True, False),
        (ANSWERS["of a length"] + b"\r\n", True, False),
        (ANSWERS["of a length"] + b"HTTP/1.1 408 Request Timeout\r\n", True, False),
    ],
)
def test_what_comes_with_an_answer_is_noticed(said: bytes, excess: bool, twice: bool) -> None:  # noqa: FBT001 - cases
    """Whatever is behind it, and whether that begins another answer."""
    answer = IncomingAnswer(LIMIT)
    answer.feed(said)
    assert (answer.excess, answer.answered_twice) == (excess, twice)


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("until", range(1, len(ANSWERS["of a length"])))
def test_an_answer_that_is_cut_off_is_never_whole(until: int, *, cut: bool) -> None:
    """At whatever byte, and in whatever way the connection ends."""
    found = taken([ANSWERS["of a length"][:until]], cut=cut)
    is_head = until > ANSWERS["of a length"].index(b"\r\n\r\n") + 3
    if is_head:
        assert (found["status"], found["fault"], found["body"]) == (200, Fault.REPLY_TRUNCATED, b"")
    elif cut:
        assert (found["status"], found["fault"]) == (None, Fault.CONNECTION_LOST)
    else:  # http.client takes the end for the empty line
        assert found["body"] in (b"", None)


tokens = st.sampled_from(
    [
        b"HTTP/1.1 200 OK", b"HTTP/1.0 404 No", b"HTTP/1.1 204", b"HTTP/1.1 20", b"HTTP/1.1 999 X", b"HTTP/1.1 099 X",
        b"Content-Length: 3", b"Content-Length: 3, 3", b"Content-Length: 3, 5", b"content-length:-3",
        b"Content-Length: x", b"Transfer-Encoding: chunked", b"transfer-encoding: CHUNKED", b"Connection: close",
        b"Connection: keep-alive", b"Retry-After: 3", b"X:y", b"X : y", b" folded", b"no header", b"\xff: \xe9",
        b"", b"Set-Cookie: a=b", b"Set-Cookie: c=d",
    ]
)  # fmt: skip


first_lines = st.sampled_from(
    [
        b"HTTP/1.1 200 OK", b"HTTP/1.1 200", b"HTTP/1.1 2000 OK", b"HTTP/1.1 200.0", b"HTTP/1.1 404X", b"HTTP/1.1 4040",
        b"HTTP/1.1 200 ", b"HTTP/1.1  200 OK", b"HTTP/1.1 +200 OK", b"HTTP/1.1 20 OK", b"HTTP/2 200",
    ]
)  # fmt: skip


@given(first_lines, st.lists(tokens, max_size=6), st.sampled_from([b"\r\n", b"\n"]))
def test_a_head_is_what_http_client_makes_of_it(first: bytes, lines: list[bytes], newline: bytes) -> None:
    """Status and headers of whatever it understands, and an error where that is one."""
    head = newline.join([first, *lines, b"", b""])
    head = head[: head.index(newline * 2) + 2 * len(newline)]
    response = HTTPResponse(cast("socket", _Sock(head)), method="PUT")
    try:
        response.begin()
    except (HTTPException, ValueError):
        with pytest.raises(NoHeadError):
            read_head(head)
        return
    lengths = {part.strip() for part in (response.headers.get("Content-Length") or "").split(",")}
    try:
        found = read_head(head)
    except NoHeadError:
        assert len(lengths) > 1 or not min(lengths).isdigit()
        return
    assert found.status == response.status
    assert found.headers.keys() == {name.lower() for name in response.headers}
    for name in found.headers:
        assert found.headers[name] == ", ".join(response.headers.get_all(name) or [])
    if response.chunked:
        assert found.framing == "chunks"
    assert found.ends_connection >= (response.will_close and len(lengths) == 1 and response.length is not None)


def test_a_line_that_is_too_long_for_http_client_is_no_part_of_a_head() -> None:
    """Whether it came at once or in pieces."""
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: %s\r\n\r\n"
    assert taken([said % (b"x" * 65_530)])["fault"] is None
    assert taken([said % (b"x" * 65_532)])["fault"] is Fault.REPLY_UNREADABLE


@pytest.mark.parametrize("line", [b"HTTP/1.1 0103 Hm", b"HTTP/1.1\t103", b"HTTP/1.1 +103 Hm", b"HTTP/0.9 103"])
def test_an_interim_answer_is_one_however_it_is_written(line: bytes) -> None:
    """It is read over, and is what is known where nothing follows."""
    found = taken([line + b"\r\nLink: x\r\n\r\n" + ANSWERS["of a length"]])
    assert (found["status"], found["fault"], found["interim"]) == (200, None, 103)
    found = taken([line + b"\r\nLink: x\r\n\r\n"])
    assert (found["status"], found["fault"], found["interim"]) == (None, Fault.CONNECTION_LOST, 103)


def test_what_only_ends_like_chunked_is_something_else() -> None:
    """Its body lasts until the connection ends."""
    said = ANSWERS["in chunks"].replace(b": chunked", b": unchunked")
    assert taken([said])["body"] == said.partition(b"\r\n\r\n")[2]


class _Sock:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


names = st.sampled_from(["id", "ID", "group_id", "email", "x"])
texts = st.one_of(
    st.text(max_size=8), st.sampled_from(['"id"', '{"id": "x"}', '"id": "y"', "\\", update().customer_id])
)


@given(st.dictionaries(names, st.one_of(texts, st.none(), st.integers(), st.dictionaries(names, texts)), max_size=4))
def test_the_customer_whom_an_answer_names_is_found_as_if_it_was_decoded(document: dict[str, object]) -> None:
    """The quick way and the slow one agree, in each way in which JSON may be written."""
    named = document.get("id")
    expected = normal_id(named) if isinstance(named, str) else ""
    for written in (json.dumps(document), json.dumps(document, ensure_ascii=False), json.dumps(document, indent=1)):
        assert named_customer(written.encode("utf-8", "surrogatepass")) in (expected, "")
        if written.isascii():
            assert named_customer(written.encode()) == expected


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_body_is_what_json_makes_of_it(first_name: str, email: str) -> None:
    """Byte for byte."""
    asked = update(first_name=first_name, email=email)
    values = {name.value: getattr(asked, name) for name in VALUE_FIELDS}
    assert request_body(asked) == json.dumps(values, ensure_ascii=False).encode()
