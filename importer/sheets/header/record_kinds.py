"""What each record of a table is to the job: the header, a row, or nothing of the kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from importer.ids import is_uuid
from importer.model.rows import Issue
from importer.model.source import Field, Skip
from importer.sheets.cells import is_blank
from importer.sheets.header.asides import is_anybodys, is_nobodys, may_be_begun, may_be_footer
from importer.sheets.header.column_types import is_line_of_types
from importer.sheets.header.layout import Layout
from importer.sheets.header.likeness import has_id, is_address, looks_like_customer
from importer.sheets.header.second_header import SecondHeader, second_header
from importer.sheets.table import RecordKind
from importer.unseen import UNSEEN

_TOTAL: Final = (
    r"\W*(?:(?:grand|sub)[ -]?)?"
    r"(?:totals?|totales|totale|totaux|totaal|totais|sum|summe|suma|soma|somma|somme|gesamt(?:summe|zahl)?|insgesamt"
    r"|count|anzahl|aantal|(?:number of )?(?:records|rows))(?:\b|(?=[\u00b9\u00b2\u00b3\u2070-\u2079]))"
)
_ID_SIGNS: Final = re.compile("[0-9A-Fa-f-]*")
"""Of these alone are UUIDs, and no word for a total is."""
_BEGINS_WITH_TOTAL: Final = re.compile(_TOTAL, re.IGNORECASE)
_FEW_AT_THE_END: Final = 100
"""Records that may stand from the first total on: what goes on for longer is no end of a table."""
_WIDEST_SEEN: Final = 8
_LONGEST_SEEN: Final = 40
_MOST_SEEN: Final = 1_000
"""So many records, of at most so many cells and characters, are remembered with what they are."""
_AT_THE_END: Final = frozenset({Skip.TOTAL, Skip.FOOTER})
"""What these are only where no row comes after them."""
_OF_TEXT: Final = frozenset({Skip.ABOVE_HEADER, Skip.FOOTER})
"""What may have the address of somebody in it who is no customer."""
_NOBODYS: Final = frozenset({Skip.BLANK, Skip.NOBODYS})
_FEW_ALIKE: Final = 50
"""So many different records are looked at for a stretch that has nobody in it."""
_HELD_TOO: Final = frozenset({Skip.BLANK, Skip.NOBODYS, Skip.TOTAL})
"""What waits with those before it, though it is certain, so that records stay in their order."""


class Numbered(Protocol):
    """A record with its number, as a person counts."""

    @property
    def number(self) -> int:
        """The number."""
        ...


NumberedT = TypeVar("NumberedT", bound=Numbered)


class Sorted(NamedTuple, Generic[NumberedT]):
    """A record, its kind, and why it cannot be read where it is a row that the header says nothing of."""

    record: NumberedT
    kind: RecordKind
    fault: Issue | None = None


class Kinds:
    """Tells what each record of a table is, in one reading of it from its first record to its last.

    A repeated header, a total at the end and a line of text below the table are no rows: they stay in the sheet, and
    are never sent. Such a total or line is one only where nothing but these and blank records comes after it; elsewhere
    it is a row, and will be refused as one. What is certainly nobody's is no row anywhere.
    Rows below a header of other columns or of another order are refused, until the first one is repeated.

    Args:
        layout: The table's header, understood.
        totals: The numbers of records that the file itself says to hold totals: what looks like a customer is none.
    """

    def __init__(self, layout: Layout, totals: Collection[int] = ()) -> None:
        self._layout = layout
        self._totals = totals
        self._header = _folded(layout.header)
        self._email_at = layout.columns[Field.EMAIL].position
        self._id_is_first = layout.columns[Field.CUSTOMER_ID].position == 0
        self._other: SecondHeader | None = None
        self._last_blank = 0
        self._has_customers = False
        first_name = self._header[0] if self._header else ""
        self._may_be_no_row = _may_be_no_row(first_name)
        self._ids_are_rows = first_name.isascii() and _ID_SIGNS.fullmatch(first_name) is None
        self._skips: Counter[Skip] = Counter()
        self._lone_addresses: list[int] = []
        self._seen: dict[Sequence[str], Skip | None] = {}

    @property
    def totals(self) -> Collection[int]:
        """The numbers of records that the file itself says to hold totals."""
        return self._totals

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many records are no rows, by what they are, as far as the table was read."""
        return self._skips

    @property
    def lone_addresses(self) -> Sequence[int]:
        """The numbers of the lines above and below the table that have an address in them, as far as it was read."""
        return self._lone_addresses

    def of(
        self,
        records: Iterable[NumberedT],
        cells_of: Callable[[NumberedT], Sequence[str]],
        is_part: Callable[[NumberedT], bool] = lambda _: False,
    ) -> Iterator[Sorted[NumberedT]]:
        """Yield each record with its kind.

        Args:
            records: All of the table's, in their order.
            cells_of: Returns the text of a record's cells, without the importer's own columns.
            is_part: Returns whether a record is only the beginning of one, of which the rest is not there.
        """
        sorting = Sorting(self, cells_of, is_part)
        for record in records:
            yield from sorting.take(record)
        yield from sorting.rest()

    def are_rows(self, first: int, records: Sequence[Sequence[str]]) -> bool:
        """Return whether records are certainly all rows, by their first cells and their addresses.

        That takes much less than looking at each of them. Where it is not certain, it is for `of` to say.

        Args:
            first: The number of the first record; the others follow it.
            records: The text of the cells of each record, without the importer's own columns.
        """
        if first <= self._layout.number or self.fault(first) is not None:
            return False
        at = self._email_at
        if not all(records) or self._may_be_none([cells[0] for cells in records]):
            return False
        without_address = [cells for cells in records if at >= len(cells) or "@" not in cells[at]]
        different = set(map(tuple, without_address))
        nobodys = [cells for cells in different if not has_id(cells, self._layout)]
        has_customers = self._has_customers or len(without_address) < len(records) or len(nobodys) < len(different)
        # Where nobody stands above it, a line of text is no footer.
        rows = {None} if has_customers else {None, Skip.FOOTER}
        if not all(self._alone(first, cells) in rows for cells in nobodys):
            return False
        self._has_customers = has_customers
        return True

    def are_columns_of_rows(
        self,
        first: int,
        first_cells: Sequence[str],
        emails: Sequence[str],
        record: Callable[[int], Sequence[str]],
    ) -> bool:
        """Return whether records are certainly all rows, as `are_rows` does, by two of their columns.

        Args:
            first: The number of the first record; the others follow it. No record is without cells.
            first_cells: The text of the first column.
            emails: That of the column of addresses.
            record: Returns the text of the cells of the record at a place, from 0.
        """
        if any(map(self._may_be_no_row, first_cells)):
            return False
        looked_at = [record(at) for at, email in enumerate(emails) if "@" not in email]
        if len(looked_at) < len(emails):  # of the others nothing else is looked at
            with_address = [""] * self._email_at + [next(email for email in emails if "@" in email)]
            looked_at.append([first_cells[0], *with_address[1:]] if self._email_at else with_address)
        return self.are_rows(first, looked_at)

    def skip_blank(self, first: int, count: int) -> None:
        """Count so many blank records, from the number of the first on, that nobody has to look at one by one."""
        self._skips[Skip.BLANK] += count
        self._last_blank = first + count - 1

    def skip_nobodys(self, first: int, records: Sequence[Sequence[str]]) -> bool:
        """Count records that are all blank or nobody's, and return True; do nothing where they may be anything else.

        Args:
            first: The number of the first one, behind the first below the header; the others follow it.
            records: The text of the cells of each record, without the importer's own columns.
        """
        if self._totals or self._alone(first, records[0]) not in _NOBODYS:
            return False
        counts = Counter(map(tuple, records))
        kinds = {cells: self._alone(first, cells) for cells in counts} if len(counts) <= _FEW_ALIKE else {}
        if not kinds or not _NOBODYS.issuperset(kinds.values()):
            return False
        for cells, skip in kinds.items():
            if skip is not None:
                self._skips[skip] += counts[cells]
        blank = (at for at, cells in enumerate(reversed(records)) if kinds[tuple(cells)] is Skip.BLANK)
        if Skip.BLANK in kinds.values():
            self._last_blank = first + len(records) - 1 - next(blank)
        return True

    def of_one(self, number: int, cells: Sequence[str]) -> Skip | None:
        """Return what a record other than the header is by itself; None for a row."""
        at = self._email_at
        if self.is_total(number, cells):
            return Skip.TOTAL
        if number > self._layout.number and at < len(cells) and "@" in cells[at] and not self._may_be_no_row(cells[0]):
            self._has_customers = True
            return None
        skip = self._alone(number, cells)
        if skip in {Skip.REPEATED_HEADER, Skip.OTHER_HEADER}:
            self._other = second_header(number, cells, self._layout)
        elif skip is Skip.BLANK:
            self._last_blank = number
        elif skip is None and not self._has_customers:
            self._has_customers = has_id(cells, self._layout)
        return skip

    def is_total(self, number: int, cells: Sequence[str]) -> bool:
        """Return whether a record is a total wherever it stands, since the file itself says so."""
        if number not in self._totals or number <= self._layout.number or is_blank(cells):
            return False
        return not looks_like_customer(cells, self._layout)

    def may_begin_footer(self, number: int, cells: Sequence[str]) -> bool:
        """Return whether a line of text may be the first below the table.

        Behind a row, a word alone may be all that is left of another, and where ids are not in the first column, any
        text may be. Where nobody stands above it, it is no footer, but a row that is not divided as the header is.
        """
        if not self._has_customers:
            return False
        return self._last_blank == number - 1 or (self._id_is_first and len(cells[0].split()) > 1)

    def fault(self, number: int) -> Issue | None:
        """Return why a row cannot be read by the header, if it stands below another one."""
        return None if self._other is None else self._other.fault(number)

    def _alone(self, number: int, cells: Sequence[str]) -> Skip | None:
        """Return what a record other than the header is, whatever stands above it.

        Records are very many only where they are short, and then they are the same ones again and again.
        """
        if number < self._layout.number:
            return Skip.BLANK if is_blank(cells) else Skip.ABOVE_HEADER
        if number == self._layout.number + 1 and is_line_of_types(cells, self._layout):
            return Skip.NOBODYS
        if len(cells) > _WIDEST_SEEN:
            return self._below_header(number, cells)
        seen = tuple(cells)
        if seen in self._seen:
            return self._seen[seen]
        skip = self._below_header(number, cells)
        if sum(map(len, cells)) <= _LONGEST_SEEN:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[seen] = skip
        return skip

    def _below_header(self, number: int, cells: Sequence[str]) -> Skip | None:
        """Return what a record below the header is, whatever stands above it."""
        if not cells or is_blank(cells):
            return Skip.BLANK
        if "".join(cells).isdecimal() and is_anybodys(cells, self._layout):  # no name, no word, no total
            return None
        if _folded(cells[:1]) == self._header[:1] and _folded(cells) == self._header:
            return Skip.REPEATED_HEADER
        second = second_header(number, cells, self._layout)
        if second is not None:
            return Skip.REPEATED_HEADER if second.is_same else Skip.OTHER_HEADER
        return self._around_rows(cells)

    def _around_rows(self, cells: Sequence[str]) -> Skip | None:
        """Return what a record is that stands around rows; None for a row."""
        if has_id(cells, self._layout):
            return None
        if looks_like_total(cells):
            return Skip.TOTAL
        if is_nobodys(cells, self._layout):
            return Skip.NOBODYS
        return Skip.FOOTER if may_be_footer(cells) else None

    def _may_be_none(self, first_cells: Sequence[str]) -> bool:
        """Return whether the first cell of some record may be that of no row; ids are looked at as one text."""
        if self._ids_are_rows and "" not in first_cells and _ID_SIGNS.fullmatch("".join(first_cells)):
            return False
        return any(map(self._may_be_no_row, first_cells))

    def is_header(self, number: int) -> bool:
        """Return whether the record of that number is the header."""
        return number == self._layout.number

    def counted(self, number: int, cells: Sequence[str], skip: Skip) -> RecordKind:
        """Count a record that is no row, and return its kind."""
        self._skips[skip] += 1
        if skip in _OF_TEXT and any(map(is_address, cells)):
            self._lone_addresses.append(number)
        return RecordKind.SKIPPED


class Sorting(Generic[NumberedT]):
    """Sorts the records of one reading by their kinds as they come; of totals and text, what follows decides.

    Args:
        kinds: Of the table.
        cells_of: Returns the text of a record's cells, without the importer's own columns.
        is_part: Returns whether a record is only the beginning of one, of which the rest is not there.
    """

    def __init__(
        self,
        kinds: Kinds,
        cells_of: Callable[[NumberedT], Sequence[str]],
        is_part: Callable[[NumberedT], bool] = lambda _: False,
    ) -> None:
        self._kinds = kinds
        self._cells_of = cells_of
        self._is_part = is_part
        self._held: list[tuple[NumberedT, Skip, Skip | None, Issue | None]] = []
        """With what each is at the end of the table, and what elsewhere."""

    @property
    def is_holding(self) -> bool:
        """Whether there are records of which it is not yet known what they are."""
        return bool(self._held)

    def take(self, record: NumberedT) -> Sequence[Sorted[NumberedT]]:
        """Take the next record, and return those of which it is known now what they are, in their order."""
        if self._kinds.is_header(record.number):
            return [Sorted(record, RecordKind.HEADER)]
        cells = self._cells_of(record)
        skip = self._kinds.of_one(record.number, cells)
        fault = self._kinds.fault(record.number)
        if skip is Skip.FOOTER and not self._held and not self._kinds.may_begin_footer(record.number, cells):
            skip = None
        if skip is Skip.NOBODYS and may_be_begun(cells) and self._is_part(record):
            skip = None
        is_only_at_the_end = skip in _AT_THE_END and not self._kinds.is_total(record.number, cells)
        if skip is not None and (is_only_at_the_end or (self._held and skip in _HELD_TOO)):
            self._held.append((record, skip, None if is_only_at_the_end else skip, fault))
            return self._released() if len(self._held) > _FEW_AT_THE_END else ()
        now = self._sorted(record, skip, fault)
        return [*self._released(), now] if self._held else [now]

    def rest(self) -> Sequence[Sorted[NumberedT]]:
        """Return the records that are left at the end of the table."""
        held, self._held = self._held, []
        return [self._sorted(record, skip, fault) for record, skip, _, fault in held]

    def _released(self) -> Sequence[Sorted[NumberedT]]:
        """Return the records that were held back, and that are not at the end."""
        held, self._held = self._held, []
        return [self._sorted(record, elsewhere, fault) for record, _, elsewhere, fault in held]

    def _sorted(self, record: NumberedT, skip: Skip | None, fault: Issue | None) -> Sorted[NumberedT]:
        if skip is None:
            return Sorted(record, RecordKind.ROW, fault)
        return Sorted(record, self._kinds.counted(record.number, self._cells_of(record), skip))


def _may_be_no_row(header: str) -> Callable[[str], re.Match[str] | None]:
    """Return a test for the first cell of a record: what it finds nothing in is that of a row.

    Args:
        header: The first cell of the header, folded.
    """
    # How other letters than ASCII fold is not for an expression to say: they may all begin such a header again.
    again = r"\s+".join(map(re.escape, header.split())) if header.isascii() else r"\S"
    return re.compile(rf"{UNSEEN}*(?:\Z|{again})|{_TOTAL}", re.IGNORECASE).match


def looks_like_total(cells: Sequence[str]) -> bool:
    """Return whether a record, not all blank, begins with a word for a total, and has no address and no UUID in it."""
    first = next(cell for cell in cells if cell.strip())
    return _BEGINS_WITH_TOTAL.match(first) is not None and not any(
        "@" in cell or is_uuid(cell.strip()) for cell in cells
    )


def _folded(cells: Sequence[str]) -> Sequence[str]:
    """Return cells without what makes no difference between a header and its repetition."""
    folded = [" ".join(cell.split()).casefold() for cell in cells]
    while folded and not folded[-1]:
        folded.pop()
    return folded
