"""What programs dress text in, so that a spreadsheet program keeps it as it is: `="000471"`, `'000471`."""

from __future__ import annotations

import re
from typing import Final

_BEGINNINGS: Final = ('="', '= "')
"""What a cell in that dress begins with."""

_DRESSED: Final = re.compile(r'=\s*"((?:[^"]|"")*+)"')


def surely_undressed(text: str) -> bool:
    """Return whether no cell in a text, even of a whole column, is in that dress."""
    return not any(beginning in text for beginning in _BEGINNINGS)


def undressed(text: str) -> str:
    """Return what a spreadsheet program shows of `="…"`, a formula of nothing but text; any other text as it is.

    Example: `undressed('="Ilse"')` is `"Ilse"`.
    """
    match = _DRESSED.fullmatch(text)
    return match[1].replace('""', '"') if match else text
