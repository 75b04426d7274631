"""How much the records of a sample look like a table.

That is: how many of them have the same number of cells, and how many cells look like something. (The second idea is
that of van den Burg, Nazabal and Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019; the
measure here is another.)
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from importer.sheets.cells import is_blank
from importer.sheets.text.batches import TextRecord
from importer.sheets.text.found_out.candidates import WEIGHTS
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.records import raw_cells

WEAK: Final = (":", " ")
"""Delimiters that stand in ordinary text and times too."""
_WEAK_WIDTH: Final = 3
_WEAK_SHARE: Final = 0.9
_WEAK_TYPED: Final = 0.7
_FEWEST_IN_A_RUN: Final = 3
_RUNS_SHARE: Final = 0.5
_QUOTED_SHARE: Final = 0.5
_STRAY_WEIGHT: Final = 0.5

_VALUE: Final = r"""
    [-+(]? [$\u20ac\u00a3\u00a5]?\ ? (?:\d{1,3}(?:[.,'\u00a0\ ]\d{3})+ | \d+) (?:[.,]\d+)? (?:[eE][-+]?\d+)?
      \ ?[%$\u20ac\u00a3)]?
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} (?: [T\ ]+ \d{1,2}:\d{2} (?::\d{2}(?:[.,]\d+)?)? (?:\ ?[AaPp][Mm])?
      (?:Z|[-+]\d\d:?\d\d)? )?
    | \d{1,2}:\d{2} (?::\d{2}(?:[.,]\d+)?)? (?:\ ?[AaPp]\.?[Mm]\.?)?
    | [\w.+-]+@[\w.-]+ | (?:https?|ftp)://\S+ | www\.\S+
"""
_VALUES: Final = re.compile(_VALUE, re.VERBOSE)
"""What is no word: numbers and amounts, dates and times, addresses and links."""
_TYPES: Final = re.compile(
    _VALUE
    + r"""
    | [^\W_] (?:[\w.'\u2019&/()\#+-] | [ ](?![ ]))* [\w.)!?%+] | \w
    | N/A | n/a | \#?\w+!? | -+
    """,
    re.VERBOSE,
)
"""What cells look like: values, words, and signs for nothing."""


def regularity(records: Sequence[TextRecord], dialect: Dialect) -> float:
    """Return, from 0 to 1, how much the records look like a table of more than one column."""
    width, share = usual_width(records)
    sign = dialect.delimiter.strip(" ") or " "
    if width <= 1:
        return 0.0
    rows = [record.cells for record in records if not is_blank(record.cells)]
    if sign in WEAK and len(rows) == 1:
        return 0.0
    cells = list(itertools.chain.from_iterable(rows))
    typed = sum(not cell or _TYPES.fullmatch(cell) is not None for cell in cells) / len(cells)
    is_even = width >= _WEAK_WIDTH and share >= _WEAK_SHARE
    if sign in WEAK and not is_even and (typed < _WEAK_TYPED or not _stand_together(records, dialect, width)):
        return 0.0
    sound = 1 - _STRAY_WEIGHT * strays(records) / len(records)
    return WEIGHTS.get(sign[0], 1.0) * share**2 * (width - 1) / width * typed * sound


def usual_width(records: Sequence[TextRecord]) -> tuple[int, float]:
    """Return the number of cells that most records have, and how great a part of those that are not blank it is."""
    widths = Counter(len(record.cells) for record in records if not is_blank(record.cells))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width, count / max(widths.total(), 1)


def strays(records: Sequence[TextRecord]) -> int:
    """Return how many records have a quotation mark that is not where a cell begins or ends."""
    return sum(record.is_stray for record in records)


def _stand_together(records: Sequence[TextRecord], dialect: Dialect, width: int) -> bool:
    """Return whether half of the records are tables of one width, with a column of values under a name.

    Then a sign of ordinary text divides them all the same, whatever else is around them.
    """
    runs = [run for run in _runs(records, width) if len(run) >= _FEWEST_IN_A_RUN]
    longest = max(runs, key=len, default=[])
    filled = sum(not is_blank(record.cells) for record in records)
    return (
        sum(map(len, runs)) >= _RUNS_SHARE * filled
        and any(map(_is_of_values, zip(*(record.cells for record in longest), strict=True)))
        and (width >= _WEAK_WIDTH or _is_quoted(longest, dialect))
    )


def _is_of_values(column: Sequence[str]) -> bool:
    name, *cells = column
    return not _VALUES.fullmatch(name) and all(map(_VALUES.fullmatch, cells))


def _runs(records: Sequence[TextRecord], width: int) -> Iterator[Sequence[TextRecord]]:
    """Yield the records that follow each other and are of one width."""
    for is_wide, run in itertools.groupby(records, lambda record: len(record.cells) == width):
        if is_wide:
            yield list(run)


def _is_quoted(records: Sequence[TextRecord], dialect: Dialect) -> bool:
    """Return whether quotes stand around a cell of most records."""
    quote = dialect.quote
    quoted = [any(piece.startswith(quote) for piece in raw_cells(record, dialect)) for record in records]
    return bool(quote) and sum(quoted) >= _QUOTED_SHARE * len(records)
