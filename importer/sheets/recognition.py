"""What a file is, by what is in it: an extension is only what somebody called it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.text.encoding import looks_wide

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
    "xl/workbook.bin": ("a binary Excel workbook (.xlsb)", _SAVE_AS),
    "content.xml": ("an OpenDocument file", _SAVE_AS),
    "word/document.xml": ("a Word document", _EXPORT),
    "ppt/presentation.xml": ("a presentation", _EXPORT),
}
_MARKUP: Final = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head")


class Family(Enum):
    """Files that are read in the same way."""

    CSV = auto()
    XLSX = auto()


def recognise(file: SourceFile) -> Family:
    """Return which family a file belongs to; text counts as CSV.

    Raises:
        SourceError: It belongs to none (`unknown_format`), is an old or a protected workbook (`old_workbook`), or a web
            page (`unknown_format`).
        OSError: The file cannot be read.
    """
    with file.path.open("rb") as opened:
        start = opened.read(_SAMPLE_BYTES)
    if start.startswith((_ZIP, _EMPTY_ZIP)):
        return _recognise_archive(file)
    if start.startswith(_OLE):
        raise SourceError(
            f"{file.name} is an Excel workbook of the old kind (.xls), or one that is protected with a password.",
            code="old_workbook",
            hint="Open it in a spreadsheet program, remove the password if there is one, and save it as an Excel "
            "workbook (.xlsx).",
        )
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


def _recognise_archive(file: SourceFile) -> Family:
    try:
        with zipfile.ZipFile(file.path) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SourceError(
            f"{file.name} is a damaged archive or workbook.",
            code="damaged_workbook",
            hint="It may have been cut off on its way: get it again, or open it in a spreadsheet program and save it "
            "anew.",
        ) from error
    if "xl/workbook.xml" in names:
        return Family.XLSX
    kind, hint = next((_PARTS[part] for part in _PARTS if part in names), ("an archive (zip)", _UNPACK))
    raise _unknown(file, kind, hint)


def _unknown(file: SourceFile, kind: str, hint: str) -> SourceError:
    return SourceError(f"{file.name} is {kind}, and no table that can be read.", code="unknown_format", hint=hint)
