"""Tables whose files are not as they should be: pollutions of a clean table, and the cells that a person sees there.

After Vitagliano, Hameed, Jiang, Reisener, Wu and Naumann, "Pollock: a data loading benchmark", 2023: the kinds of
pollution are those that its authors found in thousands of published files.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from importer.sheets.reading import Reading

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Style:
    """How a table is written; `broken` is text put in the place of one line, by its number from 0."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    line_end: str = "\n"
    final: bool = True
    quote_all: bool = False
    encoding: str = "utf-8"
    bom: bool = False
    broken: Mapping[int, str] = field(default_factory=dict)
    ends: Mapping[int, str] = field(default_factory=dict)

    def file(self, rows: Rows) -> bytes:
        """Return the bytes of the file."""
        lines = [self.broken.get(at, self.delimiter.join(map(self.cell, row))) for at, row in enumerate(rows)]
        ends = [self.ends.get(at, self.line_end) for at in range(len(lines))]
        if ends and not self.final:
            ends[-1] = ""
        text = ("\ufeff" if self.bom else "") + "".join(line + end for line, end in zip(lines, ends, strict=True))
        return text.encode(self.encoding)

    def cell(self, text: str) -> str:
        """Return a cell as it stands in the file."""
        needs = any(sign in text for sign in (*self.delimiter.strip(" "), self.delimiter, self.quote, "\n", "\r"))
        if not needs and not self.quote_all:
            return text
        return self.quote + text.replace(self.quote, (self.escape or self.quote) + self.quote) + self.quote

    def options(self, **more: str) -> Reading:
        """Return what a person would say who knows the style."""
        said: dict[str, Any] = {"delimiter": self.delimiter, "quote": self.quote, "escape": self.escape, **more}
        return Reading(**said)


@dataclass(frozen=True)
class Polluted:
    """A polluted file, the cells that are right for it, and what a person would say of it."""

    kind: str
    data: bytes
    cells: Rows
    said: Reading


_WORDS: Final = (
    "Lamp",
    "desk",
    "oak",
    "Walnut",
    "blue",
    "Kitchen",
    "bowl",
    "soft",
    "Cotton",
    "garden",
    "Hose",
    "Paper",
)
_SAYINGS: Final = (
    'He said "fine" twice', "good, but late", "over two\nlines", "ordinary", "", "100% wool", 'a 5" pipe, short', "ok",
)  # fmt: skip
_NAMES: Final = ("José", "Zoë", "Müller", "Ana", "Ben", "Søren", "Łukasz", "Chloé")


def sales(rng: random.Random, rows: int) -> list[list[str]]:
    """Return a table of sales, with every kind of cell and no column that the importer knows."""
    table = [["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments"]]
    for _ in range(rows):
        name = " ".join(rng.sample(_WORDS, 2))
        table.append([
            f"{rng.randint(1, 12)}/{rng.randint(1, 28)}/2018", f"{rng.randint(0, 23)}:{rng.randint(10, 59)}",
            str(rng.randint(1, 40)), f"P{rng.randint(1000, 9999)}", f"${rng.randint(1, 9)},{rng.randint(100, 999)}.50",
            rng.choice(_WORDS), f"{name}, {rng.choice(_WORDS)}", f"https://shop.example/{rng.randint(1, 999)}?a=1&b=2",
            rng.choice(_SAYINGS),
        ])  # fmt: skip
    return table


def customers(rng: random.Random, rows: int) -> list[list[str]]:
    """Return a table of customers."""
    table = [["Customer ID", "First Name", "Last Name", "E-mail", "City", "Note"]]
    table += [
        [
            f"{rng.getrandbits(32):08x}-1111-4111-8111-111111111111", rng.choice(_NAMES), rng.choice(_NAMES),
            f"a{at}@example.com", rng.choice(["Berlin", "New York", "Vienna, Austria"]), rng.choice(_SAYINGS),
        ]
        for at in range(rows)
    ]  # fmt: skip
    return table


def small(rng: random.Random, rows: int) -> list[list[str]]:
    """Return a table of a few short columns."""
    return [
        ["name", "amount", "day"],
        *([rng.choice(_WORDS), str(rng.randint(1, 99)), "2024-01-31"] for _ in range(rows)),
    ]


def without(rows: Rows, *signs: str) -> list[list[str]]:
    """Return the table without some characters in its cells."""
    return [["".join(letter for letter in cell if letter not in signs) for cell in row] for row in rows]


def pollutions(rows: Rows, rng: random.Random) -> Iterator[Polluted]:
    """Yield every pollution of a clean table."""
    for make in (_whole_file, _encodings, _line_ends, _around, _rows):
        yield from make(rows, rng)


def _polluted(kind: str, style: Style, rows: Rows, cells: Rows | None = None) -> Polluted:
    said = style.options(**({} if style.encoding.startswith("utf") else {"encoding": style.encoding}))
    return Polluted(kind, style.file(rows), rows if cells is None else cells, said)


def _whole_file(rows: Rows, _: random.Random) -> Iterator[Polluted]:
    plain = Style()
    yield _polluted("clean", plain, rows)
    yield _polluted("all quoted", replace(plain, quote_all=True), rows)
    for delimiter in (";", "\t", "|", ":", " ", "^", "~", ", ", "; ", " | ", "||", "::", "\x1f"):
        yield _polluted(f"delimiter {delimiter!r}", replace(plain, delimiter=delimiter), rows)
        yield _polluted(
            f"delimiter {delimiter!r}, all quoted", replace(plain, delimiter=delimiter, quote_all=True), rows
        )
    yield _polluted("quote '", replace(plain, quote="'"), rows)
    yield _polluted("quote ', all quoted", replace(plain, quote="'", quote_all=True), rows)
    yield _polluted("escape \\", replace(plain, escape="\\"), rows)
    yield _polluted("escape \\, all quoted", replace(plain, escape="\\", quote_all=True), rows)
    yield _polluted("escape \\, quote '", replace(plain, quote="'", escape="\\"), rows)
    bare = without(rows, ",", '"', "\n")
    yield _polluted("nothing quoted", plain, bare)


def _encodings(rows: Rows, _: random.Random) -> Iterator[Polluted]:
    latin = without(rows, "Ł")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield _polluted(f"{encoding} with BOM", Style(encoding=encoding, bom=True), rows)
        yield _polluted(f"{encoding} without BOM", Style(encoding=encoding), rows)
    yield _polluted("windows-1252", Style(encoding="windows-1252"), latin)
    for encoding in ("cp1250", "mac-roman", "cp037"):
        one = _polluted(f"{encoding}, said", Style(encoding=encoding), without(latin, "ø", "ë"))
        yield one


def _line_ends(rows: Rows, rng: random.Random) -> Iterator[Polluted]:
    for name, line_end in (("CRLF", "\r\n"), ("CR", "\r")):
        yield _polluted(name, Style(line_end=line_end), rows)
    mixed = {at: rng.choice(["\n", "\r\n", "\r"]) for at in range(len(rows))}
    yield _polluted("mixed line ends", Style(ends=mixed), rows)
    yield _polluted("one CR", Style(ends={len(rows) // 2: "\r"}), rows)
    yield _polluted("no final line end", Style(final=False), rows)
    yield _polluted("no final line end, CRLF", Style(final=False, line_end="\r\n"), rows)


def _around(rows: Rows, _: random.Random) -> Iterator[Polluted]:
    plain = Style()
    yield _polluted("two final line ends", plain, [*rows, []])
    yield _polluted("preamble", plain, [["Report of May"], ["made by hand"], [], *rows])
    yield _polluted("preamble of cells", plain, [["Report", "", ""], ["x", "1"], *rows])
    yield _polluted("two header lines", plain, [rows[0], rows[0], *rows[1:]])
    yield _polluted("no header", plain, rows[1:])
    yield _polluted("only a header", plain, rows[:1])
    yield _polluted("one row", plain, rows[:2])
    yield _polluted("empty file", plain, [])
    yield _polluted("footer", plain, [*rows, [], ["Total", "12"]])
    yield _polluted("two tables", plain, [*rows, [], *[row[:3] for row in rows]])


def _rows(rows: Rows, rng: random.Random) -> Iterator[Polluted]:
    plain = Style()
    for at in {0, 1, rng.randrange(len(rows)), len(rows) - 1}:
        row = list(rows[at])
        column = rng.randrange(len(row))
        more = [*rows[:at], [*row[:column], "", *row[column:]], *rows[at + 1 :]]
        yield _polluted("a delimiter too many", plain, more)
        fewer = [*rows[:at], row[:column] + row[column + 1 :], *rows[at + 1 :]]
        yield _polluted("a delimiter too few", plain, fewer)
        other = ";".join(map(plain.cell, row))
        if '"' not in other:
            yield _polluted("a row with another delimiter", replace(plain, broken={at: other}), rows,
                            [*rows[:at], other.split(","), *rows[at + 1 :]])  # fmt: skip
        spaced = " , ".join(map(plain.cell, row))
        if '"' not in spaced:
            yield _polluted("a row with spaces", replace(plain, broken={at: spaced}), rows,
                            [*rows[:at], spaced.split(","), *rows[at + 1 :]])  # fmt: skip
        yield from _stray(rows, at, column)


def _stray(rows: Rows, at: int, column: int) -> Iterator[Polluted]:
    plain = Style()
    row = without([rows[at]], '"', "\n")[0]
    cells = [plain.cell(cell) for cell in row]
    for name, change in _STRAY.items():
        broken = [*cells[:column], change(cells[column]), *cells[column + 1 :]]
        wanted = [*row[:column], change(row[column]), *row[column + 1 :]]
        if cells[column].startswith('"'):
            continue
        yield _polluted(f"stray quote {name}", replace(plain, broken={at: ",".join(broken)}), rows,
                        [*rows[:at], wanted, *rows[at + 1 :]])  # fmt: skip


_STRAY: Final[Mapping[str, Callable[[str], str]]] = {
    "before": lambda cell: f'"{cell}',
    "after": lambda cell: f'{cell}"',
    "inside": lambda cell: f'{cell}"x',
}
