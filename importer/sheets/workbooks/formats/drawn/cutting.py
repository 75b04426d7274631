"""A line of a drawn table into the text of its cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from typing import Final

from importer.sheets.workbooks.formats.drawn.measures import Measure, measures, widths_of
from importer.sheets.workbooks.formats.drawn.rule_lines import RuleLine, Style

GOES_ON: Final = frozenset("+\u21b5")
"""Stand at the end of a cell that goes on in the next line, after a line break."""
WRAPPED: Final = frozenset(".\u2026")
"""Stand at the end of a piece of a cell, and before the next one, where psql has broken it to fit a screen."""
_MAY_GO_ON: Final = GOES_ON | WRAPPED
_NUMBER: Final = re.compile(r"\s*(?:\d+\.\s*)?")
"""What ClickHouse may put before the frame: the number of the row."""
_ROW: Final = re.compile(r"\s*(\d+|\.{2,3})(?=\s|$)")
_BARE_PIPE: Final = re.compile(r"(?<!\\)\|")

Cells = list[str]


class Cutter:
    """Cuts the lines of one table; cells come with what stands around them, a blank or a sign.

    Args:
        rule: What says where the columns are.
    """

    def __init__(self, rule: RuleLine) -> None:
        self.rule: Final = rule
        self.count: Final = len(rule.spans)
        self._split: Final[Callable[[str], Cells]] = (
            re.compile(f"[{re.escape(rule.dividers)}]").split
            if len(rule.dividers) > 1
            else lambda text: text.split(rule.dividers)
        )
        starts = [start for start, _ in rule.spans]
        self._gaps: Final = [(end, start) for (_, end), start in zip(rule.spans, starts[1:], strict=False)]

    def cells(self, text: str) -> Cells | None:
        """Return the cells of a line; None where it is not certain what they are."""
        if "\0" in text:
            return None
        match self.rule.style:
            case Style.FIXED:
                return self._only(map(self._fixed, itertools.repeat(text), measures(text)))
            case Style.STARTED:
                return self._only(map(self._started, itertools.repeat(text), measures(text)))
            case Style.ENDED | Style.NUMBERED:
                return self._only(map(self._ended, itertools.repeat(text), measures(text)))
            case _:
                return self._divided(text)

    def is_open(self, text: str) -> bool:
        """Return whether a line lacks the sign at its end, so that what follows may belong to it."""
        return self.rule.is_closed and not text.rstrip().endswith(tuple(self.rule.dividers))

    def _only(self, cuts: Iterable[Cells | None]) -> Cells | None:
        """Return the one cut that is possible; None where there is none, or more than one."""
        found = {tuple(cut): cut for cut in cuts if cut is not None}
        stripped = {tuple(map(str.strip, cut)) for cut in found}
        return next(iter(found.values())) if len(stripped) == 1 else None

    def _divided(self, text: str) -> Cells | None:
        body = text.rstrip()
        if self.rule.is_closed:
            before = _NUMBER.match(text)
            begins = before.end() if before else 0
            if len(body) < begins + 2 or body[begins] not in self.rule.dividers or body[-1] not in self.rule.dividers:
                return None
            body = body[begins + 1 : -1]
        elif self.rule.style is Style.OPEN:
            body = text
        cells = self._split(body)
        if len(cells) == self.count:
            return self._last_marked(cells) if self.rule.style is Style.OPEN else cells
        if len(cells) < self.count:
            return None
        aligned = self._only(map(self._aligned, itertools.repeat(text), measures(text)))
        if aligned is None and self.rule.style is Style.PIPES:
            cells = _BARE_PIPE.split(body)
            return [cell.replace("\\|", "|") for cell in cells] if len(cells) == self.count else None
        return self._last_marked(aligned) if aligned and self.rule.style is Style.OPEN else aligned

    def _last_marked(self, cells: Cells) -> Cells:
        """Return cells of which the last one has nothing around it, unless it fills its column with the sign in it."""
        start, end = self.rule.spans[-1]
        if cells[-1][-1:] in _MAY_GO_ON and end - start not in widths_of(cells[-1]):
            cells[-1] += " "
        return cells

    def _aligned(self, text: str, measure: Measure) -> Cells | None:
        """Return the cells where all the signs between them stand below those of the rule."""
        cells: Cells = []
        last = self.count - 1
        for at, (start, end) in enumerate(self.rule.spans):
            begins, ends = measure.at(start), measure.at(end)
            if begins is None or ends is None:
                return None
            is_limited = at < last or self.rule.is_closed
            if is_limited and (ends >= len(text) or text[ends] not in self.rule.dividers):
                return None
            cells.append(text[begins:ends] if is_limited else text[begins:])
        return cells

    def _fixed(self, text: str, measure: Measure) -> Cells | None:
        spans = self.rule.spans
        first = measure.at(spans[0][0])
        if first is None or text[:first].strip():
            return None
        marks: list[str] = []
        for end, start in self._gaps:
            begins, ends = measure.at(end), measure.at(start)
            gap = None if begins is None or ends is None else text[begins:ends]
            if gap is None or (gap.strip() and (gap[0] not in GOES_ON or gap[1:].strip())):
                return None
            marks.append(gap[:1] if gap.strip() else " ")
        pieces = [text[measure.at(start) : measure.at(end)] for start, end in spans[:-1]]
        begins, ends = measure.at(spans[-1][0]), measure.at(spans[-1][1])
        if begins is None:
            return None
        tail = text[begins:]
        is_marked = ends is not None and text[ends:].rstrip() in GOES_ON
        pieces.append(tail.rstrip()[:-1] if is_marked else tail)
        marks.append(text[ends:].rstrip() if is_marked else " ")
        return [f" {piece}{mark}" for piece, mark in zip(pieces, marks, strict=True)]

    def _started(self, text: str, measure: Measure) -> Cells | None:
        """Return the cells of a row, of which each begins where its column does and has a blank before it."""
        starts = [measure.at(start) for start, _ in self.rule.spans]
        if None in starts or text[: starts[0]].strip():
            return None
        cells = [text[begins:ends] for begins, ends in itertools.pairwise([*starts, None])]
        before = itertools.pairwise(cells)
        if any(cell.strip() and cell[0].isspace() for cell in cells):
            return None
        return None if any(cell and not left[-1:].isspace() for left, cell in before) else cells

    def _ended(self, text: str, measure: Measure) -> Cells | None:
        """Return the cells of a row, of which each ends where its column does and has a blank before it."""
        cells: Cells = []
        spans, begins = self.rule.spans, 0
        if self.rule.style is Style.NUMBERED:
            number = _ROW.match(text)
            if number is None:
                return None
            cells, spans, begins = [number[1]], spans[1:], number.end()
        for at, (_, end) in enumerate(spans):
            ends = measure.at(end)
            piece = None if ends is None else text[begins:ends]
            if piece is None or ends is None or (piece.strip() and (piece[-1].isspace() or measure.width < end)):
                return None
            if piece[:1].strip() and (at or self.rule.style is Style.NUMBERED):
                return None
            cells.append(piece)
            begins = ends
        return None if text[begins:].strip() else cells
