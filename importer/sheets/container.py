"""A table that is packed: one file in a `.gz` or a `.zip`, unpacked before it is looked at."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Final, Protocol

from importer.errors import SourceError
from importer.phrases import quoted
from importer.sheets.limits import DEFAULT_LIMITS, Limits
from importer.sheets.recognition import is_workbook_archive
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import protected, too_large
from importer.sheets.workbooks.package.archive import open_zip, refusing_unsound

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PACKED: Final = (_GZIP, *_ZIP, b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!")
_LONGEST_SIGNATURE: Final = 8
_BLOCK_BYTES: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1
_NO_TABLES: Final = frozenset({"thumbs.db", "desktop.ini"})

_UNPACK: Final = "Unpack it, and give the file with the table."


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpacked(file: SourceFile, scratch: Path, limits: Limits = DEFAULT_LIMITS) -> SourceFile:
    """Return the file that a container holds, unpacked; of any other file, itself.

    A workbook that is a zip archive is no container.

    Args:
        file: The file.
        scratch: A folder, its owner's only, where what is unpacked stays as long as it is read.
        limits: How much may come out of it.

    Raises:
        SourceError: There is no file in it or more than one (`several_files`, `empty_source`), what is in it is packed
            again (`packed_twice`), it is protected (`password_protected`), damaged (`damaged_container`) or too large
            (`workbook_too_large`).
        OSError: It cannot be read, or the scratch folder not be written.
    """
    with file.path.open("rb") as opened:
        start = opened.read(_LONGEST_SIGNATURE)
    if start.startswith(_GZIP):
        with gzip.open(file.path) as packed:
            return _unpack(file, packed, SourceFile(scratch, file.name.removesuffix(".gz"), "gz"), limits)
    if start.startswith(_ZIP):
        with open_zip(file, limits) as archive:
            if is_workbook_archive(archive):
                return file
            member = _only_member(file, archive.infolist())
            name = PurePosixPath(member.filename.replace("\\", "/")).name
            with _opened(file, archive, member) as packed:
                return _unpack(file, packed, SourceFile(scratch, f"{name} in {file.name}", "zip"), limits)
    return file


def _only_member(file: SourceFile, members: Iterable[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    tables = [member for member in members if _may_be_table(member.filename.replace("\\", "/"))]
    if not tables:
        raise SourceError(
            f"There is no file in {file.name}.", code="empty_source", hint="Give the file with the table."
        )
    if len(tables) > 1:
        raise SourceError(
            f"There are {len(tables):,} files in {file.name}: {quoted([member.filename for member in tables])}.",
            code="several_files",
            hint=_UNPACK,
        )
    if tables[0].flag_bits & _ENCRYPTED:
        raise protected(file.name)
    return tables[0]


def _may_be_table(name: str) -> bool:
    """Return whether a name in an archive is that of a file that somebody put there."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not (
        name.endswith("/") or "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].lower() in _NO_TABLES
    )


def _opened(file: SourceFile, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    with refusing_unsound(_damaged(file)):
        return archive.open(member)


def _unpack(file: SourceFile, packed: _Readable, inner: SourceFile, limits: Limits) -> SourceFile:
    """Write what comes out of a container into the folder that `inner` names, and return it with its path."""
    most = min(limits.max_unpacked_bytes, max(limits.ratio_from_bytes, limits.max_ratio * file.path.stat().st_size))
    size = 0
    with tempfile.NamedTemporaryFile(dir=inner.path, prefix="unpacked-", delete=False) as draft:
        while block := _block(file, packed):
            size += len(block)
            if size > most:
                setting = "max_unpacked_bytes" if most == limits.max_unpacked_bytes else "max_ratio"
                why = f"it unpacks to more than {most // 1024**2:,} MiB"
                raise too_large(file.name, why, limits.setting(setting))
            draft.write(block)
    inner = replace(inner, path=Path(draft.name))
    _check_not_packed(inner, file)
    return inner


def _block(file: SourceFile, packed: _Readable) -> bytes:
    try:
        with refusing_unsound(_damaged(file)):
            return packed.read(_BLOCK_BYTES)
    except gzip.BadGzipFile as error:
        raise _damaged(file) from error


def _check_not_packed(inner: SourceFile, file: SourceFile) -> None:
    """Raise `SourceError` where what came out of a container is one itself."""
    with inner.path.open("rb") as opened:
        start = opened.read(_LONGEST_SIGNATURE)
    if not start.startswith(_PACKED):
        return
    if start.startswith(_ZIP):
        with open_zip(inner) as archive:
            if is_workbook_archive(archive):
                return
    raise SourceError(f"What is in {file.name} is packed once more.", code="packed_twice", hint=_UNPACK)


def _damaged(file: SourceFile) -> SourceError:
    return SourceError(
        f"{file.name} cannot be unpacked: it is damaged, or cut off on its way.",
        code="damaged_container",
        hint="Get it again, or unpack it and give the file that is in it.",
    )
