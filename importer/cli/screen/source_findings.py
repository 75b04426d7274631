"""What was found out about a source, and in its rows, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from importer.checks.codes import WarningCode
from importer.model.rows import Cause
from importer.model.source import SourceInfo
from importer.phrases import first_sentence, named_rows
from importer.reports.saying.figures import counted
from importer.reports.saying.words import columns_read, left_alone, read_as, told_cause

_MAX_CAUSES: Final = 100
_FEW_CAUSES: Final = 5


def detected_line(source: SourceInfo) -> str:
    """Return what was found out about a source, on one line."""
    columns = ", ".join(columns_read(source, " = "))
    skipped = left_alone(source)
    told = ": ".join(filter(None, (read_as(source), columns)))
    return "; ".join(filter(None, (told, skipped and f"left alone: {skipped}")))


def cause_lines(causes: Sequence[Cause], *, full: bool, page: bool) -> Iterator[str]:
    """Yield a line for each cause, issues before warnings: how many rows, what is wrong, and which.

    Args:
        causes: All of them.
        full: Tell all of each, and of more than the five that are most frequent.
        page: There is a page that tells all of them.
    """
    left = _MAX_CAUSES if full else _FEW_CAUSES
    for warning, of_kind in groupby(sorted(causes, key=_place), key=_is_warning):
        same_kind = list(of_kind)
        shown = same_kind[: max(left, 1)]
        left -= len(shown)
        yield ""
        yield "Strange, but no reason not to send these rows:" if warning else "Why rows need attention:"
        width = max(len(f"{cause.rows:,}") for cause in shown)
        for cause in shown:
            sentence = told_cause(cause)
            what = f"{sentence} [{cause.code}]" if full else first_sentence(sentence)
            yield f"  {cause.rows:>{width},}  {what} ({_rows(cause)})"
        if len(same_kind) > len(shown):
            where = " or ".join(filter(None, ("on the page" if page else "", "" if full else "with -v")))
            yield f"  and {counted(len(same_kind) - len(shown), 'more cause')}{where and f': {where}'}"


def _is_warning(cause: Cause) -> bool:
    return cause.warning


def _place(cause: Cause) -> tuple[bool, bool]:
    """Return where a cause stands: that rows are hidden, which is often many, takes the place of no other warning."""
    return cause.warning, cause.warning and cause.code == WarningCode.HIDDEN_ROW


def _rows(cause: Cause) -> str:
    return named_rows(cause.first_rows, cause.rows)
