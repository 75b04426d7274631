"""Characters of which nothing is seen where they stand alone, as pieces of a class of a regular expression."""

from __future__ import annotations

import re
from typing import Final

ZERO_WIDTH: Final = (
    "\u00ad\u034f\u200b\u2060-\u2065\ufeff"  # soft hyphen, zero-width
    "\u061c\u200e\u200f\u202a-\u202c\u2066-\u206f"  # writing direction: marks, embeddings, isolates
)
JOINERS: Final = "\u200c\u200d"
VARIATIONS: Final = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
TELLING: Final = (
    "\U000e0000-\U000e007f"  # tags, which make another flag of a flag
    "\u202d\u202e"  # overrides of the writing direction: what is seen is not in the order in which it is stored
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and signs that are drawn as nothing, some as a gap
    "\u180e\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # these change how their neighbours are drawn
)
"""Without these a cell may look different, so that nobody but a person can say what is meant."""

_SIGNS: Final = f"{ZERO_WIDTH}{JOINERS}{VARIATIONS}{TELLING}"
OFTEN_UNSEEN: Final = f"[{_SIGNS}]"
"""Matches every character that cannot be seen, and some that can be where they stand."""
UNSEEN: Final = rf"[{_SIGNS}\s]"
"""Matches what leaves a cell blank if there is nothing else in it: these, and white space."""

_NOTHING_SHOWN: Final = re.compile(f"{UNSEEN}*")


def shows_nothing(text: str) -> bool:
    """Return whether nothing of the text can be seen: it is empty, white space, zero-width, or a filler."""
    return _NOTHING_SHOWN.fullmatch(text) is not None
