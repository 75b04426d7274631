"""Ids that have not the length or the form of the others of the file: a digit may be missing, or one too much."""

from __future__ import annotations

import functools
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from importer.checks.codes import WarningCode
from importer.ids import UUID_PATTERN, are_uuids
from importer.model.rows import RowWarning
from importer.model.source import Field
from importer.phrases import named

_CODES: Final = {
    Field.CUSTOMER_ID: WarningCode.ODD_CUSTOMER_ID,
    Field.GROUP_ID: WarningCode.ODD_GROUP_ID,
    Field.LINKED_ACCOUNT_ID: WarningCode.ODD_LINKED_ACCOUNT_ID,
}
_ADVICE: Final = "Compare it with where it came from: a character may be missing, one too much, or another one."

_UUID: Final = re.compile(UUID_PATTERN)
_RUN: Final = re.compile("[0-9A-Za-z]+")
_KINDS: Final = (re.compile("[0-9]"), re.compile("[A-Z]"), re.compile("[a-z]"))
_UUID_LENGTH: Final = 36
_MOST_SHAPES: Final = 500
"""A column of more has no habit."""
_MOST_ODD: Final = 1_000
"""So many rows of one shape are remembered; more are not few."""
_ONE_IN: Final = 50
"""One row in so many may be odd; a single one always, and two of twenty."""
_ENOUGH_FOR_TWO: Final = 20
_FEWEST_ALIKE: Final = 5
_FEWEST_LONG_ALIKE: Final = 3
_LONG: Final = 8
"""Characters, from which on ids hardly have one length by chance."""
_WIDEST_GAP: Final = 1_000
"""Between numbers that are counted up, on the average."""
_MOST_GAPS: Final = 10
"""Between the last of one length and the first of the next."""


class IdShape(NamedTuple):
    """What an id looks like, whatever it is.

    Attributes:
        length: How many characters it has.
        signs: What stands between its runs of letters and digits, each of which is a space here; of a UUID "uuid".
        kinds: Which each run has of digits, capitals and small letters, as numbers from 0; a UUID has no runs, since
            there they are by chance.
    """

    length: int
    signs: str
    kinds: tuple[frozenset[int], ...]

    @property
    def has_digits(self) -> bool:
        """Whether it is an id rather than a word."""
        return self.signs == "uuid" or any(0 in kinds for kinds in self.kinds)


class OddId(NamedTuple):
    """An id that is not like the others.

    Attributes:
        row: The number of its row.
        length: How many characters it has.
        usual_length: How many the others have; None where it is the form that is odd.
        alike: How many rows have an id like each other.
        total: Of so many.
    """

    row: int
    length: int
    usual_length: int | None
    alike: int
    total: int


@dataclass(slots=True)
class _SameShape:
    """The ids of one shape: how many rows have one, and which, as long as they are few."""

    count: int = 0
    rows: array[int] = field(default_factory=lambda: array("q"))
    first: str = ""
    varied: bool = False
    lowest: int = 0
    highest: int = 0

    def add(self, ids: Collection[str], count: int) -> None:
        """Take in different ids, all of this shape, that so many rows have."""
        low, high = min(ids), max(ids)  # of one length, numbers are in order as texts are
        numbers = [int(low), int(high)] if low.isdigit() else [0]
        self.varied = self.varied or low != high or self.first not in ("", low)
        self.lowest = min(self.lowest, *numbers) if self.first else min(numbers)
        self.highest = max(self.highest, *numbers)
        self.first = self.first or low
        self.count += count

    @property
    def _counts(self) -> bool:
        """Whether they are numbers without zeros before them."""
        return self.first.isdigit() and len(str(self.lowest)) == len(self.first)

    def is_counted_up_to(self, other: _SameShape) -> bool:
        """Return whether the numbers of both may be one sequence, which has come to another length."""
        if not (self._counts and other._counts):
            return False
        gap = max((self.highest - self.lowest) / max(self.count - 1, 1), 1)
        distance = max(other.lowest - self.highest, self.lowest - other.highest)
        return gap <= _WIDEST_GAP and distance <= _MOST_GAPS * gap


class IdHabit:
    """Learns from the ids of a column what they look like; of each shape it keeps one, and the rows of rare ones."""

    def __init__(self) -> None:
        self._shapes: dict[IdShape, _SameShape] = {}
        self._has_none = False

    def add(self, rows: Sequence[int], ids: Sequence[str]) -> None:
        """Take in ids, each with the number of its row."""
        if self._has_none or not ids:
            return
        counts = Counter(ids)
        by_shape: dict[IdShape, list[str]] = defaultdict(list)
        if common := _common_shape(counts):
            by_shape[common] = list(counts)
        else:
            for text in counts:
                by_shape[id_shape(text)].append(text)
        rare: set[str] = set()
        for shape, texts in by_shape.items():
            same = self._shapes.setdefault(shape, _SameShape())
            same.add(texts, sum(map(counts.__getitem__, texts)))
            if same.count <= _MOST_ODD:
                rare.update(texts)
            else:
                same.rows = array("q")
        for row, text in zip(rows, ids, strict=True) if rare else ():
            if text in rare:
                self._shapes[id_shape(text)].rows.append(row)
        if len(self._shapes) > _MOST_SHAPES:
            self._has_none = True
            self._shapes.clear()

    def odd(self) -> Iterator[OddId]:
        """Yield the rows whose id is not like the others, where these are alike, and it is one or are very few."""
        if not self._shapes:
            return
        usual, like_these = self._of_usual_length()
        odd = self._odd(usual, like_these)
        yield from self._told(odd, usual, usual[0].length)
        usual = self._of_usual_form()
        if usual[0].has_digits:
            yield from self._told([shape for shape in self._odd(usual, usual) if shape not in odd], usual, None)

    def _of_usual_length(self) -> tuple[Sequence[IdShape], Collection[IdShape]]:
        """Return the shapes of the most frequent length, and these with those that are no odder."""
        lengths: Counter[int] = Counter()
        for shape, same in self._shapes.items():
            lengths[shape.length] += same.count
        [(length, _)] = lengths.most_common(1)
        usual = [shape for shape in self._shapes if shape.length == length]
        return usual, {
            shape
            for shape, same in self._shapes.items()
            if shape.length == length or any(self._shapes[each].is_counted_up_to(same) for each in usual)
        }

    def _of_usual_form(self) -> Sequence[IdShape]:
        """Return the shapes with the most frequent signs, but for those with characters that hardly any other has."""
        signs: Counter[str] = Counter()
        for shape, same in self._shapes.items():
            signs[shape.signs] += same.count
        [(of_most, rows)] = signs.most_common(1)
        same_signs = [shape for shape in self._shapes if shape.signs == of_most]
        kinds: Counter[tuple[int, int]] = Counter()
        for shape in same_signs:
            for kind in _kinds_in_runs(shape):
                kinds[kind] += self._shapes[shape].count
        rare = {kind for kind, count in kinds.items() if count <= _few(rows)}
        return [shape for shape in same_signs if rare.isdisjoint(_kinds_in_runs(shape))] or same_signs

    def _odd(self, usual: Sequence[IdShape], like_these: Collection[IdShape]) -> Sequence[IdShape]:
        """Return the shapes of the other ids, where the usual ones are a habit and the others few."""
        total = sum(same.count for same in self._shapes.values())
        alike = sum(self._shapes[shape].count for shape in usual)
        others = [shape for shape in self._shapes if shape not in like_these]
        odd_rows = sum(self._shapes[shape].count for shape in others)
        is_long = usual[0].length >= _LONG
        varied = len(usual) > 1 or self._shapes[usual[0]].varied
        is_habit = (varied or (is_long and usual[0].has_digits)) and alike >= (
            _FEWEST_LONG_ALIKE if is_long else _FEWEST_ALIKE
        )
        return others if is_habit and odd_rows <= _few(total) else ()

    def _told(self, odd: Sequence[IdShape], usual: Sequence[IdShape], length: int | None) -> Iterator[OddId]:
        total = sum(same.count for same in self._shapes.values())
        alike = sum(self._shapes[shape].count for shape in usual)
        for shape in odd:
            yield from (OddId(row, shape.length, length, alike, total) for row in self._shapes[shape].rows)


@functools.lru_cache(maxsize=8_192)
def id_shape(text: str) -> IdShape:
    """Return what an id looks like.

    Example: `id_shape("acct-12").signs` is `" - "`.
    """
    if _UUID.fullmatch(text):
        return IdShape(len(text), "uuid", ())
    kinds = (frozenset(at for at, kind in enumerate(_KINDS) if kind.search(run)) for run in _RUN.findall(text))
    return IdShape(len(text), _RUN.sub(" ", text), tuple(kinds))


def _kinds_in_runs(shape: IdShape) -> Iterator[tuple[int, int]]:
    return ((run, kind) for run, kinds in enumerate(shape.kinds) for kind in kinds)


def _few(total: int) -> int:
    """Return how many of so many rows may be odd."""
    return max(1 + (total >= _ENOUGH_FOR_TWO), min(total // _ONE_IN, _MOST_ODD))


def _common_shape(ids: Collection[str]) -> IdShape | None:
    """Return the shape of ids that are all UUIDs, or numbers of one length; they are looked at as one text."""
    if len(set(map(len, ids))) == 1:
        first = next(iter(ids))
        if len(first) == _UUID_LENGTH and are_uuids(list(ids)):
            return id_shape(first)
        together = "".join(ids)
        if together.isascii() and together.isdigit():
            return id_shape(first)
    return None


def odd_ids(habits: Mapping[Field, IdHabit], headers: Mapping[Field, str]) -> Iterator[RowWarning]:
    """Yield a warning for each id that has not the length or the form of the others in its column.

    Args:
        habits: What the ids of each column look like, when all of them are known.
        headers: The source's own names of the columns.
    """
    for column, habit in habits.items():
        for odd in habit.odd():
            message = f"{named(headers[column])} {_difference(odd)} of the file have. {_ADVICE}"
            yield RowWarning(odd.row, _CODES[column].value, headers[column], message)


def _difference(odd: OddId) -> str:
    others = f"{odd.alike:,} of the {odd.total:,} ids"
    if odd.usual_length is None:
        return f"is not written in the form that {others}"
    characters = "character" if odd.length == 1 else "characters"
    return f"has {odd.length} {characters}, and not the {odd.usual_length} that {others}"
