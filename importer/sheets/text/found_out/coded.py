r"""Whether a text is written with codes, as databases and their kin write it: `\n` for a line break, `\N` for nothing.

It is taken for one only where nothing else can be meant. A path, or a name that happens to end in a backslash, is text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from importer.errors import SourceError
from importer.sheets.reading import CODES, Reading
from importer.sheets.text.backslashes import LETTERS, last_unescaped_end
from importer.sheets.text.batches import TextRecord, split_text
from importer.sheets.text.found_out.dialect import BACKSLASH, Dialect
from importer.sheets.text.found_out.escaped_lines import escaped_lines
from importer.sheets.text.found_out.regularity import strays, usual_width
from importer.sheets.text.lines import find_odd_end, line_end_of

_SAMPLE: Final = 64 * 1024
_HEAD: Final = 4 * 1024
"""So much of the beginning shows what ordinary lines are."""
_RECORDS: Final = 200
_NEED_QUOTES: Final = (",", ";", "|", "\t", BACKSLASH)
_DOUBLED: Final = BACKSLASH * 2
_DRIVE: Final = re.compile(r"(?<![^\W_])[A-Za-z]:\\(?!\\)")
"""Where the folders of a path are divided by single backslashes."""
_HOST: Final = r"\\\\[\w.$-]+\\(?!\\)"
_BROKEN_LINE: Final = re.compile(r"[^\W_A-Z][.,;!?)]?\\[nrt](?=[A-Z]|[^\x00-\x7f])|\\r\\n")
"""Where a code stands between two words: what no backslash of a path or a login stands between."""
_ESCAPED_END: Final = re.compile(r"\\(?:\r\n|[\r\n])")


class _Purpose(Enum):
    """What backslashes of a text are there for."""

    NOTHING = auto()
    BACKSLASH = auto()
    QUOTE = auto()
    DELIMITER = auto()
    LINE_END = auto()
    LETTER = auto()
    BROKEN_LINE = auto()


def with_codes(found: Dialect, reading: Reading, sample: str, pieces: Iterable[str]) -> Dialect:
    """Return the dialect with codes where the text certainly has them, or somebody has said so; else as it is.

    Args:
        found: In which dialect it is, but for codes.
        reading: What somebody has said.
        sample: The start of the text.
        pieces: All of the text with what comes before its first record, in pieces; they are read as far as needed.
    """
    is_said = reading.escape == CODES
    if not is_said and reading.escape not in {None, BACKSLASH}:
        return found
    start = sample[:_SAMPLE]
    quoted = _quoted_cells(start, found)
    quote = reading.quote
    if quote is None:
        quote = found.quote if _are_quotes(quoted, start, found) else ""
    coded = replace(found, quote=quote, escape=BACKSLASH, escapes_only_quotes=False, codes=True)
    coded = replace(coded, odd_end=find_odd_end(start, quote, BACKSLASH, escapes_ends=True))
    if is_said:
        return coded
    if quote:
        return coded if _is_certain(start, found, coded) else found
    head = start[: last_unescaped_end(start[:_HEAD], coded.odd_end, 0)]
    text = head + escaped_lines(_behind(len(found.preamble) + len(head), pieces))
    return coded if _is_certain(text, found, coded, has_quoted=bool(quoted)) else found


def _behind(count: int, pieces: Iterable[str]) -> Iterator[str]:
    """Yield the text without so many characters at its beginning."""
    for piece in pieces:
        yield piece[count:]
        count = max(count - len(piece), 0)


def _is_certain(text: str, found: Dialect, coded: Dialect, *, has_quoted: bool = False) -> bool:
    purposes = set(_purposes(text, coded))
    if not purposes or (has_quoted and purposes == {_Purpose.NOTHING}):
        return False
    before, records = _records(text, found), _records(text, coded)
    share_before, share = usual_width(before)[1], usual_width(records)[1]
    if share < share_before or strays(records) > strays(before):
        return False
    if coded.quote:
        return _speaks_for_quoted(purposes, found, records) and not _has_doubled_quote(text, coded)
    if not _speaks_for_bare(purposes, coded):
        return False
    proofs = {_Purpose.NOTHING, _Purpose.BACKSLASH, _Purpose.BROKEN_LINE}
    return share > share_before or not purposes.isdisjoint(proofs)


def _records(text: str, dialect: Dialect) -> Sequence[TextRecord]:
    """Return the first records of a text that may be cut off; none where they cannot be read so."""
    try:
        records = (record for batch in split_text([text], dialect, "") for record in batch.records())
        return list(itertools.islice(records, _RECORDS))
    except SourceError:
        return []


def _speaks_for_quoted(purposes: set[_Purpose], found: Dialect, records: Sequence[TextRecord]) -> bool:
    """Return whether a text with quotes may have codes: one bare sign for nothing is not enough."""
    if _Purpose.NOTHING in purposes:
        return len(purposes) > 1 or found.has_backslashes
    if {_Purpose.QUOTE, _Purpose.BROKEN_LINE} <= purposes:
        return True
    return _Purpose.LINE_END in purposes and not _breaks_bare(records)


def _speaks_for_bare(purposes: set[_Purpose], coded: Dialect) -> bool:
    """Return whether a text without quotes may have codes: databases write it with tabs, others with any delimiter."""
    if purposes == {_Purpose.NOTHING}:
        return not coded.delimiter.isprintable()
    return not purposes <= {_Purpose.QUOTE, _Purpose.LETTER}


def _purposes(sample: str, dialect: Dialect) -> Iterator[_Purpose]:
    """Yield what the backslashes are there for, where each of them is for something; nothing where one is not."""
    first, quote = re.escape(dialect.delimiter[0]), re.escape(dialect.quote)
    begin, end = rf"(?<![^\r\n{re.escape(dialect.delimiter[-1])}])", rf"(?={re.escape(dialect.delimiter)}|[\r\n]|\Z)"
    if _DRIVE.search(sample) or re.search(rf"{begin}{quote}?{_HOST}" if quote else begin + _HOST, sample):
        return
    text, nothings = re.subn(rf"{begin}\\N{end}", "", sample)
    rest = re.sub(rf"\\(?:[{LETTERS}\"\\{first}{quote}\r\n]|\Z)", "", text)
    if BACKSLASH in rest:
        return
    if nothings:
        yield _Purpose.NOTHING
    if re.search(rf"[^\\\r\n{first}{quote}]\\\\", text):
        yield _Purpose.BACKSLASH
    single = text.replace(_DOUBLED, "")
    if quote and BACKSLASH + dialect.quote in single:
        yield _Purpose.QUOTE
    if BACKSLASH + dialect.delimiter[0] in single:
        yield _Purpose.DELIMITER
    if _ESCAPED_END.search(single):
        yield _Purpose.LINE_END
    if re.search(rf"\\[{LETTERS}]", single):
        yield _Purpose.BROKEN_LINE if _BROKEN_LINE.search(single) else _Purpose.LETTER


def _quoted_cells(text: str, dialect: Dialect) -> Sequence[str]:
    """Return what is between quotes around a cell, of cells on one line."""
    if not dialect.quote or dialect.quote not in text:
        return ()
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    inner = rf"((?:[^{quote}\\\r\n]|{quote}{quote}|\\.)*+)"
    return re.findall(rf"(?:^|[\r\n]|{delimiter}) *+{quote}{inner}{quote} *+(?={delimiter}|[\r\n]|\Z)", text)


def _are_quotes(cells: Sequence[str], text: str, dialect: Dialect) -> bool:
    """Return whether the quotes around these cells divide a text: one needs them, or most lines have several."""
    signs = (*_NEED_QUOTES, dialect.delimiter, dialect.quote)
    lines = max(text.count("\n"), text.count("\r"), 1)
    return len(cells) > lines or any(sign in cell for cell in cells for sign in signs)


def _has_doubled_quote(sample: str, dialect: Dialect) -> bool:
    """Return whether a quote within a cell is doubled instead."""
    quote, delimiter, last = re.escape(dialect.quote), re.escape(dialect.delimiter), re.escape(dialect.delimiter[-1])
    bare = sample.replace(_DOUBLED, "").replace(BACKSLASH + dialect.quote, "")
    return re.search(rf"(?<=[^\r\n{last}]){quote}{quote}(?![\r\n]|{delimiter}|\Z)", bare) is not None


def _breaks_bare(records: Sequence[TextRecord]) -> bool:
    """Return whether a line end within a record has no backslash before it."""
    bodies = (record.raw.removesuffix(line_end_of(record.raw, "")) for record in records)
    texts = (_ESCAPED_END.sub("", body.replace(_DOUBLED, "")) for body in bodies)
    return any("\n" in text or "\r" in text for text in texts)
