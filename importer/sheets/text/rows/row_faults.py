"""Why a row of a file of delimited text cannot be sent, as far as only the reader of the file can see it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from importer.model.rows import Issue
from importer.model.source import Field
from importer.phrases import quoted
from importer.sheets.formula_guard import GUARDED_CELL, WHY_GUARDED, is_guarded
from importer.sheets.header.layout import (
    CUT_OFF,
    OTHER_QUOTES,
    QUOTED,
    QUOTES,
    STRAY_QUOTE,
    SWALLOWED_ROWS,
    UNDECODABLE_BYTES,
    WRONG_FIELD_COUNT,
    Layout,
    filled,
)
from importer.sheets.header.likeness import customer_beside, fault_of_customer_beside
from importer.sheets.text.batches import Batch, SwallowedLines, TextRecord
from importer.sheets.text.cell_quotes import enclosed
from importer.sheets.text.found_out.codec import halves, shown
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.rows.left_out_cells import LeftOutCells

_WHOLE_ROW: Final = ""
_NAMES: Final = (Field.FIRST_NAME, Field.LAST_NAME)
_TOO_FEW: Final = "Put in what is missing: a cell, or the mark between two."
_TOO_MANY: Final = (
    "Put a cell that has the mark between cells in its text into quotation marks, or remove what is too much."
)
_STRAY: Final = (
    "A quotation mark in this record is not where a cell begins or ends, so it is not certain what its cells are. Put "
    "in the missing quotation mark, or remove the one that is too many."
)
_STRAY_ESCAPED: Final = (
    " A {0} before a quotation mark makes it one that closes nothing: if the {0} is text, double it, or read the file "
    "with --escape none."
)
_CUT_OFF: Final = (
    "The file ends in the middle of this record: its line has no end as all others have and {}. Get the file again as"
    " a whole."
)
"""It has none of the usual delimiters, so that it needs no quotation marks of its own behind one that is open."""
_OTHER: Final = (
    "is in quotation marks that are not those of the file, so it is not certain whether they belong to the name. "
    "Remove them, or put the cell into the quotation marks of the file as well."
)
_NUL: Final = (
    "has a character in it (NUL) that is no text: the file is damaged here. Type the cell anew, or export the file "
    "again."
)
_UNDECODABLE: Final = (
    "has bytes in it that are no character in {codec}. Type the cell anew; if there are many, name the encoding of the "
    "file with --encoding."
)


class Faults:
    """Finds what is wrong with rows of one table.

    Args:
        layout: The table's header, understood.
        dialect: How the file is written.
        left_out: Which cells a program has left out at the ends of rows.
        extra: How many blank cells every row has after those of the header, since the file's rows all end so.
    """

    def __init__(self, layout: Layout, dialect: Dialect, left_out: LeftOutCells, *, extra: int = 0) -> None:
        self._layout = layout
        self._dialect = dialect
        self._left_out = left_out
        self._extra = extra
        self.width: Final = layout.width + extra
        """How many cells a row usually has."""
        self._named = filled(layout.header)
        self._sign = "backslash" if dialect.escape == "\\" else "escape sign"
        end = rf"\s*+(?:{re.escape(dialect.delimiter)}|[\r\n]|\Z)"
        self._closings = {sign: re.compile(sign + end) for sign in QUOTES if sign != dialect.quote}
        self._names = {layout.columns[field].position for field in _NAMES if field in layout.columns}

    def of_shape(self, record: TextRecord, cells: Sequence[str]) -> Issue | None:
        """Return why a row's cells cannot be told to be in their columns, if so.

        Args:
            record: The row.
            cells: Its text, without the importer's own columns.
        """
        if record.swallowed is not None:
            return Issue(record.number, SWALLOWED_ROWS, _WHOLE_ROW, _why_swallowed(record.swallowed, self._sign))
        if record.is_cut and record.is_stray:
            return Issue(record.number, CUT_OFF, _WHOLE_ROW, _CUT_OFF.format("a quotation mark in it is not closed"))
        if record.is_stray:
            said = self._layout.standing_fault(record.number, record.cells)
            return said or Issue(record.number, STRAY_QUOTE, _WHOLE_ROW, self._why_stray(record))
        count, expected = self._counts(record, cells)
        if count == expected:
            is_wide = len(cells) > self._named and customer_beside(cells, self._layout)
            said = self._layout.shape_fault(record.number, record.cells)
            return fault_of_customer_beside(record.number) if is_wide else said
        if record.is_cut and count < expected:
            of_all = f"it has {count} of {expected} cells"
            return Issue(record.number, CUT_OFF, _WHOLE_ROW, _CUT_OFF.format(of_all))
        sign = self._sign if count < expected and self._escapes_delimiter(record) else ""
        return Issue(record.number, WRONG_FIELD_COUNT, _WHOLE_ROW, _why_not(count, expected, sign))

    def of_cells(self, record: TextRecord, cells: Sequence[str]) -> Iterator[Issue]:
        """Yield what is wrong with a row's cells, each of which is in its column."""
        if "\0" in record.raw:
            yield from self._where("nul_character", _NUL, record.number, ["\0" in cell for cell in cells])
        if halves(record.raw):
            why = _UNDECODABLE.format(codec=self._dialect.encoding.codec)
            yield from self._where(UNDECODABLE_BYTES, why, record.number, [halves(cell) for cell in cells])
        traces = [] if halves(record.raw) else list(self._layout.code_faults(record.number, record.cells))
        yield from traces
        traced_columns = {trace.column for trace in traces}
        other_quotes = self._where(OTHER_QUOTES, _OTHER, record.number, self._in_other_quotes(record, cells))
        yield from (issue for issue in other_quotes if issue.column not in traced_columns)
        if "'" in record.raw:
            sent_positions = {column.position for column in self._layout.columns.values()}
            guarded = [at in sent_positions and is_guarded(cell) for at, cell in enumerate(cells)]
            yield from self._where(GUARDED_CELL, WHY_GUARDED, record.number, guarded)

    def _why_stray(self, record: TextRecord) -> str:
        dialect = self._dialect
        is_escaped = bool(dialect.escape) and dialect.escape + dialect.quote in record.raw
        return _STRAY + (_STRAY_ESCAPED.format(self._sign) if is_escaped else "")

    def _escapes_delimiter(self, record: TextRecord) -> bool:
        dialect = self._dialect
        if not dialect.escape or dialect.escapes_only_quotes:
            return False
        return dialect.escape + dialect.delimiter in record.raw.replace(dialect.escape * 2, "")

    def may_have_others_beside(self, batch: Batch) -> bool:
        """Return whether anything stands right of the last column that has a name, in records as wide as the header."""
        named, text, count = self._named, batch.text, len(batch.raw)
        if named == self._layout.width:
            return False
        blank = self._dialect.delimiter * (self._layout.width - named)
        if any(text.count(blank + end) == count == text.count(end) for end in ("\n", "\r\n", "\r")):
            return False
        return any(any(cells[named:]) for cells in batch.cells)

    def may_have_other_quotes(self, text: str) -> bool:
        """Return whether a cell may be in quotation marks that are not those of the file, of whole records as text."""
        return any(sign in text and closing.search(text) for sign, closing in self._closings.items())

    def _in_other_quotes(self, record: TextRecord, cells: Sequence[str]) -> Sequence[bool]:
        """Return which cells are names in quotes, where the file has not put them into its own as well."""
        raw, dialect = record.raw, self._dialect
        if not dialect.quote and not dialect.codes:
            return ()
        return [
            at in self._names
            and QUOTED.fullmatch(cell) is not None
            and not (dialect.quote and enclosed(cell, dialect) in raw)
            for at, cell in enumerate(cells)
        ]

    def _where(self, code: str, why: str, number: int, faulty: Sequence[bool]) -> Iterator[Issue]:
        for header, is_faulty in zip(self._layout.header, faulty, strict=False):
            if is_faulty:
                yield Issue(number, code, shown(header), f"{quoted([header])} {why}")

    def _counts(self, record: TextRecord, cells: Sequence[str]) -> tuple[int, int]:
        """Return the number of the record's cells, and what it should be.

        Cells may be missing under a part at the header's end that is blank, and in sixteen rows at a time: Excel
        leaves them out. A report pads short records and the header to the widest record. So in an annotated file a cell
        under a part of the header that is blank means that the record was too long in the source, and still is.
        """
        layout, count, names = self._layout, len(record.cells), self._named
        if layout.is_annotated:
            return (max(filled(cells), names), names) if count == layout.width else (count, layout.width)
        if count == self.width:
            return (count, count) if filled(cells) <= layout.width else (count, layout.width)
        is_trimmed = (
            not self._extra
            and count < layout.width
            and (names <= count or self._left_out.are_in(record.number, record.cells))
        )
        return (layout.width if is_trimmed else count), layout.width


@functools.lru_cache
def _why_swallowed(lines: SwallowedLines, sign: str) -> str:
    """Return why lines are refused that stand within one pair of quotation marks, or whose ends are escaped.

    It has none of the usual delimiters, so that it needs no quotation marks of its own behind one that is open.
    """
    some = "1 of them looks like a customer" if lines.customers == 1 else f"{lines.customers} look like customers"
    if lines.is_escaped:
        return (
            f"By the {sign} before a line end rows {lines.first} to {lines.last} are one row with line breaks in it but"
            f" {some} so it is not certain what their cells are. If the {sign} is text double it or read the file with"
            " --escape none. If the lines belong into one cell take the line breaks out of it."
        )
    return (
        f"By their quotation marks rows {lines.first} to {lines.last} are one row with line breaks in it but {some} so"
        " it is not certain what their cells are. Remove the quotation marks that are too many or put in those that are"
        " missing. If the lines belong into one cell take the line breaks out of it."
    )


@functools.lru_cache
def _why_not(count: int, expected: int, sign: str) -> str:
    escaped = (
        f" A {sign} before the mark between two cells makes one of them; if it is text there, double it, or read the"
        " file with --escape none."
    )
    cells = f"{count} cell{'' if count == 1 else 's'}"
    return (
        f"This record has {cells} and the header has {expected}, so it is not certain which cell is which. "
        + (_TOO_FEW if count < expected else _TOO_MANY)
        + (escaped if sign else "")
    )
