"""Tables in archives, files whose name says another thing than they are, and pages and XML made by hand."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

import openpyxl
from openpyxl.worksheet.table import Table

from tests.corpus.by_hand import as_xlsb, as_xml
from tests.corpus.encodings import doubted
from tests.corpus.people import ANA, BEN, CLEO, DAN, EVA, HEADER, PLAIN, WESTERN, refused, sent, warned
from tests.corpus.scenes import Scene, one_sheet
from tests.corpus.text_cases import lines, refused_case, text_case
from tests.corpus.truth import Case, Truth
from tests.corpus.writers import in_file, packed, steady, with_openpyxl

_TEXT: Final = lines(HEADER, *PLAIN).encode()
_SCENE: Final = Scene(name="plain", made="A header and rows", sheets=one_sheet(*PLAIN), rows=sent(PLAIN))


def cases() -> Iterator[Case]:
    """Yield all of them."""
    yield from _containers()
    yield from _refused_containers()
    yield from _names()
    yield from _macros()
    yield from _pages()


def _book(name: str, made: str, data: bytes, form: str, **found: str) -> Case:
    """Return a case of the plain workbook."""
    sheet = {} if form == "html" else {"sheet": "Customers"}
    truth = Truth(made=made, found={"format": form, **found, "header_row": 1, **sheet}, rows=sent(PLAIN))
    return Case(name, data, truth)


def _gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _containers() -> Iterator[Case]:
    xlsx, xlsb = with_openpyxl(_SCENE), as_xlsb(_SCENE)
    yield text_case("packed/csv.csv.gz", "CSV in gzip", _gz(_TEXT), sent(PLAIN), container="gz")
    yield text_case(
        "packed/two-streams.gz", "CSV in two gzip streams, one after the other", _gz(_TEXT[:150]) + _gz(_TEXT[150:]),
        sent(PLAIN), container="gz",
    )  # fmt: skip
    yield _book("packed/xlsx.xlsx.gz", "A workbook in gzip", _gz(xlsx), "xlsx", container="gz")
    yield _book("packed/xlsb.gz", "A binary workbook in gzip", _gz(xlsb), "xlsb", container="gz")
    yield text_case("packed/csv.zip", "CSV in an archive", packed([("may.csv", _TEXT)]), sent(PLAIN), container="zip")
    yield text_case(
        "packed/western.zip", "CSV in Windows-1252 in an archive",
        packed([("may.csv", lines(HEADER, *WESTERN).encode("cp1252"))]), doubted(2),
        container="zip", encoding="windows-1252",
    )  # fmt: skip
    yield _book("packed/xlsx.zip", "A workbook in an archive", packed([("may.xlsx", xlsx)]), "xlsx", container="zip")
    folders = packed([("out/", b""), ("out/may/", b""), ("out/may/customers.csv", _TEXT)])
    yield text_case("packed/folders.zip", "CSV in folders of an archive", folders, sent(PLAIN), container="zip")
    mac = packed([("may.csv", _TEXT), ("__MACOSX/._may.csv", b"\0\5\x16\7"), (".DS_Store", b"\0\0\0\1Bud1")])
    yield text_case(
        "packed/from-a-mac.zip",
        "CSV in an archive as a Mac makes it, with files of its own",
        mac,
        sent(PLAIN),
        container="zip",
    )
    windows = packed([("may.csv", _TEXT), ("Thumbs.db", b"x"), ("desktop.ini", b"[x]")])
    yield text_case(
        "packed/from-windows.zip", "CSV beside files that Windows makes", windows, sent(PLAIN), container="zip"
    )


def _refused_containers() -> Iterator[Case]:
    one = packed([("may.csv", _TEXT)])
    yield refused_case(
        "packed/two-files.zip",
        "Two tables in an archive",
        packed([("a.csv", _TEXT), ("b.csv", _TEXT)]),
        "several_files",
    )
    yield refused_case("packed/nothing.zip", "An archive with nothing in it", packed([]), "empty_source")
    yield refused_case("packed/only-folders.zip", "An archive of folders only", packed([("a/", b"")]), "empty_source")
    yield refused_case(
        "packed/empty-file.zip", "An archive with an empty file", packed([("a.csv", b"")]), "empty_source"
    )
    yield refused_case(
        "packed/archive-in-archive.zip", "An archive in an archive", packed([("a.zip", one)]), "packed_twice"
    )
    yield refused_case(
        "packed/gzip-in-archive.zip", "Gzip in an archive", packed([("a.gz", _gz(_TEXT))]), "packed_twice"
    )
    yield refused_case("packed/gzip-in-gzip.gz", "Gzip in gzip", _gz(_gz(_TEXT)), "packed_twice")
    yield refused_case("packed/archive-in-gzip.gz", "An archive in gzip", _gz(one), "packed_twice")
    yield refused_case("packed/cut-off.gz", "Gzip that is cut off", _gz(_TEXT)[:-20], "damaged_container")
    at = len(_gz(_TEXT)) // 2
    flipped = _gz(_TEXT)[:at] + bytes([_gz(_TEXT)[at] ^ 0x55]) + _gz(_TEXT)[at + 1 :]
    yield refused_case("packed/flipped.gz", "Gzip with a byte that is wrong", flipped, "damaged_container")
    wrong = bytearray(one)
    wrong[one.index(b"PK\x01\x02") + 16] ^= 1
    wrong[14] ^= 1
    yield refused_case(
        "packed/wrong-checksum.zip", "An archive whose checksum is wrong", bytes(wrong), "damaged_container"
    )
    yield refused_case(
        "packed/picture.zip",
        "An archive with a picture",
        packed([("a.png", b"\x89PNG\r\n\x1a\n" + bytes(30))]),
        "unknown_format",
    )


def _names() -> Iterator[Case]:
    xlsx, xml = with_openpyxl(_SCENE), as_xml(_SCENE)
    page = _page((HEADER, *PLAIN))
    semicolons = _TEXT.replace(b",", b";")
    tabs = _TEXT.replace(b",", b"\t")
    yield text_case("misnamed/csv.xls", "CSV that is called an old workbook", _TEXT, sent(PLAIN))
    yield text_case("misnamed/csv.xlsx", "CSV that is called a workbook", semicolons, sent(PLAIN), delimiter=";")
    yield text_case("misnamed/tabs.csv", "Tabs in what is called CSV", tabs, sent(PLAIN), delimiter="\t")
    yield text_case("misnamed/tabs.xls", "Tabs in what is called an old workbook", tabs, sent(PLAIN), delimiter="\t")
    yield text_case("misnamed/no-ending", "CSV without any ending", _TEXT, sent(PLAIN))
    yield text_case("misnamed/export.dat", "CSV with an ending of its own", _TEXT, sent(PLAIN))
    yield text_case("misnamed/csv.gz", "CSV that is called gzip", _TEXT, sent(PLAIN))
    yield _book("misnamed/workbook.csv", "A workbook that is called CSV", xlsx, "xlsx")
    yield _book("misnamed/workbook.xls", "A workbook that is called an old one", xlsx, "xlsx")
    yield _book("misnamed/workbook.zip", "A workbook that is called an archive", xlsx, "xlsx")
    yield _book("misnamed/binary.xlsx", "A binary workbook that is called an ordinary one", as_xlsb(_SCENE), "xlsb")
    yield _book("misnamed/page.xls", "A web page that is called an old workbook", page, "html")
    yield _book("misnamed/page.csv", "A web page that is called CSV", page, "html")
    yield _book("misnamed/xml.xls", "Excel's XML of 2003 that is called an old workbook", xml, "xml")


def _macros() -> Iterator[Case]:
    ordinary = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    other = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(with_openpyxl(_SCENE))) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name).replace(ordinary, other))
        made.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    yield _book("openpyxl/macros.xlsm", "A workbook with macros", steady(out.getvalue()), "xlsm")


def _table_totals() -> Case:
    """Return a workbook with a table object whose last row is its total, without a word that says so."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Customers"
    for line in ([*HEADER, "Balance"], [*ANA, 12.5], [*BEN, 7], [None, None, None, None, "=SUBTOTAL(109,E2:E3)"]):
        sheet.append(line)
    sheet.add_table(Table(displayName="Balances", ref="A1:E4", totalsRowCount=1))
    return Case(
        "openpyxl/table-totals.xlsx", steady(in_file("xlsx", book.save)),
        Truth(
            made="A table object with a row of totals (openpyxl)", skipped={"total": 1}, rows=sent([ANA, BEN]),
            found={"format": "xlsx", "header_row": 1, "sheet": "Customers"},
        ),
    )  # fmt: skip


def _page(
    rows: Sequence[Sequence[str]], head: str = "", before: str = "", after: str = "", encoding: str = "utf-8"
) -> bytes:
    table = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<html><head>{head}</head><body>{before}<table>\n{table}</table>{after}</body></html>".encode(encoding)


def _styled() -> Case:
    """Return a page whose styles hide rows and text, or strike them through."""
    head = "<style>.gone{display:none} td .old{display:none} .xl66{text-decoration:line-through}</style>"
    rows = [
        ("<tr>", HEADER), ("<tr>", ANA), ('<tr class="gone">', BEN), ("<tr hidden>", CLEO),
        ("<tr>", (*DAN[:2], f'<span class="gone">Olsson</span>{DAN[2]}', DAN[3])),
        ('<tr class="xl66">', EVA), ("<tr>", (*ANA[:2], f'<span class="old">Olsson</span>{ANA[2]}', ANA[3])),
    ]  # fmt: skip
    table = "".join(begin + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for begin, row in rows)
    rows_read = [
        *sent([ANA]), warned(3, BEN, "hidden_row"), warned(4, CLEO, "hidden_row"), *sent([DAN], 5),
        refused(6, *["struck_text"] * 4), refused(7, "hidden_text"),
    ]  # fmt: skip
    return Case(
        "pages/styles.html", f"<html><head>{head}</head><body><table>\n{table}</table></body></html>".encode(),
        Truth(
            made="A page whose style sheet hides rows and text, or strikes them through",
            found={"format": "html", "header_row": 1}, rows=rows_read,
        ),
    )  # fmt: skip


def _pages() -> Iterator[Case]:
    table = (HEADER, *WESTERN)
    western = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    small = "<table><tr><td>Made by</td><td>Operations</td></tr></table>"
    broken = b"<table border=1><tr><th>" + b"<th>".join(name.encode() for name in HEADER) + b"\n"
    broken += b"".join(b"<tr><td>" + b"<td>".join(cell.encode() for cell in one) + b"\n" for one in PLAIN)
    pages: Mapping[str, tuple[str, bytes, tuple[tuple[str, ...], ...]]] = {
        "page": ("A page in UTF-8 that does not say so", _page(table), WESTERN),
        "western": ("A page in Windows-1252 that says Latin 1", _page(table, western, encoding="cp1252"), WESTERN),
        "bom": ("A page with a BOM", b"\xef\xbb\xbf" + _page(table), WESTERN),
        "utf-16": ("A page in UTF-16", b"\xff\xfe" + _page(table, encoding="utf-16-le"), WESTERN),
        "other-table": ("A small table before the one that is meant", _page(table, before=small), WESTERN),
        "no-end-tags": ("A table whose elements never end", broken, PLAIN),
        "doctype": ("A page with a document type and remarks", b"<!DOCTYPE html>\n<!-- x -->" + _page(table), WESTERN),
        "script": (
            "A page with a script and a style",
            _page(table, "<script>x < y</script><style>td {}</style>"),
            WESTERN,
        ),
    }
    for name, (made, data, people) in pages.items():
        truth = Truth(made=made, found={"format": "html", "header_row": 1}, rows=sent(people))
        yield Case(f"pages/{name}.html", data, truth)
    cells = [HEADER, (ANA[0], "Ana&nbsp;", "<b>Rey</b>es", "<a href='mailto:x@example.com'>ana@example.com</a>")]
    marked = "".join("<tr><td>" + "</td><td>".join(row) + "</td></tr>" for row in [*cells, BEN])
    yield Case(
        "pages/marked-up.html", f"<html><body><table>{marked}</table></body></html>".encode(),
        Truth(made="Cells with looks and links", found={"format": "html", "header_row": 1}, rows=sent([ANA, BEN])),
    )  # fmt: skip
    yield _styled()
    yield _table_totals()
    yield refused_case(
        "pages/no-table.html", "A page without a table", b"<html><body><p>Hello</p></body></html>", "unknown_format"
    )
    yield refused_case("pages/sheet-said.html", "A sheet of a page is said", _page(table), "no_sheets", sheet="May")
