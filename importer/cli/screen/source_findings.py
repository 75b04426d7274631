"""What was found out about a source, and in its rows, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from importer.model.rows import Cause
from importer.model.source import SourceInfo
from importer.reports.saying.figures import counted
from importer.reports.saying.words import left_alone, read_as, told_cause

_MAX_CAUSES: Final = 15


def detected_line(source: SourceInfo) -> str:
    """Return what was found out about a source, on one line."""
    headers = source.detected.columns if source.detected else {}
    columns = ", ".join(f"{name} = {' '.join(header.split())}" for name, header in headers.items())
    skipped = left_alone(source)
    return "; ".join(filter(None, (read_as(source), columns, skipped and f"left alone: {skipped}")))


def cause_lines(causes: Sequence[Cause]) -> Iterator[str]:
    """Yield a line for each cause, issues before warnings: how many rows, which, and what is wrong."""
    for warning, of_kind in groupby(causes, key=lambda cause: cause.warning):
        same_kind = list(of_kind)
        yield ""
        yield "Warnings:" if warning else "Why rows need attention:"
        width = max(len(f"{cause.rows:,}") for cause in same_kind)
        for cause in same_kind[:_MAX_CAUSES]:
            yield f"  {cause.rows:>{width},}  {cause.code}: {told_cause(cause)}"
            yield f"  {'':>{width}}  {_rows(cause)}"
        if len(same_kind) > _MAX_CAUSES:
            yield f"  and {counted(len(same_kind) - _MAX_CAUSES, 'more cause')}: see the report"


def _rows(cause: Cause) -> str:
    numbers = ", ".join(f"{row}" for row in cause.first_rows)
    further = cause.rows - len(cause.first_rows)
    return f"{'row' if cause.rows == 1 else 'rows'} {numbers}{f' and {further:,} more' if further else ''}"
