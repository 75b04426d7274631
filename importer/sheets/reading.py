"""How a source is to be read, as far as somebody has said so."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from importer.model.source import Field

DEFAULT_ENCODING: Final = "windows-1252"
CODES: Final = "codes"
"""What is said, instead of a character, of an escape that makes codes: a backslash, as databases write text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a source is to be read, as far as somebody has said so; what is None is found out.

    Attributes:
        sheet: The name of the sheet, a hidden one too.
        header_row: The number of the header's record, as a person counts.
        delimiter: What stands between the cells of a line of text: one character or more.
        quote: What stands around a cell of text that holds delimiters or line ends: one character, "" for nothing.
        escape: What stands before a character that is to be taken as it is: one character, "" for nothing,
            or `CODES`.
        encoding: Of text that is neither UTF-8 nor UTF-16 or 32, as Python's codecs know it.
        columns: Which header holds which field, beside the names that are known anyway.
        customer_id_pattern: What a customer's id is like that is no UUID, as a regular expression.
        visible_only: Whether a file is refused of which it cannot be known which rows are hidden.
    """

    sheet: str | None = None
    header_row: int | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    encoding: str | None = None
    columns: Mapping[str, Field] = field(default_factory=dict)
    customer_id_pattern: str | None = None
    visible_only: bool = False

    @property
    def fallback(self) -> str:
        """The encoding of text that says nothing of its own, and is not Unicode."""
        return self.encoding or DEFAULT_ENCODING

    def as_json(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Return what `as_json` made this of; names that are not known here are left out."""
        values = {name: saved[name] for name in cls.__slots__ if name in saved}
        columns = {header: Field(name) for header, name in (values.pop("columns", None) or {}).items()}
        return cls(columns=columns, **values)


AS_IT_IS: Final = Reading()
"""Everything is found out."""
