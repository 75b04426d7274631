"""How a file of delimited text is written, and what somebody has said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from importer.errors import SettingsError
from importer.sheets.reading import CODES, Reading
from importer.sheets.text.found_out.encoding import Encoding

DEFAULT_QUOTE: Final = '"'
BACKSLASH: Final = "\\"
_LINE_ENDS: Final = "\r\n"
_SPELT_OUT: Final = {r"\t": "\t", "tab": "\t", "space": " "}
"""What a person types who cannot type the character itself."""


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How a file of delimited text is written.

    Attributes:
        encoding: What its characters are encoded in.
        delimiter: What stands between cells: one character or more.
        quote: What stands around cells with delimiters or line ends in them; "" for nothing.
        escape: What stands before a character that is taken as it is; "" for nothing. A quote within quotes may be
            doubled in any case.
        escapes_only_quotes: Whether the escape is text like any other where no quote comes after it.
        is_padded: Whether spaces after a delimiter are no part of the cell that begins there.
        codes: Whether letters behind the escape, which is then a backslash, are codes: `\n` for a line break, `\N` for
            nothing.
        odd_end: What ends every line, where it is neither LF nor CR nor CRLF; "" where it is. It may be a sign that
            ends records, in which line ends are text.
        preamble: The text before the first record: a `sep=` line, or nothing.
    """

    encoding: Encoding
    delimiter: str
    quote: str = DEFAULT_QUOTE
    escape: str = ""
    escapes_only_quotes: bool = False
    is_padded: bool = False
    odd_end: str = ""
    preamble: str = ""
    codes: bool = False

    @property
    def has_backslashes(self) -> bool:
        """Whether a backslash makes text of any sign that comes after it."""
        return self.escape == BACKSLASH and not self.escapes_only_quotes


def said_delimiter(reading: Reading) -> str | None:
    r"""Return the delimiter that somebody has named; `\t`, `tab` and `space` stand for what cannot be typed."""
    return None if reading.delimiter is None else _SPELT_OUT.get(reading.delimiter.lower(), reading.delimiter)


def said_escape(reading: Reading) -> str | None:
    """Return the escape character that somebody has named: the quote itself means that it is doubled, without one."""
    if reading.escape == CODES:
        return BACKSLASH
    return "" if reading.escape and reading.escape == reading.quote else reading.escape


def check_said(reading: Reading) -> None:
    """Raise `SettingsError` where no file can be written as somebody has said."""
    delimiter, quote, escape = said_delimiter(reading), reading.quote, said_escape(reading)
    if delimiter is not None and (not delimiter or set(_LINE_ENDS) & set(delimiter)):
        raise _wrong("--delimiter must be at least one character, and no line end.")
    for option, value in (("--quote", quote), ("--escape", escape)):
        if value and (len(value) > 1 or value in _LINE_ENDS):
            raise _wrong(f"{option} must be one character, or empty for none.")
        if value and value in (delimiter or ""):
            raise _wrong(f"{option} must not be part of the delimiter.")


def _wrong(message: str) -> SettingsError:
    return SettingsError(message, code="wrong_dialect", hint="Leave the option out: it is found out.")
