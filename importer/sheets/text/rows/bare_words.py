"""Bare words in a file whose other text is all in quotation marks: they are no text.

R writes `NA` where there is nothing, and `"NA"` for a name; databases write `NULL` or a backslash and an N. Where text
is bare too, nobody can tell the two apart, and such words stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from importer.model.source import Field
from importer.sheets.header.layout import Layout
from importer.sheets.text.backslashes import NOTHING
from importer.sheets.text.batches import Batch, TextRecord
from importer.sheets.text.found_out.dialect import BACKSLASH, Dialect
from importer.sheets.text.records import raw_cells

_SPELT: Final = (
    "na",
    "<na>",
    "n/a",
    "#n/a",
    "null",
    "(null)",
    "<null>",
    "[null]",
    "none",
    "nan",
    "nat",
    "nil",
    "undefined",
)
_WORDS: Final = frozenset(
    (
        NOTHING,
        BACKSLASH + NOTHING,
        "NaN",
        "-nan",
        "NaT",
        *_SPELT,
        *map(str.upper, _SPELT),
        *map(str.title, _SPELT),
        *map(str.capitalize, _SPELT),
    )
)
_NO_TEXT: Final = re.compile(
    r"[\W\d_]*|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,]*(?:Z|[-+][\d:]+)?|[-+]?\d[\d.,]*e[-+]?\d+|true|false|[-+]?inf",
    re.IGNORECASE,
)
"""What is not quoted where all text is: numbers, dates and times, truth values."""
_ROWS: Final = 200
_WITHIN: Final = 10_000
_FEWEST_FILLED: Final = 2
_FEWEST_QUOTED: Final = 2
_FIELDS: Final = (Field.FIRST_NAME, Field.LAST_NAME, Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)
"""Such a word is no id of a customer and no address, quoted or not."""


class BareWords:
    """Takes the bare words out of the rows of a file, where it matters what they are: their cells are then blank.

    Args:
        layout: The table's header, understood.
        dialect: How the file is written.
    """

    def __init__(self, layout: Layout, dialect: Dialect) -> None:
        self._layout = layout
        self._dialect = dialect
        own_positions = layout.without_appended(range(layout.width))
        self._at = {
            own_positions[at]: at
            for at in (layout.columns[field].position for field in _FIELDS if field in layout.columns)
        }
        """Where the columns are among all cells of a record, and where among the source's own."""

    def can_be(self, records: Iterable[TextRecord]) -> bool:
        """Return whether all text of the first rows is quoted, but for such words, and some of it without need.

        Where only those cells are quoted that could not be written otherwise, such a word is bare like any other.

        Args:
            records: Of the file, from the first on; no more of them are read than it takes.
        """
        if not self._dialect.quote:
            return False
        quoted, is_needless = 0, False
        rows = (record for record in islice(records, _WITHIN) if record.number > self._layout.number)
        for record in islice((row for row in rows if sum(map(bool, row.cells)) >= _FEWEST_FILLED), _ROWS):
            own = self._own(record)
            count = self._quoted(own)
            if count is None:
                return False
            quoted += count
            is_needless = is_needless or any(map(self._is_needless, own))
        return quoted >= _FEWEST_QUOTED and is_needless

    def _is_needless(self, piece: str) -> bool:
        """Return whether a cell is quoted that could stand without."""
        quote, text = self._dialect.quote, piece[1:-1]
        if not text or not piece.startswith(quote) or text != text.strip():
            return False
        return not any(
            sign in text for sign in (self._dialect.delimiter, quote, "\n", "\r", self._dialect.escape) if sign
        )

    def blanked(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield batches in which the cells of such words are blank, in records whose other text is quoted."""
        for batch in batches:
            yield self._blanked(batch) if self._may_be_in(batch.cells) else batch

    def _may_be_in(self, records: Sequence[Sequence[str]]) -> bool:
        """Return whether such a word is a cell of these records, quoted or not; where some are short, perhaps."""
        try:
            return any(not _WORDS.isdisjoint([cells[at] for cells in records]) for at in self._at)
        except IndexError:
            return True

    def _blanked(self, batch: Batch) -> Batch:
        return batch._replace(cells=[self._cells(record) for record in batch.records()])

    def _cells(self, record: TextRecord) -> list[str]:
        cells = record.cells
        words = [at for at in self._at if at < len(cells) and cells[at] in _WORDS]
        if not words or record.is_stray or record.number <= self._layout.number:
            return cells
        own = self._own(record)
        bare = {at for at in words if own[self._at[at]] == cells[at]}
        if not bare or not self._quoted(own):
            return cells
        return ["" if at in bare else cell for at, cell in enumerate(cells)]

    def _own(self, record: TextRecord) -> Sequence[str]:
        """Return the text in the file of the source's own cells."""
        return [piece.strip(" ") for piece in self._layout.without_appended(raw_cells(record, self._dialect))]

    def _quoted(self, pieces: Sequence[str]) -> int | None:
        """Return how many cells are quoted; None where text is bare that is no such word."""
        bare = [piece for piece in pieces if piece and not piece.startswith(self._dialect.quote)]
        if any(piece not in _WORDS and not _NO_TEXT.fullmatch(piece) for piece in bare):
            return None
        return sum(piece.startswith(self._dialect.quote) for piece in pieces if piece)
