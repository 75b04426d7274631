"""What the reader sees in a source, before anything else happens to it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from importer.checks.checker import Checker
from importer.checks.rules import Rules
from importer.model.source import STANDARD_INPUT, Detected
from importer.settings import Settings
from importer.sheets.cells import cell_text
from importer.sheets.limits import Limits
from importer.sheets.open import open_raw, open_table
from importer.sheets.reading import Reading
from importer.sheets.table import RecordKind, Table
from importer.story.stillness import Unchanged

_CHUNK_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A record of the source.

    Attributes:
        number: As a person counts.
        cells: All of the record's, as text.
        fields: The values as they would be sent, by the field's name; those of a row whose cells cannot be told to be
            in their columns are "". None where nothing is known of columns.
    """

    number: int
    cells: Sequence[str]
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A source, looked into: what was found out about it, and its rows, which are read as they are asked for.

    Attributes:
        sheet: The name of the sheet; None where the format has no sheets.
        header: The cells of the header; None where nothing is known of columns.
    """

    detected: Detected
    sheet: str | None
    header: Sequence[str] | None
    rows: Iterator[PreviewRow]


@contextmanager
def at_hand(source: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the path of a source, of standard input that of a copy, and a folder for what it is unpacked to.

    Both are for their owner only, and gone afterwards.

    Raises:
        SourceError: Somebody has changed it meanwhile (`source_changed`), whatever else that has led to.
    """
    with tempfile.TemporaryDirectory(prefix="importer-") as name:
        scratch = Path(name)
        if source != STANDARD_INPUT:
            unchanged = Unchanged.since_now(source)
            try:
                yield source, scratch
            finally:
                unchanged.expect()
            return
        copy = scratch / "source"
        with copy.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield copy, scratch


def look(path: Path, reading: Reading, *, name: str, scratch: Path, settings: Settings) -> Preview:
    """Look into a source as a run would.

    Args:
        path: The file.
        reading: How it is to be read.
        name: What messages call it.
        scratch: A folder for what is unpacked.
        settings: What rows are held to.

    Raises:
        SourceError: As for `open_table`; later from `rows`, where the file cannot be read further.
    """
    table = open_table(path, reading, name=name, scratch=scratch, limits=Limits.of(settings))
    header = next(record.cells for record in table.records() if record.kind is RecordKind.HEADER)
    rules = Rules(
        headers={field: column.header for field, column in table.columns.items()},
        max_name_length=settings.max_name_length,
        customer_id_pattern=settings.customer_id_pattern,
        international_addresses=settings.international_addresses,
    )
    return Preview(table.detected, table.sheet, [cell_text(cell) for cell in header], _rows(table, Checker(rules)))


def look_raw(path: Path, reading: Reading, *, name: str, scratch: Path, settings: Settings) -> Preview:
    """Look into a file of which no column has to be known: every record from the first line on, nothing cleaned.

    Raises:
        SourceError: As for `open_raw`; later from `rows`, where the file cannot be read further.
    """
    table = open_raw(path, reading, name=name, scratch=scratch, limits=Limits.of(settings))
    return Preview(table.detected, table.sheet, None, (PreviewRow(number, cells) for number, cells in table.records()))


def _rows(table: Table, checker: Checker) -> Iterator[PreviewRow]:
    values_by_row = chain.from_iterable(checker.values(chunk.frame) for chunk in table.chunks(_CHUNK_ROWS))
    records = (record for record in table.records() if record.kind is RecordKind.ROW)
    for record, (number, values) in zip(records, values_by_row, strict=True):
        if record.number != number:
            raise ValueError(f"record {record.number} and row {number} are not the same")
        yield PreviewRow(number, [cell_text(cell) for cell in record.cells], values)
