"""Which dialect a sample of text is written in, where nobody has said it.

Each dialect that the text may be in is tried on the sample. The names of columns that a source must have are the
strongest evidence: text that is divided wrongly does not have them as whole cells. Without them it is how regular the
table is that comes out: how many records have the same number of cells, and how many cells look like something. (The
second idea is that of van den Burg, Nazabal and Sutton, "Wrangling messy CSV files by detecting row and type patterns",
2019; the measure here is another.)
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from importer.errors import SourceError
from importer.model import REQUIRED_FIELDS
from importer.sheets.cells import is_blank
from importer.sheets.columns import count_fields
from importer.sheets.layout import HEADER_WITHIN, find_header
from importer.sheets.reading import Reading
from importer.sheets.text.batches import TextRecord, split_text
from importer.sheets.text.dialect import DEFAULT_QUOTE, Dialect, said_delimiter, said_escape
from importer.sheets.text.records import raw_cells

_WEIGHTS: Final = {
    ",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, "^": 0.9, "~": 0.9, "\x1f": 0.9, "\x01": 0.9, ":": 0.6, " ": 0.5,
}  # fmt: skip
"""How usual each delimiter is."""
_WEAK: Final = (":", " ")
"""Delimiters that stand in ordinary text and times too."""
_RARE: Final = ("|", ":", "~", "^")
"""Delimiters that make one of two characters more likely than an empty cell between any two."""
_NEVER: Final = frozenset("\"'`\\.-_@\r\n\v\f\0")
"""No delimiters, however often they stand in a text."""
_ENCLOSED: Final = re.compile(r'(?<=")[^\w \t\r\n"]{1,3}(?=")')
"""What stands between two cells that are both quoted."""
_DOUBLED_IN_A_LINE: Final = 2
_WEAK_WIDTH: Final = 3
_MOST_UNUSUAL: Final = 6
_WEAK_SHARE: Final = 0.9
_SINGLE_QUOTE: Final = "'"
_BACKSLASH: Final = "\\"
_RECORDS: Final = 200
_SAMPLE: Final = 64 * 1024
_FEWEST_NAMES: Final = 2
"""Fewer names of columns than this may be there by chance."""
_HEADER_ALONE: Final = 0.2
"""What names of columns are worth where no record below them is divided: theirs may be the odd one."""
_QUOTED_SHARE: Final = 0.5
_STRAY_WEIGHT: Final = 0.5

_TYPES: Final = re.compile(
    r"""
    [-+(]? [$\u20ac\u00a3\u00a5]?\ ? (?:\d{1,3}(?:[.,'\u00a0\ ]\d{3})+ | \d+) (?:[.,]\d+)? (?:[eE][-+]?\d+)?
      \ ?[%$\u20ac\u00a3)]?
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} (?: [T\ ]+ \d{1,2}:\d{2} (?::\d{2}(?:[.,]\d+)?)? (?:\ ?[AaPp][Mm])?
      (?:Z|[-+]\d\d:?\d\d)? )?
    | \d{1,2}:\d{2} (?::\d{2}(?:[.,]\d+)?)? (?:\ ?[AaPp]\.?[Mm]\.?)?
    | [\w.+-]+@[\w.-]+ | (?:https?|ftp)://\S+ | www\.\S+
    | [^\W_] (?:[\w.'\u2019&/()\#+-] | [ ](?![ ]))* [\w.)!?%+] | \w
    | N/A | n/a | \#?\w+!? | -+
    """,
    re.VERBOSE,
)
"""What cells look like: numbers and amounts, dates and times, addresses and links, words, and signs for nothing."""


@dataclass(frozen=True, slots=True)
class _Score:
    """How much speaks for a dialect: first the names of columns, then how regular the table is."""

    names: int
    regularity: float


def guess(sample: str, base: Dialect, reading: Reading, *, is_whole: bool) -> Dialect:
    """Return the dialect that fits best, as far as nobody has said it; of equal ones the most usual.

    Args:
        sample: The start of the text, without a `sep=` line.
        base: What is known already, and what holds where nothing speaks for anything else.
        reading: What somebody has said.
        is_whole: Whether the sample is all there is.
    """
    start = sample[:_SAMPLE]
    is_whole = is_whole and len(start) == len(sample)
    candidates = list(_candidates(start, base, reading))
    best, best_score = candidates[0], _Score(0, 0.0)
    if best.delimiter in _WEAK and said_delimiter(reading) is None:
        best = replace(best, delimiter=base.delimiter)
    for dialect in candidates:
        score = _score(start, dialect, reading, is_whole=is_whole)
        if score is not None and _is_better(score, best_score):
            best, best_score = dialect, score
    if said_delimiter(reading) is not None or best_score.names >= len(REQUIRED_FIELDS):
        return best
    for sign in _unusual(start):
        for dialect in _candidates(start, base, replace(reading, delimiter=sign)):
            score = _score(start, dialect, reading, is_whole=is_whole)
            if (
                score is not None
                and _is_better(score, best_score)
                and (score.names >= _FEWEST_NAMES or _encloses(start, sign))
            ):
                best, best_score = dialect, score
    return best


def _unusual(sample: str) -> list[str]:
    """Return what else may be the delimiter, the most frequent first: some sign of every line, or between quotes."""
    lines = sample.count("\n") or sample.count("\r")
    signs = [sign for sign in set(sample) - _NEVER - _WEIGHTS.keys() if not sign.isalnum()]
    counts = Counter({sign: sample.count(sign) for sign in signs}) + Counter(_ENCLOSED.findall(sample))
    return [sign for sign, count in counts.most_common(_MOST_UNUSUAL) if count > lines and sign not in _WEIGHTS]


def _encloses(sample: str, sign: str) -> bool:
    """Return whether a sign stands between quoted cells more often than anything else does."""
    enclosed: Counter[str] = Counter(_ENCLOSED.findall(sample))
    return any(most == sign for most, _ in enclosed.most_common(1))


def _is_better(score: _Score, than: _Score) -> bool:
    named = max(score.names, than.names) >= _FEWEST_NAMES
    if named and score.names != than.names:
        return score.names > than.names
    return score.regularity > than.regularity * (1 + 1e-9)


def _candidates(sample: str, base: Dialect, reading: Reading) -> Iterator[Dialect]:
    """Yield the dialects to try, the most usual first."""
    said = said_delimiter(reading)
    delimiters = [said] if said is not None else _delimiters(sample, base)
    for delimiter in delimiters or [base.delimiter]:
        for quote in [reading.quote] if reading.quote is not None else _quotes(sample, delimiter):
            said_one = said_escape(reading)
            escapes = [said_one] if said_one is not None else _escapes(sample, quote, delimiter)
            for escape in escapes:
                yield replace(base, delimiter=delimiter, quote=quote, escape="" if escape == quote else escape)


def _delimiters(sample: str, base: Dialect) -> list[str]:
    """Return the delimiters that there are, some of two characters, and some with spaces around them."""
    found: list[str] = []
    lines = sample.count("\n") + sample.count("\r") + 1
    for sign in _WEIGHTS:
        count = sample.count(sign)
        if not count:
            continue
        doubled = sample.count(sign * 2) * 2
        if doubled > count / 2 if sign in _RARE else doubled == count >= _DOUBLED_IN_A_LINE * 2 * lines:
            found.append(sign * 2)
            continue
        found.append(sign)
        if sign not in {" ", "\t"}:
            found += [wide for wide in (f"{sign} ", f" {sign} ") if sample.count(wide) * 2 > count]
    return found or [base.delimiter]


def _quotes(sample: str, delimiter: str) -> list[str]:
    border = re.escape(delimiter)
    opens = re.search(rf"(?:^|[\r\n]|{border})'", sample)
    closes = re.search(rf"'(?:$|[\r\n]|{border})", sample)
    return [DEFAULT_QUOTE, _SINGLE_QUOTE] if opens and closes else [DEFAULT_QUOTE]


def _escapes(sample: str, quote: str, delimiter: str) -> list[str]:
    signs = [delimiter[0], *([quote] if quote else [])]
    if not any(_BACKSLASH + sign in sample for sign in signs):
        return [""]
    return [_BACKSLASH, ""] if quote and _only_escapes(sample, quote, delimiter) else ["", _BACKSLASH]


def _only_escapes(sample: str, quote: str, delimiter: str) -> bool:
    """Return whether backslashes stand only where they can escape, and one before a quote that ends no cell."""
    escaped = f"[{re.escape(delimiter[0])}{re.escape(quote)}\\\\]"
    within = rf"[^\\\r\n{re.escape(delimiter[0])}]\\{re.escape(quote)}(?![\r\n]|{re.escape(delimiter)}|\Z)"
    return _BACKSLASH not in re.sub(rf"\\{escaped}", "", sample) and re.search(within, sample) is not None


def _score(sample: str, dialect: Dialect, reading: Reading, *, is_whole: bool) -> _Score | None:
    records = _records(sample, dialect, is_whole=is_whole)
    if reading.quote is None and dialect.quote == _SINGLE_QUOTE and not _are_quoted(records, sample, dialect):
        return None
    if reading.delimiter is None and _is_padded(dialect) and _is_bare(records, dialect):
        return None
    cells = [record.cells for record in records]
    header = find_header(enumerate(cells[:HEADER_WITHIN], start=1), reading)
    names = count_fields(header.cells, reading.columns) if header else 0
    regularity = _regularity(records, dialect)
    if header and names >= _FEWEST_NAMES and not _goes_on(cells[header.number :]):
        return _Score(0, max(regularity, _HEADER_ALONE))
    return _Score(names, regularity)


def _goes_on(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether what follows a header is divided as well, if there is anything."""
    filled = [cells for cells in rows if not is_blank(cells)]
    return not filled or any(len(cells) > 1 for cells in filled)


def _records(sample: str, dialect: Dialect, *, is_whole: bool) -> list[TextRecord]:
    """Return the first records of the sample, none of them cut off; none where they cannot be read so."""
    batches = split_text([sample], dialect, "")
    try:
        found = list(batches) if is_whole else list(itertools.islice(batches, 1))
    except SourceError:
        return []
    records = itertools.chain.from_iterable(batch.records() for batch in found)
    return list(itertools.islice(records, _RECORDS))


def _are_quoted(records: Sequence[TextRecord], sample: str, dialect: Dialect) -> bool:
    """Return whether apostrophes are quotation marks in these records, and do not only stand around some words.

    They are where most cells have them, or where the table is more regular with them.
    """
    pieces = [piece for record in records for piece in raw_cells(record, dialect) if piece.strip()]
    quoted = sum(piece.startswith(_SINGLE_QUOTE) for piece in pieces)
    if any(record.is_stray for record in records) or any(piece.startswith(DEFAULT_QUOTE) for piece in pieces):
        return False
    if quoted > _QUOTED_SHARE * len(pieces):
        return True
    usual = _records(sample, replace(dialect, quote=DEFAULT_QUOTE), is_whole=True)
    return bool(quoted) and _usual_width(records)[1] > _usual_width(usual)[1]


def _usual_width(records: Sequence[TextRecord]) -> tuple[int, float]:
    """Return the number of cells that most records have, and how great a part of those that are not blank it is."""
    widths = Counter(len(record.cells) for record in records if not is_blank(record.cells))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width, count / max(widths.total(), 1)


def _is_padded(dialect: Dialect) -> bool:
    """Return whether the delimiter is a sign with spaces around it."""
    return dialect.delimiter.strip(" ") not in {"", dialect.delimiter}


def _is_bare(records: Sequence[TextRecord], dialect: Dialect) -> bool:
    """Return whether the delimiter stands in some unquoted cell without the spaces that belong to it."""
    sign = dialect.delimiter.strip(" ")
    pieces = (piece for record in records for piece in raw_cells(record, dialect))
    return any(sign in piece and not (dialect.quote and piece.startswith(dialect.quote)) for piece in pieces)


def _regularity(records: Sequence[TextRecord], dialect: Dialect) -> float:
    """Return, from 0 to 1, how much the records look like a table of more than one column."""
    width, share = _usual_width(records)
    sign = dialect.delimiter.strip(" ") or " "
    if width <= 1 or (sign in _WEAK and (width < _WEAK_WIDTH or share < _WEAK_SHARE)):
        return 0.0
    rows = [record.cells for record in records if not is_blank(record.cells)]
    cells = list(itertools.chain.from_iterable(rows))
    typed = sum(not cell or _TYPES.fullmatch(cell) is not None for cell in cells) / len(cells)
    sound = 1 - _STRAY_WEIGHT * sum(record.is_stray for record in records) / len(records)
    return _WEIGHTS.get(sign[0], 1.0) * share**2 * (width - 1) / width * typed * sound
