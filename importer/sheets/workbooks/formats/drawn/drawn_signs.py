"""Whether a text is one in which a table is drawn, by how it begins."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from importer.sheets.reading import AS_IT_IS
from importer.sheets.workbooks.formats.drawn.cutting import Cutter
from importer.sheets.workbooks.formats.drawn.drawn_header import rule_of_names
from importer.sheets.workbooks.formats.drawn.drawn_lines import plain
from importer.sheets.workbooks.formats.drawn.rule_lines import RuleLine, Style, rule_of

_WITHIN: Final = 60
"""The first rule is looked for in so many lines."""
_FEWEST: Final = 4
"""So many columns a table of customers has at least."""
_ROWS: Final = 10
"""So many rows tell whether they keep to the columns of a rule."""
_MAY_BE_RULE: Final = ("--", "==", "\u2500", "\u2501", "\u2550", "- |", "-|")


def is_drawn(start: str) -> bool:
    """Return whether a text that begins so has a table drawn in it, of as many columns as a table of customers has.

    A rule of signs stands above or below a line that has its columns; or columns begin, or end, where their names do.
    """
    lines = [plain(line) for line in itertools.islice(start.split("\n"), _WITHIN)]
    if any(rule_of_names(header, first, AS_IT_IS) for header, first in itertools.pairwise(lines)):
        return True
    if not any(sign in start for sign in _MAY_BE_RULE):
        return False
    for at, line in enumerate(lines):
        rule = rule_of(line)
        above, below = lines[max(at - 1, 0) : at], lines[at + 1 :]
        if rule is not None and len(rule.spans) >= _FEWEST and _is_of_table(rule, above, below):
            return True
    return False


def _is_of_table(rule: RuleLine, above: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether a line above or below a rule has its columns.

    Where only blanks divide, so do most of the rows: the rule may be one of dashes below names that a blank divides.
    """
    if rule.names:
        return True
    if rule.style is Style.PIPES and not rule.is_closed:
        return False  # delimited text, in which cells may be quoted
    cutter = Cutter(rule)
    if rule.style is Style.FIXED:
        rows = [cutter.cells(line) is not None for line in below[:_ROWS] if line.strip()]
        return any(_has_names(cutter, line) for line in above) and 2 * sum(rows) >= len(rows)
    others = [*above, *below[:1]] if rule.style is Style.FRAMED else above
    return any(_has_names(cutter, line) for line in others)


def _has_names(cutter: Cutter, line: str) -> bool:
    """Return whether a line has a name in each of as many columns as a table of customers has, in no quotes."""
    cells = None if rule_of(line) or '"' in line else cutter.cells(line)
    return cells is not None and sum(map(bool, map(str.strip, cells))) >= _FEWEST
