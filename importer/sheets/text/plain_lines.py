"""Records that are plain lines: with nothing in them but cells and delimiters, each can be written as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from importer.sheets.table import PlainRecords, RecordKind
from importer.sheets.text.batches import Batch, TextRecord
from importer.sheets.text.found_out.codec import halves
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.lines import line_end_of

_LINE_ENDS: Final = ("\r", "\n")


def divided(batch: Batch, last: int) -> Sequence[Batch]:
    """Return the records of a batch up to that of a number, and those behind it; one batch, if there are only these."""
    count = last + 1 - batch.first
    if not 0 < count < len(batch.raw):
        return [batch]
    return _part(batch, 0, count), _part(batch, count, len(batch.raw))


def _part(batch: Batch, start: int, stop: int) -> Batch:
    return Batch(
        batch.first + start,
        batch.cells[start:stop],
        batch.raw[start:stop],
        frozenset(at - start for at in batch.stray if start <= at < stop),
        "".join(batch.raw[start:stop]),
        {at - start: found for at, found in batch.swallowed.items() if start <= at < stop},
        batch.is_cut and stop == len(batch.raw),
    )


def plain_blocks(batch: Batch, kind: RecordKind, dialect: Dialect) -> Iterator[TextRecord | PlainRecords]:
    """Yield records in their order, those that are plain lines many at a time.

    Args:
        batch: With the cells as they were found in its text.
        kind: What all of its records are.
        dialect: How the file is written.
    """
    if len(dialect.delimiter) != 1 or dialect.is_padded or dialect.odd_end:
        yield from batch.records()
        return
    line_end = line_end_of(batch.raw[0], "")
    if _are_plain(batch, dialect, line_end):
        yield PlainRecords(batch.first, kind, batch.cells, batch.raw, line_end)
        return
    at = 0
    for (is_plain, _, end), group in groupby(batch.records(), lambda record: _looks(record, dialect)):
        records = list(group)
        start, at = at, at + len(records)
        if is_plain:
            yield PlainRecords(batch.first + start, kind, batch.cells[start:at], batch.raw[start:at], end)
        else:
            yield from records


def _are_plain(batch: Batch, dialect: Dialect, line_end: str) -> bool:
    """Return whether all records are plain lines alike, as nearly all are in most files."""
    lines, text = len(batch.raw), batch.text
    return (
        not (batch.stray or batch.swallowed or batch.is_cut)
        and _has_only_cells(text, dialect)
        and bool(line_end)
        and text.count(line_end) == lines
        and sum(map(text.count, _LINE_ENDS)) == lines * len(line_end)
        and len({*map(len, batch.cells)}) == 1
    )


def _looks(record: TextRecord, dialect: Dialect) -> tuple[bool, int, str]:
    """Return whether a record is a plain line, and what those have in common that are alike."""
    line_end = line_end_of(record.raw, "")
    is_special = record.is_stray or record.is_cut or record.swallowed is not None or not line_end
    return not is_special and _has_only_cells(record.raw, dialect), len(record.cells), line_end


def _has_only_cells(text: str, dialect: Dialect) -> bool:
    """Return whether nothing in a text means more than itself, but for delimiters and line ends."""
    return (
        not (dialect.quote and dialect.quote in text)
        and not (dialect.escape and dialect.escape in text)
        and not halves(text)
    )
