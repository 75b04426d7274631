"""Magic addresses, each over a real socket, and what the request log says of them."""

from __future__ import annotations

import errno
import socket
import unicodedata
from urllib.parse import urlsplit

import pytest

from importer.sandbox.magic import MAGICS, describe_magic

from .client import GOOD, Put, send, to
from .conftest import Logged


@pytest.mark.parametrize("word", ["400", "401", "403", "404", "425", "500", "503"])
def test_refusal_is_answered_every_time_and_never_applied(logged: Logged, word: str) -> None:
    """An address with a status is answered with that status, as often as it is sent."""
    put = Put(to(word))
    for _ in range(2):
        answer = send(logged.base_url, put)
        assert (answer.status, answer.error["code"]) == (int(word), "magic_address")
        assert answer.headers.get("retry-after") == ("1" if word == "503" else None)
    assert [(line["status"], line["applied"], line["fault"]) for line in logged.lines(put.customer_id)] == [
        (int(word), False, word)
    ] * 2


@pytest.mark.parametrize(("word", "status", "retry_after"), [("429", 429, "1"), ("flaky", 500, None)])
def test_passing_fault_is_met_once_by_each_customer(
    logged: Logged, word: str, status: int, retry_after: str | None
) -> None:
    """The first request of a customer is refused and not applied; the next is as any other."""
    for put in (Put(to(word)), Put(to(word))):
        answer = send(logged.base_url, put)
        assert (answer.status, answer.headers.get("retry-after")) == (status, retry_after)
        assert send(logged.base_url, put).document["email"] == f"sandbox+{word}@example.com"
        assert [(line["status"], line["applied"], line["fault"]) for line in logged.lines(put.customer_id)] == [
            (status, False, word),
            (200, True, None),
        ]


def test_timeout_is_applied_and_never_answered(logged: Logged) -> None:
    """The update is applied, no byte comes back, and the sandbox goes on serving others."""
    put = Put(to("timeout"))
    with pytest.raises(TimeoutError):
        send(logged.base_url, put, timeout_s=0.3)
    (line,) = logged.lines(put.customer_id)
    assert (line["status"], line["applied"], line["fault"]) == (None, True, "timeout")
    later = send(logged.base_url, Put(customer_id=put.customer_id)).document
    assert later["updated_at"] > line["updated_at"] >= later["created_at"]


def test_reset_is_applied_and_the_connection_reset(logged: Logged) -> None:
    """The update is applied, and the client sees a reset, not an orderly end."""
    put = Put(to("reset"))
    url = urlsplit(logged.base_url)
    head = f"PUT {put.path} HTTP/1.1\r\nHost: x\r\nAuthorization: k\r\nContent-Length: {len(put.content)}\r\n\r\n"
    with socket.create_connection((url.hostname, url.port), timeout=10) as raw:
        raw.sendall(head.encode() + put.content)
        with pytest.raises(ConnectionResetError) as caught:
            raw.recv(1)
    assert caught.value.errno == errno.ECONNRESET
    (line,) = logged.lines(put.customer_id)
    assert (line["status"], line["applied"], line["fault"]) == (None, True, "reset")


def test_mismatch_stores_another_last_name(logged: Logged) -> None:
    """The reply's last name differs from what was sent for whoever compares, and the log holds both."""
    put = Put(to("mismatch"))
    answer = send(logged.base_url, put)
    assert answer.status == 200
    stored = answer.document["last_name"]
    assert unicodedata.normalize("NFC", stored).strip().casefold() != GOOD["last_name"].casefold()
    assert {name: answer.document[name] for name in ("first_name", "email")} == {
        "first_name": GOOD["first_name"],
        "email": "sandbox+mismatch@example.com",
    }
    (line,) = logged.lines(put.customer_id)
    assert (line["applied"], line["last_name"], line["stored"]) == (True, GOOD["last_name"], {"last_name": stored})


def test_html_is_a_page_and_nothing_is_applied(logged: Logged) -> None:
    """The reply is 200 with a web page, as of a captive portal."""
    put = Put(to("html"))
    answer = send(logged.base_url, put)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!doctype html>")
    (line,) = logged.lines(put.customer_id)
    assert (line["status"], line["applied"], line["fault"]) == (200, False, "html")


@pytest.mark.parametrize("email", ["SandBox+503@example.com", "sandbox+503@mail.example.org"])
def test_case_and_domain_do_not_matter(base_url: str, email: str) -> None:
    """An address is magic in any case and any domain."""
    assert send(base_url, Put(GOOD | {"email": email})).status == 503


@pytest.mark.parametrize("local_part", ["sandbox+teapot", "my.sandbox+500", "sandbox+500.x", "sandbox500", "sandbox"])
def test_other_addresses_are_plain(base_url: str, local_part: str) -> None:
    """An address that only resembles a magic one is updated like any other."""
    assert send(base_url, Put(GOOD | {"email": f"{local_part}@example.com"})).status == 200


def test_every_word_is_described() -> None:
    """Every magic address has a line of its own for people."""
    assert [line.partition("@")[0] for line in describe_magic().splitlines()] == [
        f"sandbox+{magic.word}" for magic in MAGICS
    ]
