"""Records that have swallowed others: stray quotation marks on two lines make one cell of all that is between them.

Such a record is taken apart into its lines, each a record of its own, all of them refused: which of their cells is
which, only a person can say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from importer.model.source import Field
from importer.sheets.header.layout import Layout
from importer.sheets.header.likeness import has_id, looks_like_customer
from importer.sheets.text.batches import Batch, SwallowedLines, TextRecord
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.lines import line_end_of, split_lines
from importer.sheets.text.marked_text import Marked
from importer.sheets.text.splitting import pieces_of

_SIGNS_OF_AN_ID: Final = 4
"""How many hyphens a UUID has."""


class Swallowing:
    """Finds the records of a table that hold others, and takes them apart.

    Args:
        layout: The table's header, understood.
        dialect: How the file is written.
        width: How many cells a row usually has.
    """

    def __init__(self, layout: Layout, dialect: Dialect, width: int) -> None:
        self._layout = layout
        self._dialect = dialect
        self._signs = [sign for sign in (dialect.quote, dialect.escape) if sign]
        self._widths = {width, layout.width}
        self._fewest_delimiters = 2 * (min(self._widths) - 1)
        self._email_at = layout.columns[Field.EMAIL].position
        self._id_at = layout.columns[Field.CUSTOMER_ID].position
        self._own_widths = {len(layout.without_appended(range(one))) for one in self._widths}

    def apart(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield batches with each line of such a record as a record; those after it have the numbers that follow."""
        more = 0
        for batch in batches:
            moved = batch._replace(first=batch.first + more) if more else batch
            whole = self._apart(moved) if self._may_hold_lines(moved) else moved
            more += len(whole.raw) - len(batch.raw)
            yield whole

    def customers_in(self, record: TextRecord) -> int:
        """Return how many lines of a record look like customers where it holds others, 0 where it does not."""
        if record.is_stray or not self._may_hold_customers(record.cells, record.raw):
            return 0
        lines = Counter(split_lines(record.raw, self._dialect.odd_end))  # very many are the same
        own_cells = ((self._own(self._cells(line)), count) for line, count in lines.items())
        customers = [(len(cells), count) for cells, count in own_cells if looks_like_customer(cells, self._layout)]
        of_all = sum(count for _, count in customers)
        whole = sum(count for width, count in customers if width in self._own_widths)
        found = whole if len(record.cells) in self._widths else of_all
        if found > 1 or any(self._has_customer(at, cell) for at, cell in enumerate(record.cells)):
            return max(of_all, 1)
        return 0

    def _may_hold_customers(self, cells: Sequence[str], raw: str) -> bool:
        """Return whether it is worth to look at the lines of a record: nearly all with several are notes."""
        if raw.find("\n", 0, -2) < 0 and raw.find("\r", 0, -2) < 0:
            return False
        if self._is_usual(cells, raw):
            return False
        several = [cell for cell in cells if "\n" in cell or "\r" in cell]
        delimiter = self._dialect.delimiter
        if len(cells) in self._widths and not any(delimiter in cell for cell in several):
            return False
        if self._layout.customer_id_pattern is not None:
            return True
        if any("@" in cell or cell.count("-") >= _SIGNS_OF_AN_ID for cell in several):
            return True
        return raw.count(delimiter) >= self._fewest_delimiters

    def _is_usual(self, cells: Sequence[str], raw: str) -> bool:
        """Return whether a record has an id and an address in their cells, and too little of all in the others."""
        if self._layout.is_annotated or self._layout.customer_id_pattern is not None or len(cells) not in self._widths:
            return False
        email, customer_id = cells[self._email_at], cells[self._id_at]
        return (
            raw.count("@") == 1
            and "@" in email
            and "\n" not in email
            and "\r" not in email
            and raw.count("-") < 2 * _SIGNS_OF_AN_ID
            and customer_id.count("-") == _SIGNS_OF_AN_ID
            and "\n" not in customer_id
            and "\r" not in customer_id
            and raw.count(self._dialect.delimiter) < self._fewest_delimiters
        )

    def is_in_header(self, cells: Sequence[str]) -> bool:
        """Return whether a cell of the header holds lines that look like customers."""
        return any(self._has_customer(at, cell) for at, cell in enumerate(cells))

    def _may_hold_lines(self, batch: Batch) -> bool:
        """Return whether a record of the batch may have more than one line, and somebody in them."""
        text = batch.text
        if not any(sign in text for sign in self._signs):
            return False
        ends = text.count("\n") + text.count("\r") - text.count("\r\n")
        if ends + (not text.endswith(("\n", "\r"))) <= len(batch.raw):
            return False
        return (
            self._layout.customer_id_pattern is not None
            or "@" in text
            or text.count("-") >= _SIGNS_OF_AN_ID
            or text.count(self._dialect.delimiter) >= self._fewest_delimiters
        )

    def _has_customer(self, at: int, cell: str) -> bool:
        """Return whether a line within the cell at this position looks like a customer.

        The first line is the end of a line of the file, and the last one the beginning of another.
        """
        if "\n" not in cell and "\r" not in cell:
            return False
        lines = split_lines(cell, "")
        if len(lines) < 2:  # noqa: PLR2004 - a line alone
            return False
        first, *between, last = [line.split(self._dialect.delimiter) for line in lines]
        if has_id(self._own([*[""] * at, "", *first[1:]]), self._layout):
            return True
        if has_id(self._own(last), self._layout) and (at > 0 or len(last) > 1):
            return True
        several = {tuple(line) for line in between if len(line) > 1}
        return any(looks_like_customer(self._own(line), self._layout) for line in several)

    def _apart(self, batch: Batch) -> Batch:
        if not any(map(self._may_hold_customers, batch.cells, batch.raw)):
            return batch
        cells: list[list[str]] = []
        raw: list[str] = []
        stray: set[int] = set()
        swallowed: dict[int, SwallowedLines] = {}
        for record in batch.records():
            is_below = record.number > self._layout.number
            customers = self.customers_in(record) if is_below else 0
            at = len(raw)
            if customers:
                lines = split_lines(record.raw, self._dialect.odd_end)
                last = batch.first + at + len(lines) - 1
                found = SwallowedLines(batch.first + at, last, customers, any(map(self._is_escaped, lines)))
                stray.update(range(at, at + len(lines)))
                swallowed.update(dict.fromkeys(range(at, at + len(lines)), found))
                cells += map(self._cells, lines)
                raw += lines
                continue
            if record.is_stray:
                stray.add(at)
            cells.append(record.cells)
            raw.append(record.raw)
        return Batch(batch.first, cells, raw, frozenset(stray), batch.text, swallowed) if swallowed else batch

    def _is_escaped(self, line: str) -> bool:
        """Return whether the line end of a line has an escape before it, which is not escaped itself."""
        body, escape = line.removesuffix(line_end_of(line, self._dialect.odd_end)), self._dialect.escape
        return bool(escape) and len(body) < len(line) and (len(body) - len(body.rstrip(escape))) % 2 == 1

    def _cells(self, line: str) -> list[str]:
        """Return what is in the cells of a line that is no whole record."""
        body = line.removesuffix(line_end_of(line, self._dialect.odd_end))
        if not body:
            return []
        if not self._dialect.is_padded and not any(sign in body for sign in self._signs):
            return body.split(self._dialect.delimiter)
        marked = Marked(body, self._dialect)
        return marked.contents(pieces_of(marked.marks).lenient(marked.text)[1])

    def _own(self, cells: Sequence[str]) -> Sequence[str]:
        return self._layout.without_appended(cells)
