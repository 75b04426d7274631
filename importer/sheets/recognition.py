"""What a file is, by what is in it: an extension is only what somebody called it."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from importer.errors import SourceError
from importer.sheets.reading import DEFAULT_ENCODING
from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.codec import codec_name, extends_ascii
from importer.sheets.text.found_out.encoding import looks_wide
from importer.sheets.workbooks.book import encrypted
from importer.sheets.workbooks.formats.drawn.drawn_signs import is_drawn
from importer.sheets.workbooks.formats.xls.ole import stream_names
from importer.sheets.workbooks.package.archive import UNSOUND, open_zip, part_name

_SAMPLE_BYTES: Final = 64 * 1024
_TEXT_NULS: Final = 0.01
"""The most that a share of NUL bytes may be in what counts as text, damaged in some places."""
_FEW_NULS: Final = 8
"""So many may be in the shortest text."""
_NO_CONTROLS: Final = bytes({*range(0x20, 0x100), *b"\0\t\n\v\f\r\x1a\x1b"} - {0x7F})
"""What is left without these, text has next to none of; some encodings have signs that begin with an escape."""
_TEXT_CONTROLS: Final = 0.05
_FEW_CONTROLS: Final = 64
_NOISY: Final = 16
"""Noise has so many different ones."""
_SAVE_AS: Final = "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8."
_EXPORT: Final = "Give a CSV file or an Excel workbook (.xlsx)."
_WITHOUT_RIGHTS: Final = (
    "Open it in Excel as somebody who may, take the restriction off (File, Info, Protect Workbook), and save it again."
)
_ATTACHED: Final = "Give the file that is attached to it."
_UNPACK: Final = "Unpack it, and give the file that is in it."

_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_KINDS: Final[Mapping[bytes, tuple[str, str]]] = {
    b"%PDF-": ("a PDF document", _EXPORT),
    b"\x89PNG\r\n": ("a picture (PNG)", _EXPORT),
    b"\xff\xd8\xff": ("a picture (JPEG)", _EXPORT),
    b"GIF8": ("a picture (GIF)", _EXPORT),
    b"II*\x00": ("a picture (TIFF)", _EXPORT),
    b"MM\x00*": ("a picture (TIFF)", _EXPORT),
    b"RIFF": ("a picture, sound or film", _EXPORT),
    b"{\\rtf": ("a text document (RTF)", _EXPORT),
    b"\x1f\x8b": ("a compressed file (gzip)", _UNPACK),
    b"BZh": ("a compressed file (bzip2)", _UNPACK),
    b"\xfd7zXZ\x00": ("a compressed file (xz)", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("a compressed file (Zstandard)", _UNPACK),
    b"7z\xbc\xaf\x27\x1c": ("an archive (7z)", _UNPACK),
    b"Rar!": ("an archive (RAR)", _UNPACK),
    b"SQLite format 3\x00": ("a database (SQLite)", _EXPORT),
    b"PAR1": ("a data file (Parquet)", _EXPORT),
    b"\x7fELF": ("a program", _EXPORT),
    b"MZ\x90": ("a program", _EXPORT),
}
_TEXT_KINDS: Final[Mapping[re.Pattern[bytes], tuple[str, str]]] = {
    re.compile(
        rb"ID;P(?:[A-Z0-9 ]*(?:;[NE])*|[^;\r\n]*(?:;[NE])+)\r?\n(?:P;[PEFSM]|B;[XY][0-9]|F;[A-Z]|C;[XY][0-9]|O;|E\r?\n)"
    ): (
        "a symbolic link file (SYLK)",
        _SAVE_AS,
    ),
    re.compile(rb"TABLE\r?\n0,1\r?\n"): ("a file in the data interchange format (DIF)", _SAVE_AS),
}
_CONTENT_TYPES: Final = "[content_types].xml"
_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "content.xml": ("an OpenDocument file that is no spreadsheet", _EXPORT),
    "encrypted-package": ("an OpenDocument file that is no spreadsheet", _EXPORT),
    "word/document.xml": ("a Word document", _EXPORT),
    "ppt/presentation.xml": ("a presentation", _EXPORT),
    "visio/document.xml": ("a drawing (Visio)", _EXPORT),
    "index/document.iwa": ("an Apple document (Pages, Numbers or Keynote)", _SAVE_AS),
}
_OPEN_DOCUMENT: Final = frozenset({"content.xml", "encrypted-package"})
"""One of these is in every OpenDocument file: LibreOffice can encrypt all of it as one."""
_DOCUMENT_PARTS: Final = frozenset({*_PARTS, _CONTENT_TYPES})
_STREAMS: Final[Mapping[str, tuple[str, str]]] = {
    "worddocument": ("a Word document of the old kind (.doc)", _EXPORT),
    "powerpoint document": ("a presentation of the old kind (.ppt)", _EXPORT),
    "visiodocument": ("a drawing (Visio)", _EXPORT),
    "__properties_version1.0": ("a message of Outlook (.msg)", _ATTACHED),
    "!_stringpool": ("an installation package (.msi)", _EXPORT),
}
_OTHER_STREAMS: Final = ("a document of another program", _EXPORT)
_ROOT: Final = "root entry"
"""Is in every directory; where it is not, what was found of one says nothing."""
_ENCRYPTED_STREAMS: Final = frozenset({"encryptedpackage", "encryptioninfo"})
_RIGHTS_STREAMS: Final = frozenset({"drmencrypteddataspace", "drmencryptedtransform", "drmcontent", "drmdataspace"})
"""How a file is marked that only people whom a server knows may open ([MS-OFFCRYPTO] 2.2)."""
_WORKBOOK_STREAMS: Final = frozenset({"workbook", "book"})
_MARKUP: Final = (
    b"<!doctype",
    b"<html",
    b"<?xml",
    b"<table",
    b"<tr",
    b"<head",
    b"<meta",
    b"<body",
    b"<style",
    b"<!--",
    b"<div",
)
_OTHER_MARKUP: Final = re.compile(rb"<(?:b|br|center|font|form|h[1-6]|i|link|p|script|span|title|u)[\s/>]")
"""How a page may begin too, where there is a table further down in it."""
_SPREADSHEET_XML: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_FLAT_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_HEAD_BEGINS: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")
_MIME_VERSION: Final = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_OF_WEB_ARCHIVE: Final = re.compile(
    rb"^content-type:\s*(?:multipart/related|text/html)\b", re.IGNORECASE | re.MULTILINE
)
"""What stands in the head of web pages in one file (MHTML); a message of somebody is of another type."""
_RAW_BIFF: Final = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
"""How a workbook older than the container of the old kind begins: a record that says which version it is."""


class Family(StrEnum):
    """Files that are read in the same way."""

    CSV = "csv"
    DRAWN = "drawn"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    FODS = "fods"
    HTML = "html"
    MHTML = "mhtml"
    XML = "xml"


_MAIN_TYPES: Final[Mapping[bytes, Family]] = {
    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml": Family.XLSX,
    b"application/vnd.ms-excel.template.macroEnabled.main+xml": Family.XLSX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Family.XLSX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": Family.XLSX,
    b"application/vnd.ms-excel.sheet.binary.macroEnabled.main": Family.XLSB,
}
"""What the part of a package is said to be that lists the sheets, wherever it is.

The last is what some programs say of every file that ends in .bin, and then means nothing beside another one."""


def recognise(file: SourceFile, encoding: str = DEFAULT_ENCODING) -> Family:
    """Return which family a file belongs to; text counts as CSV, unless a table is drawn in it.

    Args:
        file: The file.
        encoding: Of text that does not say it, as somebody has said.

    Raises:
        SourceError: It belongs to none (`unknown_format`), is protected with a password (`password_protected`) or a
            damaged archive (`damaged_workbook`).
        OSError: The file cannot be read.
    """
    with file.path.open("rb") as opened:
        start = opened.read(_SAMPLE_BYTES)
    if start.startswith((_ZIP, _EMPTY_ZIP)):
        return _recognise_archive(file)
    if start.startswith(_OLE):
        return _recognise_container(file)
    if start.startswith(_RAW_BIFF):
        return Family.XLS
    head = _head_of_message(start)
    if head:
        if not _OF_WEB_ARCHIVE.search(head):
            raise _unknown(file, "a message or another web archive (MIME)", _ATTACHED)
        return Family.MHTML
    markup = _recognise_markup(start)
    if markup is not None:
        return markup
    _refuse_others(file, start, encoding)
    return Family.DRAWN if is_drawn(_start_of_text(start)) else Family.CSV


def _refuse_others(file: SourceFile, start: bytes, encoding: str) -> None:
    for signature, (kind, hint) in _KINDS.items():
        if start.startswith(signature):
            raise _unknown(file, kind, hint)
    for pattern, (kind, hint) in _TEXT_KINDS.items():
        if pattern.match(start):
            raise _unknown(file, kind, hint)
    is_wide = looks_wide(start)
    text = start.translate(None, b"\0\xff\xfe") if is_wide else start.removeprefix(b"\xef\xbb\xbf")
    if text.lstrip().lower().startswith(_MARKUP):
        raise _unknown(file, "a web page or XML, whatever it is called", _SAVE_AS)
    if not is_wide and extends_ascii(codec_name(encoding)) and _is_noise(start):
        raise _unknown(file, "not text", _EXPORT)


def _start_of_text(start: bytes) -> str:
    """Return the start of a text, as far as it takes to see signs of ASCII and of boxes in it."""
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return start[len(bom) :].decode(encoding, errors="replace")
    if looks_wide(start):
        encoding = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        return start.decode(encoding, errors="replace")
    return start.decode("utf-8", errors="replace")


def _is_noise(start: bytes) -> bool:
    """Return whether bytes are not those of text, in any encoding in which a letter of ASCII is one byte."""
    if start.count(0) > max(_TEXT_NULS * len(start), _FEW_NULS):
        return True
    controls = start.translate(None, _NO_CONTROLS)
    if len(controls) <= max(_TEXT_CONTROLS * len(start), _FEW_CONTROLS) or len({*controls}) < _NOISY:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return True
    return False


def is_workbook_archive(archive: zipfile.ZipFile) -> bool:
    """Return whether a zip archive is a document of some kind, and no container for files."""
    names = _part_names(archive)
    return _archive_family(archive, names) is not None or not _DOCUMENT_PARTS.isdisjoint(names)


def _recognise_archive(file: SourceFile) -> Family:
    with open_zip(file) as archive:
        names = _part_names(archive)
        family = _archive_family(archive, names)
    if family is not None:
        return family
    kind, hint = next((_PARTS[part] for part in _PARTS if part in names), ("an archive (zip)", _UNPACK))
    raise _unknown(file, kind, hint)


def _part_names(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Return the names that an archive has for its parts, by those that the parts have."""
    return {part_name(name): name for name in archive.namelist()}


def _archive_family(archive: zipfile.ZipFile, names: Mapping[str, str]) -> Family | None:
    if "xl/workbook.bin" in names:
        return Family.XLSB
    if _CONTENT_TYPES in names and any(name.startswith("xl/") for name in names):
        return Family.XLSX
    if not _OPEN_DOCUMENT.isdisjoint(names):
        media_type = _start_of(archive, "mimetype")
        return Family.ODS if not media_type or media_type.startswith(_FLAT_ODS) else None
    types = _start_of(archive, names.get(_CONTENT_TYPES, ""))
    return next((family for type_, family in _MAIN_TYPES.items() if type_ in types), None)


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the start of a file in an archive; nothing where there is none, or it cannot be unpacked."""
    try:
        with archive.open(name) as opened:
            return opened.read(_SAMPLE_BYTES)
    except (KeyError, OSError, *UNSOUND):
        return b""


def _recognise_container(file: SourceFile) -> Family:
    names = stream_names(file.path)
    if names & _RIGHTS_STREAMS:
        raise _unknown(file, "protected by rights management", _WITHOUT_RIGHTS)
    if names & _ENCRYPTED_STREAMS:
        raise encrypted(file.name)
    if _ROOT in names and not names & _WORKBOOK_STREAMS:
        raise _unknown(file, *next((_STREAMS[name] for name in _STREAMS if name in names), _OTHER_STREAMS))
    return Family.XLS


def _head_of_message(start: bytes) -> bytes:
    """Return the head of what is written as a message is (RFC 2045); nothing of any other file."""
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    head = _BLANK_LINE.split(text, maxsplit=1)[0] if _HEAD_BEGINS.match(text) else b""
    return head if _MIME_VERSION.search(head) else b""


def _recognise_markup(start: bytes) -> Family | None:
    """Return what a text is that is no plain table; None where it is not one of the kinds with tables."""
    text = _without_bom(start).lstrip().lower()
    if not text.startswith(b"<"):
        return None
    if (_SPREADSHEET_XML in text and b"<workbook" in text) or b'progid="excel.sheet"' in text:
        return Family.XML
    if _FLAT_ODS in text and b"office:document" in text:
        return Family.FODS
    if text.startswith(b"<?xml") and b"<html" not in text and b"<table" not in text:
        return None
    is_page = text.startswith(_MARKUP) or (b"<table" in text and _OTHER_MARKUP.match(text))
    return Family.HTML if is_page else None


def _without_bom(start: bytes) -> bytes:
    """Return the start of a text in one byte a letter, as far as it is ASCII."""
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return start[len(bom) :].decode(encoding, errors="replace").encode("ascii", errors="replace")
    return start


def _unknown(file: SourceFile, kind: str, hint: str) -> SourceError:
    return SourceError(f"{file.name} is {kind}, and no table that can be read.", code="unknown_format", hint=hint)
