"""Whether the last line of a file is ended as all others are: where it is not, the file may be cut off."""

from __future__ import annotations

import os
from typing import Final

from importer.sheets.source_file import SourceFile
from importer.sheets.text.batches import Batch
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.lines import line_end_of

_FEWEST_ENDED: Final = 2
"""So many lines before the last one make a habit of their ends."""


class Endings:
    """Looks at how the lines of one file end, from its first batch to its last.

    Args:
        file: The file.
        dialect: How it is written.
    """

    def __init__(self, file: SourceFile, dialect: Dialect) -> None:
        self._odd_end = dialect.odd_end
        self._is_whole = not self._odd_end and _ends_in_line_feed(file, dialect)
        self._ended = 0
        self._last = ""
        self._usual: set[str] = set()

    @property
    def is_cut(self) -> bool:
        """Whether the last record so far is not ended as all others are, if it is the last one of the file."""
        if self._is_whole or self._ended < _FEWEST_ENDED or len(self._usual) != 1:
            return False
        [usual], end = self._usual, line_end_of(self._last, self._odd_end)
        return end != usual and usual.startswith(end)

    @property
    def is_open(self) -> bool:
        """Whether the last record so far has no line end at all: then it is the last one of the file."""
        return self._last == "" or not line_end_of(self._last, self._odd_end)

    def add(self, batch: Batch) -> None:
        """Take in the next records."""
        if self._is_whole or len(self._usual) > 1:
            return
        if self._last:
            self._usual.add(line_end_of(self._last, self._odd_end))
        self._usual |= self._ends(batch)
        self._ended += len(batch.raw) - 1 + bool(self._last)
        self._last = batch.raw[-1]

    def _ends(self, batch: Batch) -> set[str]:
        """Return what ends all but the last record; where line breaks are all the same, not one has to be looked at."""
        last = batch.raw[-1]
        both, line_feeds, returns = (batch.text.count(end) - last.count(end) for end in ("\r\n", "\n", "\r"))
        found = {"\r\n": both, "\n": line_feeds - both, "\r": returns - both}
        ends = {end for end, count in found.items() if count}
        if self._odd_end or len(ends) > 1:
            return {line_end_of(raw, self._odd_end) for raw in batch.raw[:-1]}
        return ends


def _ends_in_line_feed(file: SourceFile, dialect: Dialect) -> bool:
    """Return whether a file certainly ends in a line feed, by its last byte."""
    if dialect.encoding.codec.startswith(("utf-16", "utf-32")):
        return False
    with file.path.open("rb") as opened:
        opened.seek(0, os.SEEK_END)
        opened.seek(max(opened.tell() - 1, 0))
        return opened.read() == b"\n"
