"""What is true of a file of the corpus: kept beside it as TOML, and compared with what the product finds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

FIELDS: Final = ("customer_id", "first_name", "last_name", "email")
SUFFIX: Final = ".expected.toml"

Value = str | int | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a source.

    Attributes:
        number: As a person counts.
        update: The four values that are sent, in the order of `FIELDS`; none where the row cannot be sent.
        issues: Why it cannot be sent: one code for each cell that is wrong, from the customer id to the address.
        warnings: Codes of what is strange about it, in their alphabetical order.
    """

    number: int
    update: Sequence[str] = ()
    issues: Sequence[str] = ()
    warnings: Sequence[str] = ()

    def toml(self) -> str:
        """Return the row as an inline table."""
        parts = [f"row = {self.number}"]
        parts += [f"{name} = {_quoted(text)}" for name, text in zip(FIELDS, self.update, strict=False)]
        for name, codes in (("issues", self.issues), ("warnings", self.warnings)):
            if codes:
                parts.append(f"{name} = [{', '.join(map(_quoted, codes))}]")
        return f"{{ {', '.join(parts)} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of a file.

    Attributes:
        made: How it was made, in a few words.
        options: What a person says of how it is to be read.
        refused: The code with which it is refused; "" where it is read.
        found: What is found out about it; only what its format has.
        skipped: How many records are no rows, by what they are.
        rows: All of its rows.
    """

    made: str
    options: Mapping[str, Value] = field(default_factory=dict)
    refused: str = ""
    found: Mapping[str, str | int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    rows: Sequence[Row] = ()

    def toml(self) -> str:
        """Return it as a person reads it."""
        lines = [f"made = {_quoted(self.made)}"]
        if self.options:
            lines.append(f"options = {_inline(self.options)}")
        if self.refused:
            lines.append(f"refused = {_quoted(self.refused)}")
        else:
            lines += [f"found = {_inline(self.found)}", f"skipped = {_inline(dict(sorted(self.skipped.items())))}"]
            lines += ["rows = [", *(f"    {row.toml()}," for row in self.rows), "]"]
        return "\n".join(lines) + "\n"

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `toml` returned."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = [
            Row(
                row["row"],
                [row[name] for name in FIELDS if name in row],
                row.get("issues", ()),
                row.get("warnings", ()),
            )
            for row in data.pop("rows", ())
        ]
        return cls(**data, rows=rows)


@dataclass(frozen=True, slots=True)
class Case:
    """A file of the corpus: its name in the folder of its kind, its bytes, and what is true of it."""

    name: str
    data: bytes
    truth: Truth


def expectation(file: Path) -> Path:
    """Return where the truth of a file is kept."""
    return file.with_name(file.name + SUFFIX)


def _inline(table: Mapping[str, Value]) -> str:
    parts = [f"{_key(name)} = {_value(value)}" for name, value in table.items()]
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return _inline(value) if isinstance(value, Mapping) else str(value)


def _key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else _quoted(name)


def _quoted(text: str) -> str:
    """Return a string of TOML in which nothing is invisible but spaces."""
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    if letter in {'"', "\\"}:
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    number = ord(letter)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"
