"""The old container of Microsoft's files (OLE 2): what is in it, by the names of its streams.

Source: [MS-CFB]. Nothing is trusted: the directory is followed for as many sectors as such a file can need,
and no more.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

_HEADER_BYTES: Final = 512
_ENTRY_BYTES: Final = 128
_NAME_BYTES: Final = 64
_NAME_LENGTHS: Final = range(2, _NAME_BYTES + 1)
_MAX_SECTORS: Final = 256
_MAX_TABLES: Final = 4096
_SECTOR_SHIFTS: Final = (9, 12)
_IN_HEADER: Final = 109
_FIRST_AT: Final = 116
"""Where an entry says its first sector and its length."""
_SHORTEST: Final = 4096
"""Shorter streams are in sectors of their own kind."""
_SHORT_SECTOR: Final = 64


def stream_names(path: Path) -> frozenset[str]:
    """Return the names of the streams and folders in a container, in lower case; of a damaged one, those found.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES:
            return frozenset()
        (shift,) = struct.unpack_from("<H", header, 30)
        if shift not in _SECTOR_SHIFTS:
            return frozenset()
        return frozenset(name for sector in _Container(file, header, 1 << shift).directory() for name in _names(sector))


def stream_in(path: Path, names: Collection[str]) -> bytes | None:
    """Return the first stream of a container that has one of some names, in lower case; None where none is whole.

    How long it is says its entry, wherever the chain of its sectors ends after that.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        header = file.read(_HEADER_BYTES)
        (shift,) = struct.unpack_from("<H", header, 30) if len(header) == _HEADER_BYTES else (0,)
        if shift not in _SECTOR_SHIFTS:
            return None
        container = _Container(file, header, 1 << shift)
        entries = [entry for sector in container.directory() for entry in _entries(sector)]
        found = next((entry for entry in entries if entry.name in names), None)
        if found is None or found.size > size:
            return None
        return container.stream(found, entries[0])


class _Entry(NamedTuple):
    """An entry of the directory: a stream or a folder, its first sector and its length."""

    name: str
    first: int
    size: int


class _Container:
    """A container that is open."""

    def __init__(self, file: BinaryIO, header: bytes, sector_bytes: int) -> None:
        self._file = file
        self._size = sector_bytes
        (self._first,) = struct.unpack_from("<I", header, 48)
        self._tables = list(struct.unpack_from(f"<{_IN_HEADER}I", header, 76))
        (self._next_tables,) = struct.unpack_from("<I", header, 68)
        (self._first_of_short,) = struct.unpack_from("<I", header, 60)

    def directory(self) -> Iterator[bytes]:
        """Yield the sectors of the directory."""
        self._read_more_tables()
        sector = self._first
        for _ in range(_MAX_SECTORS):
            data = self._sector(sector)
            if not data:
                return
            yield data
            sector = self._next(sector)

    def stream(self, entry: _Entry, root: _Entry) -> bytes | None:
        """Return a stream; None where a sector of it is missing. Short ones are in the stream of the root."""
        if entry.size >= _SHORTEST:
            return self._whole(entry.first, entry.size)
        short, table = self._whole(root.first, root.size), b""
        sector = self._first_of_short
        for _ in range(_MAX_TABLES):
            data = self._sector(sector)
            if not data:
                break
            table += data
            sector = self._next(sector)
        pieces, at = [], entry.first
        for _ in range(-(-entry.size // _SHORT_SECTOR)):
            if short is None or not 0 <= at * 4 < len(table):
                return None
            pieces.append(short[at * _SHORT_SECTOR : (at + 1) * _SHORT_SECTOR])
            (at,) = struct.unpack_from("<I", table, at * 4)
        whole = b"".join(pieces)[: entry.size]
        return whole if len(whole) == entry.size else None

    def _whole(self, sector: int, size: int) -> bytes | None:
        pieces = []
        for _ in range(-(-size // self._size)):
            pieces.append(self._sector(sector))
            if not pieces[-1]:
                return None
            sector = self._next(sector)
        return b"".join(pieces)[:size]

    def _read_more_tables(self) -> None:
        while len(self._tables) < _MAX_TABLES and (data := self._sector(self._next_tables)):
            *tables, self._next_tables = struct.unpack(f"<{self._size // 4}I", data)
            self._tables += tables

    def _next(self, sector: int) -> int:
        table, at = divmod(sector, self._size // 4)
        data = self._sector(self._tables[table]) if table < len(self._tables) else b""
        return int.from_bytes(data[at * 4 : at * 4 + 4], "little") if data else -1

    def _sector(self, number: int) -> bytes:
        """Return a sector; nothing where there is none of that number."""
        if not 0 <= number < 0xFFFFFFFA:  # noqa: PLR2004 - from there on, numbers mean something else
            return b""
        self._file.seek((number + 1) * self._size)
        data = self._file.read(self._size)
        return data if len(data) == self._size else b""


def _names(sector: bytes) -> Iterator[str]:
    return (entry.name for entry in _entries(sector))


def _entries(sector: bytes) -> Iterator[_Entry]:
    for at in range(0, len(sector), _ENTRY_BYTES):
        (length,) = struct.unpack_from("<H", sector, at + _NAME_BYTES)
        if length in _NAME_LENGTHS:
            name = sector[at : at + length - 2].decode("utf-16-le", errors="replace").lower()
            yield _Entry(name, *struct.unpack_from("<II", sector, at + _FIRST_AT))
