"""The records of a binary Excel workbook's parts ([MS-XLSB] 2.1.4): a type, a length, and so many bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

from importer.errors import SourceError
from importer.sheets.workbooks.package.archive import Archive

_MORE: Final = 0x80
_LONGEST_RECORD: Final = 16 * 1024**2
_CHARACTER_BYTES: Final = 2
_NO_TEXT: Final = 0xFFFFFFFF
_ADDED_BEGINS: Final = 35
_ADDED_ENDS: Final = 36
"""What stands between these was added to the format, with numbers that mean something else outside (2.4.328)."""

Records = Iterator[tuple[int, bytes]]


def records(archive: Archive, part: str) -> Records:
    """Yield the records of a part that are none of a later addition: the type and the bytes of each.

    Raises:
        SourceError: The part is missing, cut off or damaged.
    """
    data, inside = b"", 0
    for block in archive.blocks(part):
        data += block
        at = 0
        while (head := _head(data, at)) is not None:
            kind, length, begin = head
            if length > _LONGEST_RECORD:
                raise archive.damaged(f"its part {part} has a record of {length:,} bytes")
            if begin + length > len(data):
                break
            if kind == _ADDED_BEGINS:
                inside += 1
            elif kind == _ADDED_ENDS:
                inside = max(inside - 1, 0)
            elif not inside:
                yield kind, data[begin : begin + length]
            at = begin + length
        data = data[at:]
    if data:
        raise archive.damaged(f"its part {part} is cut off")


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return a record's type and length, and where its bytes begin; None where not all of that is there yet."""
    end = len(data)
    if at >= end:
        return None
    kind = data[at]
    at += 1
    if kind & _MORE:
        if at >= end:
            return None
        kind = (kind & (_MORE - 1)) | data[at] << 7
        at += 1
    length = 0
    for shift in (0, 7, 14, 21):
        if at >= end:
            return None
        byte = data[at]
        at += 1
        length |= (byte & (_MORE - 1)) << shift
        if not byte & _MORE:
            break
    return kind, length, at


class Fields:
    """Takes the fields of a record one after another.

    Args:
        data: The record's bytes.
        damage: Makes an error of what is wrong.
    """

    __slots__ = ("_at", "_damage", "_data")

    def __init__(self, data: bytes, damage: Callable[[str], SourceError], at: int = 0) -> None:
        self._data = data
        self._damage = damage
        self._at = at

    def skip(self, count: int) -> None:
        """Pass over some bytes."""
        self._at += count

    def number(self, count: int) -> int:
        """Take a whole number of so many bytes; raise `SourceError` where the record has no more."""
        data = self._data[self._at : self._at + count]
        if len(data) < count:
            raise self._damage("a record in it is too short")
        self._at += count
        return int.from_bytes(data, "little")

    def double(self) -> float:
        """Take a floating-point number."""
        if self._at + 8 > len(self._data):
            raise self._damage("a record in it is too short")
        (value,) = struct.unpack_from("<d", self._data, self._at)
        self._at += 8
        return float(value)

    def text(self) -> str:
        """Take a string; one that is not there at all is empty."""
        length = self.number(4)
        if length == _NO_TEXT:
            return ""
        data = self._data[self._at : self._at + length * _CHARACTER_BYTES]
        if len(data) < length * _CHARACTER_BYTES:
            raise self._damage("a record in it is too short")
        self._at += len(data)
        return data.decode("utf-16-le", errors="replace")
