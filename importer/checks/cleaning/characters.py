r"""Characters that cannot be seen: which of them say nothing and can go, and which make a cell other than it looks.

Private-use characters are let through (they write rare names in some countries), and so are U+200C and U+200D after a
letter of a script that is written with them (Arabic, Persian, the scripts of India), and variation selectors after
any character.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from importer.model.source import MASKS
from importer.unseen import JOINERS, OFTEN_UNSEEN, TELLING, VARIATIONS, ZERO_WIDTH

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""General categories Cc, Zl and Zp."""

_DAMAGED: Final = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
"""Lone surrogates, the replacement character and noncharacters: what a failed decoding leaves behind."""

_JOINED_SCRIPTS: Final = "\u0600-\u1cff\ua800-\uabff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"

_PICTURES: Final = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
"""Joiners make one picture of several."""


_SAYS_NOTHING: Final = (
    f"[{ZERO_WIDTH}]"
    f"|(?<![{_JOINED_SCRIPTS}{_PICTURES}])[{JOINERS}]"  # joiners where nothing is joined
    f"|(?<!\\S)[{VARIATIONS}]+"  # variations of nothing
)
"""Without these a cell looks the same, and so they can be taken out."""

_UNSEEN: Final = re.compile(_SAYS_NOTHING)
_INVISIBLE: Final = re.compile(f"{_SAYS_NOTHING}|[{TELLING}]|(?<=[{_PICTURES}])[{JOINERS}]")

_OFTEN_UNSEEN: Final = re.compile(OFTEN_UNSEEN)

_COMPATIBILITY: Final = "\uf900-\ufaff\U0002f800-\U0002fa1f"
"""Ideographs that look different from those by which NFC replaces them; families insist on theirs."""

_OTHERS: Final = re.compile(f"[^{_COMPATIBILITY}]+")


def surely_without_control(text: str) -> bool:
    """Return whether a text, even a whole column, surely has no control character; False may be wrong."""
    return text.isprintable()


def surely_undamaged(text: str) -> bool:
    """Return the same for characters that were lost."""
    return text.isprintable() and "\ufffd" not in text


def surely_visible(text: str) -> bool:
    """Return the same for characters that cannot be seen."""
    return text.isascii() or not _OFTEN_UNSEEN.search(text)


def has_control(text: str) -> bool:
    """Return whether the text has a control character, or a line or paragraph separator."""
    return _CONTROL.search(text) is not None


def has_damaged(text: str) -> bool:
    """Return whether the text has a character that stands for one that was lost."""
    return _DAMAGED.search(text) is not None


def has_invisible(text: str) -> bool:
    """Return whether the text has a character that cannot be seen, or that changes the order of what is seen."""
    return _INVISIBLE.search(text) is not None


def surely_unmasked(text: str) -> bool:
    """Return the same for the signs of a mask."""
    return not is_masked(text)


def is_masked(text: str) -> bool:
    """Return whether a report that hides names has made this of one."""
    return any(mask in text for mask in MASKS)


def composed(text: str) -> str:
    """Return the text in Unicode NFC, but for what would look different: compatibility ideographs stay as they are.

    Example: `composed("Jose\u0301")` is `"José"`.
    """
    return _OTHERS.sub(_in_nfc, text)


def is_composed(text: str) -> bool:
    """Return whether a text, even a whole column, is as `composed` returns it."""
    return unicodedata.is_normalized("NFC", text) or composed(text) == text


def _in_nfc(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[0])


def without_unseen(text: str) -> str:
    """Return the text without what says nothing to the eye. What changes the look of its neighbours stays in it."""
    return _UNSEEN.sub("", text)
