"""Records that are plain lines: each can be written as it stands, with nothing but cells put behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from importer.sheets.table import PlainRecords, RecordKind
from importer.sheets.text.batches import Batch, TextRecord
from importer.sheets.text.found_out.codec import halves
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.lines import line_end_of
from importer.sheets.text.records import raw_cells

_LINE_ENDS: Final = ("\r", "\n")


def divided(batch: Batch, last: int) -> Sequence[Batch]:
    """Return the records of a batch up to that of a number, and those behind it; one batch, if there are only these."""
    count = last + 1 - batch.first
    if not 0 < count < len(batch.raw):
        return [batch]
    return batch.part(0, count), batch.part(count, len(batch.raw))


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
    if _are_plain(batch, kind, dialect):
        yield _plain(batch, kind, dialect)
        return
    at = 0
    for (is_plain, *_), group in groupby(batch.records(), lambda record: _looks(record, kind, dialect)):
        records = list(group)
        start, at = at, at + len(records)
        if is_plain:
            yield _plain(batch.part(start, at), kind, dialect)
        else:
            yield from records


def _are_plain(batch: Batch, kind: RecordKind, dialect: Dialect) -> bool:
    """Return whether all records are plain lines alike, as nearly all are in most files."""
    lines, text, line_end = len(batch.raw), batch.text, line_end_of(batch.raw[0], "")
    return (
        not (batch.stray or batch.swallowed or batch.is_cut)
        and bool(line_end)
        and text.count(line_end) == lines
        and _count_line_ends(text) == lines * len(line_end)
        and _is_text(text, dialect)
        and (kind is not RecordKind.ROW or len({*map(len, batch.cells)}) == 1)
    )


def _looks(record: TextRecord, kind: RecordKind, dialect: Dialect) -> tuple[bool, int, str]:
    """Return whether a record is a plain line, and what those have in common that are alike."""
    text, line_end = record.raw, line_end_of(record.raw, "")
    is_line = bool(line_end) and _count_line_ends(text) == len(line_end)
    is_whole = not (record.is_stray or record.is_cut or record.swallowed is not None)
    width = len(record.cells) if kind is RecordKind.ROW else 0
    return is_line and is_whole and _is_text(text, dialect), width, line_end


def _is_text(text: str, dialect: Dialect) -> bool:
    """Return whether nothing in a text is escaped, or no text."""
    return not (dialect.escape and dialect.escape in text) and not halves(text)


def _count_line_ends(text: str) -> int:
    return sum(map(text.count, _LINE_ENDS))


def _plain(batch: Batch, kind: RecordKind, dialect: Dialect) -> PlainRecords:
    line_end = line_end_of(batch.raw[0], "")
    return PlainRecords(batch.first, kind, batch.cells, _raw(batch, dialect, line_end), batch.raw, line_end)


def _raw(batch: Batch, dialect: Dialect, line_end: str) -> Sequence[Sequence[str]]:
    """Return the cells of each record as they stand in the file."""
    if not dialect.quote or dialect.quote not in batch.text:
        return batch.cells
    pieces = (line.removesuffix(line_end).split(dialect.delimiter) for line in batch.raw)
    return [
        own if len(own) == len(record.cells) else raw_cells(record, dialect)  # a delimiter is within quotes
        for record, own in zip(batch.records(), pieces, strict=True)
    ]
