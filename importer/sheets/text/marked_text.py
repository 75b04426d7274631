"""Text as Python's `csv` can take it apart: what that does not know is hidden behind signs that the text lacks."""

from __future__ import annotations

from typing import Final

from importer.sheets.text.backslashes import decoded_cell, escaped_signs
from importer.sheets.text.found_out.dialect import BACKSLASH, Dialect
from importer.sheets.text.splitting import Marks, stand_in


class Marked:
    """A text whose delimiters are one character each, and escaped quotes too where only quotes can be escaped."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._originals: list[tuple[str, str, str]] = []
        self._dialect = dialect
        self._has_codes = False
        mark, escape, signs = dialect.delimiter, dialect.escape, dialect.delimiter + dialect.quote + dialect.escape
        if dialect.has_backslashes:
            escape = ""
            if BACKSLASH in text:
                text = self._without_escapes(text, signs)
        if len(mark) > 1:
            mark = stand_in(text + signs)
            text = text.replace(dialect.delimiter, mark)
            self._originals.append((mark, dialect.delimiter, dialect.delimiter))
        if dialect.escapes_only_quotes:
            escaped, escape, hidden = dialect.escape + dialect.quote, "", stand_in(text + signs + mark)
            text = text.replace(escaped, hidden)
            self._originals.append((hidden, escaped, dialect.quote))
        self.text: Final = text
        self.marks: Final = Marks(mark, dialect.quote, escape, dialect.is_padded)

    @property
    def is_changed(self) -> bool:
        """Whether the text may be another than that of the file, or cells than what stands for them in it."""
        return bool(self._originals) or self._has_codes

    @property
    def sign_of_change(self) -> str:
        """What stands in a part of the file where the marked text is another; "" where that may be any part."""
        return BACKSLASH if self._dialect.has_backslashes and len(self._dialect.delimiter) == 1 else ""

    @property
    def hides_line_ends(self) -> bool:
        """Whether there are line ends in the text of the file that end no line."""
        return any(content.endswith(("\n", "\r")) for _, _, content in self._originals)

    def contents(self, cells: list[str]) -> list[str]:
        """Return what is in cells that were found in the marked text."""
        if self._has_codes:
            cells = [decoded_cell(cell, self._dialect) if BACKSLASH in cell else cell for cell in cells]
        for mark, _, content in self._originals:
            cells = [cell.replace(mark, content) for cell in cells]
        return cells

    def in_file(self, pieces: list[str]) -> list[str]:
        """Return parts of the marked text as they stand in the file."""
        for mark, written, _ in self._originals:
            pieces = [piece.replace(mark, written) for piece in pieces]
        return pieces

    def _without_escapes(self, text: str, signs: str) -> str:
        """Return the text with one character for each sign of the dialect that has a backslash before it."""
        for written, content in escaped_signs(self._dialect):
            if written in text:
                hidden = stand_in(text + signs)
                text = text.replace(written, hidden)
                self._originals.append((hidden, written, content))
        self._has_codes = BACKSLASH in text
        return text
