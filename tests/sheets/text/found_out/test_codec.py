"""Codecs that lose no byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.sheets.text.found_out.codec import codec_name, decoded, encoder, extends_ascii, halves, shown, writable

SINGLE_BYTE = [
    "cp1252", "cp1250", "cp1251", "cp1253", "iso8859-1", "iso8859-15", "mac-roman", "cp437", "koi8-r", "ascii", "cp037",
    "cp500", "cp864", "cp424", "tis-620",
]  # fmt: skip
OTHERS = [
    "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp932", "shift_jis", "gb18030", "gbk", "big5", "euc_jp",
    "euc_kr", "cp875", "utf-7", "iso2022_jp", "iso2022_kr", "hz",
]  # fmt: skip


def _round(data: bytes, codec: str, cut: int) -> tuple[str, bytes]:
    text = "".join(decoded(codec, [data[:cut], data[cut:]]))
    writer = encoder(codec)
    return text, writer.encode(text) + writer.encode("", final=True)


@given(data=st.binary(max_size=40), codec=st.sampled_from(["utf-8", *SINGLE_BYTE]), cut=st.integers(0, 40))
def test_any_bytes_come_out_of_utf8_and_of_single_bytes_as_they_went_in(data: bytes, codec: str, cut: int) -> None:
    """That is so wherever the file is cut into blocks, and for bytes that are no character too."""
    assert _round(data, codec, cut)[1] == data


@given(data=st.binary(max_size=40), codec=st.sampled_from(OTHERS), cut=st.integers(0, 40))
def test_any_bytes_at_all_are_decoded_in_every_encoding(data: bytes, codec: str, cut: int) -> None:
    """What is no character is known by its text, and can be written again."""
    text, _ = _round(data, codec, cut)
    shown(text).encode("utf-8")
    try:
        assert data.decode(codec) == text
    except UnicodeDecodeError:
        assert halves(text)


@given(text=st.text(st.characters(codec="utf-8"), max_size=40), codec=st.sampled_from(["utf-8", *SINGLE_BYTE, *OTHERS]))
def test_what_is_made_writable_is_what_is_read_again(text: str, codec: str) -> None:
    """An encoding holds the text as it is, or in other characters that a person can read."""
    may = writable(text, codec)
    assert may.encode(codec).decode(codec) == may
    if codec.startswith("utf"):
        assert may == text


@pytest.mark.parametrize(
    ("text", "codec", "may"),
    [
        ("Łukasz \u2026", "cp1252", "?ukasz \u2026"),
        ("Ł \u2019 \u201cx\u201d \u2013 y\u2026 é", "ascii", '? \' "x" - y... e'),
        ("a \ud800", "utf-8", "a ?"),
    ],
)
def test_what_an_encoding_lacks_is_transcribed(text: str, codec: str, may: str) -> None:
    """An accent is left out, a quotation mark becomes a plain one, and what is left a question mark."""
    assert writable(text, codec) == may


def test_bytes_that_are_no_character_are_shown_as_their_codes() -> None:
    """So are halves of surrogate pairs, which can be in UTF-16 and have no byte of their own."""
    assert shown("".join(decoded("cp1252", [b"a\x81b\xe9"]))) == "a\\x81bé"
    assert shown("".join(decoded("utf-16-le", [b"a\0\x3d\xd8"]))) == "a\\ud83d"
    assert shown("".join(decoded("utf-16-le", [b"a\0b"]))) == "a\\x62"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("Windows-1252", "cp1252"),
        ("latin1", "iso8859-1"),
        ("UTF-8-SIG", "utf-8"),
        ("utf16", "utf-16-le"),
        ("EBCDIC-CP-US", "cp037"),
    ],
)
def test_an_encoding_has_many_names(name: str, codec: str) -> None:
    """They are those that Python knows."""
    assert codec_name(name) == codec


@pytest.mark.parametrize(
    "name",
    [
        "base64",
        "rot13",
        "hex",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "\0",
        "",
        "é",
        "aliases",
        "../x",
    ],
)
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    """No other exception comes out of a name, whatever it is."""
    with pytest.raises(SettingsError) as caught:
        codec_name(name)
    assert caught.value.code == "unknown_encoding"
    assert caught.value.hint


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one() -> None:
    """It is not taken."""
    with pytest.raises(SettingsError) as caught:
        codec_name("window-1252")
    assert caught.value.hint == "Did you mean windows-1252?"


@pytest.mark.parametrize(
    "codec", ["utf-7", "iso2022_jp", "iso2022_kr", "hz", "cp037", "cp500", "utf-16-le", "utf-32-be"]
)
def test_an_encoding_that_does_not_extend_ascii_is_known(codec: str) -> None:
    """That a file in it is UTF-8 as well would say nothing."""
    assert not extends_ascii(codec)


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "cp932", "gb18030", "euc_kr", "koi8-r"])
def test_an_encoding_that_extends_ascii_is_known(codec: str) -> None:
    """Then only the other bytes tell it from UTF-8."""
    assert extends_ascii(codec)
