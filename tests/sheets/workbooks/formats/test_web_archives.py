"""Web pages in one file (MHTML), as Excel, SAP and report servers save workbooks."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from tests.sheets.files import ANA, BEN, HEADER, cells_of, refusal

RENE = ["1", "René", "Ångström", "rene@example.com"]
HEAD = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="next"\r\n\r\nA web archive.\r\n\r\n'
LIST = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><xml><x:ExcelWorkbook><x:ExcelWorksheets>'
    '<x:ExcelWorksheet><x:Name>Old &amp; gone</x:Name><x:WorksheetSource HRef="book%20files/sheet001.htm"/>'
    "</x:ExcelWorksheet><x:ExcelWorksheet><x:Name>Customers</x:Name>"
    '<x:WorksheetSource HRef="book%20files/sheet002.htm"/></x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook>'
    "</xml><frameset><frame></frameset></html>"
)
TABS = "<table><tr><td>Old &amp; gone<td>Customers</table>"


def page(rows: Sequence[Sequence[str]], before: str = "") -> str:
    """Return a page with a table."""
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<html>{before}<body><table>{lines}</table></body></html>"


def part(text: str, name: str, *, how: str = "quoted-printable", said: str = "utf-8") -> bytes:
    """Return a part of an archive."""
    data = text.encode("cp1252" if said == "us-ascii" else said or "utf-8")
    body = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(how, bytes)(data)
    charset = f'; charset="{said}"' if said else ""
    head = f"--next\r\nContent-Location: {name}\r\nContent-Transfer-Encoding: {how}\r\n"
    return f"{head}Content-Type: text/html{charset}\r\n\r\n".encode() + body + b"\r\n"


def archive(path: Path, *parts: bytes, head: str = HEAD) -> Path:
    """Write an archive."""
    path.write_bytes(head.encode() + b"".join(parts) + b"--next--\r\n")
    return path


@pytest.mark.parametrize("how", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize(
    ("said", "before"),
    [
        pytest.param("utf-8", "", id="beside"),
        pytest.param("windows-1252", '<meta charset="utf-8">', id="beside-first"),
        pytest.param("us-ascii", '<meta charset="windows-1252">', id="page"),
        pytest.param("", "", id="nowhere"),
    ],
)
def test_the_table_of_its_page_is_read(tmp_path: Path, how: str, said: str, before: str) -> None:
    """Whatever the page is packed in, and wherever its encoding is said."""
    path = archive(tmp_path / "a.xls", part(page([HEADER, RENE], before), "file:///C:/a.htm", how=how, said=said))
    table = open_table(path)
    assert (table.detected.format, table.sheet) == ("html", None)
    assert [list(row.values()) for row in cells_of(table)] == [RENE]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(f"From: <Saved by a browser>\r\nSubject: a\r\n{HEAD}", id="browser"),
        pytest.param(f"\ufeff{HEAD}", id="mark"),
        pytest.param(HEAD.lower().replace("\r\n", "\n"), id="lower"),
        pytest.param(f"\r\n{HEAD.replace('related; ', f'related;{chr(13) + chr(10)}{chr(9)}')}", id="folded"),
    ],
)
def test_it_is_known_by_its_head(tmp_path: Path, head: str) -> None:
    """Whichever program wrote that."""
    path = archive(tmp_path / "a.mht", part(page([HEADER, ANA]), "a.htm"), head=head)
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]


def test_the_page_alone_may_be_all_of_it(tmp_path: Path) -> None:
    """Without any parts."""
    head = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    (tmp_path / "a.mht").write_text(head + page([HEADER, RENE]), encoding="utf-8")
    assert [list(row.values()) for row in cells_of(open_table(tmp_path / "a.mht"))] == [RENE]


def frames(path: Path, *, hidden: bool = False) -> Path:
    """Write an archive of two sheets, which are frames of a page that lists them, beside one with tabs."""
    state = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>" if hidden else ""
    folder = "file:///C:/book%20files"
    return archive(
        path,
        part(LIST, "file:///C:/book.htm"),
        part(page([HEADER, BEN], state), f"{folder}/sheet001.htm"),
        part(page([HEADER, ANA]), f"{folder}/sheet002.htm"),
        part(TABS, f"{folder}/tabstrip.htm"),
    )


def test_the_pages_of_sheets_are_sheets(tmp_path: Path) -> None:
    """By the names that the first page lists; where several have the columns, somebody must say which one is meant."""
    path = frames(tmp_path / "a.mht")
    error = refusal(path)
    assert error.code == "several_sheets"
    assert '"Old & gone" and "Customers"' in error.message
    table = open_table(path, Reading(sheet="Customers"))
    assert table.sheet == "Customers"
    assert [list(row.values()) for row in cells_of(table)] == [ANA]
    assert refusal(path, sheet="Gone").code == "unknown_sheet"


def test_a_sheet_that_nobody_sees_is_not_the_source(tmp_path: Path) -> None:
    """As in any workbook."""
    path = frames(tmp_path / "a.mht", hidden=True)
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA]
    assert open_table(path, Reading(sheet="Old & gone")).sheet == "Old & gone"


def test_pages_that_nothing_lists_are_called_like_their_files(tmp_path: Path) -> None:
    """A page without a table is none of them."""
    parts = [part(page([HEADER, ANA]), "http://example.com/May.htm"), part("<p>none</p>", "x.htm")]
    other = part(page([["Plan", "Price"], ["a", "1"]]), "June.htm").replace(b"Content-Location: June.htm\r\n", b"")
    assert open_table(archive(tmp_path / "a.mht", *parts)).sheet is None
    assert open_table(archive(tmp_path / "b.mht", *parts, other)).sheet == "may"
    assert refusal(archive(tmp_path / "a.mht", *parts), sheet="may").code == "no_sheets"


def test_an_archive_without_a_table_is_none_and_neither_is_a_message(tmp_path: Path) -> None:
    """The message says what it is."""
    assert "no table" in refusal(archive(tmp_path / "a.mht", part("<p>none</p>", "x.htm"))).message
    mail = HEAD.replace("related", "mixed")
    error = refusal(archive(tmp_path / "a.eml", part(page([HEADER, ANA]), "a.htm"), head=f"From: Ana\r\n{mail}"))
    assert error.code == "unknown_format"
    assert "a message" in error.message
