"""Whose answer a refusal is: every status, said by the API or by something in front of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import pytest

from importer.delivery.replies.reply_meaning import Meaning, Next, classify
from importer.delivery.replies.voice import Voice, is_html, is_json_object, product_of
from importer.delivery.wire.attempts import Fault, Reply
from importer.model.statuses import Status
from tests.delivery.samples import PAGE, ok, unmasked, update

OWN = "gunicorn"
FORMS: Mapping[str, tuple[str, bytes]] = {
    "JSON": ("application/json; charset=utf-8", b'{"message": "no such customer"}'),
    "problem": ("application/problem+json", b'{"title": "Not Found", "status": 404}'),
    "text": ("text/plain", b"Not Found"),
    "nothing": ("", b""),
    "page": ("text/html", PAGE),
    "part of a page": ("text/html; charset=utf-8", b"<h1>Not Found</h1>"),
    "page that is called text": ("text/plain", PAGE),
    "page behind a comment": ("", b"<!-- proxy -->\n<html><h1>Not Found</h1></html>"),
    "page without a frame": ("", b"<title>404 Not Found</title><center>nginx</center>"),
    "page in XHTML": ("application/xml", b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN">'),
    "page in UTF-16": ("text/plain", "<html>Not Found</html>".encode("utf-16")),
    "page with two types": ("text/html, text/plain", b"Not Found"),
    "a list": ("application/json", b'["no"]'),
    "JSON that is cut": ("application/json", b'{"message": "no'),
    "JSON that is called text": ("text/plain", b'{"message": "no"}'),
}
"""What a refusal may look like."""
PAGES = {form for form in FORMS if "page" in form}
OBJECTS = {"JSON", "problem"}
OF_THE_REQUEST = {400, 409, 411, 413, 414, 415, 416, 417, 422, 428, 431}
BY_VOICE = sorted({*range(300, 400), *range(400, 500)} - OF_THE_REQUEST - {401, 403, 407, 408, 425, 429})


def reply(status: int, form: str, server: str = "") -> Reply:
    """Return a refusal."""
    content_type, words = FORMS[form]
    return Reply(2, 0.1, None, status, content_type, None, words, server)


def voice_of(*servers: str, any_errors: bool = False) -> Voice:
    """Return what is known after confirmations with these headers."""
    voice = Voice(any_errors=any_errors)
    for server in servers:
        voice.confirmed(replace(ok(update()), server=server))
    return voice


def meaning(refusal: Reply, voice: Voice, *, is_confirmed: bool = True) -> Meaning:
    """Return what a refusal of the sample row means."""
    return classify(refusal, update(), unmasked, voice, is_confirmed=is_confirmed)


def is_certain(refusal: Reply, voice: Voice) -> bool:
    """Return whether a row with that refusal is `rejected`; it is one more try and then `unconfirmed` otherwise."""
    found = meaning(refusal, voice)
    if found.status is Status.REJECTED:
        assert (found.next, found.maybe) == (Next.FINISH, False)
        return True
    assert (found.next, found.status, found.code) == (Next.ASK_AGAIN, Status.UNCONFIRMED, "answered_in_front")
    assert found.maybe
    assert "may or may not have been applied" in found.message
    return False


@pytest.mark.parametrize("form", FORMS)
def test_what_a_request_holds_is_refused_by_whoever_looks_at_it(form: str) -> None:
    """400 and its kin are certain in any voice, but for a page."""
    refusals = [(status, server) for status in OF_THE_REQUEST for server in ("", "nginx", OWN)]
    certain = {is_certain(reply(status, form, server), voice_of(OWN)) for status, server in refusals}
    assert certain == {form not in PAGES}


@pytest.mark.parametrize("form", FORMS)
def test_of_anything_else_only_the_apis_own_voice_is_certain(form: str) -> None:
    """A JSON object, by the same product as the confirmations of the run; another one's is a gateway's."""
    for status in BY_VOICE:
        assert is_certain(reply(status, form, "Gunicorn/21.2"), voice_of(OWN)) == (form in OBJECTS)
        assert not is_certain(reply(status, form, "nginx/1.22.1"), voice_of(OWN))


@pytest.mark.parametrize(
    ("confirmed_by", "server", "end"),
    [
        pytest.param([], "nginx", "rejected", id="nothing is confirmed"),
        pytest.param([OWN], "", "rejected", id="the header is absent"),
        pytest.param([""], "nginx", "rejected", id="the header is added"),
        pytest.param([OWN, "uvicorn"], "nginx", "rejected", id="it differs among the confirmations"),
        pytest.param([OWN, ""], "nginx", "rejected", id="some confirmations have none"),
        pytest.param(["gunicorn/20", "gunicorn/21"], "gunicorn/22", "rejected", id="another version"),
        pytest.param(["nginx/1.22.1"], "nginx", "rejected", id="one proxy names all"),
        pytest.param([OWN], "openresty/1.21", "in doubt", id="another product"),
        pytest.param(["gunicorn/20", "GUNICORN"], "nginx", "in doubt", id="one product, written in two ways"),
    ],
)
def test_the_header_says_something_only_where_all_confirmations_agree(
    confirmed_by: Sequence[str], server: str, end: str
) -> None:
    """Whether a 404 as a JSON object is the API's."""
    assert is_certain(reply(404, "JSON", server), voice_of(*confirmed_by)) == (end == "rejected")


def test_as_many_names_as_tell_nothing_are_not_kept() -> None:
    """An API that has another name in each answer fills no journal."""
    voice = Voice()
    assert len([name for name in map(str, range(100)) if voice.confirmed(replace(ok(update()), server=name))]) == 16


def test_the_confirmations_of_the_last_run_count_until_there_is_one_of_this() -> None:
    """What answers may have been replaced since."""
    voice = Voice(earlier=["gunicorn"])
    assert not is_certain(reply(404, "JSON", "uvicorn"), voice)
    voice.confirmed(replace(ok(update()), server="uvicorn"))
    assert is_certain(reply(404, "JSON", "uvicorn"), voice)
    assert not is_certain(reply(404, "JSON", "gunicorn"), voice)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [301, 400, 404, 405, 410, 451])
def test_somebody_may_say_that_all_refusals_are_the_apis(status: int, form: str) -> None:
    """Some APIs refuse in plain text or by pages, and only who knows them can say so."""
    assert is_certain(reply(status, form, "nginx"), voice_of(OWN, any_errors=True))


@pytest.mark.parametrize(("status", "retry_after_s"), [*product([408, 503], [None, 3.0])])
def test_what_asks_to_come_back_is_doubtful_in_any_voice(status: int, retry_after_s: float | None) -> None:
    """An API's own time-out comes after it began, and Varnish says 503 with `Retry-After` of a backend that hung."""
    for form, any_errors in product(FORMS, [True, False]):
        refusal = replace(reply(status, form, OWN), retry_after_s=retry_after_s)
        found = meaning(refusal, voice_of(OWN, any_errors=any_errors))
        assert (found.next, found.status, found.maybe) == (Next.RETRY, Status.UNCONFIRMED, True)
        assert found.retry_after_s == retry_after_s


@pytest.mark.parametrize("form", FORMS)
def test_a_403_that_is_a_page_is_a_wall_once_something_was_confirmed(form: str) -> None:
    """Before, it may be the key; anything else may be the key or the row, as ever."""
    before = meaning(reply(403, form, "cloudflare"), voice_of(), is_confirmed=False)
    assert (before.next, before.status) == (Next.FORBIDDEN, Status.REJECTED)
    after = meaning(reply(403, form, "cloudflare"), voice_of(OWN))
    wall = (Next.WAIT_OUT, Status.NOT_SENT, "blocked")
    assert (after.next, after.status, after.code) == (
        wall if form in PAGES else (Next.FORBIDDEN, Status.REJECTED, "http_403")
    )
    assert meaning(reply(403, form), voice_of(OWN, any_errors=True)).next is Next.FORBIDDEN


def test_a_refusal_of_which_the_body_did_not_arrive_is_nobodys_voice() -> None:
    """Of a 404 nothing but the status line is too little; of a 400 it is enough."""
    cut = replace(reply(404, "JSON", OWN), fault=Fault.REPLY_TRUNCATED, body=b"")
    assert not is_certain(cut, voice_of(OWN))
    assert is_certain(replace(cut, http_status=400), voice_of(OWN))
    for content_type in ("text/html", "application/xhtml+xml; charset=utf-8", ""):
        page_that_is_cut = replace(cut, http_status=400, content_type=content_type)
        assert not is_certain(page_that_is_cut, voice_of(OWN))
        assert meaning(replace(page_that_is_cut, http_status=403), voice_of(OWN)).is_wall


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("nginx", "nginx"),
        ("nginx/1.22.1", "nginx"),
        ("Apache/2.4.57 (Debian) OpenSSL/3.0", "apache"),
        ("Microsoft-IIS/10.0", "microsoft-iis"),
        ("  awselb/2.0", "awselb"),
        ("Jetty(9.4.z)", "jetty(9.4.z)"),
        ("gunicorn with words", "gunicorn"),
        ("", ""),
        ("/", ""),
        ("ana@firm.example.com", ""),
        ("\u00e9cole/1", ""),
        ("x" * 65, ""),
    ],
)
def test_a_product_is_the_word_before_its_version(header: str, named: str) -> None:
    """In lower case, whatever follows it."""
    assert product_of(header) == named


def test_what_is_a_page_and_what_is_an_object() -> None:
    """By what it is called and by what it is."""
    assert {form for form in FORMS if is_html(reply(404, form))} == PAGES
    assert {form for form in FORMS if is_json_object(reply(404, form))} == OBJECTS
    assert not is_html(Reply(2, 0.1, None, 404, "text/html", None, b" \r\n"))
    assert not is_json_object(Reply(2, 0.1, None, 404, "application/json", None, b'{"a":' * 100_000))
