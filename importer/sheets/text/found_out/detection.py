"""How a file of text is written: found out from the file, as far as nobody has said it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from importer.sheets.reading import AS_IT_IS, CODES, Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.coded import with_codes
from importer.sheets.text.found_out.dialect import Dialect, check_said, said_delimiter
from importer.sheets.text.found_out.encoding import Encoding, find_encoding, read_text
from importer.sheets.text.found_out.escaped_lines import may_have_backslashes
from importer.sheets.text.found_out.guess import guess
from importer.sheets.text.lines import RECORD_ENDS, find_record_end

_SAMPLE: Final = 128 * 1024
"""How many characters are looked at."""
_SEP_LINE: Final = re.compile(
    r"""("?)sep=([\t !#-&(-/:-@\[-^`{-~])\1(?:\r\r\n|\r\n|\n\r|\n|\r|\Z)""",
    re.IGNORECASE,
)
_USUAL: Final = ","


def detect(file: SourceFile, reading: Reading = AS_IT_IS) -> Dialect:
    """Find out how a file is written; what somebody has said holds, and next a `sep=` line.

    Where a sign ends the records, as in sqlite3's mode ascii and Miller's asv and usv, nothing is quoted.

    Raises:
        SettingsError: No file can be written as somebody has said, or there is no such encoding.
        OSError: The file cannot be read.
    """
    check_said(reading)
    encoding = find_encoding(file, reading.encoding)
    sample, is_whole = _sample(file, encoding)
    sep_line = _SEP_LINE.match(sample)
    preamble = sep_line[0] if sep_line else ""
    end = find_record_end(sample)
    if end and reading.delimiter in {None, RECORD_ENDS[end]} and not reading.quote and not reading.escape:
        return Dialect(encoding, RECORD_ENDS[end], quote="", odd_end=end)
    base = Dialect(encoding, said_delimiter(reading) or _USUAL, preamble=preamble)
    if sep_line and reading.delimiter is None:
        reading = replace(reading, delimiter=sep_line[2])
    text = sample.removeprefix(preamble)
    found = guess(text, base, reading, is_whole=is_whole)
    if reading.escape != CODES and not may_have_backslashes(file):
        return found
    return with_codes(found, reading, text, read_text(file, encoding))


def _sample(file: SourceFile, encoding: Encoding) -> tuple[str, bool]:
    """Return the start of a file's text, and whether it is all of it."""
    sample = ""
    pieces = read_text(file, encoding)
    for piece in pieces:
        sample += piece
        if len(sample) >= _SAMPLE:
            return sample[:_SAMPLE], False
    return sample, True
