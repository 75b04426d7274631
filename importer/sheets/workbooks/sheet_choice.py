"""Which sheet of a workbook is the source."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import SourceError
from importer.phrases import listed, quoted
from importer.sheets.header.columns import count_fields, lacks_columns
from importer.sheets.header.header import HEADER_WITHIN, find_header
from importer.sheets.header.likeness import is_customer_anywhere
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import MAX_COLUMNS
from importer.sheets.workbooks.book import Book, Line, SheetName, damaged, texts, with_blanks
from importer.sheets.workbooks.header_lines import header_lines
from importer.sheets.workbooks.merged_cells import MergedAreas

_MAX_SHEETS: Final = 2_000
_MAX_NAMES: Final = 30
_FEWEST_FIELDS: Final = 2
_MOST_TEXT: Final = 16 * 1024**2
"""Characters that may come out of the merged cells of a header."""


def choose_sheet(book: Book, reading: Reading, file: SourceFile) -> int:
    """Return which of the sheets is the source: the one that is named, or the only visible one with the columns.

    A report that an earlier run has added to the workbook is it only by its name.
    Of none with the columns it is the only one that is not blank: it is most worth an error message.

    Raises:
        SourceError: There is no such sheet (`unknown_sheet`), several have the columns (`several_sheets`), or none of
            several has.
    """
    if len(book.sheets) > _MAX_SHEETS:
        raise damaged(file.name, f"it says that it has {len(book.sheets):,} sheets")
    if reading.sheet is not None:
        return _named(reading.sheet, book.sheets, file)
    visible = [at for at, sheet in enumerate(book.sheets) if sheet.visible and not sheet.is_report]
    if len(visible) == 1:
        return visible[0]
    return _only_source(book, visible, reading, file)


def first_sheet(book: Book, reading: Reading, file: SourceFile) -> int | None:
    """Return which sheet is looked at as it is: the named one, or the first visible one.

    A report of ours is that only where there is no other one; None is for no visible sheet at all.

    Raises:
        SourceError: There is no sheet of that name.
    """
    if reading.sheet is not None:
        return _named(reading.sheet, book.sheets, file)
    visible = [at for at, sheet_name in enumerate(book.sheets) if sheet_name.visible]
    return min(visible, key=lambda at: (book.sheets[at].is_report, at), default=None)


def largest_table(tables: Iterable[Callable[[], Iterator[Line]]], sizes: Sequence[int], reading: Reading) -> int | None:
    """Return which of a page's tables is the source: the largest with the columns, or else the largest.

    Args:
        tables: For each, what yields its lines.
        sizes: How many lines each has.
        reading: May say which line is the header.
    """
    sources = [at for at, lines in enumerate(tables) if _look(lines(), reading).is_source]
    return max(sources or range(len(sizes)), key=lambda at: sizes[at], default=None)


def notes_of_other_sheets(book: Book, source: int, reading: Reading) -> Iterator[str]:
    """Yield a sentence for each visible sheet that is not read, and begins with rows that look like customers.

    It is no source, since its columns have no names or other ones; where somebody has named a sheet, nothing is said.
    """
    for at, sheet in enumerate(book.sheets if reading.sheet is None else ()):
        is_other = at != source and sheet.visible and not sheet.is_report
        if is_other and _shows_customers(book.lines(at)):
            yield (
                f"The sheet {quoted([sheet.name])} is not read, though it has rows that look like customers: put them "
                "below the others, or names above its columns, and read it with --sheet NAME."
            )


def _shows_customers(lines: Iterable[Line]) -> bool:
    with contextlib.suppress(SourceError):  # a sheet that is not read may be damaged
        return any(is_customer_anywhere(texts(line.cells)) for line in itertools.islice(lines, HEADER_WITHIN))
    return False


@dataclass(frozen=True, slots=True)
class _Glance:
    """What a look at the beginning of a sheet shows."""

    is_blank: bool
    is_source: bool


def _look(lines: Iterable[Line], reading: Reading) -> _Glance:
    header = find_header(header_lines(with_blanks(lines)), reading)
    return _Glance(header is None, header is not None and not lacks_columns(header.cells, reading.columns))


def _look_at(book: Book, at: int, reading: Reading, file: SourceFile) -> _Glance:
    """Look at a sheet as a person sees it: a header may be of several lines whose cells are merged.

    The merged areas of some formats stand behind all lines; it is only gone so far where these lines name some columns.
    """
    glance = _look(book.lines(at), reading)
    if glance.is_source or glance.is_blank:
        return glance
    lines = book.lines(at)
    first = list(itertools.islice(lines, HEADER_WITHIN))
    if count_fields([text for line in first for text in texts(line.cells)], reading.columns) < _FEWEST_FIELDS:
        return glance
    for _ in lines:
        pass
    areas = [area for area in book.merged() if area.first_row <= HEADER_WITHIN]
    seen = MergedAreas(areas, MAX_COLUMNS, file.name, _MOST_TEXT).seen(first)
    return _look(seen, reading) if areas else glance


def _only_source(book: Book, visible: Sequence[int], reading: Reading, file: SourceFile) -> int:
    looks = {at: _look_at(book, at, reading, file) for at in visible}
    sources = [at for at, look in looks.items() if look.is_source]
    if len(sources) > 1:
        raise SourceError(
            f"{file.name} has {len(sources)} sheets with the columns: "
            f"{quoted([book.sheets[at].name for at in sources])}.",
            code="several_sheets",
            hint="Say which one with --sheet NAME.",
        )
    filled = sources or [at for at, look in looks.items() if not look.is_blank]
    if len(filled) == 1:
        return filled[0]
    raise SourceError(
        f"{file.name} has no visible sheet with the columns that are needed. Its sheets are {_all(book.sheets)}.",
        code="missing_column" if filled else "empty_source",
        hint="Name the sheet with --sheet NAME: one of its first lines must name a customer id, a first and a last "
        "name, and an e-mail address.",
    )


def _named(sheet: str, sheets: Sequence[SheetName], file: SourceFile) -> int:
    names = [sheet_name.name for sheet_name in sheets]
    if sheet in names:
        return names.index(sheet)
    from rapidfuzz import process  # noqa: PLC0415 - only where the name is wrong

    near = process.extractOne(sheet, names, score_cutoff=70.0, processor=str.casefold)
    raise SourceError(
        f"{file.name} has no sheet {quoted([sheet])}. Its sheets are {_all(sheets)}.",
        code="unknown_sheet",
        hint=f"Did you mean {quoted([near[0]])}?" if near else "Name one of them with --sheet NAME.",
    )


def _all(sheets: Sequence[SheetName]) -> str:
    ordered = sorted(sheets, key=lambda sheet: not sheet.visible)
    names = [quoted([sheet.name]) + ("" if sheet.visible else " (hidden)") for sheet in ordered[:_MAX_NAMES]]
    if len(ordered) > _MAX_NAMES:
        names.append(f"{len(ordered) - _MAX_NAMES} more")
    return listed(names) if names else "none at all"
