"""Which dialect a sample of text is written in, where nobody has said it.

Each dialect that the text may be in is tried on the sample. The names of columns that a source must have are the
strongest evidence: text that is divided wrongly does not have them as whole cells. Without them it is how regular the
table is that comes out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from importer.errors import SourceError
from importer.model.source import REQUIRED_FIELDS
from importer.sheets.cells import is_blank
from importer.sheets.header.columns import count_fields
from importer.sheets.header.header import HEADER_WITHIN, find_header
from importer.sheets.reading import Reading
from importer.sheets.text.batches import TextRecord, split_text
from importer.sheets.text.found_out.candidates import candidates, is_likely, unusual
from importer.sheets.text.found_out.dialect import BACKSLASH, DEFAULT_QUOTE, Dialect, said_delimiter
from importer.sheets.text.found_out.regularity import WEAK, regularity, strays, usual_width
from importer.sheets.text.records import raw_cells

_RECORDS: Final = 200
_SAMPLE: Final = 64 * 1024
_MANY_LINES: Final = re.compile(r"(?:[^\r\n]*+(?>\r\n|\r|\n)){2000}")
"""So many lines have the records in them, but for some of very many lines each."""
_FEWEST_NAMES: Final = 2
"""Fewer names of columns than this may be there by chance."""
_HEADER_ALONE: Final = 0.2
"""What names of columns are worth where no record below them is divided: theirs may be the odd one."""
_QUOTED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Score:
    """How much speaks for a dialect: first the names of columns, then how regular the table is."""

    names: int
    regularity: float

    def is_better(self, than: _Score) -> bool:
        has_names = max(self.names, than.names) >= _FEWEST_NAMES
        if has_names and self.names != than.names:
            return self.names > than.names
        return self.regularity > than.regularity * (1 + 1e-9)


def guess(sample: str, base: Dialect, reading: Reading, *, is_whole: bool) -> Dialect:
    """Return the dialect that fits best, as far as nobody has said it; of equal ones the most usual.

    Args:
        sample: The start of the text, without a `sep=` line.
        base: What is known already, and what holds where nothing speaks for anything else.
        reading: What somebody has said.
        is_whole: Whether the sample is all there is.
    """
    start = sample[:_SAMPLE]
    many_lines = _MANY_LINES.match(start)
    start = many_lines[0] if many_lines else start
    trial = _Trial(start, reading, is_whole=is_whole and len(start) == len(sample))
    dialects = candidates(start, base, reading)
    first = dialects[0]
    if first.delimiter in WEAK and said_delimiter(reading) is None:
        first = replace(first, delimiter=base.delimiter)
    best, score = trial.best_of(dialects, (first, _Score(0, 0.0)))
    if said_delimiter(reading) is None and score.names < len(REQUIRED_FIELDS):
        for sign in unusual(start):
            unusual_best, unusual_score = trial.best_of(candidates(start, base, reading, [sign]), (best, score))
            if unusual_score.names >= _FEWEST_NAMES or is_likely(start, sign):
                best, score = unusual_best, unusual_score
    return best


class _Trial:
    """Tries dialects on a sample.

    Args:
        sample: The start of the text.
        reading: What somebody has said.
        is_whole: Whether the sample is all there is.
    """

    def __init__(self, sample: str, reading: Reading, *, is_whole: bool) -> None:
        self._sample = sample
        self._reading = reading
        self._is_whole = is_whole

    def best_of(self, dialects: Iterable[Dialect], best: tuple[Dialect, _Score]) -> tuple[Dialect, _Score]:
        """Return the first of the best dialects with its score, or what is given where none is better."""
        for dialect in dialects:
            score = self._score(dialect)
            if score is not None and score.is_better(best[1]):
                best = dialect, score
        return best

    def _score(self, dialect: Dialect) -> _Score | None:
        """Return how much speaks for a dialect; None where something speaks against it."""
        records = self._records(dialect)
        if not self._can_be(dialect, records):
            return None
        cells = [record.cells for record in records]
        header = find_header(enumerate(cells[:HEADER_WITHIN], start=1), self._reading)
        names = count_fields(header.cells, self._reading.columns) if header else 0
        regular = regularity(records, dialect)
        if header and names >= _FEWEST_NAMES and not _goes_on(cells[header.number :]):
            return _Score(0, max(regular, _HEADER_ALONE))
        if names < len(REQUIRED_FIELDS) and dialect.delimiter.strip(" ") in {"", *WEAK} and len(cells) == 1:
            return _Score(0, regular)
        return _Score(names, regular)

    def _can_be(self, dialect: Dialect, records: Sequence[TextRecord]) -> bool:
        """Return whether the signs of a dialect that are seldom used for it have been found to be."""
        reading = self._reading
        if reading.delimiter is None and 1 < len(records) == strays(records):
            return False
        if reading.quote is None and dialect.quote != DEFAULT_QUOTE and not self._are_quoted(dialect, records):
            return False
        if reading.escape is None and dialect.escape not in {"", BACKSLASH}:
            plain = self._records(replace(dialect, escape="", escapes_only_quotes=False))
            return strays(records) < strays(plain)
        return reading.delimiter is not None or not _is_spaced(dialect) or not _is_bare(records, dialect)

    def _records(self, dialect: Dialect) -> list[TextRecord]:
        """Return the first records of the sample, none of them cut off; none where they cannot be read so."""
        batches = split_text([self._sample], dialect, "")
        try:
            read_batches = list(batches) if self._is_whole else list(itertools.islice(batches, 1))
        except SourceError:
            return []
        records = itertools.chain.from_iterable(batch.records() for batch in read_batches)
        return list(itertools.islice(records, _RECORDS))

    def _are_quoted(self, dialect: Dialect, records: Sequence[TextRecord]) -> bool:
        """Return whether an unusual quotation mark is one in these records, and does not only stand around some words.

        It is where most cells have it, where the table is more regular with it, or where some cells have it around
        them and doubled within, and no other cell has one. Records in which one is not doubled may be half of all,
        where all text of the others is in them.
        """
        sound = [record for record in records if not record.is_stray]
        pieces = [[piece.lstrip(" ") for piece in raw_cells(record, dialect) if piece.strip()] for record in sound]
        if len(sound) < len(records):
            return 2 * len(sound) >= len(records) and _are_all_in(dialect.quote, pieces)
        usual = self._records(replace(dialect, quote=DEFAULT_QUOTE))
        cells = [*itertools.chain.from_iterable(pieces)]
        quoted = sum(piece.startswith(dialect.quote) for piece in cells)
        usually_quoted = sum(piece.startswith(DEFAULT_QUOTE) for piece in cells)
        is_most = quoted > _QUOTED_SHARE * len(cells) and not usually_quoted
        is_regular = quoted > usually_quoted and usual_width(records)[1] > usual_width(usual)[1]
        return is_most or is_regular or (not usually_quoted and _are_doubled_in(dialect.quote, cells))


def _are_all_in(quote: str, pieces: Sequence[Sequence[str]]) -> bool:
    """Return whether all text of some records is in quotation marks, but perhaps for the first record's."""
    others = [piece for cells in pieces[1:] or pieces for piece in cells]
    bare = [piece for piece in others if not piece.startswith(quote)]
    return len(bare) * 2 < len(others) and not any(letter.isalpha() for piece in bare for letter in piece)


def _are_doubled_in(quote: str, cells: Iterable[str]) -> bool:
    """Return whether a quotation mark stands only in cells that are in two of them, and doubled in some of these."""
    having = [cell for cell in cells if quote in cell]
    return any(quote * 2 in cell[1:-1] for cell in having) and all(cell.startswith(quote) for cell in having)


def _goes_on(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether what follows a header is divided as well, if there is anything."""
    filled = [cells for cells in rows if not is_blank(cells)]
    return not filled or any(len(cells) > 1 for cells in filled)


def _is_spaced(dialect: Dialect) -> bool:
    """Return whether the delimiter is a sign with spaces around it."""
    return dialect.delimiter.strip(" ") not in {"", dialect.delimiter}


def _is_bare(records: Sequence[TextRecord], dialect: Dialect) -> bool:
    """Return whether the delimiter stands in some unquoted cell without the spaces that belong to it."""
    sign = dialect.delimiter.strip(" ")
    pieces = (piece for record in records for piece in raw_cells(record, dialect))
    return any(sign in piece and not (dialect.quote and piece.startswith(dialect.quote)) for piece in pieces)
