"""A new workbook's archive as openpyxl writes it, but for the rows of its sheet, which are not openpyxl's.

The parts that say what there is are written last, when all is known.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import SizedBuffer, StrPath

from importer.errors import SourceError
from importer.sheets.workbooks.book import damaged
from importer.sheets.workbooks.package.edited_package import CONTENT_TYPES, Package

_KEPT: Final = frozenset({
    CONTENT_TYPES, "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
})  # fmt: skip
_NO_ROWS: Final = re.compile(rb"<sheetData\s*/>|<sheetData>.*</sheetData>", re.DOTALL)
_BLOCK_BYTES: Final = 1024 * 1024
_PIECES_AT_ONCE: Final = 100
_LARGE_BYTES: Final = zipfile.ZIP64_LIMIT * 9 // 10
"""What hardly can be packed may be larger than it was."""


@dataclass(frozen=True, slots=True)
class KeptParts:
    """Parts that are not written yet."""

    data: dict[str, bytes] = field(default_factory=dict)

    def __contains__(self, part: str) -> bool:
        return part in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def read(self, part: str, max_bytes: int) -> bytes:
        """Return a part; raise `SourceError` where it is not there, or larger than that."""
        if part not in self.data or len(self.data[part]) > max_bytes:
            raise self.damaged(f"its part {part} is missing or too large")
        return self.data[part]

    def damaged(self, why: str) -> SourceError:
        """Return the error for a workbook that is not as a workbook should be."""
        return damaged("the annotated workbook", why)


class KeepingArchive(zipfile.ZipFile):
    """An archive that is written, keeps some parts back until it is closed, and has others than it is given.

    Args:
        file: Where it is written to.
        rows: The rows of the sheet, as XML; they are read from the start.
        instead: What parts are to be, a piece at a time, by how their names begin.
    """

    def __init__(self, file: IO[bytes], rows: IO[bytes], instead: Mapping[str, Callable[[], Iterator[str]]]) -> None:
        super().__init__(file, "w", zipfile.ZIP_DEFLATED)
        self._rows = rows
        self._instead = instead
        self.kept: Final = KeptParts()
        """The parts that are kept back."""

    def write(
        self,
        filename: StrPath,
        arcname: StrPath | None = None,
        compress_type: int | None = None,  # noqa: ARG002 - all parts are compressed in the same way
        compresslevel: int | None = None,  # noqa: ARG002 - the same
    ) -> None:
        """Write the sheet, which is a small file, with the rows in the place of those that are in it."""
        before, after = _NO_ROWS.split(Path(filename).read_bytes(), maxsplit=1)
        size = len(before) + self._rows.seek(0, os.SEEK_END) + len(after)
        self._rows.seek(0)
        # Not where it is not needed: programs differ in how well they read entries of that kind.
        with self.open(str(arcname), "w", force_zip64=size > _LARGE_BYTES) as part:
            part.write(before + b"<sheetData>")
            shutil.copyfileobj(self._rows, part, _BLOCK_BYTES)
            part.write(b"</sheetData>" + after)

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: SizedBuffer | str,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        """Write a part, or what it is to be instead, or keep it back."""
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        instead = next((part for start, part in self._instead.items() if name.startswith(start)), None)
        if instead is not None:
            with self.open(name, "w") as file:
                for block in _blocks(instead()):
                    file.write(block)
        elif name in _KEPT:
            self.kept.data[name] = data.encode() if isinstance(data, str) else bytes(data)
        else:
            super().writestr(zinfo_or_arcname, data, compress_type, compresslevel)

    def change(self, package: Package) -> None:
        """Take over what of a package changes."""
        for name in self.kept:
            self.kept.data[name] = package.changed(name) or self.kept.data[name]
        for name, data in package.added().items():
            self.writestr(name, data)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write what was kept back, and close the archive."""
        for name, data in self.kept.data.items() if kind is None else ():
            super().writestr(name, data)
        super().__exit__(kind, value, traceback)


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield text many pieces at a time: to compress each by itself takes longer."""
    pieces = iter(pieces)
    while block := list(islice(pieces, _PIECES_AT_ONCE)):
        yield "".join(block).encode()
