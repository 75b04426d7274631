"""The zip archive that a workbook is: looked at before anything is unpacked, and read without trusting what it says.

A file of 60 KB can unpack to gigabytes, and the sizes that an archive declares can be lies. The limits are compared
with what is declared first, and then with what really comes out.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from importer.errors import SourceError
from importer.sheets.limits import DEFAULT_LIMITS, Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import damaged, protected, too_large

_BLOCK_BYTES: Final = 1024 * 1024
_MORE_THAN_ANY: Final = 2**62
_ENCRYPTED: Final = 0x1


_DIRECTORY_BYTES: Final = 4 * 1024**2
"""An archive's directory is read as a whole: ten thousand files need a quarter of this."""
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 0xFFFF
_END_SIGNATURE: Final = b"PK\x05\x06"
UNSOUND: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What Python's zipfile raises on archives that are damaged, or made to look so.

`NotImplementedError` is its word for a version of the format, or a method of compression, that it does not know."""


def part_name(name: str) -> str:
    """Return the name of a part, whichever way an archive writes it: with backslashes, from the root, in capitals.

    Example: `part_name("/XL/Workbook.xml")` is `"xl/workbook.xml"`.
    """
    return name.replace("\\", "/").lstrip("/").lower()


@contextlib.contextmanager
def refusing_unsound(refusal: SourceError) -> Iterator[None]:
    """Raise `refusal` where an archive that is read in the block is not sound; other errors of the system come out."""
    try:
        yield
    except UNSOUND as error:
        raise refusal from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # that is a position where nothing can be, which only the archive can ask for
            raise
        raise refusal from error


def open_zip(file: SourceFile, limits: Limits = DEFAULT_LIMITS) -> zipfile.ZipFile:
    """Open a zip archive whose directory is small enough to be read.

    Raises:
        SourceError: It is no sound archive (`damaged_workbook`), or has too many files in it (`workbook_too_large`).
        OSError: It cannot be read.
    """
    with refusing_unsound(damaged(file.name, "it is no sound archive")):
        with file.path.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(size - _END_BYTES - _LONGEST_COMMENT, 0))
            end = opened.read()
        at = end.rfind(_END_SIGNATURE)
        directory = int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0
        if min(directory, size) > _DIRECTORY_BYTES:
            raise too_large(file.name, f"there are more than {limits.max_entries:,} files in it")
        return zipfile.ZipFile(file.path)


class Archive:
    """An open workbook, as a zip archive; used as a context manager.

    Args:
        file: The file.
        limits: What it is held to.

    Raises:
        SourceError: It is no sound archive (`damaged_workbook`), is encrypted, or is over a limit
            (`workbook_too_large`).
        OSError: The file cannot be read.
    """

    def __init__(self, file: SourceFile, limits: Limits = DEFAULT_LIMITS) -> None:
        self._name = file.name
        self._limits = limits
        self._most_tags = limits.tags_for(file.path.stat().st_size)
        self._zip = open_zip(file, limits)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        try:
            self._look()
        except SourceError:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        """Whether the archive has a part of that name, whatever its case."""
        return part.lower() in self._parts

    def unpacked_bytes(self, part: str) -> int:
        """Return what a part says that it unpacks to; 0 where there is no such part."""
        info = self._parts.get(part.lower())
        return 0 if info is None else info.file_size

    def blocks(self, part: str) -> Iterator[bytes]:
        """Yield what a part unpacks to, a block at a time.

        Raises:
            SourceError: There is no such part, it is damaged, it unpacks to more than it declares, or has more tags in
            it than a table needs: on any machine, that is known before they are parsed.
        """
        info = self._parts.get(part.lower())
        if info is None:
            raise self.damaged(f"the part {part or 'of a sheet'} is missing in it")
        # With the declared size in the way, zipfile would stop there, and another reader would not.
        without_size = copy.copy(info)
        without_size.file_size = _MORE_THAN_ANY
        unpacked = tags = 0
        cannot = self.damaged(f"its part {part} cannot be unpacked")
        with refusing_unsound(cannot), self._zip.open(without_size) as file:
            while block := file.read(_BLOCK_BYTES):
                unpacked += len(block)
                if unpacked > info.file_size:
                    raise self.damaged(f"its part {part} is larger than it says")
                tags += block.count(b"<")
                if tags > self._most_tags:
                    raise self._too_large("there are more elements in a part of it than a table of its size has")
                yield block

    def read(self, part: str, max_bytes: int) -> bytes:
        """Return a part as a whole; raise `SourceError` as `blocks` does, and where it is larger than `max_bytes`."""
        data = b""
        for block in self.blocks(part):
            data += block
            if len(data) > max_bytes:
                raise self._too_large(f"its part {part} is larger than {max_bytes // 1024**2} MiB")
        return data

    def damaged(self, why: str) -> SourceError:
        """Return the error for a workbook that is not as a workbook should be; `why` is a part of a sentence."""
        return damaged(self._name, why)

    def _too_large(self, why: str, limit: str = "") -> SourceError:
        return too_large(self._name, why, self._limits.setting(limit) if limit else "")

    def _look(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > self._limits.max_entries:
            raise self._too_large(
                f"there are {len(infos):,} files in it; at most {self._limits.max_entries:,} may be", "max_entries"
            )
        total = sum(info.file_size for info in infos)
        if total > self._limits.max_unpacked_bytes:
            limit = self._limits.max_unpacked_bytes // 1024**2
            why = f"it says that it unpacks to {total // 1024**2:,} MiB; at most {limit:,} may be"
            raise self._too_large(why, "max_unpacked_bytes")
        for info in infos:
            self._look_at(info)

    def _look_at(self, info: zipfile.ZipInfo) -> None:
        name = part_name(info.filename)
        if name in self._parts:
            raise self.damaged("it has two parts of one name")
        if info.flag_bits & _ENCRYPTED:
            raise protected(self._name)
        large = info.file_size >= self._limits.ratio_from_bytes
        if large and info.file_size > self._limits.max_ratio * max(info.compress_size, 1):
            raise self._too_large(
                f"a part of it unpacks to more than {self._limits.max_ratio} times its size, as no table does",
                "max_ratio",
            )
        self._parts[name] = info
