"""Files for the tests of this room: real ones, made by hand or by openpyxl."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from importer.errors import SourceError
from importer.model.rows import Issue
from importer.model.source import APPENDED_COLUMNS
from importer.sheets.open import open_table, open_writer
from importer.sheets.reading import Reading
from importer.sheets.table import Format, RecordKind, Table

HEADER = ["Customer ID", "First Name", "Last Name", "E-mail"]
ANA = ["11111111-1111-4111-8111-111111111111", "Ana", "Reyes", "ana@example.com"]
BEN = ["22222222-2222-4222-8222-222222222222", "Ben", "Okafor", "ben@example.com"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"""
_ROOT = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""


def write_csv(path: Path, text: str) -> Path:
    """Write text as UTF-8, line ends as they are."""
    path.write_bytes(text.encode("utf-8"))
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write a workbook with openpyxl; None is an empty cell, and text that begins with = is a formula."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def text_cell(at: str, text: str) -> str:
    """Return the XML of a cell of text."""
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def text_row(number: int, cells: Iterable[str], more: str = "") -> str:
    """Return the XML of a row of text from column A on, and of what comes after it."""
    line = "".join(text_cell(f"{letter}{number}", text) for letter, text in zip("ABCDEFGH", cells, strict=False))
    return f'<row r="{number}">{line}{more}</row>'


def write_package(
    path: Path,
    rows: str,
    *,
    before: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write a workbook by hand, whose only sheet `Data` has the rows.

    Args:
        path: Where to.
        rows: XML, inside `sheetData`.
        before: What stands before the root element of the sheet.
        parts: More parts of the archive, or others instead of the usual ones.
    """
    usual = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**usual, **(parts or {})}.items():
            archive.writestr(name, text)
    return path


def cells_of(table: Table) -> list[dict[str, str]]:
    """Return the fields of every row, read three rows at a time."""
    return [
        dict(zip(chunk.frame.columns, row, strict=True))
        for chunk in table.chunks(3)
        for row in chunk.frame.itertuples(index=False, name=None)
    ]


def issues_of(table: Table) -> list[Issue]:
    """Return what the reader found wrong."""
    return [issue for chunk in table.chunks(100) for issue in chunk.issues]


def numbers_of(table: Table) -> list[int]:
    """Return the numbers of the rows."""
    return [number for chunk in table.chunks(3) for number in chunk.frame.index.tolist()]


def annotate(source: Path, target: Path, *, form: Format | None = None, message: str = "fine") -> Path:
    """Write the annotated sheet of a source, every row of which was updated."""
    table = open_table(source)
    with open_writer(target, table, format=form or table.format, message_at=2) as writer:
        for record in table.records():
            if record.kind is RecordKind.HEADER:
                writer.write(record, [table.prefix + name for name in APPENDED_COLUMNS])
            elif record.kind is RecordKind.ROW:
                writer.write(record, ["updated", "2025-07-21T12:43:14Z", message, None, 200, 1], tone="updated")
            else:
                writer.write(record, [None] * len(APPENDED_COLUMNS))
    return target


def refusal(path: Path, *, sheet: str | None = None, name: str | None = None) -> SourceError:
    """Return the error with which a source is refused, when it is opened or when it is read to its end."""
    try:
        table = open_table(path, Reading(sheet=sheet), name=name)
        for _ in table.chunks(100):
            pass
    except SourceError as error:
        return error
    raise AssertionError("it was not refused")
