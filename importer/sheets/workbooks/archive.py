"""The zip archive that a workbook is: looked at before anything is unpacked, and read without trusting what it says.

A file of 60 KB can unpack to gigabytes, and the sizes that an archive declares can be lies. The limits are compared
with what is declared first, and then with what really comes out.
"""

from __future__ import annotations

import copy
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile

_BLOCK_BYTES: Final = 1024 * 1024
_MORE_THAN_ANY: Final = 2**62
_ENCRYPTED: Final = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be.

    Attributes:
        max_entries: Files in the archive.
        max_unpacked_bytes: All of them unpacked.
        max_ratio: How many times larger a file in it may be unpacked; not asked of files below `ratio_from_bytes`.
        ratio_from_bytes: From what unpacked size on the ratio counts.
        max_area: Cells of the rectangle around all cells of a sheet that hold something: the reader keeps that many.
        sparse_area: From how many cells of that rectangle on there must be a byte of the sheet for each of them.
    """

    max_entries: int = 10_000
    max_unpacked_bytes: int = 2 * 1024**3
    max_ratio: int = 200
    ratio_from_bytes: int = 10 * 1024**2
    max_area: int = 32_000_000
    sparse_area: int = 2_000_000


DEFAULT_LIMITS: Final = Limits()


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
        try:
            self._zip = zipfile.ZipFile(file.path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise self.damaged("it is no sound archive") from error
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
            SourceError: There is no such part, it is damaged, or it unpacks to more than it declares.
        """
        info = self._parts.get(part.lower())
        if info is None:
            raise self.damaged(f"the part {part or 'of a sheet'} is missing in it")
        # With the declared size in the way, zipfile would stop there, and another reader would not.
        whole = copy.copy(info)
        whole.file_size = _MORE_THAN_ANY
        unpacked = 0
        try:
            with self._zip.open(whole) as file:
                while block := file.read(_BLOCK_BYTES):
                    unpacked += len(block)
                    if unpacked > info.file_size:
                        raise self.damaged(f"its part {part} is larger than it says")
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise self.damaged(f"its part {part} cannot be unpacked") from error

    def read(self, part: str, max_bytes: int) -> bytes:
        """Return a part as a whole; raise `SourceError` as `blocks` does, and where it is larger than `max_bytes`."""
        data = b""
        for block in self.blocks(part):
            data += block
            if len(data) > max_bytes:
                raise self._too_large(f"its part {part} is larger than {max_bytes // 1024**2} MiB")
        return data

    def damaged(self, why: str) -> SourceError:
        """Return the error for a workbook that is not as a workbook should be."""
        return SourceError(
            f"{self._name} cannot be read as a workbook: {why}.",
            code="damaged_workbook",
            hint="Open it in a spreadsheet program and save it again as an Excel workbook (.xlsx).",
        )

    def _too_large(self, why: str) -> SourceError:
        return SourceError(
            f"{self._name} is not opened, since {why}.",
            code="workbook_too_large",
            hint="Copy the rows into a new workbook, or save the sheet as CSV.",
        )

    def _look(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > self._limits.max_entries:
            raise self._too_large(f"there are {len(infos):,} files in it; at most {self._limits.max_entries:,} may be")
        total = sum(info.file_size for info in infos)
        if total > self._limits.max_unpacked_bytes:
            limit = self._limits.max_unpacked_bytes // 1024**2
            raise self._too_large(f"it says that it unpacks to {total // 1024**2:,} MiB; at most {limit:,} may be")
        for info in infos:
            self._look_at(info)

    def _look_at(self, info: zipfile.ZipInfo) -> None:
        name = info.filename.replace("\\", "/").lower()
        if name in self._parts:
            raise self.damaged("it has two parts of one name")
        if info.flag_bits & _ENCRYPTED:
            raise SourceError(
                f"{self._name} is protected with a password.",
                code="password_protected",
                hint="Open it, remove the password and save it again.",
            )
        large = info.file_size >= self._limits.ratio_from_bytes
        if large and info.file_size > self._limits.max_ratio * max(info.compress_size, 1):
            raise self._too_large(
                f"a part of it unpacks to more than {self._limits.max_ratio} times its size, as no table does"
            )
        self._parts[name] = info
