"""Widths of the appended columns, among those that the user's own sheet has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError, attribute

Ranges = Sequence[Mapping[str, str]]


def check_ranges(ranges: Ranges) -> None:
    """Raise `UnfitWorkbookError` where ranges of columns are not in order, or overlap."""
    before = 0
    for span in ranges:
        first, last = span.get("min", ""), span.get("max", "")
        if not (first.isdecimal() and last.isdecimal() and before < int(first) <= int(last)):
            raise UnfitWorkbookError("the widths of its columns are not in order")
        before = int(last)


def columns_xml(ranges: Ranges, appended: AppendedArea, widths: Sequence[float]) -> bytes:
    """Return the `cols` element with the widths of the appended columns in it.

    What the sheet says of other columns stays. Of a range that reaches over the appended columns, only the look of
    empty cells is kept for them: they are shown, whatever hides the columns beside them. Columns of an earlier run,
    which a person may have made narrower or hidden, stay as they are.

    Args:
        ranges: The attributes of the ranges that the sheet has, in order.
        appended: Where the appended columns are.
        widths: Of the appended columns, in characters.
    """
    first, last = appended.first + 1, appended.last + 1
    left = [_cut(span, int(span["min"]), min(int(span["max"]), first - 1)) for span in ranges]
    right = [_cut(span, max(int(span["min"]), last + 1), int(span["max"])) for span in ranges]
    own = [_own(ranges, number, width, keeps=appended.replaces) for number, width in enumerate(widths, start=first)]
    not_empty = [span for span in (*left, *own, *right) if int(span["min"]) <= int(span["max"])]
    return b"<cols>" + b"".join(map(_element, not_empty)) + b"</cols>"


def _cut(span: Mapping[str, str], first: int, last: int) -> Mapping[str, str]:
    """Return a range with other ends; it is none where the last is before the first."""
    return {**span, "min": str(first), "max": str(last)}


def _own(ranges: Ranges, number: int, width: float, *, keeps: bool) -> Mapping[str, str]:
    present = next((span for span in ranges if int(span["min"]) <= number <= int(span["max"])), {})
    if keeps and present:
        return _cut(present, number, number)
    style = {"style": present["style"]} if "style" in present else {}
    return {"min": str(number), "max": str(number), "width": f"{width:g}", **style, "customWidth": "1"}


def _element(span: Mapping[str, str]) -> bytes:
    return b"<col" + b"".join(attribute(name, value) for name, value in span.items()) + b"/>"
