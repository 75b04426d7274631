"""Codecs of text that lose no byte: one that is no character becomes half a surrogate pair, and a byte again.

A byte `0xNN` that a codec cannot decode becomes the character `U+DCNN` (PEP 383), which no text has. So a cell with
such bytes is known by its text, and the writer gives the bytes back.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

from importer.errors import SettingsError
from importer.phrases import quoted

KEEP: Final = "importer.keep"
"""The name of the error handler that does for every codec what `surrogateescape` does for those based on ASCII."""
_ESCAPES: Final = 0xDC00
_LAST_BYTE: Final = 0xFF
_ASCII: Final = bytes(range(128)) + b"\x1b$B0!\x1b(B"
"""Every character, and the signs by which some encodings change to another set of characters."""
_NO_ENCODINGS: Final = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "charmap"})
_BYTE_ORDERS: Final = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}
"""Codecs that look for a BOM, as those that do not: the BOM is looked for before any codec is used."""
_NEAR: Final = 60.0
_PAGES_OF_WINDOWS: Final = re.compile(r"^cp(?=125[0-8]$)")

_HALVES: Final = re.compile("[\ud800-\udfff]")
_TRANSCRIPTIONS: Final = str.maketrans(
    {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0x2026: "...", 0x2192: "->"}
    | {0xA0: " ", 0x202F: " "}
)


def codec_name(name: str) -> str:
    """Return the name of a text encoding as Python's codecs know it, without a BOM of its own.

    Raises:
        SettingsError: There is none of that name, or it is no encoding of text.
    """
    try:
        "a".encode(name)  # which those that are no encodings of text refuse
        python_name = codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise _unknown(name) from error
    if python_name.replace("_", "-") in _NO_ENCODINGS:
        raise _unknown(name)
    return _BYTE_ORDERS.get(python_name, python_name)


def usual_name(codec: str) -> str:
    """Return what people, and `--encoding`, call a codec: `windows-1252` for Python's `cp1252`."""
    return _PAGES_OF_WINDOWS.sub("windows-", codec)


def extends_ascii(codec: str) -> bool:
    """Return whether text of only ASCII characters is the same bytes in it, whatever stands before."""
    return _decodes(codec, _ASCII) == _ASCII.decode("ascii")


def decoded(codec: str, blocks: Iterable[bytes]) -> Iterator[str]:
    """Yield the text of a file that is given in blocks of bytes, and lose none of them."""
    decoder = codecs.getincrementaldecoder(codec)(_decoding_errors(codec))
    for block in blocks:
        yield decoder.decode(block)
    undecoded = bytes(decoder.getstate()[0])
    try:
        last = decoder.decode(b"", final=True)
    except UnicodeDecodeError:  # half a unit of UTF-16, which its handler does not know
        last = undecoded.decode(codec, KEEP)
    yield last


def encoder(codec: str) -> codecs.IncrementalEncoder:
    """Return an encoder that makes the bytes again of which `decoded` made the text.

    They are the same bytes in UTF-8 and where each byte is a character of its own; elsewhere, bytes of the same text.
    """
    return codecs.getincrementalencoder(codec)(_encoding_errors(codec))


def halves(text: str) -> bool:
    """Return whether the text has characters that stand for bytes, or halves of surrogate pairs: no text has them."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def shown(text: str) -> str:
    r"""Return the text with codes for bytes that were no characters (`\xNN`) and for halves of pairs (`\uNNNN`)."""
    return _HALVES.sub(_code, text) if halves(text) else text


def writable(text: str, codec: str) -> str:
    """Return the text with only characters that the encoding has: others are transcribed, or become a `?`.

    Example: `writable("Łukasz", "cp1252")` is `"?ukasz"`.
    """
    if _can_encode(text, codec):
        return text
    return "".join(letter if _can_encode(letter, codec) else _transcribed(letter, codec) for letter in text)


def _transcribed(letter: str, codec: str) -> str:
    import unicodedata  # noqa: PLC0415 - only where an encoding lacks a character

    plain = letter.translate(_TRANSCRIPTIONS)
    if plain == letter:
        parts = unicodedata.normalize("NFKD", letter)
        plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain if plain and _can_encode(plain, codec) else "?"


def _can_encode(text: str, codec: str) -> bool:
    if halves(text):
        return False
    try:
        return text.encode(codec).decode(codec) == text  # some encode two characters in the same way
    except UnicodeError:
        return False


def _decodes(codec: str, data: bytes) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _decoding_errors(codec: str) -> str:
    if codec in {"utf-16-le", "utf-16-be"}:
        return "surrogatepass"
    return "surrogateescape" if extends_ascii(codec) else KEEP


def _encoding_errors(codec: str) -> str:
    return "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else KEEP


def _keep(error: UnicodeError) -> tuple[str | bytes, int]:
    """Decode bytes to the characters that stand for them, and the other way round."""
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        return "".join(chr(_ESCAPES + byte) for byte in bad), error.end
    if isinstance(error, UnicodeEncodeError):
        codes = [ord(letter) - _ESCAPES for letter in error.object[error.start : error.end]]
        return bytes(code if 0 <= code <= _LAST_BYTE else ord("?") for code in codes), error.end
    raise error


def _code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - _ESCAPES:02x}" if _ESCAPES <= code <= _ESCAPES + _LAST_BYTE else f"\\u{code:04x}"


def _unknown(name: str) -> SettingsError:
    from encodings.aliases import aliases  # noqa: PLC0415 - only for the message

    from rapidfuzz import process  # noqa: PLC0415 - only for the message

    names = sorted({alias.replace("_", "-") for alias in (*aliases, *aliases.values())})
    near = process.extractOne(name.lower(), names, score_cutoff=_NEAR)
    hint = f"Did you mean {near[0]}?" if near else "Give the name of an encoding, such as windows-1252 or utf-8."
    return SettingsError(f"There is no text encoding {quoted([name])}.", code="unknown_encoding", hint=hint)


codecs.register_error(KEEP, _keep)
