"""What a person puts under `settled` to say that a row needs nothing any more."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_YES: Final = frozenset({"settled", "x", "yes", "y", "true", "1", "ok", "done", "✓", "✔"})
_NO: Final = frozenset({"no", "n", "false", "0", "-", "open"})
_ROUND_WORDS: Final = " \t\n\r'\".!()[]"
_BEGINS: Final = re.compile(r"settled\b(?!.*(?:\?|\bnot?\b|\bnever\b|n't\b))", re.DOTALL)
"""Words may follow: by whom, and how."""


def says_settled(mark: str) -> bool | None:
    """Return whether a person says that a row is settled; None where nobody can tell.

    Example: `[says_settled(mark) for mark in ("X", "no", "ask her")]` is `[True, False, None]`.
    """
    words = unicodedata.normalize("NFC", mark).casefold().strip(_ROUND_WORDS)
    if not words or words in _NO:
        return False
    return True if words in _YES or _BEGINS.match(words) else None
