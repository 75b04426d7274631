"""Codes of programs in a name, put back into the letters that they stand for."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

_MOST_ROUNDS: Final = 4
"""A name may have been through several programs: `&amp;uuml;`."""

_TAG: Final = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*/?>", re.DOTALL)
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_QUOTED_PRINTABLE: Final = re.compile(r"(?:(?<=\w)|(?<=[0-9A-F]))(?:=[0-9A-F]{2})+")
_UNICODE: Final = re.compile(r"<U\+([0-9A-Fa-f]{4,6})>")
_EXCEL: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ESCAPES: Final = re.compile(
    r"(?:\\u[0-9A-Fa-f]{4})+|(?:\\x[0-9A-Fa-f]{2})+|(?:\\[0-3][0-7]{2})+|\\u\{([0-9A-Fa-f]{1,6})\}|\\([nrtbfv])|\\([^\w])",
    re.DOTALL,
)
_WORDS_OF_MAIL: Final = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_TEXTS: Final = r'"(?:[^"]|"")*"'
_FORMULA: Final = re.compile(rf"=\s*(?:[A-Z]+\(\s*)?({_TEXTS}(?:\s*[,;&]\s*{_TEXTS})*)\s*\)?")
_FORMULA_OF_TEXT: Final = re.compile(r"=\s*(?:(?:T|CONCAT|CONCATENATE|TEXTVERKETTEN|TEXTKETTE|CONCATENAR)\s*\(|\")")
_LONGEST: Final = 2_000


def decoded(text: str) -> str:
    r"""Return a text with its codes put back into letters; as it is where it has none.

    Example: `decoded("M&uuml;ller")` is `"Müller"`.
    Example: `decoded("Ren\\u00e9")` is `"René"`.
    """
    for _ in range(_MOST_ROUNDS if len(text) <= _LONGEST else 0):
        before = text
        for decode in _WAYS:
            text = decode(text)
        if text == before:
            break
    return " ".join(text.split())


def _of_mail(text: str) -> str:
    if not _WORDS_OF_MAIL.search(text):
        return text
    from email.errors import HeaderParseError  # noqa: PLC0415 - few files need it
    from email.header import decode_header, make_header  # noqa: PLC0415 - the same

    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text


def _of_pages(text: str) -> str:
    return html.unescape(_TAG.sub(" ", text)) if "&" in text or "<" in text else text


def _of_links(text: str) -> str:
    if not _PERCENT.search(text):
        return text
    return _PERCENT.sub(lambda code: _as_text(unquote_to_bytes(code[0])), text.replace("+", " "))


def _of_mime(text: str) -> str:
    return _QUOTED_PRINTABLE.sub(lambda code: _as_text(bytes.fromhex(code[0].replace("=", ""))), text)


def _of_numbers(text: str) -> str:
    return _EXCEL.sub(_numbered, _UNICODE.sub(_numbered, text))


def _of_escapes(text: str) -> str:
    return _ESCAPES.sub(_escaped, text) if "\\" in text else text


def _of_formulas(text: str) -> str:
    match = _FORMULA.fullmatch(text) if _FORMULA_OF_TEXT.match(text) else None
    return "".join(part[1:-1].replace('""', '"') for part in re.findall(_TEXTS, match[1])) if match else text


_WAYS: Final[Sequence[Callable[[str], str]]] = (
    _of_mail,
    _of_formulas,
    _of_numbers,
    _of_pages,
    _of_escapes,
    _of_links,
    _of_mime,
)


def _escaped(code: re.Match[str]) -> str:
    text = code[0]
    if code[1]:
        return _character(code[1], text)
    if code[2]:
        return " "
    if code[3]:
        return code[3]
    if text.startswith("\\u"):
        units = b"".join(bytes.fromhex(unit) for unit in text.split("\\u")[1:])
        return units.decode("utf-16-be", errors="replace")
    base, parts = (16, text.split("\\x")[1:]) if text.startswith("\\x") else (8, text.split("\\")[1:])
    return _as_text(bytes(int(part, base) for part in parts))


def _numbered(code: re.Match[str]) -> str:
    return _character(code[1], code[0])


def _character(number: str, code: str) -> str:
    try:
        return chr(int(number, 16))
    except (ValueError, OverflowError):
        return code


def _as_text(octets: bytes) -> str:
    """Return bytes as UTF-8, and where they are none, as programs wrote them before."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("windows-1252", errors="replace")
