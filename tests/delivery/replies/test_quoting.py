"""What is quoted of an API's error."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.replies.quoting import api_words, is_page
from importer.delivery.wire.attempts import Fault
from importer.model.rows import Update
from tests.delivery.samples import KEY, body, http, unmasked, update


def words(answer: bytes, asked: Update | None = None) -> str:
    """Return what is quoted of an error with this body, the key being masked."""
    asked = asked or update()
    return api_words(http(asked, 400, words=answer), asked, lambda text: text.replace(KEY, "•••"))


@pytest.mark.parametrize(
    ("answer", "quoted"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"  \r\n ", "", id="blanks"),
        pytest.param(b"Bad request", "“Bad request”", id="text"),
        pytest.param(body({"message": "No such customer"}), "“No such customer”", id="a message"),
        pytest.param(body({"error": {"code": "E7", "message": "Too long"}}), "“Too long”", id="a message further in"),
        pytest.param(
            body({"errors": [{"detail": "one"}, {"detail": "two"}, "two"]}), "“one; two”", id="several, each once"
        ),
        pytest.param(body({"error": True, "reason": "closed"}), "“reason: closed”", id="the likely place is no text"),
        pytest.param(body({"fields": {"email": "is taken"}}), "“email: is taken”", id="by field"),
        pytest.param(body(["a", 1, None]), "“a”", id="a list"),
        pytest.param(body(17), "", id="a number"),
        pytest.param(body({"a": {"b": {"c": {"d": {"e": {"f": "deep"}}}}}}), "", id="too deep to be looked for"),
        pytest.param(b"[" * 100_000, f"“{'[' * 297}…”", id="deeper than a parser goes"),
        pytest.param(b"\xff\xfe bad", "“�� bad”", id="no UTF-8"),
        pytest.param(b"Fish &amp; chips", "“Fish & chips”", id="escaped for a page"),
        pytest.param(b"<!DOCTYPE html><p>x", "it answered with a web page", id="a page"),
        pytest.param(b"\xef\xbb\xbf \n<HTML>x", "it answered with a web page", id="a page, after a mark and blanks"),
    ],
)
def test_the_telling_part_of_an_error_is_quoted(answer: bytes, quoted: str) -> None:
    """Of JSON the sentences are quoted, of anything else the text; a page is only named."""
    assert words(answer) == quoted


def test_a_long_error_is_cut() -> None:
    """A quotation is at most 300 characters, its marks and the sign of omission included."""
    assert words(body({"message": "x" * 298})) == f"“{'x' * 298}”"
    quoted = words(body({"message": "x" * 299}))
    assert quoted == f"“{'x' * 297}…”"
    assert len(quoted) == 300


def test_sentences_are_found_in_large_json() -> None:
    """An error that is JSON is understood as JSON, however long it is."""
    assert words(body({"padding": "y" * 40_000, "message": "No"})) == "“No”"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(f"bad key {KEY}".encode(), id="as text"),
        pytest.param(body({"message": f"bad key {KEY}."}), id="in JSON"),
        pytest.param(json.dumps({"message": KEY}).replace("k", "\\u006b").encode(), id="escaped in JSON"),
        pytest.param(("x" * 290 + " " + KEY).encode(), id="where the quotation is cut"),
    ],
)
def test_secrets_are_masked_before_anything_is_cut(answer: bytes) -> None:
    """The key never gets into a message, not even a part of it."""
    quoted = words(answer)
    assert KEY[:6] not in quoted
    assert "•••" in quoted


@pytest.mark.parametrize(
    ("answer", "quoted"),
    [
        pytest.param(b"zoe.obrien@example.com is taken", "“[email] is taken”", id="address"),
        pytest.param("ZOË is short".encode(), "“[first_name] is short”", id="in capitals"),
        pytest.param("Zoe\u0308 is short".encode(), "“[first_name] is short”", id="decomposed"),
        pytest.param("for O&#39;Brien-Łuczak".encode(), "“for [last_name]”", id="escaped for a page"),
        pytest.param(b'{"first_name": "Zo\\u00eb", cut', '“{"first_name": "[first_name]", cut”', id="cut JSON"),
        pytest.param(body({"message": '{"v": "Zo\\u00eb"}'}), '“{"v": "[first_name]"}”', id="JSON in JSON"),
        pytest.param(b"/c?e=zoe.obrien%40example.com", "“/c?e=[email]”", id="in a URL"),
        pytest.param("Zoëlle is fine".encode(), "“Zoëlle is fine”", id="only whole words"),
        pytest.param(b"for+O%27Brien-%C5%81uczak", "“for+[last_name]”", id="as a form"),
        pytest.param("user_Zoë_2".encode(), "“user_[first_name]_2”", id="as part of an identifier"),
        pytest.param(body({"message": '{"v": "O\'Brien-\\u0141uczak"}'}), '“{"v": "[last_name]"}”', id="JSON, twice"),
        pytest.param("Zoë is short".encode("latin-1"), "“[first_name] is short”", id="in Latin-1"),
        pytest.param("Zoë is short".encode().decode("latin-1").encode(), "“[first_name] is short”", id="misread"),
    ],
)
def test_the_rows_own_values_are_replaced_by_names(answer: bytes, quoted: str) -> None:
    """What the row holds of a person is not repeated, in whatever spelling the API echoes it."""
    assert words(answer) == quoted


def test_a_value_that_is_the_name_of_a_field_is_replaced_once() -> None:
    """A person whose name is Email does not garble the sentence."""
    assert (
        words(b"x@example.com: Email", update(first_name="Email", email="x@example.com")) == "“[email]: [first_name]”"
    )


@pytest.mark.parametrize(
    ("value", "echoed"),
    [
        pytest.param("Anna\u00a0Maria", "Anna\u00a0Maria", id="with a blank of another kind"),
        pytest.param("Anna  Maria", "Anna  Maria", id="with two blanks"),
        pytest.param("Strauß", "STRAUSS", id="in capitals that are more letters"),
        pytest.param("R&amp;D 100%25", "R&amp;D 100%25", id="that looks as if it were escaped"),
        pytest.param('"Bo" \\ Li', json.dumps('"Bo" \\ Li')[1:-1], id="with signs that JSON escapes"),
    ],
)
def test_a_value_is_found_as_the_text_around_it_is_written(value: str, echoed: str) -> None:
    """What is made plain of the words is made plain of the values that are looked for too."""
    assert words(f"Bad: {echoed}!".encode(), update(first_name=value)) == "“Bad: [first_name]!”"


@pytest.mark.parametrize(
    "echoed", ["xobriensky", "0xobriens", "/users/obriens", "OBRIEN5", "b'O\\x27obrien\\xc5'"], ids=ascii
)
def test_words_in_which_a_value_still_shows_are_left_out(echoed: str) -> None:
    """Where a long part of a value is within something else, nothing is quoted."""
    said = words(f"No such mailbox: {echoed}".encode(), update(last_name="Obrien"))
    assert said == "what it said holds values of this row, and is left out"


def test_a_name_of_a_field_in_a_placeholder_is_no_value() -> None:
    """A person whose mailbox is called email does not keep an error from being quoted."""
    assert words(b"zoe is taken", update(first_name="Zoe", email="email@example.com")) == "“[first_name] is taken”"


@pytest.mark.parametrize("blank", [b" ", b"\n", b"&nbsp;", b"%20"])
def test_a_key_that_is_cut_where_reading_ends_is_not_quoted(blank: bytes) -> None:
    """Half a key is a key that cannot be told from other words: the last word of what was cut goes."""
    for before in (b"", b"bad "):
        padding = blank * ((16_384 - len(before) - 6) // len(blank))
        said = words(before + padding + KEY.encode() + b" and more")
        assert said == ("“bad”" if before else "")


def test_of_a_body_that_was_cut_off_the_last_word_is_not_quoted() -> None:
    """A body over the limit may end in half a key."""
    cut = replace(http(update(), 400, words=f"bad key {KEY[:9]}".encode()), fault=Fault.REPLY_TOO_LARGE)
    assert api_words(cut, update(), unmasked) == "“bad key”"


def test_what_is_no_text_is_not_quoted() -> None:
    """UTF-16 that is taken for UTF-8 would show the key with a blank after every letter."""
    assert words(f"bad key {KEY}".encode("utf-16-le")) == ""


def test_values_that_are_empty_are_not_looked_for() -> None:
    """A row without values leaves the words as they are."""
    assert words(b"No", update(first_name="", last_name="", email="")) == "“No”"


@given(answer=st.binary(max_size=600) | st.text(max_size=600).map(lambda text: body({"message": text})))
def test_any_body_at_all_is_quoted_safely(answer: bytes) -> None:
    """Whatever was answered, the quotation is short, on one line, and without control characters."""
    quoted = api_words(http(update(), 500, words=answer), update(), unmasked)
    assert len(quoted) <= 300
    assert not any(unicodedata.category(char)[0] == "C" for char in quoted)


def test_a_page_is_recognised_by_its_beginning() -> None:
    """JSON that holds a page somewhere is no page."""
    assert is_page(b"<head>")
    assert not is_page(body({"message": "<html>"}))


def test_the_name_before_the_at_sign_is_a_value_too() -> None:
    """An API that names the account of an address names the person."""
    assert "zoe.obrien" not in words(b'{"message": "no mailbox zoe.obrien here"}', update())
