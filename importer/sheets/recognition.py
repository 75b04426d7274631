"""What a file is, by what is in it: an extension is only what somebody called it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.text.encoding import looks_wide
from importer.sheets.workbooks.archive import UNSOUND, open_zip
from importer.sheets.workbooks.book import protected
from importer.sheets.workbooks.ole import stream_names

_SAMPLE_BYTES: Final = 64 * 1024
_TEXT_NULS: Final = 0.01
"""The most that a share of NUL bytes may be in what counts as text, damaged in some places."""
_FEW_NULS: Final = 8
"""So many may be in the shortest text."""
_SAVE_AS: Final = "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8."
_EXPORT: Final = "Give a CSV file or an Excel workbook (.xlsx)."
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
    b"MIME-Version:": ("a web archive (MHTML)", _SAVE_AS),
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
_DOCUMENT_PARTS: Final = frozenset({*_PARTS, "[content_types].xml"})
_STREAMS: Final[Mapping[str, tuple[str, str]]] = {
    "worddocument": ("a Word document of the old kind (.doc)", _EXPORT),
    "powerpoint document": ("a presentation of the old kind (.ppt)", _EXPORT),
    "visiodocument": ("a drawing (Visio)", _EXPORT),
    "__properties_version1.0": ("a message of Outlook (.msg)", "Give the file that is attached to it."),
    "!_stringpool": ("an installation package (.msi)", _EXPORT),
}
_OTHER_STREAMS: Final = ("a document of another program", _EXPORT)
_ENCRYPTED_STREAMS: Final = frozenset({"encryptedpackage", "encryptioninfo"})
_WORKBOOK_STREAMS: Final = frozenset({"workbook", "book"})
_MARKUP: Final = (
    b"<!doctype",
    b"<html",
    b"<?xml",
    b"<table",
    b"<head",
    b"<meta",
    b"<body",
    b"<style",
    b"<!--",
    b"<div",
)
_SPREADSHEET_XML: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_FLAT_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
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
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    FODS = "fods"
    HTML = "html"
    XML = "xml"


def recognise(file: SourceFile) -> Family:
    """Return which family a file belongs to; text counts as CSV.

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
    markup = _recognise_markup(start)
    if markup is not None:
        return markup
    _refuse_others(file, start)
    return Family.CSV


def _refuse_others(file: SourceFile, start: bytes) -> None:
    for signature, (kind, hint) in _KINDS.items():
        if start.startswith(signature):
            raise _unknown(file, kind, hint)
    is_wide = looks_wide(start)
    text = start.translate(None, b"\0\xff\xfe") if is_wide else start.removeprefix(b"\xef\xbb\xbf")
    if text.lstrip().lower().startswith(_MARKUP):
        raise _unknown(file, "a web page or XML, whatever it is called", _SAVE_AS)
    if not is_wide and start.count(0) > max(_TEXT_NULS * len(start), _FEW_NULS):
        raise _unknown(file, "not text", _EXPORT)


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


def _part_names(archive: zipfile.ZipFile) -> frozenset[str]:
    return frozenset(name.replace("\\", "/").lower() for name in archive.namelist())


def _archive_family(archive: zipfile.ZipFile, names: frozenset[str]) -> Family | None:
    if "xl/workbook.bin" in names:
        return Family.XLSB
    if "[content_types].xml" in names and any(name.startswith("xl/") for name in names):
        return Family.XLSX
    if not _OPEN_DOCUMENT.isdisjoint(names) and _is_spreadsheet(archive):
        return Family.ODS
    return None


def _is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    """Return whether an OpenDocument archive says that it is one; one that says nothing is taken for one."""
    try:
        with archive.open("mimetype") as said:
            return said.read(_SAMPLE_BYTES).startswith(_FLAT_ODS)
    except (KeyError, OSError, *UNSOUND):
        return True


def _recognise_container(file: SourceFile) -> Family:
    names = stream_names(file.path)
    if names & _ENCRYPTED_STREAMS:
        raise protected(file.name)
    if names and not names & _WORKBOOK_STREAMS:
        raise _unknown(file, *next((_STREAMS[name] for name in _STREAMS if name in names), _OTHER_STREAMS))
    return Family.XLS


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
    return Family.HTML if text.startswith(_MARKUP) else None


def _without_bom(start: bytes) -> bytes:
    """Return the start of a text in one byte a letter, as far as it is ASCII."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if start.startswith(bom):
            return start[len(bom) :].decode(encoding, errors="replace").encode("ascii", errors="replace")
    return start


def _unknown(file: SourceFile, kind: str, hint: str) -> SourceError:
    return SourceError(f"{file.name} is {kind}, and no table that can be read.", code="unknown_format", hint=hint)
