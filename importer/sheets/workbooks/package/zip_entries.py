"""Entries of a zip archive, taken over into another one as they are."""

from __future__ import annotations

import copy
import struct
import zipfile
from typing import IO, Final

from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError

_LOCAL_HEADER: Final = struct.Struct("<26xHH")
"""Of an entry, up to the lengths of its name and its extra field (APPNOTE.TXT 4.3.7)."""
_UTF_8: Final = 0x800
_SIZES_FOLLOW: Final = 0x8
_BLOCK_BYTES: Final = 1024 * 1024


def check_entries(archive: zipfile.ZipFile) -> None:
    """Raise `UnfitWorkbookError` where an entry's name may not be what it seems to be."""
    for info in archive.infolist():
        if not info.filename.isascii() and not info.flag_bits & _UTF_8:
            raise UnfitWorkbookError("a part of it has a name in an unknown encoding")


def new_entry(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return an entry with the name and the time of another one, for other content."""
    entry = zipfile.ZipInfo(info.filename, info.date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = info.external_attr
    return entry


def copy_entry(source: IO[bytes], info: zipfile.ZipInfo, target: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Append an entry of another archive, its compressed bytes as they are: they are not unpacked and packed again.

    Args:
        source: The other archive's file.
        info: The entry in it, whose content was found sound.
        target: An archive that is being written, with no entry open in it.
        file: Its file.
    """
    source.seek(info.header_offset)
    name, extra = _LOCAL_HEADER.unpack(source.read(_LOCAL_HEADER.size))
    source.seek(name + extra, 1)
    entry = copy.copy(info)
    entry.extra = b""
    entry.flag_bits &= ~_SIZES_FOLLOW
    file.seek(target.start_dir)
    entry.header_offset = file.tell()
    file.write(entry.FileHeader())
    bytes_left = info.compress_size
    while bytes_left and (block := source.read(min(bytes_left, _BLOCK_BYTES))):
        file.write(block)
        bytes_left -= len(block)
    target.filelist.append(entry)
    target.NameToInfo[entry.filename] = entry
    target.start_dir = file.tell()
