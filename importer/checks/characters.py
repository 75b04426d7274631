r"""Characters that a name cannot have, since what a person sees would not be what is sent.

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

_INVISIBLE: Final = re.compile(
    "["
    "\u00ad\u034f\u061c\u180e\u200b\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero-width, soft hyphen, annotations
    "\u200e\u200f\u202a-\u202e"  # bidirectional controls; U+2066 to U+2069 are in the range above
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and signs that are drawn as nothing
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"  # formatting, tags
    "]"
    f"|(?<![{_JOINED_SCRIPTS}])[\u200c\u200d]"  # joiners where nothing is joined
    "|\\A[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"  # a variation of nothing
)


def has_control(text: str) -> bool:
    """Return whether the text has a control character, or a line or paragraph separator."""
    return _CONTROL.search(text) is not None


def has_damaged(text: str) -> bool:
    """Return whether the text has a character that stands for one that was lost."""
    return _DAMAGED.search(text) is not None


def has_invisible(text: str) -> bool:
    """Return whether the text has a character that changes nothing to the eye, or the order of what it sees."""
    return _INVISIBLE.search(text) is not None
