"""Blank records one after the other: taken by themselves, nobody looks at each of them for those beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from importer.sheets.text.batches import Batch

SHORTEST: Final = 16
"""Of fewer, it takes less to look at each."""
_STRETCH: Final = re.compile(rb"\x01{%d,}" % SHORTEST)
_LONGEST: Final = 4096
"""Where records are held back above them, those of one part are still looked at one by one."""


def blanks_apart(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield the records of batches, with stretches of blank ones in batches of their own."""
    for batch in batches:
        if any(map(_is_blank, batch.cells[::SHORTEST])):  # a stretch has one of these in it
            yield from _apart(batch)
        else:
            yield batch


def _apart(batch: Batch) -> Iterator[Batch]:
    count = len(batch.cells)
    if not batch.text.strip():
        yield from _parts(batch, 0, count)
        return
    start = 0
    flags = bytes([not any(cells) or _is_blank(cells) for cells in batch.cells])
    for stretch in _STRETCH.finditer(flags):
        if start < stretch.start():
            yield batch.part(start, stretch.start())
        yield from _parts(batch, *stretch.span())
        start = stretch.end()
    if start < count:
        yield batch.part(start, count)


def _parts(batch: Batch, start: int, stop: int) -> Iterator[Batch]:
    for first in range(start, stop, _LONGEST):
        yield batch.part(first, min(first + _LONGEST, stop))


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(map(str.strip, cells))
