"""What a damaged name probably was, whatever has damaged it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from importer.checks.cleaning.text_dress import undressed
from importer.checks.leavings import leavings
from importer.checks.mangled import likely_original
from importer.checks.originals.decoded import decoded
from importer.checks.originals.restored import restored

_IN_NAMES: Final = frozenset(" '\u2018\u2019\u2013-.,\u00b7&/()\"")


def likely_names(text: str, address: str = "") -> Sequence[str]:
    """Return what a name probably was, the most probable first; nothing where that cannot be told.

    It is for the eyes of whoever sees the cell: neither logs nor messages may hold it.

    Args:
        text: The name.
        address: The e-mail address beside it, which may tell.

    Example: `likely_names("Ren&eacute;e")` is `["Renée"]`.
    """
    text = undressed(" ".join(text.split()))
    plain = decoded(text)
    plain = likely_original(plain) or plain
    names = restored(plain, address) or [plain]
    return [name for name in names if name != text and _is_name(name)]


def _is_name(text: str) -> bool:
    """Return whether a text has letters, and nothing beside them that is not in names."""
    composed = unicodedata.normalize("NFC", text)
    return (
        any(map(str.isalpha, composed))
        and all(map(_is_in_names, composed))
        and not (leavings([composed]) or likely_original(composed))
    )


def _is_in_names(sign: str) -> bool:
    return sign.isalpha() or sign in _IN_NAMES or unicodedata.category(sign).startswith("M")
