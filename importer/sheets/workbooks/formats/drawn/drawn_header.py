"""The names of a drawn table's columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importer.sheets.header.columns import count_fields, lacks_columns
from importer.sheets.reading import Reading
from importer.sheets.workbooks.formats.drawn.cutting import GOES_ON, Cutter
from importer.sheets.workbooks.formats.drawn.drawn_row import shows_a_part
from importer.sheets.workbooks.formats.drawn.rule_lines import RuleLine, Style

_DASHES: Final = "---"
_TYPE: Final = re.compile(
    r"(?:u?(?:tiny|small|big|huge)int|u?int(?:\d+|eger)?|bool(?:ean)?|float|double|real|decimal\([\d, ]+\)|varchar|char"
    r"|text|blob|date|time\w*(?: with time zone)?|datetime|interval|uuid|json|bit|enum|str|struct|map|list|null)"
    r"(?:\(.*\))?(?:\[\d*\])*"
)
"""What DuckDB writes below the names of columns."""
_LEFT_OUT: Final = frozenset({"\u2026", "...", "\u00b7\u00b7\u00b7", "\u22ef", "\\"})
_NOT_BESIDE: Final = frozenset({"...", "\\"})
"""What pandas writes into a header where not all columns are beside each other."""
_NAMES: Final = re.compile(r"\S+")
_FIRST_ROW: Final = re.compile(r"\s*[01]\s+\S")


def header_names(lines: Sequence[Sequence[str]], name: str) -> Sequence[str]:
    """Return the names of columns, of which each may take several lines.

    Args:
        lines: The cells of each line of the header.
        name: What messages call the file.

    Raises:
        SourceError: The header says that columns were left out.
    """
    names = [[cell.strip() for cell in cells] for cells in lines]
    for at, cells in enumerate(names[1:], start=1):
        if {*cells} == {_DASHES} or all(map(_TYPE.fullmatch, cells)):
            names = names[:at]
            break
    if len(names) > 1:
        names = [[cell.rstrip("".join(GOES_ON)) for cell in cells] for cells in names]
    joined = [" ".join(filter(None, pieces)) for pieces in zip(*names, strict=True)]
    if not _LEFT_OUT.isdisjoint(joined):
        raise shows_a_part(name, "not all of its columns are beside each other")
    return joined


def ended_rule(header: str, first: str, reading: Reading) -> RuleLine | None:
    """Return what says where the columns are of a table without any rule, as pandas and R print one.

    Each of its columns ends where its name does, and names have no blanks in them. Mostly rows begin with their number,
    above which there is no name.

    Args:
        header: The line that may have the names.
        first: The line below it.
        reading: May say which column holds which field.
    """
    if not header[:1].isspace() or not first.strip() or "\t" in header:
        return None
    matches = [*_NAMES.finditer(header)]
    names, ends = [match[0] for match in matches], [match.end() for match in matches]
    spans = tuple(zip([0, *ends], ends, strict=False))
    is_numbered = _FIRST_ROW.match(first) is not None
    if is_numbered and not _NOT_BESIDE.isdisjoint(names) and count_fields(names, reading.columns):
        return RuleLine(Style.NUMBERED, "", ((0, 0), *spans), names=("", *names))
    if lacks_columns(names, reading.columns):
        return None
    if is_numbered:
        return RuleLine(Style.NUMBERED, "", ((0, 0), *spans), names=("", *names))
    rule = RuleLine(Style.ENDED, "", spans, names=names)
    return rule if Cutter(rule).cells(first) else None
