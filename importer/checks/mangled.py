"""Text that was read in a wrong encoding before it got into the file, such as an accent that became two signs."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_CHARSETS: Final = ("latin-1", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "mac_roman", "cp437")
_BESIDE_LETTERS: Final = frozenset(" '\u2018\u2019\u2013-.,\u00b7")
_OFTEN_IN_NAMES: Final = frozenset(
    [
        *map(chr, range(0xC0, 0x180)),  # the letters of Western and Central Europe
        *"\u01a0\u01a1\u01af\u01b0",  # Vietnam
        *map(chr, range(0x1EA0, 0x1EFA)),
        *map(chr, range(0x218, 0x21C)),  # Romania
        *"\u2013\u2018\u2019",
    ]
)


def _of_bytes(first: int, last: int) -> str:
    octets = [bytes([octet]) for octet in range(first, last + 1)]
    letters = {octet.decode(charset, errors="ignore") for octet in octets for charset in _CHARSETS}
    return re.escape("".join(sorted(letters)))


_CLUE: Final = re.compile(f"[{_of_bytes(0xC2, 0xF4)}][{_of_bytes(0x80, 0xBF)}]")
"""What the first two bytes of a letter in UTF-8 look like in the encodings that it is read in by mistake."""


def mangled(names: Sequence[str]) -> Sequence[int]:
    """Return the positions of the names that were mangled; they are looked at as one text first.

    Example: `mangled(["Ana", "JosÃ©"])` is `[1]`.
    """
    different = set(names)
    text = "\n".join(different)
    if text.isascii() or not _CLUE.search(text):
        return ()
    mangled_names = {name for name in different if likely_original(name) is not None}
    return [position for position, name in enumerate(names) if name in mangled_names]


@functools.lru_cache(maxsize=65_536)
def likely_original(text: str) -> str | None:
    """Return what a name was before it was mangled; None where it was not, or where that cannot be told.

    It is for the eyes of whoever sees the cell: neither logs nor messages may hold it.

    Example: `likely_original("JosÃ©")` is `"José"`.
    """
    if text.isascii() or not _CLUE.search(text):
        return None
    import ftfy  # noqa: PLC0415 - few files need it

    plan = ftfy.TextFixerConfig(unescape_html=False, replace_lossy_sequences=False, fix_c1_controls=False)
    original = _read_anew(text) or ftfy.fix_encoding(text, plan)
    return original if len(original) < len(text) and all(map(_is_in_names, original)) else None


def _read_anew(text: str) -> str | None:
    """Return what the bytes of the text mean in UTF-8, where they are names in Latin letters.

    ftfy looks for what is improbable, and lets go of the most usual name of Vietnam. This looks for what is impossible:
    that all the signs beside the letters of a name should by chance be UTF-8, and letters of names again.
    """
    import ftfy.bad_codecs  # noqa: F401, PLC0415 - brings the encoding with it

    try:
        original = text.encode("sloppy-windows-1252").decode()
    except UnicodeError:
        return None
    return original if all(sign.isascii() or sign in _OFTEN_IN_NAMES for sign in original) else None


def _is_in_names(sign: str) -> bool:
    return sign.isalpha() or sign in _BESIDE_LETTERS or unicodedata.category(sign).startswith("M")
