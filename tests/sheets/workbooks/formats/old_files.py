"""Workbooks of the old kind with a fault of a kind that spreadsheet programs do not mind, made of sound ones."""

from __future__ import annotations

import struct

SECTOR = 512
END = 0xFFFFFFFE
TEXTS = 0xFC
FILLER = 0x99


def with_longer_chain(data: bytes) -> bytes:
    """Return a workbook whose stream goes on for a sector after its end."""
    out = bytearray(data) + bytes(-len(data) % SECTOR)
    new = len(out) // SECTOR - 1
    table = (struct.unpack_from("<I", out, 76)[0] + 1) * SECTOR
    sector, _ = _workbook(out)
    while (following := struct.unpack_from("<I", out, table + 4 * sector)[0]) != END:
        sector = following
    struct.pack_into("<I", out, table + 4 * sector, new)
    struct.pack_into("<I", out, table + 4 * new, END)
    return bytes(out) + bytes(SECTOR)


def with_longer_short_table(data: bytes) -> bytes:
    """Return a workbook whose table of short sectors goes on for a sector more than its header says."""
    out = bytearray(data) + bytes(-len(data) % SECTOR)
    new = len(out) // SECTOR - 1
    table = (struct.unpack_from("<I", out, 76)[0] + 1) * SECTOR
    sector = struct.unpack_from("<I", out, 60)[0]
    struct.pack_into("<I", out, table + 4 * sector, new)
    struct.pack_into("<I", out, table + 4 * new, END)
    return bytes(out) + b"\xff" * SECTOR


def with_shorter_chain(data: bytes) -> bytes:
    """Return a workbook whose stream ends after its first sector."""
    out = bytearray(data)
    first, _ = _workbook(out)
    struct.pack_into("<I", out, (struct.unpack_from("<I", out, 76)[0] + 1) * SECTOR + 4 * first, END)
    return bytes(out)


def with_short_table(data: bytes, *, by: int) -> bytes:
    """Return a workbook whose table of texts says that it has more of them than there are, in a stream in one piece.

    Args:
        data: The workbook.
        by: How many bytes of the table are gone.
    """
    out = bytearray(data)
    first, size = _workbook(out)
    at = (first + 1) * SECTOR
    end = at + size
    while at < end:
        kind, length = struct.unpack_from("<HH", out, at)
        if kind == TEXTS:
            struct.pack_into("<H", out, at + 2, length - by)
            struct.pack_into("<HH", out, at + 4 + length - by, FILLER, by - 4)
            return bytes(out)
        at += 4 + length
    raise ValueError("no table of texts")


def _workbook(data: bytearray) -> tuple[int, int]:
    """Return the first sector of the workbook's stream, and its length."""
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * SECTOR
    name = "Workbook".encode("utf-16-le")
    at = data.index(name, directory)
    first, size = struct.unpack_from("<II", data, at + 116)
    return first, size
