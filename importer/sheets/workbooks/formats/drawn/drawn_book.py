"""A text in which a table is drawn: the reader."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from typing import Final

from importer.errors import SourceError
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, SheetName
from importer.sheets.workbooks.formats.drawn.drawn_lines import DrawnLines

_BLOCK_BYTES: Final = 64 * 1024
_LONGEST: Final = 8 * 1024 * 1024
_BOM: Final = "\ufeff"
_HALF: Final = range(0xD800, 0xE000)


class DrawnBook:
    """A text as a book of one sheet: a line of it is a line of the sheet.

    Args:
        file: The file.
        reading: Its encoding is the one that the text is in.
    """

    format: Final = "drawn"

    def __init__(self, file: SourceFile, reading: Reading) -> None:
        if reading.sheet is not None:
            raise SourceError(
                f"{file.name} is a table that was drawn, and has no sheets.",
                code="no_sheets",
                hint="Leave --sheet out.",
            )
        self._file = file
        self._reading = reading
        self.notes: Sequence[str] = ()
        """What there is to say of the lines that were read last."""

    @property
    def sheets(self) -> Sequence[SheetName]:
        """The one sheet, which has no name."""
        return [SheetName("")]

    def lines(self, at: int) -> Iterator[Line]:  # noqa: ARG002 - there is one
        """Yield the lines that hold something."""
        drawn_lines = DrawnLines(self._file.name, self._reading)
        for line in drawn_lines.lines(self._texts()):
            yield line if _is_text(line.cells) else line._replace(cells=[*map(_readable, line.cells)], is_text=False)
        self.notes = drawn_lines.notes

    def part(self, at: int) -> str:  # noqa: ARG002 - the signature of the port
        """Return nothing: it is no package."""
        return ""

    def totals(self, at: int) -> Sequence[Area]:  # noqa: ARG002 - the signature of the port
        """Return nothing: no line says of itself that it holds totals."""
        return ()

    def merged(self) -> Sequence[Area]:
        """Return nothing: no cells are merged."""
        return ()

    def _texts(self) -> Iterator[str]:
        """Yield the lines of the text, with their ends."""
        codec = self._reading.fallback
        decoder = codecs.getincrementaldecoder(codec)("surrogatepass" if "16" in codec else "surrogateescape")
        rest = ""
        with self._file.path.open("rb") as opened:
            while block := opened.read(_BLOCK_BYTES):
                *lines, rest = _lines(rest + decoder.decode(block))
                yield from lines
                if len(rest) > _LONGEST:
                    raise SourceError(
                        f"{self._file.name} has a line of more than {_LONGEST // 1024**2} million characters.",
                        code="record_too_long",
                        hint="Export the table again, as CSV.",
                    )
        yield from filter(None, _lines(rest + decoder.decode(b"", final=True)))


def _lines(text: str) -> list[str]:
    """Return the lines of a text; the last of them goes on, or is what comes after the last line end."""
    lines = [*io.StringIO(text.removeprefix(_BOM), newline="")]
    if not lines or lines[-1].endswith("\n"):
        lines.append("")
    return lines


def _is_text(cells: Sequence[LineCell]) -> bool:
    """Return whether all characters of the cells are characters."""
    try:
        for cell in cells:
            if cell.__class__ is str:
                cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable(cell: LineCell) -> LineCell:
    r"""Return a cell with codes (`\xNN`) for bytes that were no characters."""
    value = cell.value if isinstance(cell, Doubtful) else cell
    if not isinstance(value, str) or not any(ord(letter) in _HALF for letter in value):
        return cell
    shown = "".join(f"\\x{ord(letter) & 0xFF:02x}" if ord(letter) in _HALF else letter for letter in value)
    return Doubtful(shown, cell.why if isinstance(cell, Doubtful) else Doubt.UNDECODABLE)
