"""Which reader reads which family of workbooks; a reader's own libraries come in only where it is needed."""

from __future__ import annotations

from importer.sheets.limits import Limits
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Book


def open_book(family: str, file: SourceFile, reading: Reading, limits: Limits) -> Book:
    """Open a workbook of a family.

    Raises:
        SourceError: It is damaged, protected or over a limit.
        OSError: It cannot be read.
    """
    match family:
        case "xlsx":
            from importer.sheets.workbooks.formats.xlsx.xlsx_book import XlsxBook  # noqa: PLC0415 - only what is needed

            return XlsxBook(file, limits)
        case "xlsb":
            from importer.sheets.workbooks.formats.xlsb.xlsb_book import XlsbBook  # noqa: PLC0415 - the same

            return XlsbBook(file, limits)
        case "xls":
            from importer.sheets.workbooks.formats.xls.xls_book import XlsBook  # noqa: PLC0415 - the same

            return XlsBook(file, reading)
        case "ods" | "fods":
            from importer.sheets.workbooks.formats.ods.ods_book import open_ods  # noqa: PLC0415 - the same

            return open_ods(file, limits, flat=family == "fods")
        case _:
            return _open_text(family, file, reading)


def _open_text(family: str, file: SourceFile, reading: Reading) -> Book:
    """Open a workbook that is one text."""
    match family:
        case "xml":
            from importer.sheets.workbooks.formats.xml2003 import open_xml  # noqa: PLC0415 - only what is needed

            return open_xml(file)
        case "html" | "mhtml":
            from importer.sheets.workbooks.formats.html.html_book import open_html  # noqa: PLC0415 - the same

            return open_html(file, reading, archive=family == "mhtml")
        case "drawn":
            from importer.sheets.workbooks.formats.drawn.drawn_book import DrawnBook  # noqa: PLC0415 - the same

            return DrawnBook(file, reading)
        case _:
            raise ValueError(family)
