"""Which dialects a sample of text may be written in: the signs that stand in it where such signs would stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from importer.sheets.reading import Reading
from importer.sheets.text.found_out.dialect import DEFAULT_QUOTE, Dialect, said_delimiter, said_escape
from importer.sheets.text.lines import find_odd_end

WEIGHTS: Final = {
    ",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, "^": 0.9, "~": 0.9, "\x1f": 0.9, "\x01": 0.9, ":": 0.6, " ": 0.5,
}  # fmt: skip
"""How usual each delimiter is."""
_RARE: Final = ("|", ":", "~", "^")
"""Delimiters that make one of two characters more likely than an empty cell between any two."""
_NEVER: Final = frozenset("\"'`\\.-_@\r\n\v\f\0")
"""No delimiters, however often they stand in a text."""
_LIKELY: Final = frozenset("#*!%\u00a6\u00a7\u00ac\x1c\x1d\x1e")
"""Delimiters that hardly anybody uses, but that are nothing else where they stand in every line."""
_OFTEN_IN_A_LINE: Final = 1.5
_JOINED: Final = r"\^|~:;,#*$%&!@=<>\t\u00a6\u00a7"
"""Of these a delimiter of several characters consists."""
_LENGTHS: Final = (3, 2)
_MOST_JOINED: Final = 4
_MOST_UNUSUAL: Final = 6
_DOUBLED_IN_A_LINE: Final = 2 * 2 * 0.75
"""How many signs there are at least in a line, on average, of a delimiter that is doubled: titles have none."""
_ENCLOSED: Final = re.compile(r'(?<=")[^\w \t\r\n"]{1,3}(?=")')
"""What stands between two cells that are both quoted."""
_QUOTED: Final = re.compile(r'"[^"]*"')
_CELL: Final = "x"
"""Stands for a quoted cell, so that the delimiters around it do not touch each other."""
_OTHER_QUOTES: Final = ("'", "`")
_QUOTING: Final = frozenset("|~^*$%#!&")
"""Quotes where all cells are within them."""
_BACKSLASH: Final = "\\"
_ESCAPES: Final = r"/\^~#%!&*@$+"
"""What escapes a quote where a backslash does not."""
_DOUBLED_IN_TEXT: Final = "/"
"""Two of them stand in every link, and are two."""
_FEWEST_ESCAPED: Final = 2
_MOST_ESCAPES: Final = 3
_PART_OF_LONGER: Final = 0.8


def candidates(sample: str, base: Dialect, reading: Reading, delimiters: Sequence[str] = ()) -> list[Dialect]:
    """Return the dialects to try, the most usual first; what somebody has said holds.

    Args:
        sample: The start of the text.
        base: What is known already.
        reading: What somebody has said.
        delimiters: Those to try, where none is said; the usual ones if there are none.
    """
    said, escape = said_delimiter(reading), said_escape(reading)
    dialects: list[Dialect] = []
    for delimiter in [said] if said is not None else delimiters or _usual(sample, base):
        for quote in [reading.quote] if reading.quote is not None else _quotes(sample, delimiter):
            plain = replace(base, delimiter=delimiter, quote=quote)
            dialects += _with_escapes(sample, plain) if escape is None else [_escaping(plain, escape)]
    if said is None:
        dialects += [
            replace(dialect, is_padded=True) for dialect in dialects if _is_often_padded(sample, dialect.delimiter)
        ]
    return [replace(dialect, odd_end=_odd_end(sample, dialect)) for dialect in dialects]


def _odd_end(sample: str, dialect: Dialect) -> str:
    return find_odd_end(sample, dialect.quote, dialect.escape, escapes_ends=dialect.has_backslashes)


def _escaping(dialect: Dialect, escape: str) -> Dialect:
    return replace(dialect, escape="" if escape == dialect.quote else escape)


def unusual(sample: str) -> list[str]:
    """Return what else may be the delimiter, the most frequent first: some sign of every line, or between quotes."""
    lines = sample.count("\n") or sample.count("\r")
    signs = [sign for sign in set(sample) - _NEVER - WEIGHTS.keys() if not sign.isalnum()]
    alone = {sign: sample.count(sign) for sign in signs if not _is_doubled_mostly(sign, sample)}
    counts = Counter(alone) + Counter(_ENCLOSED.findall(sample))
    return [sign for sign, count in counts.most_common(_MOST_UNUSUAL) if count > lines and sign not in WEIGHTS]


def is_likely(sample: str, sign: str) -> bool:
    """Return whether an unusual sign is one that is nothing but a delimiter, or stands between quotes most often."""
    enclosed: Counter[str] = Counter(_ENCLOSED.findall(sample))
    is_often = sign in _LIKELY and sample.count(sign) >= _OFTEN_IN_A_LINE * _count_lines(sample)
    return is_often or any(most == sign for most, _ in enclosed.most_common(1))


def _usual(sample: str, base: Dialect) -> list[str]:
    """Return the usual delimiters that there are, some of several characters, and some with spaces around them."""
    delimiters: list[str] = []
    bare = _QUOTED.sub(_CELL, sample)
    lines = _count_lines(bare)
    for sign in WEIGHTS:
        count = sample.count(sign)
        if not count:
            continue
        if _is_doubled(sign, sample, bare, lines):
            delimiters.append(sign * 2)
            if not _is_alone_in_lines(sign, bare, lines):
                continue
        delimiters.append(sign)
        if sign not in {" ", "\t"} and count * 2 >= lines:
            delimiters += [wide for wide in (f"{sign} ", f" {sign} ") if sample.count(wide) * 2 > count]
    delimiters += [joined for joined in _joined(bare, lines) if joined not in delimiters]
    return delimiters or [base.delimiter]


def _count_lines(text: str) -> int:
    return sum(map(bool, re.split(r"[\r\n]+", text)))


def _is_doubled(sign: str, sample: str, bare: str, lines: int) -> bool:
    if sign in _RARE:
        return _is_doubled_mostly(sign, sample)
    doubled = bare.count(sign * 2) * 2
    return doubled == bare.count(sign) >= _DOUBLED_IN_A_LINE * lines


def _is_doubled_mostly(sign: str, sample: str) -> bool:
    return sample.count(sign * 2) * 2 > sample.count(sign) / 2


def _is_alone_in_lines(sign: str, bare: str, lines: int) -> bool:
    """Return whether one alone stands in as many places as there are lines, and cells at their ends are only blank."""
    one = re.escape(sign)
    return len(re.findall(rf"(?<!{one}){one}(?!{one})", bare)) >= lines


def _joined(bare: str, lines: int) -> list[str]:
    """Return delimiters of several characters that stand in most lines, outside quotes; the longest of each kind."""
    counts_by_delimiter: dict[str, int] = {}
    for length in _LENGTHS:
        counts: Counter[str] = Counter(re.findall(rf"(?=([{_JOINED}]{{{length}}}))", bare))
        for sign, _ in counts.most_common(_MOST_JOINED):
            count = bare.count(sign)
            longer = max((often for other, often in counts_by_delimiter.items() if sign in other), default=0)
            encloses = _are_around_lines(bare, sign, "") or _are_around_lines(bare, sign[-1], sign[0])
            if count * 2 >= lines and not encloses and longer < _PART_OF_LONGER * count:
                counts_by_delimiter[sign] = count
    often = sorted(counts_by_delimiter, key=lambda sign: -counts_by_delimiter[sign])[:_MOST_JOINED]
    return [f" {sign} " if bare.count(f" {sign} ") * 2 > counts_by_delimiter[sign] else sign for sign in often]


def _is_often_padded(sample: str, delimiter: str) -> bool:
    """Return whether most delimiters have a space after them, though it is no part of them."""
    return " " not in delimiter and sample.count(f"{delimiter} ") * 2 > sample.count(delimiter)


def _quotes(sample: str, delimiter: str) -> list[str]:
    """Return the double quote, and others that stand before and after delimiters; any sign if around whole lines."""
    border, quotes = re.escape(delimiter), [DEFAULT_QUOTE]
    for quote in _OTHER_QUOTES:
        opens = re.search(rf"(?:^|[\r\n]|{border}) ?{quote}", sample)
        if opens and re.search(rf"{quote}(?:$|[\r\n]|{border})", sample):
            quotes.append(quote)
    first = sample[:1]
    is_between = first not in delimiter and sample.count(first + delimiter + first) >= _count_lines(sample)
    if first in _QUOTING and is_between and _are_around_lines(sample, first, first):
        quotes.append(first)
    return quotes


def _are_around_lines(sample: str, first: str, last: str) -> bool:
    """Return whether most lines begin and end with these signs."""
    lines = [line for line in re.split(r"[\r\n]+", sample) if line]
    around = [line for line in lines if line.startswith(first) and line.endswith(last)]
    return len(around) * 2 > len(lines)


def _with_escapes(sample: str, dialect: Dialect) -> list[Dialect]:
    """Return the dialect without and with each sign that may escape its quote or its delimiter."""
    delimiter, quote = (dialect.delimiter.strip(" ") or dialect.delimiter)[0], dialect.quote
    dialects = [dialect]
    if any(_BACKSLASH + sign in sample for sign in (delimiter, quote) if sign):
        is_text = _is_text(_BACKSLASH, _without_nothing(sample, delimiter), delimiter + quote)
        dialects.append(replace(dialect, escape=_BACKSLASH, escapes_only_quotes=bool(quote) and is_text))
        if quote and not is_text and _escapes_within(sample, dialect):
            dialects.reverse()
    for sign in _other_escapes(sample, dialect) if quote else ():
        is_text = sign in _DOUBLED_IN_TEXT or _is_text(sign, sample, delimiter + quote)
        dialects.append(replace(dialect, escape=sign, escapes_only_quotes=is_text))
    return dialects


def _without_nothing(sample: str, delimiter: str) -> str:
    r"""Return the text without bare cells of `\N`, by which databases say that there is nothing."""
    border = rf"[\r\n{re.escape(delimiter)}]"
    return re.sub(rf"(?<={border})\\N(?={border}|\Z)", "", sample)


def _is_text(escape: str, sample: str, signs: str) -> bool:
    """Return whether an escape also stands before others than these signs and itself."""
    return escape in re.sub(f"{re.escape(escape)}[{re.escape(signs + escape)}]", "", sample)


def _escapes_within(sample: str, dialect: Dialect) -> bool:
    """Return whether a backslash stands before a quote that ends no cell, and before every quote between letters."""
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    first = re.escape(dialect.delimiter[0])
    within = re.search(rf"[^\\\r\n{first}]\\{quote}(?![\r\n]|{delimiter}|\Z)", sample)
    return within is not None and not re.search(rf"\w{quote}\w|\w {quote}\w|\w{quote} \w", sample)


def _other_escapes(sample: str, dialect: Dialect) -> list[str]:
    """Return signs that stand before quotes within cells, again and again, in a text in which no quote is doubled."""
    delimiter, quote, last = re.escape(dialect.delimiter), re.escape(dialect.quote), re.escape(dialect.delimiter[-1])
    goes_on = rf"(?![\r\n]|{delimiter}|\Z)"
    counts = Counter(re.findall(rf"[^\r\n]([{_ESCAPES}]){quote}{goes_on}", sample))
    doubled = re.compile(rf"(?<=[^\r\n{last}]){quote}{quote}{goes_on}")
    return [
        sign
        for sign, count in counts.most_common(_MOST_ESCAPES)
        if count >= _FEWEST_ESCAPED
        and sign not in dialect.delimiter
        and not doubled.search(sample.replace(sign + dialect.quote, ""))
    ]
