"""Files that are no tables, that are protected with a password, or damaged."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from typing import Final

from tests.corpus.by_hand import as_xlsb, as_xml
from tests.corpus.people import PLAIN, sent
from tests.corpus.scenes import Scene, one_sheet
from tests.corpus.text_cases import refused_case
from tests.corpus.truth import Case
from tests.corpus.writers import in_file, packed, steady, with_openpyxl, with_xlsxwriter
from tests.sheets.workbooks.formats.test_old_formats import write_container
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

_SCENE: Final = Scene(name="plain", made="A header and rows", sheets=one_sheet(*PLAIN), rows=sent(PLAIN))
_UNKNOWN: Final = "unknown_format"
_PROTECTED: Final = "password_protected"
_DAMAGED: Final = "damaged_workbook"
_TYPES: Final = ("[Content_Types].xml", b"<Types/>")


def cases() -> Iterator[Case]:
    """Yield all of them."""
    yield from _other_kinds()
    yield from _other_documents()
    yield from _protected()
    yield from _damaged()


def _other_kinds() -> Iterator[Case]:
    zeros = bytes(64)
    for name, made, data in (
        ("document.pdf", "A PDF document", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"),
        ("document-called.csv", "A PDF document that is called CSV", b"%PDF-1.4\nFirst Name,Last Name\n"),
        ("picture.png", "A picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + zeros),
        ("picture.jpg", "A photograph", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + zeros),
        ("picture.gif", "A picture of the old kind", b"GIF89a\1\0\1\0" + zeros),
        ("scan.tif", "A scan", b"II*\0\x08\0\0\0" + zeros),
        ("film.avi", "A film", b"RIFF\x24\0\0\0AVI LIST" + zeros),
        ("text.rtf", "A text document of any program", b"{\\rtf1\\ansi Customer ID}"),
        ("archive.7z", "An archive of another kind", b"7z\xbc\xaf\x27\x1c\0\4" + zeros),
        ("archive.rar", "An archive of yet another kind", b"Rar!\x1a\7\1\0" + zeros),
        ("table.csv.bz2", "CSV in a kind of file that is not unpacked", b"BZh91AY&SY" + zeros),
        ("table.csv.xz", "CSV in another such kind", b"\xfd7zXZ\0\0\4" + zeros),
        ("table.csv.zst", "CSV in a third such kind", b"\x28\xb5\x2f\xfd\x24" + zeros),
        ("customers.sqlite", "A database", b"SQLite format 3\0\x10\0" + zeros),
        ("customers.parquet", "A data file", b"PAR1\x15\4\x15" + zeros + b"PAR1"),
        ("program.exe", "A program", b"MZ\x90\0\3\0\0\0" + zeros),
        ("program", "A program of another system", b"\x7fELF\2\1\1\0" + zeros),
        ("page.mht", "A web archive", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"),
        ("feed.xml", "XML of any kind", b'<?xml version="1.0"?>\n<customers><customer id="1"/></customers>\n'),
        ("zeros.bin", "Nothing but NUL bytes", bytes(2_000)),
    ):
        yield refused_case(f"refused/{name}", made, data, _UNKNOWN)
    member = b'{"customer_id": 1, "first_name": "Ana", "last_name": "Reyes", "email": "ana@example.com"}'
    yield refused_case(
        "refused/customers.json", "JSON, whose names look like a header", b"[" + member + b"]\n", _UNKNOWN
    )
    yield refused_case("refused/customers.jsonl", "JSON, an object in each line", (member + b"\n") * 2, _UNKNOWN)
    noise = bytes(at * 73 % 256 for at in range(2_048))
    yield refused_case("refused/noise.bin", "Noise without many NUL characters", noise, _UNKNOWN)
    cells = b'C;Y1;X1;K"Customer ID"\r\nC;X2;K"First Name"\r\nC;X3;K"Last Name"\r\nC;X4;K"E-mail"\r\nE\r\n'
    yield refused_case("refused/table.slk", "A symbolic link file", b"ID;PWXL;N;E\r\nP;PGeneral\r\n" + cells, _UNKNOWN)
    table = b'TABLE\r\n0,1\r\n"Data"\r\nVECTORS\r\n0,1\r\n""\r\nDATA\r\n0,0\r\n""\r\n-1,0\r\nEOD\r\n'
    yield refused_case("refused/table.dif", "A file in the data interchange format", table, _UNKNOWN)
    prose = b"Dear all,\n\nplease find the customers attached.\n\nRegards\nAna\n"
    yield refused_case("refused/letter.txt", "A letter", prose, "missing_column")


def _other_documents() -> Iterator[Case]:
    document = b"application/vnd.oasis.opendocument.text"
    for name, made, parts in (
        ("letter.docx", "A Word document", [_TYPES, ("word/document.xml", b"<w/>")]),
        ("slides.pptx", "A presentation", [_TYPES, ("ppt/presentation.xml", b"<p/>")]),
        ("letter.odt", "An OpenDocument text", [("mimetype", document), ("content.xml", b"<x/>")]),
        ("table.numbers", "An Apple document", [("Index/Document.iwa", b"x"), ("Metadata/Properties.plist", b"x")]),
        ("package.nupkg", "A package that is none of these", [_TYPES, ("lib/a.dll", b"MZ")]),
    ):
        yield refused_case(f"refused/{name}", made, packed(parts), _UNKNOWN)
    for name, made, stream in (
        ("letter.doc", "A Word document of the old kind", "WordDocument"),
        ("slides.ppt", "A presentation of the old kind", "PowerPoint Document"),
        ("message.msg", "A message of Outlook", "__properties_version1.0"),
    ):
        yield refused_case(f"refused/{name}", made, _container(stream), _UNKNOWN)


def _container(*streams: str) -> bytes:
    return in_file("bin", lambda path: write_container(path, ["Root Entry", *streams]))


def _protected() -> Iterator[Case]:
    data = _container("EncryptionInfo", "EncryptedPackage")
    yield refused_case("protected/workbook.xlsx", "A workbook that a password opens", data, _PROTECTED)
    begin = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
    for name, kind in (
        ("xor", struct.pack("<HHH", 0, 0x1234, 0x5678)),
        ("rc4", struct.pack("<HHH", 1, 1, 1) + bytes(48)),
    ):
        password = struct.pack("<HH", 0x2F, len(kind)) + kind
        data = begin + password + struct.pack("<HH", 0x0A, 0)
        yield refused_case(
            f"protected/old-{name}.xls", f"An old workbook that a password opens ({name})", data, _PROTECTED
        )
    flagged = bytearray(with_openpyxl(_SCENE))
    for at in _directory_entries(bytes(flagged)):
        flagged[at + 8] |= 1
    yield refused_case(
        "protected/parts.xlsx", "A workbook whose parts are encrypted one by one", bytes(flagged), _PROTECTED
    )
    archive = bytearray(packed([("may.csv", b"x" * 40)]))
    archive[6] |= 1
    archive[bytes(archive).index(b"PK\x01\x02") + 8] |= 1
    yield refused_case("protected/archive.zip", "An archive that a password opens", bytes(archive), _PROTECTED)
    mimetype = ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
    manifest = b'<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    parts = [mimetype, ("content.xml", b"\x9a\x02" * 40), ("META-INF/manifest.xml", manifest)]
    yield refused_case("protected/table.ods", "An OpenDocument table that a password opens", packed(parts), _PROTECTED)
    parts = [mimetype, ("encrypted-package", b"\x9a\x02" * 40), ("META-INF/manifest.xml", b"<manifest/>")]
    yield refused_case("protected/whole.ods", "The same, encrypted as a whole", packed(parts), _PROTECTED)


def _directory_entries(archive: bytes) -> Iterator[int]:
    at = archive.find(b"PK\x01\x02")
    while at >= 0:
        yield at
        at = archive.find(b"PK\x01\x02", at + 1)


def _damaged() -> Iterator[Case]:
    xlsx, xlsb, xml = with_xlsxwriter(_SCENE), as_xlsb(_SCENE), as_xml(_SCENE)
    yield refused_case("damaged/cut-off.xlsx", "A workbook that is cut off", xlsx[: len(xlsx) // 2], _DAMAGED)
    yield refused_case("damaged/cut-off.xlsb", "A binary workbook that is cut off", xlsb[: len(xlsb) // 2], _DAMAGED)
    yield refused_case(
        "damaged/cut-off-xml.xls", "Excel's XML of 2003 that is cut off", xml[: len(xml) - 200], _DAMAGED
    )
    for name, part, old, new in (
        ("not-xml", "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData><row"),
        ("no-sheet", "xl/workbook.xml", b"<sheets>", b"<sheet"),
        ("entities", "xl/worksheets/sheet1.xml", b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        ("no-such-text", "xl/worksheets/sheet1.xml", b"<v>4</v>", b"<v>400</v>"),
        ("no-number", "xl/worksheets/sheet1.xml", b't="s"><v>4</v>', b't="n"><v>four</v>'),
        ("no-such-cell", "xl/worksheets/sheet1.xml", b'r="A2"', b'r="ZZZZ2"'),
        ("a-cell-twice", "xl/worksheets/sheet1.xml", b'r="B2"', b'r="A2"'),
    ):
        data = _with_part(xlsx, part, old, new)
        yield refused_case(
            f"damaged/{name}.xlsx", f"A workbook that is damaged: {name.replace('-', ' ')}", data, _DAMAGED
        )
    ods = steady(in_file("ods", lambda path: write_ods(path, ods_row(["a"]) + "<table:table-row>")))
    yield refused_case("damaged/not-xml.ods", "An OpenDocument table whose elements do not end", ods, _DAMAGED)
    data = _container("Workbook")
    yield refused_case("damaged/only-a-name.xls", "An old workbook with nothing in it but its name", data, _DAMAGED)
    data = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0) + b"\xff" * 40
    yield refused_case("damaged/records.xls", "An old workbook whose records make no sense", data, _DAMAGED)


def _with_part(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with one piece of one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if old not in parts[part]:
        raise ValueError(f"{part} has no {old!r}")
    parts[part] = parts[part].replace(old, new, 1)
    return packed(list(parts.items()))
