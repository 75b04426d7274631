"""What is taken off a cell before it is checked, and the note that says so: nothing is changed in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from importer.checks.phrases import listed, named
from importer.model import Field

if TYPE_CHECKING:
    from importer.checks.rules import Rules


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Rows as they are checked and sent, in the order of their numbers.

    Attributes:
        frame: The same rows and columns, each cell without white space at its ends.
        notes: A sentence for each row of which something was taken off; the other rows are not in it.
    """

    frame: pd.DataFrame
    notes: Mapping[int, str]


def clean(frame: pd.DataFrame, rules: Rules) -> Cleaned:
    """Take white space off both ends of every cell: all that Unicode calls so, no-break spaces and line ends too.

    The frame that was given stays as it is. A column that does not hold text is left alone, for the schema to refuse.
    """
    before = frame.sort_index()
    after = before.apply(lambda column: column.str.strip() if pd.api.types.is_string_dtype(column) else column)
    trimmed: dict[int, list[str]] = {}
    for field in (field for field in Field if field in before.columns):
        for row in before.index[before[field] != after[field]]:
            trimmed.setdefault(int(row), []).append(rules.header(field))
    return Cleaned(after, {row: _note(headers) for row, headers in trimmed.items()})


def _note(headers: Sequence[str]) -> str:
    return f"White space around {listed([named(header) for header in headers])} was removed."
