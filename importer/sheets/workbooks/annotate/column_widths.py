"""Widths of the appended columns, among those that the user's own sheet has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError, attribute

Ranges = Sequence[Mapping[str, str]]


def check_ranges(ranges: Ranges) -> None:
    """Raise `UnfitWorkbookError` where ranges of columns are not in order, or overlap."""
    before = 0
    for one in ranges:
        first, last = one.get("min", ""), one.get("max", "")
        if not (first.isdecimal() and last.isdecimal() and before < int(first) <= int(last)):
            raise UnfitWorkbookError("the widths of its columns are not in order")
        before = int(last)


def columns_xml(ranges: Ranges, place: AppendedArea, widths: Sequence[float]) -> bytes:
    """Return the `cols` element with the widths of the appended columns in it.

    What the sheet says of other columns stays. Of a range that reaches over the appended columns, only the look of
    empty cells is kept for them: they are shown, whatever hides the columns beside them. Columns of an earlier run,
    which a person may have made narrower or hidden, stay as they are.

    Args:
        ranges: The attributes of the ranges that the sheet has, in order.
        place: Where the appended columns are.
        widths: Of the appended columns, in characters.
    """
    first, last = place.first + 1, place.last + 1
    left = [_cut(one, int(one["min"]), min(int(one["max"]), first - 1)) for one in ranges]
    right = [_cut(one, max(int(one["min"]), last + 1), int(one["max"])) for one in ranges]
    own = [_own(ranges, number, width, keeps=place.replaces) for number, width in enumerate(widths, start=first)]
    shown = [one for one in (*left, *own, *right) if int(one["min"]) <= int(one["max"])]
    return b"<cols>" + b"".join(map(_element, shown)) + b"</cols>"


def _cut(one: Mapping[str, str], first: int, last: int) -> Mapping[str, str]:
    """Return a range with other ends; it is none where the last is before the first."""
    return {**one, "min": str(first), "max": str(last)}


def _own(ranges: Ranges, number: int, width: float, *, keeps: bool) -> Mapping[str, str]:
    present = next((one for one in ranges if int(one["min"]) <= number <= int(one["max"])), {})
    if keeps and present:
        return _cut(present, number, number)
    style = {"style": present["style"]} if "style" in present else {}
    return {"min": str(number), "max": str(number), "width": f"{width:g}", **style, "customWidth": "1"}


def _element(one: Mapping[str, str]) -> bytes:
    return b"<col" + b"".join(attribute(name, value) for name, value in one.items()) + b"/>"
