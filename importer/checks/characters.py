r"""Characters that cannot be seen: which of them say nothing and can go, and which make a cell other than it looks.

Private-use characters are let through (they write rare names in some countries), and so are U+200C and U+200D after a
letter of a script that is written with them (Arabic, Persian, the scripts of India), and variation selectors after
any character.
"""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""General categories Cc, Zl and Zp."""

_DAMAGED: Final = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
"""Lone surrogates, the replacement character and noncharacters: what a failed decoding leaves behind."""

_JOINED_SCRIPTS: Final = "\u0600-\u1cff\ua800-\uabff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"

_PICTURES: Final = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
"""Joiners make one picture of several."""

_ZERO_WIDTH: Final = (
    "\u00ad\u034f\u200b\u2060-\u2065\ufeff"  # soft hyphen, zero-width
    "\u061c\u200e\u200f\u202a-\u202c\u2066-\u206f"  # writing direction: marks, embeddings, isolates
)
_JOINERS: Final = "\u200c\u200d"
_VARIATIONS: Final = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TELLING: Final = (
    "\U000e0000-\U000e007f"  # tags, which make another flag of a flag
    "\u202d\u202e"  # overrides of the writing direction: what is seen is not in the order in which it is stored
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and signs that are drawn as nothing, some as a gap
    "\u180e\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # these change how their neighbours are drawn
)
"""Without these a cell may look different, so that nobody but a person can say what is meant."""

_SAYS_NOTHING: Final = (
    f"[{_ZERO_WIDTH}]"
    f"|(?<![{_JOINED_SCRIPTS}{_PICTURES}])[{_JOINERS}]"  # joiners where nothing is joined
    f"|(?<!\\S)[{_VARIATIONS}]+"  # variations of nothing
)
"""Without these a cell looks the same, and so they can be taken out."""

_UNSEEN: Final = re.compile(_SAYS_NOTHING)
_INVISIBLE: Final = re.compile(f"{_SAYS_NOTHING}|[{_TELLING}]|(?<=[{_PICTURES}])[{_JOINERS}]")

OFTEN_UNSEEN: Final = f"[{_ZERO_WIDTH}{_JOINERS}{_VARIATIONS}{_TELLING}]"
"""Matches every character that cannot be seen, and some that can be where they stand."""

_OFTEN_UNSEEN: Final = re.compile(OFTEN_UNSEEN)
_NOTHING_SHOWN: Final = re.compile(f"[{_ZERO_WIDTH}{_JOINERS}{_VARIATIONS}{_TELLING}\\s]*")


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


def shows_nothing(text: str) -> bool:
    """Return whether nothing of the text can be seen: it is empty, white space, zero-width, or a filler."""
    return _NOTHING_SHOWN.fullmatch(text) is not None


def without_unseen(text: str) -> str:
    """Return the text without what says nothing to the eye. What changes the look of its neighbours stays in it."""
    return _UNSEEN.sub("", text)
