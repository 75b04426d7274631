"""OpenDocument spreadsheets (.ods, and .fods, the same in one text): the reader."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterable, Iterator
from typing import Final

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import damaged, protected
from importer.sheets.workbooks.formats.known_results import KnownResults, results_of
from importer.sheets.workbooks.formats.ods.ods_looks import CommonStyles, OdsLooks
from importer.sheets.workbooks.formats.ods.ods_parser import OdsParser
from importer.sheets.workbooks.formats.parsed_book import ParsedBook
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.xml_reading import Damage

_CONTENT: Final = "content.xml"
_STYLES: Final = "styles.xml"
_META: Final = "meta.xml"
_MAX_META_BYTES: Final = 1024**2
_GENERATOR: Final = re.compile(rb"<(?:[A-Za-z]+:)?generator>([^<]*)")
_MANIFEST: Final = "META-INF/manifest.xml"
_MAX_MANIFEST_BYTES: Final = 16 * 1024**2
_BLOCK_BYTES: Final = 1024 * 1024
_ENCRYPTION: Final = b"encryption-data"
_ENCRYPTED_PACKAGE: Final = "encrypted-package"


def open_ods(file: SourceFile, limits: Limits, *, flat: bool) -> ParsedBook:
    """Open an OpenDocument spreadsheet.

    Args:
        file: The file.
        limits: What it is held to.
        flat: Whether it is one text, and no archive.

    Raises:
        SourceError: It is damaged, protected or over a limit.
        OSError: It cannot be read.
    """
    looks = OdsLooks()
    if flat:
        results = results_of(_program(next(_file_blocks(file), b"")))
        return _parsed(_file_blocks(file), functools.partial(damaged, file.name), "fods", looks, results)
    with Archive(file, limits) as archive:
        if _ENCRYPTED_PACKAGE in archive or _is_encrypted(archive):
            raise protected(file.name)
        if _STYLES in archive:
            with contextlib.suppress(SourceError):  # cells can be read without it
                _read_styles(archive, looks)
        return _parsed(archive.blocks(_CONTENT), archive.damaged, "ods", looks, results_of(_program(_about(archive))))


def _about(archive: Archive) -> bytes:
    """Return the part that says what wrote the spreadsheet; b"" where there is none that can be read."""
    with contextlib.suppress(SourceError):
        return archive.read(_META, _MAX_META_BYTES) if _META in archive else b""
    return b""


def _program(about: bytes) -> bytes:
    match = _GENERATOR.search(about)
    return match[1] if match else b""


def _read_styles(archive: Archive, looks: OdsLooks) -> None:
    styles = CommonStyles(archive.damaged, looks)
    for block in archive.blocks(_STYLES):
        styles.feed(block)
    styles.feed(b"", last=True)


def _parsed(blocks: Iterable[bytes], damage: Damage, form: str, looks: OdsLooks, results: KnownResults) -> ParsedBook:
    parser = OdsParser(damage, looks, results)
    for block in blocks:
        parser.feed(block)
    return ParsedBook(form, parser.close())


def _is_encrypted(archive: Archive) -> bool:
    return _MANIFEST in archive and _ENCRYPTION in archive.read(_MANIFEST, _MAX_MANIFEST_BYTES)


def _file_blocks(file: SourceFile) -> Iterator[bytes]:
    with file.path.open("rb") as opened:
        while block := opened.read(_BLOCK_BYTES):
            yield block
