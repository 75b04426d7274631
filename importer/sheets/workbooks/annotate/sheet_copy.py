"""The XML of the user's own sheet, copied as a stream of bytes into which the appended cells are put."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Final

from importer.errors import ReportError
from importer.sheets.workbooks.annotate.filter_criteria import showing
from importer.sheets.workbooks.annotate.sheet_survey import SheetSurvey
from importer.sheets.workbooks.package.prefixes import with_prefix
from importer.sheets.workbooks.package.xml_edits import TAG, changed_tag, points, tag_attributes

_BLOCK_BYTES: Final = 256 * 1024
_TRUE: Final = frozenset({b"1", b"true"})
_TALLEST: Final = 409.0
"""What Excel allows for a row, in points."""


class SheetCopy:
    """Copies a sheet's bytes in one pass, without a parser: what must change was found before.

    Formulas are left out wherever they stand, and the values that were stored with them stay.

    Args:
        blocks: The sheet's bytes.
        survey: What a look through them found.
        out: Where to.
        shown: Where the rows begin that are hidden and are to be shown, in order.
    """

    def __init__(self, blocks: Iterator[bytes], survey: SheetSurvey, out: IO[bytes], shown: Sequence[int] = ()) -> None:
        self._blocks = blocks
        self._survey = survey
        self._out = out
        self._buffer = b""
        self._buffer_at = self._at = 0
        """Where the buffer begins, and what is next, in the sheet's bytes."""
        self._shown = shown
        self._row = self._formula = self._show = 0
        """Which row, which formula and which row to show come next."""
        self._written: list[bytes] = []
        self._written_bytes = 0

    def change_tag(self, at: int, changes: Mapping[str, str | None]) -> None:
        """Copy up to a tag, and change its attributes."""
        self._copy(at)
        tag = self._next_tag()
        self._put(changed_tag(tag, changes))
        self._skip(at + len(tag))

    def replace(self, start: int, end: int, text: bytes) -> None:
        """Copy up to a place, and put something in the place of what stands there."""
        self._copy(start)
        self._put(with_prefix(self._survey.prefix, text))
        self._skip(end)

    def write_row(self, number: int, cells: bytes, height: float | None) -> None:
        """Copy up to the end of a row, with the appended cells in it.

        Args:
            number: The row's; it comes after the one before.
            cells: Their XML; whatever stands in their place goes.
            height: What their text needs, in points; a height that a person has set stays.

        Raises:
            ReportError: The sheet has no such row there.
        """
        at = self._find(number)
        if at is None:
            raise ReportError(
                f"The annotated sheet would not be true: row {number} is not in the workbook. This is a defect of the"
                " importer.",
                code="report_untrue",
                hint="Every outcome is in the journal. Keep the file and the journal, and report this.",
            )
        rows = self._survey.rows
        self._copy(rows.starts[at])
        tag = self._next_tag()
        self._skip(self._at + len(tag))
        if self._is_to_show(rows.starts[at]):
            tag, self._show = changed_tag(tag, showing(tag)), self._show + 1
        opened = self._row_tag(tag, height)
        cells = with_prefix(self._survey.prefix, cells)
        if opened.endswith(b"/>"):
            end = with_prefix(self._survey.prefix, b"</row>")
            self._put(b"%s>%s%s" % (opened[:-2], cells, end) if cells else opened)
            return
        self._put(opened)
        self._copy(rows.own_from[at])
        self._put(cells)
        self._skip(rows.own_to[at])

    def clear_row(self, number: int) -> None:
        """Take what an earlier run wrote out of a row that has nothing appended; empty cells keep their look."""
        at = self._find(number)
        if at is not None and self._survey.rows.filled[at]:
            self._copy(self._survey.rows.own_from[at])
            self._skip(self._survey.rows.own_to[at])

    def finish(self) -> None:
        """Copy what is left."""
        self._copy(max([*self._survey.formulas.cells[-1:], *self._shown[-1:], self._at - 1]) + 1)
        self._put(self._buffer[self._at - self._buffer_at :])
        for block in self._blocks:
            self._put(block)
        self._flush()

    def _find(self, number: int) -> int | None:
        """Return which row has the number; None where none has. What comes before it is passed."""
        numbers = self._survey.rows.numbers
        while self._row < len(numbers) and numbers[self._row] < number:
            self._row += 1
        return self._row if self._row < len(numbers) and numbers[self._row] == number else None

    def _row_tag(self, tag: bytes, height: float | None) -> bytes:
        """Return the tag of a row that gets more cells, and that may need more height."""
        changes: dict[str, str | None] = {"spans": None} if b"spans" in tag else {}
        if height is not None:
            present = tag_attributes(tag)
            set_by_person = present.get(b"customHeight", b"0") in _TRUE
            own_height = points(present.get(b"ht", b"").decode()) or self._survey.default_height
            if not set_by_person and height > own_height:
                changes |= {"ht": f"{min(height, _TALLEST):g}", "customHeight": "1"}
        return changed_tag(tag, changes) if changes else tag

    def _copy(self, to: int) -> None:
        """Copy up to a place, without the formulas, and with the rows shown that are to be."""
        cells = self._survey.formulas.cells
        while True:
            formula = cells[self._formula] if self._formula < len(cells) else to
            if self._show < len(self._shown) and self._shown[self._show] < min(formula, to):
                self._show_row(self._shown[self._show])
            elif formula < to:
                self._copy_value(formula)
            else:
                break
        self._move(max(to, self._at), self._put)

    def _is_to_show(self, at: int) -> bool:
        return self._show < len(self._shown) and self._shown[self._show] == at

    def _show_row(self, at: int) -> None:
        """Copy up to a row and its tag, so that it is shown."""
        self._show += 1
        self._move(at, self._put)
        tag = self._next_tag()
        self._put(changed_tag(tag, showing(tag)))
        self._move(at + len(tag), None)

    def _copy_value(self, at: int) -> None:
        """Copy up to a cell and its tag, and leave out its formula."""
        formulas, number = self._survey.formulas, self._formula
        self._formula += 1
        self._move(at, self._put)
        tag = self._next_tag()
        kind = {} if formulas.valued[number] else {"t": None}
        self._put(changed_tag(tag, {"cm": None, "vm": None, **kind}))
        self._move(self._at + len(tag), None)
        self._move(formulas.cut_from[number], self._put)
        self._move(formulas.cut_to[number], None)

    def _skip(self, to: int) -> None:
        """Leave out what stands before a place, the formulas in it too."""
        cells = self._survey.formulas.cells
        while self._formula < len(cells) and cells[self._formula] < to:
            self._formula += 1
        self._move(to, None)

    def _move(self, to: int, put: Callable[[bytes], None] | None) -> None:
        """Go on to a place, and put what stands before it somewhere, or nowhere."""
        while to > self._buffer_at + len(self._buffer):
            if put is not None:
                put(self._buffer[self._at - self._buffer_at :])
            self._at = self._buffer_at + len(self._buffer)
            self._load()
        if put is not None and to > self._at:
            put(self._buffer[self._at - self._buffer_at : to - self._buffer_at])
        self._at = to

    def _next_tag(self) -> bytes:
        """Return the tag that comes next, and stay before it."""
        while not (match := TAG.match(self._buffer, self._at - self._buffer_at)):
            self._load()
        return match[0]

    def _load(self) -> None:
        block = next(self._blocks, None)
        if block is None:
            raise ReportError(
                "The annotated workbook cannot be written: the sheet of the source is shorter than it was before.",
                code="report_unwritable",
                hint="Every outcome is in the journal. Look at the disk that the state directory is on.",
            )
        self._buffer = self._buffer[self._at - self._buffer_at :] + block
        self._buffer_at = self._at

    def _put(self, data: bytes) -> None:
        self._written.append(data)
        self._written_bytes += len(data)
        if self._written_bytes > _BLOCK_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._out.write(b"".join(self._written))
        self._written.clear()
        self._written_bytes = 0
