"""What was found out about a source, and in its rows, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from importer.model import Cause, Detected, Skip, SourceInfo

_MAX_CAUSES: Final = 15
_CHARACTERS: Final[Mapping[str, str]] = {"\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "pipe"}
_SKIPS: Final[Mapping[Skip, tuple[str, str]]] = {
    Skip.BLANK: ("blank line", "blank lines"),
    Skip.ABOVE_HEADER: ("line above the header", "lines above the header"),
    Skip.REPEATED_HEADER: ("repeated header", "repeated headers"),
    Skip.TOTAL: ("total", "totals"),
    Skip.OTHER_ROW: ("row that is not taken up", "rows that are not taken up"),
}


def detected_line(source: SourceInfo, found: Detected) -> str:
    """Return what was found out about a source, on one line."""
    told = [found.format + (f" in {found.container}" if found.container else "")]
    if found.encoding is not None:
        told.append(found.encoding)
    if found.delimiter is not None:
        told.append(f"delimiter {character(found.delimiter)}")
    if source.sheet is not None:
        told.append(f"sheet {source.sheet}")
    if found.header_row is not None:
        told.append(f"header in row {found.header_row}")
    if found.columns:
        told.append(", ".join(f"{name} = {header}" for name, header in found.columns.items()))
    skipped = [f"{count:,} {_SKIPS[skip][count != 1]}" for skip, count in source.skips.items() if count]
    return "; ".join([*told, *([f"left alone: {', '.join(skipped)}"] if skipped else [])])


def character(text: str | None) -> str:
    """Return a delimiter or the like as a person can read it."""
    return _CHARACTERS.get(text, text) if text else "none"


def cause_lines(causes: Sequence[Cause]) -> Iterator[str]:
    """Yield a line for each cause, issues before warnings: how many rows, which, and what is wrong."""
    for warning, found in groupby(causes, key=lambda cause: cause.warning):
        some = list(found)
        yield ""
        yield "Warnings:" if warning else "Why rows need attention:"
        width = max(len(f"{cause.rows:,}") for cause in some)
        for cause in some[:_MAX_CAUSES]:
            yield f"  {cause.rows:>{width},}  {cause.code}: {cause.message or _each_its_own(cause)}"
            yield f"  {'':>{width}}  {_rows(cause)}"
        if len(some) > _MAX_CAUSES:
            more = len(some) - _MAX_CAUSES
            yield f"  and {more} more cause{'s' * (more > 1)}: see the report"


def _each_its_own(cause: Cause) -> str:
    return f'"{cause.column}": each row says what is wrong.' if cause.column else "Each row says what is wrong."


def _rows(cause: Cause) -> str:
    shown = ", ".join(f"{row}" for row in cause.first_rows)
    more = cause.rows - len(cause.first_rows)
    return f"{'row' if cause.rows == 1 else 'rows'} {shown}{f' and {more:,} more' if more else ''}"
