"""OpenDocument spreadsheets (.ods, and .fods, the same in one text): the reader."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator
from typing import Final

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import damaged, protected
from importer.sheets.workbooks.formats.ods.ods_looks import CommonStyles, OdsLooks
from importer.sheets.workbooks.formats.ods.ods_parser import OdsParser
from importer.sheets.workbooks.formats.parsed_book import ParsedBook
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.xml_reading import Damage

_CONTENT: Final = "content.xml"
_STYLES: Final = "styles.xml"
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
        return _parsed(_file_blocks(file), functools.partial(damaged, file.name), "fods", looks)
    with Archive(file, limits) as archive:
        if _ENCRYPTED_PACKAGE in archive or _is_encrypted(archive):
            raise protected(file.name)
        if _STYLES in archive:
            with contextlib.suppress(SourceError):  # cells can be read without it
                _read_styles(archive, looks)
        return _parsed(archive.blocks(_CONTENT), archive.damaged, "ods", looks)


def _read_styles(archive: Archive, looks: OdsLooks) -> None:
    styles = CommonStyles(archive.damaged, looks)
    for block in archive.blocks(_STYLES):
        styles.feed(block)
    styles.feed(b"", last=True)


def _parsed(blocks: Iterable[bytes], damage: Damage, form: str, looks: OdsLooks) -> ParsedBook:
    parser = OdsParser(damage, looks)
    for block in blocks:
        parser.feed(block)
    return ParsedBook(form, parser.close())


def _is_encrypted(archive: Archive) -> bool:
    return _MANIFEST in archive and _ENCRYPTION in archive.read(_MANIFEST, _MAX_MANIFEST_BYTES)


def _file_blocks(file: SourceFile) -> Iterator[bytes]:
    with file.path.open("rb") as opened:
        while block := opened.read(_BLOCK_BYTES):
            yield block
