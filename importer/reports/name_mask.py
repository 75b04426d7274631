"""Names and addresses masked, for reports that go into tickets and mail: `A•••`, `j•••@e•••.com`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from importer.ids import is_safe_segment, is_uuid
from importer.model.rows import Cause, Outcome
from importer.model.settled_marks import says_settled
from importer.model.source import MASKS, VALUE_FIELDS, Field, Origin
from importer.sheets.cells import cell_text
from importer.sheets.header.layout import (
    OTHER_HEADER,
    OTHER_QUOTES,
    STRAY_QUOTE,
    SWALLOWED_ROWS,
    UNDECODABLE_BYTES,
    WRONG_FIELD_COUNT,
)
from importer.sheets.table import CellValue, Column, Record, RecordKind

_ADDRESS: Final = re.compile(r"{part}@{part}".replace("{part}", r"[^\s@<>()\[\]\"“”„«»,;:]+"))
_AFTER_ADDRESS: Final = ".!?'\u2019\u2026"
"""What ends a sentence or a quotation, not an address."""
_EXAMPLE: Final = "name@example.com"
"""What messages show as a good address: nobody's."""
_FIRST: Final = re.compile(r"[^\W_]")
_ENDING: Final = re.compile(r"\.([A-Za-z]{2,})[.\"']*$")
_BETWEEN_WORDS: Final = re.compile(r"[\s\d'\"\u2018-\u201f.,:;/+_()&-]+")
_SHORTEST_VALUE: Final = 3
"""A name of two letters is part of half the words that there are."""
_LONG_WORD: Final = 5
"""A word of a name that is shorter (`del`, `van`) is part of other words: it is looked for on its own only."""
_ID_FIELDS: Final = (Field.CUSTOMER_ID, Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)
_MISPLACED: Final = frozenset({WRONG_FIELD_COUNT, STRAY_QUOTE, SWALLOWED_ROWS, OTHER_HEADER})
"""The codes of rows whose values may stand in any column."""
_MISREAD: Final = frozenset({UNDECODABLE_BYTES, OTHER_QUOTES})
"""The codes of rows in which any cell may be the wrong one."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks the records of a source.

    The three values are masked in their columns, and where they or their longer words stand in another cell of the
    row, however their accents and capitals are written; so is whatever looks like an e-mail address, in any cell and
    in messages, and what stands in the place of an id and is none. Other cells of a row stay as they are. Where nobody
    knows what a cell means, since the record does not fit the header, is no row, or was not looked at, no word is left.

    Attributes:
        columns: Those of the fields.
        encoding: Of the file that is written; None where it has all letters.
    """

    columns: Mapping[Field, Column]
    encoding: str | None = None

    def record(self, record: Record, outcome: Outcome | None) -> Record:
        """Return a record with its names and addresses masked; headers stay as they are."""
        if record.kind is RecordKind.HEADER:
            return record
        if record.kind is RecordKind.SKIPPED:
            cells: Sequence[CellValue] = [self._dots if _has_letter(cell) else cell for cell in record.cells]
        elif outcome is None:
            ids = self._ids(record.cells, frozenset(_ID_FIELDS))
            cells = [cell if at in ids else self._hidden(cell) for at, cell in enumerate(record.cells)]
        else:
            codes = frozenset(outcome.code.split(", "))
            cells = (
                [self._hidden(cell) for cell in record.cells] if codes & _MISPLACED else self._row(record.cells, codes)
            )
        origin = self._origin(record.origin)
        if origin == record.origin and cells == list(record.cells):
            return record
        return replace(record, cells=cells, raw=None, origin=origin)

    def _origin(self, origin: Origin | None) -> Origin | None:
        """Return where a row is from, with a mark that names nobody: yes, no, or dots for anything else."""
        if origin is None or not origin.settled:
            return origin
        said = says_settled(origin.settled)
        return replace(origin, settled=self._dots if said is None else "yes" if said else "no")

    def outcome(self, outcome: Outcome) -> Outcome:
        """Return what is true of a row without the addresses that somebody's words may hold, and with values masked."""
        masked = self.text(outcome.message)
        if masked == outcome.message and not outcome.differences:
            return outcome
        differences = [
            replace(one, sent=self._value(one.sent), held=self._value(one.held)) for one in outcome.differences
        ]
        return replace(outcome, message=masked, differences=differences)

    def text(self, text: str) -> str:
        """Return a text with all that looks like an e-mail address masked.

        Example: `Mask({}).text("Ask ana@example.com.")` is `"Ask a•••@e•••.com."`.
        """
        return _ADDRESS.sub(lambda match: self._found(match.group()), text) if "@" in text else text

    def _row(self, cells: Sequence[CellValue], codes: frozenset[str]) -> list[CellValue]:
        values = {
            column.position: cell_text(cells[column.position])
            for field, column in self.columns.items()
            if field in VALUE_FIELDS and column.position < len(cells)
        }
        doubted = frozenset(field for field in _ID_FIELDS if f"invalid_{field}" in codes or codes & _MISREAD)
        ids, places = self._ids(cells, doubted), {self.columns[field].position for field in doubted & set(self.columns)}
        free_texts = [
            cell for at, cell in enumerate(cells) if isinstance(cell, str) and at not in values and at not in ids
        ]
        pattern = _pattern(values.values(), "\n".join(free_texts)) if free_texts else None
        masked_cells: list[CellValue] = []
        for at, cell in enumerate(cells):
            if at in values:
                masked_cells.append(self._value(values[at]) or None)
            elif at in ids:
                masked_cells.append(cell)
            else:
                masked_cells.append(self._hidden(cell) if at in places else self._other(cell, pattern))
        return masked_cells

    def _ids(self, cells: Sequence[CellValue], doubted: frozenset[Field]) -> set[int]:
        """Return where ids stand; a check has found those in order that are not doubted."""
        places = {field: column.position for field, column in self.columns.items() if field in _ID_FIELDS}
        return {
            at
            for field, at in places.items()
            if at < len(cells) and (field not in doubted or _looks_like_id(cell_text(cells[at]).strip()))
        }

    def _hidden(self, cell: CellValue) -> CellValue:
        return None if cell is None or cell == "" else self._dots

    def _other(self, cell: CellValue, values: re.Pattern[str] | None) -> CellValue:
        if not isinstance(cell, str):
            return cell
        text, count = cell, 0
        if values is not None:
            text, count = values.subn(lambda match: self._value(match.group()), unicodedata.normalize("NFC", cell))
        return self.text(text if count else cell)

    def _value(self, text: str) -> str:
        text = text.strip()
        if not text:
            return ""
        return self._address(text) if "@" in text else f"{self._first(text)}{self._dots}"

    def _found(self, text: str) -> str:
        address = text.rstrip(_AFTER_ADDRESS)
        return text if address == _EXAMPLE else self._address(address) + text[len(address) :]

    def _address(self, text: str) -> str:
        local, _, domain = text.rpartition("@")
        ending = _ENDING.search(domain)
        return f"{self._first(local)}{self._dots}@{self._first(domain)}{self._dots}" + (
            f".{ending.group(1)}" if ending else ""
        )

    def _first(self, text: str) -> str:
        match = _FIRST.search(text)
        return match.group() if match else ""

    @property
    def _dots(self) -> str:
        dots, stars = MASKS
        try:
            dots.encode(self.encoding or "utf-8")
        except UnicodeEncodeError:
            return stars
        return dots


def masked(rows: Iterable[tuple[Record, Outcome | None]], mask: Mask) -> Iterator[tuple[Record, Outcome | None]]:
    """Yield records and their outcomes with names and addresses masked."""
    for record, outcome in rows:
        yield mask.record(record, outcome), outcome if outcome is None else mask.outcome(outcome)


def masked_causes(causes: Sequence[Cause], mask: Mask) -> Sequence[Cause]:
    """Return causes without the addresses that the API's words may hold."""
    return [replace(cause, message=mask.text(cause.message)) for cause in causes]


def _has_letter(cell: CellValue) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))


def _looks_like_id(text: str) -> bool:
    """Return whether a text is an id rather than a name: a UUID, or no fewer digits than letters."""
    if is_uuid(text):
        return True
    digits, letters = sum(map(str.isdigit, text)), sum(map(str.isalpha, text))
    return is_safe_segment(text) and digits > 0 and digits >= letters


def _pattern(values: Iterable[str], text: str) -> re.Pattern[str] | None:
    """Return what finds values, and the words that they are made of, in the NFC of a text; None where none is in it."""
    folded = _folded(text)
    patterns: dict[str, str] = {}
    for value in values:
        composed = unicodedata.normalize("NFC", value.strip())
        for word in _BETWEEN_WORDS.split(composed.partition("@")[0]):
            patterns.setdefault(word, _word_pattern(word))
        patterns[composed] = re.escape(composed)
    words_in_text = [word for word in patterns if len(word) >= _SHORTEST_VALUE and _folded(word) in folded]
    words_in_text.sort(key=len, reverse=True)
    return re.compile("|".join(patterns[word] for word in words_in_text), re.IGNORECASE) if words_in_text else None


def _folded(text: str) -> str:
    """Return a text so that what is equal to a regular expression that ignores case is equal; this is far faster."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).casefold().replace("\u0307", "").replace("\u0131", "i")


def _word_pattern(word: str) -> str:
    pattern = re.escape(word)
    return pattern if len(word) >= _LONG_WORD else rf"(?<![^\W\d_]){pattern}(?![^\W\d_])"
