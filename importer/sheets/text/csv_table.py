"""Files of delimited text: the reader."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.errors import SourceError
from importer.model.rows import Issue
from importer.model.source import Detected
from importer.sheets.cells import is_blank
from importer.sheets.formula_guard import unguard
from importer.sheets.header.asides import is_customer_in_one_cell
from importer.sheets.header.chunks import SourceRow, Stretch, gathered, stretch
from importer.sheets.header.header import Header, find_header, no_header, refuse_header_further_down
from importer.sheets.header.layout import SWALLOWED_ROWS, WRONG_FIELD_COUNT, Layout, filled, read_layout
from importer.sheets.header.likeness import looks_like_customer, refuse_customer_within, refuse_customers_above
from importer.sheets.header.record_kinds import Kinds, Sorted, Sorting
from importer.sheets.header.understood import UnderstoodTable
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import AtEnd, Chunk, PlainRecords, Record, RecordKind
from importer.sheets.text.batches import Batch, TextRecord
from importer.sheets.text.cell_guard import unguard_raw
from importer.sheets.text.found_out.codec import halves, shown
from importer.sheets.text.found_out.detection import detect
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.in_words import detected
from importer.sheets.text.pictures import LINES, refuse_pictures
from importer.sheets.text.plain_lines import divided, plain_blocks
from importer.sheets.text.records import Beginning, end_of, raw_cells, read_batches
from importer.sheets.text.rows.bare_words import BareWords
from importer.sheets.text.rows.blank_stretches import blanks_apart
from importer.sheets.text.rows.endings import Endings
from importer.sheets.text.rows.left_out_cells import LeftOutCells
from importer.sheets.text.rows.lone_cells import LoneCells
from importer.sheets.text.rows.row_faults import Faults
from importer.sheets.text.rows.row_names import refuse_row_names
from importer.sheets.text.rows.swallowed import Swallowing
from importer.sheets.text.rows.undivided import Undivided
from importer.sheets.text.wrapped_lines import UNWRAPPED, are_wrapped, unwrapped, wrapped

_ROWS_AT_A_TIME: Final = 2_000
_ROWS_FOR_A_HABIT: Final = 200
_WITHIN: Final = 10_000
"""Of so many records they are the first: the others may all be blank."""
_FEWEST_FOR_A_HABIT: Final = 2
_JSON: Final = re.compile(r'\s*(?:\[\s*)?\{\s*"[^"]*"\s*:')
"""The names of JSON's members look like those of columns where it is divided by its spaces."""
_MAY_BE_GUARDED: Final = re.compile(r"'['=@\t\r+\\-]")


class CsvTable(UnderstoodTable):
    """The table of a file of delimited text; each reading goes through the file anew, in flat memory.

    Args:
        file: The file.
        dialect: How it is written.
        layout: Its header, understood.
        extra: How many blank cells every row has after those of the header.
        bare_words: What takes bare words for nothing out of the rows; None where they are text like any other.
        notes: What a person should know of how it was read, beside what follows from all that.
    """

    format: Final = "csv"
    sheet: Final = None

    def __init__(
        self,
        file: SourceFile,
        dialect: Dialect,
        layout: Layout,
        *,
        extra: int = 0,
        bare_words: BareWords | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__(layout)
        self._file = file
        self._notes = notes
        self._left_out = LeftOutCells(layout, self._all_records)
        self._faults = Faults(layout, dialect, self._left_out, extra=extra)
        self._swallowing = Swallowing(layout, dialect, self._faults.width)
        self._bare_words = bare_words
        self._lone_cells = LoneCells(layout)
        self._last = 0
        self._open_end: int | None = None
        self._undivided = Undivided(
            layout, {layout.width, self._faults.width}, file.name, self._left_out, self._batches
        )
        self.dialect: Final = dialect

    @functools.cached_property
    def detected(self) -> Detected:
        """What was found out about the file; of very many columns, there is much to look at."""
        found = detected(self.dialect, self._layout)
        return replace(found, container=self._file.container, notes=(*self._notes, *found.notes))

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time.

        Raises:
            SourceError: A record is too long, too many have open quotes, or nearly none is divided as the header is.
            OSError: The file cannot be read.
        """
        return gathered(self._stretches(), list(self.columns), size)

    def reads_otherwise(self, text: str) -> str:
        """Return the encoding in which a text would be other words; "" where that is certain, or somebody has said."""
        return self.dialect.encoding.reads_otherwise(text)

    def records(self) -> Iterator[Record]:
        """Yield every record from the first on; raise as `chunks` does.

        Of an annotated file, the cells are those of the source that it was written from: without our own columns, and
        without the apostrophe of a guarded cell, in the text as in the file. A byte that is no character is shown as
        its code in `cells`, and kept in `raw`.
        """
        for block in self.blocks():
            if isinstance(block, Record):
                yield block
            else:
                yield from block.records()

    def blocks(self) -> Iterator[Record | PlainRecords]:
        """Yield what `records` yields, plain ones many at a time."""
        kinds = Kinds(self._layout)
        sorting = Sorting(kinds, self._cells, self._is_part)
        parts = (part for batch in self._batches() for part in divided(batch, self._layout.number))
        for batch in parts:
            kind = None if sorting.is_holding else self._kind(batch, kinds)
            if kind is None:
                for record in batch.records():
                    yield from map(self._record, sorting.take(record))
            else:
                for block in plain_blocks(batch, kind, self.dialect):
                    yield self._record(Sorted(block, kind)) if isinstance(block, TextRecord) else block
        yield from map(self._record, sorting.rest())

    def _kind(self, batch: Batch, kinds: Kinds) -> RecordKind | None:
        """Return what all records of a batch are that is below the header; None where they may not be the same."""
        if not self._layout.is_annotated and self._is_blank(batch):
            kinds.skip_blank(batch.first, len(batch.raw))
            return RecordKind.SKIPPED
        if self._is_nobodys(batch, kinds):
            return RecordKind.SKIPPED
        return RecordKind.ROW if self._are_rows(batch, kinds) else None

    def _record(self, found: Sorted[TextRecord]) -> Record:
        record, kind, _ = found
        source_cells = self._layout.without_appended(record.cells)
        raw = self._layout.without_appended(raw_cells(record, self.dialect))
        if self._layout.is_annotated:
            raw = [unguard_raw(raw_cell, text, self.dialect) for raw_cell, text in zip(raw, source_cells, strict=True)]
        cells = tuple(_safe(record, self._cells(record)))
        line_end = end_of(record, self.dialect)
        origin = self._layout.origin(record.number, record.cells) if kind is RecordKind.ROW else None
        return Record(record.number, kind, cells, tuple(raw), line_end, origin)

    def width(self) -> int:
        """Return how many cells the widest record has; without `chunks` before it, it goes through the file."""
        width = self.at_end.width
        if width is None:
            width = max(map(self._width_of, self._batches()))
            self.at_end = replace(self.at_end, width=width)
        return width

    def _batches(self) -> Iterator[Batch]:
        """Yield all records; each line of one that holds several customers is a record of its own."""
        batches = self._ended(self._swallowing.apart(read_batches(self._file, self.dialect)))
        return blanks_apart(batches if self._bare_words is None else self._bare_words.blanked(batches))

    def _ended(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield the batches; the last one says whether it is cut off, and the last number is known then."""
        endings, last = Endings(self._file, self.dialect), 0
        for batch in batches:
            endings.add(batch)
            last = batch.first + len(batch.raw) - 1
            yield batch._replace(is_cut=True) if endings.is_cut and endings.is_open else batch
        self._last, self._open_end = last, last if endings.is_cut else None

    def _all_records(self) -> Iterator[TextRecord]:
        return itertools.chain.from_iterable(batch.records() for batch in self._batches())

    def _stretches(self) -> Iterator[Stretch]:
        """Yield the rows batch by batch: nearly all batches have nothing special in them."""
        kinds, self._lone_cells = Kinds(self._layout), LoneCells(self._layout)
        sorting = Sorting(kinds, self._cells, self._is_part)
        width = 0
        for batch in self._batches():
            width = max(width, self._width_of(batch))
            if not sorting.is_holding and self._is_blank(batch):
                kinds.skip_blank(batch.first, len(batch.raw))
            elif not sorting.is_holding and self._is_nobodys(batch, kinds):
                continue  # a single cell that says nothing is no rest of another
            elif not sorting.is_holding and self._are_rows(batch, kinds):
                yield from self._rows(batch)
            else:
                sorted_records = itertools.chain.from_iterable(map(sorting.take, batch.records()))
                yield from self._one_by_one(self._sorted(sorted_records))
        yield from self._one_by_one(self._sorted(sorting.rest()))
        broken = tuple(self._lone_cells.broken())
        self.at_end = AtEnd(kinds.skips, self._last, self._open_end, kinds.lone_addresses, broken, width)

    def _is_blank(self, batch: Batch) -> bool:
        """Return whether the batch is below the header, and has nothing but delimiters and white space in it."""
        if batch.first <= self._layout.number or any(map(str.strip, batch.cells[0])):
            return False
        text = batch.text.replace(self.dialect.delimiter, "").strip()
        if not text or not self.dialect.quote or text.replace(self.dialect.quote, "").strip():
            return not text
        return not any(cell.strip() for cells in batch.cells for cell in cells)

    def _is_nobodys(self, batch: Batch, kinds: Kinds) -> bool:
        """Return whether the batch has nothing but blank and nobody's records in it, which are counted then."""
        is_below = batch.first > self._layout.number + 1 and not (self._layout.is_annotated or batch.is_cut)
        return is_below and not batch.stray and kinds.skip_nobodys(batch.first, batch.cells)

    def _are_rows(self, batch: Batch, kinds: Kinds) -> bool:
        """Return whether the batch's records are certainly all rows: elsewhere each of them is looked at."""
        return not self._layout.is_annotated and kinds.are_rows(batch.first, batch.cells)

    def _rows(self, batch: Batch) -> Iterator[Stretch]:
        """Yield the rows of a batch that has nothing else."""
        rows = self._left_out.filled_in(batch.first, batch.cells) if self._is_plain(batch) else None
        if rows is not None:
            numbers = range(batch.first, batch.first + len(rows))
            positions = [column.position for column in self.columns.values()]
            by_position = list(zip(*rows, strict=True))
            yield Stretch(numbers, [by_position[at] for at in positions])
        else:
            yield from self._one_by_one(zip(batch.records(), itertools.repeat(None), strict=False))

    def _is_plain(self, batch: Batch) -> bool:
        """Return whether the reader has nothing to find wrong in the cells of the batch's records, which are rows."""
        text = batch.text
        return (
            not batch.stray
            and self._faults.width == self._layout.width
            and "\0" not in text
            and not halves(text)
            and not ("'" in text and _MAY_BE_GUARDED.search(text))
            and not self._faults.may_have_other_quotes(text)
            and not self._faults.may_have_others_beside(batch)
        )

    def _sorted(self, records: Iterable[Sorted[TextRecord]]) -> Iterator[tuple[TextRecord, Issue | None]]:
        """Yield the rows; a single cell between or below them is noted."""
        for record, kind, fault in records:
            if kind is RecordKind.ROW:
                yield record, fault
            elif kind is RecordKind.SKIPPED and len(record.cells) == 1:
                self._lone_cells.add(record.number, record.cells[0])

    def _one_by_one(self, rows: Iterable[tuple[TextRecord, Issue | None]]) -> Iterator[Stretch]:
        """Yield rows some at a time, so that a batch of very short ones does not become as many objects at once."""
        source_rows = itertools.starmap(self._row, rows)
        while stretch_rows := list(itertools.islice(source_rows, _ROWS_AT_A_TIME)):
            yield stretch(stretch_rows, len(self.columns))

    def _width_of(self, batch: Batch) -> int:
        of_source = map(self._layout.without_appended, batch.cells) if self._layout.is_annotated else batch.cells
        return max(map(len, of_source), default=0)

    def _is_part(self, record: TextRecord) -> bool:
        """Return whether the file ends in a record before all of its cells are there, or did in an earlier run."""
        is_short = len(record.cells) < self._layout.width
        return (is_short and not end_of(record, self.dialect)) or self._layout.was_cut_off(record.cells)

    def _cells(self, record: TextRecord) -> Sequence[str]:
        """Return the source's own cells."""
        if not self._layout.is_annotated:
            return record.cells
        return [unguard(cell) for cell in self._layout.without_appended(record.cells)]

    def _row(self, record: TextRecord, fault: Issue | None) -> SourceRow:
        cells = self._cells(record)
        fault = self._undivided.counted(fault or self._faults.of_shape(record, cells))
        origin = self._layout.origin(record.number, record.cells)
        if fault is not None:
            is_lone = len(cells) == 1 or (self._layout.is_annotated and filled(cells) == 1)
            if is_lone and fault.code == WRONG_FIELD_COUNT:
                self._lone_cells.add(record.number, cells[0])
            return SourceRow(record.number, ("",) * len(self.columns), [fault], origin)
        issues = list(self._faults.of_cells(record, cells))
        safe = [*_safe(record, cells), *[""] * (self._layout.width - len(cells))]
        return SourceRow(record.number, [safe[column.position] for column in self.columns.values()], issues, origin)


def open_csv(
    file: SourceFile, reading: Reading = AS_IT_IS, scratch: Path | None = None, notes: Sequence[str] = ()
) -> CsvTable:
    """Open a file of delimited text and understand its header.

    Args:
        file: The file.
        reading: How it is to be read.
        scratch: A folder, its owner's only, for a file whose lines are single cells; None to refuse such a one.
        notes: What there is to say of it already.

    Raises:
        SettingsError: The dialect or the encoding cannot be as somebody has said.
        SourceError: There is no header, it lacks a column or has two for one field, the file is JSON, or it cannot be
            read up to the header.
        OSError: The file cannot be read.
    """
    dialect = detect(file, reading)
    beginning = Beginning(file, dialect)
    header = find_header(beginning.numbered(), reading)
    refuse_header_further_down(header, beginning.numbered(), file.name, reading)
    if header is None:
        raise no_header(file.name, reading)
    if _JSON.match(dialect.delimiter.join(header.cells)):
        raise SourceError(
            f"{file.name} is JSON, and no table that can be read.",
            code="unknown_format",
            hint="Export it as a CSV file or an Excel workbook (.xlsx).",
        )
    names = [shown(cell) for cell in header.cells]
    refuse_pictures(names, _first(beginning), file.name, reading)
    if are_wrapped(names):
        if scratch is None:
            raise wrapped(file.name)
        return open_csv(unwrapped(file, dialect, scratch), reading, notes=[UNWRAPPED])
    layout = read_layout(names, number=header.number, where=file.name, reading=reading)
    swallowing = Swallowing(layout, dialect, layout.width)
    refuse_customer_within(layout, file.name)
    refuse_customers_above(_customers_above(beginning, layout, swallowing), layout, file.name)
    if swallowing.is_in_header(header.cells):
        raise SourceError(
            f"A quotation mark opens in the header of {file.name}, row {header.number}, and closes lines further down:"
            " lines that look like customers are between them.",
            code=SWALLOWED_ROWS,
            hint="Remove the quotation mark from the header, or put in the one that is missing there.",
        )
    bare_words = BareWords(layout, dialect)
    return CsvTable(
        file,
        dialect,
        layout,
        extra=_extra_cells(beginning, layout, header, file.name),
        bare_words=bare_words if bare_words.can_be(beginning) else None,
        notes=notes,
    )


def _safe(record: TextRecord, cells: Sequence[str]) -> Sequence[str]:
    """Return cells as text that can be encoded: a byte that is no character is shown as its code."""
    return [shown(cell) for cell in cells] if halves(record.raw) else cells


def _first(beginning: Beginning) -> Sequence[str]:
    """Return the text of the first records."""
    return [record.raw for record in itertools.islice(beginning, LINES)]


def _customers_above(beginning: Beginning, layout: Layout, swallowing: Swallowing) -> int:
    """Return how many records above the header look like customers, lines within them too."""
    above = itertools.islice(beginning, layout.number - 1)
    return sum(
        swallowing.customers_in(record)
        or looks_like_customer(cells := layout.without_appended(record.cells), layout)
        or is_customer_in_one_cell(cells)
        for record in above
    )


def _extra_cells(beginning: Beginning, layout: Layout, header: Header, name: str) -> int:
    """Return how many blank cells more than the header every row has, as some programs end every line.

    Only where all the first rows are like that, it is the way of the file. One row that is too long may have a
    delimiter too many in the middle, and its last cell blank.

    Raises:
        SourceError: It is no blank cell at the end, but a row name at the beginning.
    """
    if layout.is_annotated:
        return 0
    records = (record for record in beginning if record.number > header.number)
    rows = (record for record in itertools.islice(records, _WITHIN) if not is_blank(record.cells))
    first_records = list(itertools.islice(rows, _ROWS_FOR_A_HABIT))
    if not any(record.is_stray or len(record.raw.splitlines()) > 1 for record in first_records):
        refuse_row_names([record.cells for record in first_records], layout, name)
    first_rows = [record.cells for record in first_records]
    widths = set(map(len, first_rows))
    if (
        len(first_rows) < _FEWEST_FOR_A_HABIT
        or len(widths) != 1
        or any(filled(cells) > layout.width for cells in first_rows)
    ):
        return 0
    return max(widths.pop() - layout.width, 0)
