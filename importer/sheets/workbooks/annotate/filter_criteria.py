"""Where the user's own filters say which rows they show, so that just that can be taken out of them.

Sources: ECMA-376 part 1, 18.3.2 (`autoFilter`, `filterColumn`) and 18.3.1.73 (`row`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from importer.sheets.workbooks.package.xml_edits import Edit, Element, Part, tag_attributes
from importer.sheets.workbooks.package.xml_reading import is_true

COLUMN: Final = "filterColumn"
"""What a filter says of one column."""
_NO_CRITERIA: Final = frozenset({"sortState", "extLst"})
"""What else stands in a filter, and hides nothing."""
_NO_HEIGHT: Final = re.compile(r"0+(?:\.0*)?")


def is_hidden(row: Mapping[str, str]) -> bool:
    """Return whether the attributes of a row hide it, be it by a height of nothing."""
    return is_true(row.get("hidden")) or _NO_HEIGHT.fullmatch(row.get("ht", "")) is not None


def showing(tag: bytes) -> dict[str, str | None]:
    """Return what changes in the tag of a row, so that it is shown."""
    height = tag_attributes(tag).get(b"ht", b"").decode()
    no_height = {"ht": None, "customHeight": None} if _NO_HEIGHT.fullmatch(height) else {}
    return {"hidden": None, **no_height}


def keeps_tag(name: str, attributes: Mapping[str, str]) -> bool:
    """Return whether an element in a filter says something else too: that a column has no button."""
    return name == COLUMN and (
        is_true(attributes.get("hiddenButton")) or attributes.get("showButton") in {"0", "false"}
    )


def criteria_in(part: Part, table_filter: Element) -> Iterator[Edit]:
    """Yield the edits that take out of the filter of a table object what it hides rows by; none where it hides none."""
    children = [child for child in part.children(table_filter) if child.name not in _NO_CRITERIA]
    if not any(child.name != COLUMN or part.children(child) for child in children):
        return
    for child in children:
        if keeps_tag(child.name, child.attributes):
            yield Edit(child.inner, child.inner_end, b"")
        else:
            yield part.without(child)


class SheetCriteria:
    """Finds in a sheet's bytes what its filter hides rows by, while a parser goes through them."""

    def __init__(self) -> None:
        self._found: list[tuple[int, int]] = []
        self._from: int | None = None
        self._has_ended = False
        """What begins at `_from` has ended before what comes next."""
        self._keeps_tag = self._is_active = False

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """Where each piece of what the filter hides rows by begins and ends; none where it hides none."""
        return self._found if self._is_active else []

    def start(self, path: list[str], attributes: Mapping[str, str], at: int) -> None:
        """Take in an element of the sheet: the path to it, with itself as the last, and where its tag is."""
        self._passed(at)
        match path:
            case [_, "autoFilter", name] if name not in _NO_CRITERIA:
                self._is_active = self._is_active or name != COLUMN
                self._keeps_tag = keeps_tag(name, attributes)
                if not self._keeps_tag:
                    self._from = at
            case [_, "autoFilter", name, _] if name == COLUMN:
                self._is_active = True
                if self._keeps_tag and self._from is None:
                    self._from = at
            case _:
                pass

    def end(self, path: list[str], at: int) -> None:
        """Take in the end of an element: the path to it, with itself as the last, and where its end tag is."""
        self._passed(at)
        match path:
            case [_, "autoFilter", _] if self._from is not None:
                if self._keeps_tag:
                    self._found.append((self._from, at))
                    self._from = None
                else:
                    self._has_ended = True
            case _:
                pass

    def _passed(self, at: int) -> None:
        if self._has_ended and self._from is not None:
            self._found.append((self._from, at))
            self._from, self._has_ended = None, False
