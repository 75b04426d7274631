"""Files of customers of which a few rows are as odd as can be: for what must do the same with many rows as with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from importer.sheets.reading import Reading
from importer.sheets.text.found_out.codec import encoder
from tests.sheets.files import ANA, BEN, HEADER

ENCODINGS: Final = ("utf-8", "cp1252", "iso8859-15", "utf-16-le", "utf-7", "iso2022_jp", "cp932", "koi8-r")
_HOSTILE: Final = (
    *("=1", "'=1", "+1", "+x", "-", "@", "a;b", "a,b", 'q"', '"q"', '"a,b"', '"l\nm"', '"', "\\", "\\N", "O'Brien"),
    *("", " ", "\t", "\u00a0", "José", "\udce9", "\0", "Total", "NULL", "# end", "語", "2 rows", "\x1e", "“so”"),
)
_USUAL: Final = frozenset((*HEADER, *ANA, *BEN))
_CELLS: Final = st.sampled_from(_HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=4)


@dataclass(frozen=True)
class OddFile:
    """A file of text.

    Attributes:
        rows: Its rows, below the header.
        widths: How many columns it has.
        delimiter: What divides the cells.
        ends: What ends the lines, one after the other, and then again from the first on.
        start: What stands before the header.
        final: Whether the last line is ended.
        quote: What stands around the usual cells.
    """

    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = (4,)
    delimiter: str = ","
    ends: Sequence[str] = ("\n",)
    start: str = ""
    final: bool = True
    quote: str = ""

    def write(self, path: Path, encoding: str) -> tuple[Reading, Path]:
        """Write the file, and return how it is to be read; what an encoding lacks becomes a question mark."""
        header = [*HEADER, *["Notes", "More"][: self.widths[0] - len(HEADER)]]
        lines = [header, *self.rows]
        lines = [[f"{self.quote}{cell}{self.quote}" if cell in _USUAL else cell for cell in line] for line in lines]
        text = "".join(self.delimiter.join(line) + self.ends[at % len(self.ends)] for at, line in enumerate(lines))
        if not self.final:
            text = text.rstrip("\r\n")
        path.write_bytes(encoder(encoding).encode(self.start + text, final=True))
        return Reading(encoding=encoding), path


@st.composite
def odd_files(draw: st.DrawFn) -> OddFile:
    """Draw a file: most of its rows are usual ones, in stretches."""
    width = draw(st.integers(4, 6))
    usual = [[*ANA, "x", "y"][:width], [*BEN, "", "-5"][:width]]
    odd = st.lists(_CELLS, min_size=0, max_size=width + 1)
    changed = st.tuples(st.sampled_from(usual), st.integers(0, width - 1), _CELLS).map(
        lambda drawn: [*drawn[0][: drawn[1]], drawn[2], *drawn[0][drawn[1] + 1 :]]
    )
    stretches = draw(
        st.lists(st.tuples(st.sampled_from(usual) | changed | odd, st.integers(1, 4)), min_size=1, max_size=8)
    )
    return OddFile(
        rows=[row for row, count in stretches for _ in range(count)],
        widths=[width],
        delimiter=draw(st.sampled_from([",", ";", "\t", "||"])),
        ends=draw(st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\n", "\r\n"], ["\r\r\n"]])),
        start=draw(st.sampled_from(["", "", "Report of May\n", "\n\n"])),
        final=draw(st.booleans()),
        quote=draw(st.sampled_from(["", "", '"'])),
    )
