"""What a header says of its table: where the fields are, what was appended, and what an earlier run said of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.model.rows import Issue
from importer.model.source import APPENDED_COLUMNS, ORIGIN_COLUMNS, SETTLED_COLUMN, Field, Origin
from importer.phrases import quoted
from importer.sheets.header.appended_columns import (
    AppendedColumns,
    Cell,
    expect_marks_in_place,
    expect_no_nameless_mark,
    find_appended,
    name_in_place_of_marks,
    prefix_for,
    without,
)
from importer.sheets.header.column_names import normal_name, parts_of_last_name, parts_of_names
from importer.sheets.header.columns import find_columns
from importer.sheets.header.near_columns import notes_of_near_columns
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.table import Column

_ERROR_CODE_AT: Final = APPENDED_COLUMNS.index("error_code")
_ROW_NUMBER: Final = re.compile("[1-9][0-9]{0,9}")
_RUN_ID: Final = re.compile("[a-z0-9]{3,32}")
WRONG_FIELD_COUNT: Final = "wrong_field_count"
STRAY_QUOTE: Final = "stray_quote"
SWALLOWED_ROWS: Final = "swallowed_rows"
OTHER_HEADER: Final = "other_header"
UNDECODABLE_BYTES: Final = "undecodable_bytes"
OTHER_QUOTES: Final = "other_quotes"
MERGED_CELL: Final = "merged_cell"
STRUCK_TEXT: Final = "struck_text"
FORMATTED_TEXT: Final = "formatted_text"
STALE_FORMULA: Final = "stale_formula"
CUT_OFF: Final = "cut_off"
HIDDEN_TEXT: Final = "hidden_text"
SHORTENED_CELL: Final = "shortened_cell"
BROKEN_CELL: Final = "broken_cell"
UNALIGNED_ROW: Final = "unaligned_row"
_UNTIL_CLEARED: Final[Mapping[str, str]] = {
    SWALLOWED_ROWS: "An earlier run found that quotation marks make one row of this one and others, so that it is not"
    " certain what its cells are. Put each value into its column, without quotation marks that do not belong to it, and"
    " clear the cell under error_code.",
    UNALIGNED_ROW: "An earlier run found that the text of this row does not keep to the columns of the table. Put"
    " each value into its column, and clear the cell under error_code.",
    OTHER_HEADER: "An earlier run found this row below a second header, with other columns or in another order. Put"
    " each value into the column that it belongs to by the header of this sheet, and clear the cell under error_code.",
    CUT_OFF: "An earlier run found that the file ends in this row, in which something may be missing. Put in what is"
    " missing, and clear the cell under error_code.",
}
"""What an earlier run found, and only clearing tells to be mended: nothing in the row itself does."""
QUOTES: Final = ('"', "'", "`", *"\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb")
QUOTED: Final = re.compile(
    r"""\s*(?:(["'`\u00b4]).*\1|[\u2018-\u201f\u2039\u203a\u00ab\u00bb].*[\u2018-\u201f\u2039\u203a\u00ab\u00bb])\s*""",
    re.DOTALL,
)
"""A cell in quotation marks of some kind."""
_TRACES: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    UNDECODABLE_BYTES: (
        re.compile(r".*(?:\\x[0-9a-f]{2}|\\u[0-9a-f]{4}).*", re.DOTALL),
        "has a code in it where an earlier run found bytes that are no character. Type the cell anew",
    ),
    OTHER_QUOTES: (
        QUOTED,
        "is in quotation marks, and an earlier run found that they are not those of the file. Remove them",
    ),
    MERGED_CELL: (
        re.compile(r"\s*"),
        "is blank in a row of which an earlier run found that a merged cell covers a column. Put in its value",
    ),
}
"""What a report may show, where it cannot keep why a row was refused: a byte as its code, a cell in quotes like any, a
covered cell as a blank one."""
_STANDING: Final[Mapping[str, str]] = {
    STRUCK_TEXT: "An earlier run found text in this row that is struck through",
    FORMATTED_TEXT: "An earlier run found text in this row of which a number format shows something else",
    SHORTENED_CELL: "An earlier run found text in this row of which the end is missing",
    BROKEN_CELL: "An earlier run found text in this row that was broken into several lines",
    STALE_FORMULA: "An earlier run found formulas in this row whose stored results may not be what they come to",
    HIDDEN_TEXT: "An earlier run found text in this row that a page hides, or may hide",
}
"""What a report may show as text like any other, so that only a person can say that it is mended."""
_WHEN_RIGHT: Final = ". Where all cells of the row are what is to be sent now, clear the cell under error_code."


@dataclass(frozen=True, slots=True)
class Layout:
    """A header, understood.

    Attributes:
        number: The header's own number.
        width: How many cells the header has in the file.
        appended: The columns of an earlier run; None where there are none.
        header: The source's own header texts, without those.
        columns: The fields' columns, by position among the source's own.
        prefix: What the appended columns' names need before them to differ from the source's own.
        customer_id_pattern: What a customer's id is like that is no UUID; None where all are UUIDs.
    """

    number: int
    width: int
    appended: AppendedColumns | None
    header: Sequence[str]
    columns: Mapping[Field, Column]
    prefix: str
    customer_id_pattern: str | None = None

    @property
    def is_annotated(self) -> bool:
        """Whether the table was written by an earlier run."""
        return self.appended is not None

    @property
    def has_origins(self) -> bool:
        """Whether it is a sheet of rows to fix that an earlier run has written."""
        return self.appended is not None and set(ORIGIN_COLUMNS) <= set(self.appended.names)

    def appended_names(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the headers of columns to append: all prefixed where one of the source's own has such a name."""
        prefix = prefix_for(self.header, columns)
        return [prefix + name for name in columns]

    def origin(self, number: int, cells: Sequence[str]) -> Origin | None:
        """Return where a row of a sheet of rows to fix comes from; None where it says nothing of it, or not rightly.

        A row that somebody has marked as settled tells of that in any case.

        Args:
            number: The row's number.
            cells: All its cells, those of the earlier run too.

        Raises:
            SourceError: It is marked where the column of marks was, whose name is gone (`misplaced_marks`).
        """
        if self.appended is None:
            return None
        expect_no_nameless_mark(self.header, self.appended, number, cells)
        row, run, settled = (self.appended.of(cells, name) for name in (*ORIGIN_COLUMNS, SETTLED_COLUMN))
        codes = self.appended.of(cells, "error_code")
        if _ROW_NUMBER.fullmatch(row) and _RUN_ID.fullmatch(run):
            return Origin(number, int(row), run, settled, codes)
        return Origin(number, 0, "", settled, codes) if settled else None

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of the columns: one may be left out that says a part of a name, or the target."""
        used = {column.position for column in self.columns.values()}
        unused = [name for position, name in enumerate(self.header) if position not in used]
        first_name, last_name = (self.columns[field].header for field in (Field.FIRST_NAME, Field.LAST_NAME))
        notes = []
        if parts := [name for name in unused if normal_name(name) in parts_of_last_name()]:
            notes.append(
                f"{quoted(parts)} {_are(parts)} not sent: the last name is what stands under {quoted([last_name])}"
                " alone. If it belongs to the name, put both into one column."
            )
        if parts := [name for name in unused if normal_name(name) in parts_of_names()]:
            notes.append(
                f"{quoted(parts)} {_are(parts)} not sent: the names are what stands under"
                f" {quoted([first_name, last_name])} alone. What belongs to one of them has to be in its column."
            )
        if marks := [name for name in unused if normal_name(name) == SETTLED_COLUMN]:
            notes.append(f"{quoted(marks)} {_are(marks)} taken for your own: rows are sent whatever stands there.")
        elif (
            self.appended is not None
            and self.appended.at not in used
            and (name := name_in_place_of_marks(self.header, self.appended))
        ):
            notes.append(
                f"{quoted([name])} is taken for your own, and rows are sent whatever stands there. If it says which"
                f' rows are settled, name it "{SETTLED_COLUMN}".'
            )
        return (*notes, *notes_of_near_columns(self.header, used, self.columns))

    def shape_fault(self, number: int, cells: Sequence[str]) -> Issue | None:
        """Return why a row of an annotated table may still have its values in the wrong columns, if so.

        A report pads a short record, so that its cells can no longer be counted: what the earlier run said of the row
        stands until the row fills the header's columns, or a person clears what it said. Where it had to pad the
        header, some record was too long, perhaps by a blank cell, and then only clearing tells that it is mended. So
        it is with lines that were within the quotation marks of others, or below a second header.

        Args:
            number: The row's number.
            cells: All its cells, those of the earlier run too.
        """
        if self.appended is None:
            return None
        standing = self.standing_fault(number, cells)
        if standing is not None or {WRONG_FIELD_COUNT, STRAY_QUOTE}.isdisjoint(self._said(cells)):
            return standing
        named_columns = filled(self.header)
        if named_columns == len(self.header) and filled(without(cells, self.appended)) == named_columns:
            return None
        return Issue(
            number,
            WRONG_FIELD_COUNT,
            "",
            "An earlier run found that the cells of this record do not fit the header, and the last ones still do not."
            " Put each value into its column; if they are right as they are, clear the cell under error_code.",
        )

    def standing_fault(self, number: int, cells: Sequence[str]) -> Issue | None:
        """Return what an earlier run found that stands until a person clears it; arguments as above."""
        codes = (code for code in self._said(cells) if code in _UNTIL_CLEARED)
        return next((Issue(number, code, "", _UNTIL_CLEARED[code]) for code in codes), None)

    def was_cut_off(self, cells: Sequence[str]) -> bool:
        """Return whether an earlier run found that the rest of a row may be missing, by all cells of that."""
        return not {CUT_OFF, WRONG_FIELD_COUNT}.isdisjoint(self._said(cells))

    def code_faults(self, number: int, cells: Sequence[str]) -> Iterator[Issue]:
        """Yield why a row of an annotated table may still have cells that are not what they look like.

        A report may show a byte that is no character as its code, which is text like any other, in a workbook the
        quotation marks of no file, and no merged cells: what the earlier run said of the row stands until no trace of
        it is left, or a person clears what it said.

        Args:
            number: The row's number.
            cells: All its cells, those of the earlier run too.
        """
        source = self.without_appended(cells)
        for code in self._said(cells):
            if code in _STANDING:
                yield Issue(number, code, "", f"{_STANDING[code]}{_WHEN_RIGHT}")
            trace, why = _TRACES.get(code, (None, ""))
            for column in self.columns.values():
                cell = source[column.position] if column.position < len(source) else ""
                if trace and trace.fullmatch(cell):
                    why_so = (
                        f"{quoted([column.header])} {why}; if it is right as it is, clear the cell under error_code."
                    )
                    yield Issue(number, code, column.header, why_so)

    def _said(self, cells: Sequence[str]) -> Sequence[str]:
        """Return the error codes that an earlier run gave a row, if there was one."""
        at = None if self.appended is None else self.appended.at + _ERROR_CODE_AT
        return cells[at].split(", ") if at is not None and at < len(cells) else ()

    def without_appended(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """Return a record's cells without those in the columns of an earlier run."""
        return without(cells, self.appended)


def read_layout(header: Sequence[str], *, number: int, where: str, reading: Reading = AS_IT_IS) -> Layout:
    """Understand a header.

    Args:
        header: Its cells.
        number: Its number.
        where: The table, as for `find_columns`.
        reading: May say which column holds which field.

    Raises:
        SourceError: A required field has no column, a field has several, or marks are not where they were.
    """
    appended = find_appended(header)
    source = without(header, appended)
    columns = find_columns(source, where, reading.columns, row=number)
    expect_marks_in_place(header, appended, where)
    return Layout(
        number=number,
        width=len(header),
        appended=appended,
        header=tuple(source),
        columns=columns,
        prefix=prefix_for(source, APPENDED_COLUMNS),
        customer_id_pattern=reading.customer_id_pattern,
    )


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def filled(cells: Sequence[str]) -> int:
    """Return how many cells there are without the blank ones at the end.

    Example: `filled(["a", "", "b", "", ""])` is `3`.
    """
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)
