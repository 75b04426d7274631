"""Web pages with a table, which many programs export under the name of a workbook (.xls): the reader."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import Final

from importer.errors import SourceError
from importer.phrases import quoted
from importer.sheets.header.likeness import identity_in, is_address
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import SheetName, damaged, texts
from importer.sheets.workbooks.formats.html.html_tables import PageTable, TablesParser
from importer.sheets.workbooks.formats.html.page_styles import PageStyles
from importer.sheets.workbooks.formats.html.web_archive import WebPage, pages_in
from importer.sheets.workbooks.formats.parsed_book import ParsedBook, ParsedSheet
from importer.sheets.workbooks.sheet_choice import largest_table

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET: Final = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_OTHER_STYLES: Final = re.compile(r"<link\b[^<>]{0,1000}?\brel\s*=\s*[\"']?stylesheet", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9_:.-]+)""")
_HEAD_BYTES: Final = 64 * 1024
_PIECE: Final = 64 * 1024
_SAY_NOTHING: Final = frozenset({"us-ascii", "ascii"})
"""What Excel says beside pages that say something else themselves."""
_AS_WINDOWS: Final = frozenset({"iso8859-1", "ascii"})
"""What browsers read as Windows-1252, since pages that say so mean that (WHATWG, Encoding)."""


def open_html(file: SourceFile, reading: Reading, *, archive: bool = False) -> ParsedBook:
    """Open the table of a web page: the largest with the columns, or else the largest.

    All its cells are text, since a page says nothing of what was in the cells it was made from.

    Args:
        file: The file.
        reading: What somebody has said of how it is to be read.
        archive: It is a web archive (MHTML): where several of its pages have a table, each of them is a sheet.

    Raises:
        SourceError: There is no table in it (`unknown_format`), another one has customers as well
            (`several_tables`), it has no sheets and one is asked for (`no_sheets`), or
            its text is not in the encoding that it says.
        OSError: It cannot be read.
    """
    if reading.sheet is not None and not archive:
        raise _without_sheets(file)
    data = file.path.read_bytes()
    pages = pages_in(data) if archive else [WebPage("", visible=True, data=data, encoding="")]
    del data
    sheets = [sheet for page in pages for sheet in _sheets(page, file, reading)]
    if not sheets:
        raise SourceError(
            f"{file.name} is a web page or XML, whatever it is called, and no table that can be read.",
            code="unknown_format",
            hint="Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8.",
        )
    if len(sheets) == 1:
        if reading.sheet is not None:
            raise _without_sheets(file)
        return ParsedBook("html", [ParsedSheet(SheetName(""), sheets[0][0].packed)], sheets[0][1])
    return ParsedBook("html", [sheet for sheet, _ in sheets], ())


def _without_sheets(file: SourceFile) -> SourceError:
    return SourceError(f"{file.name} is a web page, and has no sheets.", code="no_sheets", hint="Leave --sheet out.")


def _sheets(page: WebPage, file: SourceFile, reading: Reading) -> Iterator[tuple[ParsedSheet, Sequence[str]]]:
    """Yield the table of a page, if it has one, with what is to be said of it."""
    text, notes = _decoded(page, file, reading.fallback)
    parser = TablesParser(PageStyles(text))
    for piece in _pieces(text):
        parser.feed(piece)
    parser.close()
    tables = [table for table in sorted(parser.tables, key=lambda table: table.number) if table.lines.count]
    at = largest_table([table.lines.__iter__ for table in tables], [table.lines.count for table in tables], reading)
    if at is None:
        return
    _refuse_customers_beside(tables, at, file)
    if parser.cut_off:
        notes.append("The page ends before its table does: rows may be missing.")
    if _OTHER_STYLES.search(text):
        notes.append(
            "The page takes styles from other files, which are not read: what they hide is read like all else."
        )
    if len(tables) > 1:
        name = f" ({quoted([tables[at].name])})" if tables[at].name else ""
        notes.append(f"The page has {len(tables):,} tables; number {at + 1:,}{name} was taken, the largest that fits.")
    yield ParsedSheet(SheetName(page.name, page.visible), tables[at].lines), notes


def _refuse_customers_beside(tables: Sequence[PageTable], at: int, file: SourceFile) -> None:
    """Raise `SourceError` where other tables than the one that is taken show customers that it has not."""
    beside = [table for other, table in enumerate(tables) if other != at]
    others = {identity: table for table in beside for identity in _identities(table)}
    if others:
        own = {text.strip() for line in tables[at].lines for text in texts(line.cells)}
        left = [identity for identity in others if identity not in own]
        numbers = sorted({others[identity].number for identity in left})
        rows = "1 row looks like a customer" if len(left) == 1 else f"{len(left):,} rows look like customers"
        if left:
            raise SourceError(
                f"{file.name} has {len(tables):,} tables, of which one is read, and in others {rows} that it has not "
                f"(first in table {numbers[0] + 1:,} of the page).",
                code="several_tables",
                hint="Put all customers into one table below one header, and remove what is no customer's: open the "
                "page in a spreadsheet program, and save it as an Excel workbook (.xlsx).",
            )


def _identities(table: PageTable) -> Sequence[str]:
    """Return what the customers in a table look like that a person sees there; one address alone is somebody else's."""
    found = [identity_in(texts(line.cells)) for line in table.lines if not line.hidden]
    found = [identity for identity in found if identity]
    return found if len(found) > 1 or not all(map(is_address, found)) else ()


def _pieces(text: str) -> Iterator[str]:
    for at in range(0, len(text), _PIECE):
        yield text[at : at + _PIECE]


def _decoded(page: WebPage, file: SourceFile, fallback: str) -> tuple[str, list[str]]:
    """Return the page's text, and what is to be said of its encoding."""
    data = page.data
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], encoding, file), []
    beside = _known(page.encoding)
    if beside is not None and page.encoding not in _SAY_NOTHING:
        return _strictly(data, beside, file), []
    match = _CHARSET.search(data[:_HEAD_BYTES]) or _DECLARED.match(data)
    encoding_said = _known(match[1].decode("ascii")) if match else None
    if encoding_said is not None:
        return _strictly(data, encoding_said, file), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _strictly(data, fallback, file), [f"The page does not say its encoding; {fallback} is assumed."]


def _known(encoding: str) -> str | None:
    """Return the encoding that a page means; None where it is none that is known, or cannot be since it was read."""
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except LookupError:
        return None
    if name.startswith("utf-16"):
        return "utf-8"
    return "windows-1252" if name in _AS_WINDOWS else name


def _strictly(data: bytes, encoding: str, file: SourceFile) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise damaged(file.name, f"it is not the text in {encoding} that it should be") from None
