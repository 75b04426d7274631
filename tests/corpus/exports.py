"""Workbooks and text as some programs export them: prefixes, stray cells far away, pages in one file, long cells."""

from __future__ import annotations

import gzip
import io
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.corpus.by_hand import as_xml
from tests.corpus.people import ANA, BEN, HEADER, PLAIN, WESTERN, refused, sent
from tests.corpus.scenes import Scene, Sheet, one_sheet
from tests.corpus.text_cases import lines, refused_case, text_case
from tests.corpus.truth import Case, Row, Truth
from tests.corpus.writers import in_file, steady, with_openpyxl
from tests.sheets.workbooks import test_far_cells as far
from tests.sheets.workbooks.annotate.test_prefixes import prefixed
from tests.sheets.workbooks.formats import test_web_archives as archives
from tests.sheets.workbooks.formats.test_old_formats import biff5

_BLANK: Final = "\u00a0 "
_LONG: Final = 140_000
_TABLE: Final = (HEADER, *PLAIN)
_PRICES: Final = Sheet(name="Prices", lines=[["Plan", "Price"], ["Basic", 10], ["Gold", 20]])


def cases() -> Iterator[Case]:
    """Yield all of them."""
    yield _prefixed()
    yield _default_type()
    yield from _far()
    yield from _archives()
    yield from _long()
    yield _of_1995()
    yield _control_character()


def _read(name: str, made: str, data: bytes, form: str, rows: Sequence[Row], sheet: str = "", **options: str) -> Case:
    found: dict[str, str | int] = {"format": form, "header_row": 1}
    if sheet:
        found["sheet"] = sheet
    return Case(f"exports/{name}", data, Truth(made=made, options=options, found=found, rows=rows))


def _prefixed() -> Case:
    scene = Scene(name="", made="", sheets=[*one_sheet(*WESTERN), _PRICES])
    parts = {
        "xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": "x", "xl/worksheets/sheet2.xml": "x",
        "xl/sharedStrings.xml": "s", "xl/styles.xml": "f",
    }  # fmt: skip

    def write(path: Path) -> None:
        path.write_bytes(with_openpyxl(scene))
        prefixed(path, path, parts)

    made = "A prefix before the name of every element, and a second sheet"
    return _read("prefixed.xlsx", made, steady(in_file("xlsx", write)), "xlsx", sent(WESTERN), "Customers")


def _default_type() -> Case:
    """Return a workbook that says of every file that ends in .bin that it is one of macros; there are none."""
    out = io.BytesIO()
    stated = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override'
    given = with_openpyxl(Scene(name="", made="", sheets=one_sheet(*PLAIN)))
    with zipfile.ZipFile(io.BytesIO(given)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<Override", stated, 1))
        target.writestr("xl/printerSettings/printerSettings1.bin", bytes(20))
    made = "How a printer is set, of the type of macros by its ending"
    return _read("default-type.xlsx", made, steady(out.getvalue()), "xlsx", sent(PLAIN), "Customers")


def _far() -> Iterator[Case]:
    writers: dict[str, Callable[[Path, str, far.Lines], Path]] = {
        "xlsx": far.write_xlsx,
        "xlsb": far.write_xlsb,
        "xls": far.write_xls,
        "ods": far.write_other_ods,
        "xml": far.write_xml,
    }
    for form, write in writers.items():
        for name, text in (("blank", _BLANK), ("text", "x")):
            with tempfile.TemporaryDirectory() as folder:
                data = write(Path(folder) / f"a.{form}", text, _TABLE).read_bytes()
            data = steady(data) if data.startswith(b"PK") else data
            if name == "blank":
                yield _read(f"far-blank.{form}", "A blank in the last cell", data, form, sent(PLAIN), "Data")
            else:
                yield refused_case(f"exports/far-text.{form}", "Text in the last cell", data, "workbook_too_large")


def _archives() -> Iterator[Case]:
    def archive(*parts: bytes) -> bytes:
        return in_file("mht", lambda path: archives.archive(path, *parts))

    one = archive(archives.part(archives.page([HEADER, *WESTERN]), "file:///C:/may.htm"))
    yield _read("web-archive.xls", "A web page in one file (MHTML)", one, "html", sent(WESTERN))
    frames = in_file("mht", archives.frames)
    yield refused_case(
        "exports/sheets.mht", "A workbook of two sheets as a web page in one file", frames, "several_sheets"
    )
    mail = frames.replace(b"multipart/related", b"multipart/mixed", 1)
    yield refused_case("exports/message.eml", "A message with a table", mail, "unknown_format")


def _long() -> Iterator[Case]:
    header = (*HEADER, "Notes")
    for name, made, cell in (
        ("bare", "A cell of 140,000 characters in a column that is not sent", "x" * _LONG),
        ("quoted", "The same in quotation marks, with commas in it", f'"{"x," * (_LONG // 2)}"'),
        ("lines", "The same over many lines", f'"{chr(10).join(["a note"] * (_LONG // 7))}"'),
    ):
        text = lines(header, (*ANA, cell), (*BEN, ""))
        data = gzip.compress(text.encode(), mtime=0)
        yield text_case(f"exports/long-{name}.csv.gz", made, data, sent([ANA, BEN]), container="gz")
    name_text = lines(header, (ANA[0], "x" * _LONG, *ANA[2:], ""), (*BEN, ""))
    yield text_case(
        "exports/long-name.csv.gz", "A first name of 140,000 characters", gzip.compress(name_text.encode(), mtime=0),
        [refused(2, "first_name_too_long"), *sent([BEN], 3)], container="gz",
    )  # fmt: skip


def _of_1995() -> Case:
    email = ANA[3].encode()
    text = struct.pack("<HHHH", 1, 3, 0, len(email)) + email + struct.pack("<HHHHH", 2, 0, 0, 3, 1)
    data = biff5([list(HEADER), list(ANA[:3])], below=struct.pack("<HH", 0xD6, len(text)) + text)
    made = "Text in several looks, as in 1995, with counts of two bytes"
    return _read("looks-of-1995.xls", made, data, "xls", sent([ANA]), "Data")


def _control_character() -> Case:
    data = as_xml(Scene(name="", made="", sheets=one_sheet(ANA, BEN))).replace(b">Ben<", b">B&#x1;en<")
    rows = [*sent([ANA]), refused(3, "damaged_character_in_first_name")]
    return _read(
        "control-character.xml", "A control character, which XML does not allow", data, "xml", rows, "Customers"
    )
