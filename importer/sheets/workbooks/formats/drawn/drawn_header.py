"""The names of a drawn table's columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from importer.sheets.header.columns import count_fields, lacks_columns
from importer.sheets.reading import Reading
from importer.sheets.workbooks.formats.drawn.cutting import GOES_ON, Cutter
from importer.sheets.workbooks.formats.drawn.drawn_row import shows_a_part
from importer.sheets.workbooks.formats.drawn.rule_lines import DOWN, RuleLine, Style

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
_NAMES: Final = (re.compile(r"\S+"), re.compile(r"\S+(?: \S+)*"))
_OF_NAMES: Final = r"\w\s(){}\[\]<>\"'.?!*#"
_DIVIDER: Final = re.compile(rf"[,;|{DOWN}]|(?<=\s)[^{_OF_NAMES}]|[^{_OF_NAMES}](?=\s)")
"""A sign that divides cells, or one beside a blank that hardly any name has."""
_FEWEST_DIVIDERS: Final = 3
"""So many signs are at least between the columns of a customer."""
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


def rule_of_names(header: str, first: str, reading: Reading) -> RuleLine | None:
    """Return what says where the columns are of a table without any rule, as Miller, pandas and R print one.

    Each of its columns begins, or ends, where its name does. Names have two blanks between them, or none within. Where
    columns end there, mostly rows begin with their number, above which there is no name. Text that signs divide is
    none, though its cells may have blanks around them that put them below each other.

    Args:
        header: The line that may have the names.
        first: The line below it.
        reading: May say which column holds which field.
    """
    if "  " not in header or not header.strip() or not first.strip() or "\t" in header or '"' in header:
        return None
    if max(Counter(_DIVIDER.findall(header)).values(), default=0) >= _FEWEST_DIVIDERS:
        return None
    rules = (_rule_of(list(names.finditer(header)), first, reading) for names in _NAMES)
    return next(filter(None, rules), None)


def _rule_of(names: Sequence[re.Match[str]], first: str, reading: Reading) -> RuleLine | None:
    texts, ends = [name[0] for name in names], [name.end() for name in names]
    spans = tuple(zip([0, *ends], ends, strict=False))
    numbered = RuleLine(Style.NUMBERED, "", ((0, 0), *spans), names=("", *texts))
    is_numbered = names[0].start() > 0 and _FIRST_ROW.match(first) is not None
    if is_numbered and not _NOT_BESIDE.isdisjoint(texts) and count_fields(texts, reading.columns):
        return numbered
    if lacks_columns(texts, reading.columns):
        return None
    if is_numbered:
        return numbered
    started = RuleLine(Style.STARTED, "", tuple(name.span() for name in names), names=texts)
    ended = RuleLine(Style.ENDED, "", spans, names=texts)
    return next((rule for rule in (started, ended) if Cutter(rule).cells(first)), None)
