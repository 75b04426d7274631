"""Rows as they are checked and sent, and a note for each row that says what was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd

from importer.checks.cleaning.cleaning_steps import CleaningStep, Tidied, note
from importer.checks.cleaning.tidy_address import are_tidy_addresses, tidy_address
from importer.checks.cleaning.tidy_text import are_tidy_ids, are_tidy_names, tidy_id, tidy_name
from importer.model.source import Field

if TYPE_CHECKING:
    from importer.checks.rules import Rules

_BESIDE: Final = 64
"""So many cells are looked at as one, where all of a column cannot be."""
_IDS: Final = frozenset({Field.CUSTOMER_ID, Field.GROUP_ID, Field.LINKED_ACCOUNT_ID})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Rows as they are checked and sent.

    Attributes:
        frame: The same rows and columns, each cell as it is checked and sent.
        notes: A sentence or more for each row of which something was changed; the other rows are not in it.
        given: The cells of each column as they were; none of one that is not there, or holds something else than text.
        cells: The same as they are in `frame`.
    """

    frame: pd.DataFrame
    notes: Mapping[int, str]
    given: Mapping[Field, Sequence[str]]
    cells: Mapping[Field, Sequence[str]]


def clean(frame: pd.DataFrame, rules: Rules) -> Cleaned:
    """Take out of every cell what a person does not see there, and an address or an id out of what is around it.

    The frame that was given stays as it is. A column that does not hold text is left alone, for the schema to refuse.
    """
    after = frame.copy(deep=False)
    steps_by_position: dict[int, list[tuple[str, CleaningStep]]] = {}
    given = {field: _texts(frame, field) for field in Field}
    cells_after = dict(given)
    for field, cells in given.items():
        header = rules.header(field)
        changes = _changes(cells, field, rules)
        for position, change in changes.items():
            steps_by_position.setdefault(position, []).append((header, change.done))
        if changes:
            column = [changes[position].text if position in changes else cell for position, cell in enumerate(cells)]
            cells_after[field] = column
            after[field.value] = pd.Series(column, index=frame.index, dtype="str")
    rows = frame.index.tolist()
    notes = {rows[position]: note(tuple(steps)) for position, steps in steps_by_position.items()}
    return Cleaned(after, notes, given, cells_after)


def _texts(frame: pd.DataFrame, field: Field) -> Sequence[str]:
    """Return the cells of a column; none where it is not there, or holds something else than text."""
    column = frame.get(field.value)
    if column is None or not isinstance(column.dtype, pd.StringDtype) or column.hasnans:
        return ()
    cells: list[str] = column.tolist()
    return cells


def _changes(cells: Sequence[str], field: Field, rules: Rules) -> Mapping[int, Tidied]:
    """Return what becomes of the cells that are changed, by their positions: most often none is."""
    tidy, are_tidy = _rule(field, rules)
    if not cells or are_tidy(cells):
        return {}
    changes: dict[int, Tidied] = {}
    for start in range(0, len(cells), _BESIDE):
        some = cells[start : start + _BESIDE]
        if not are_tidy(some):
            changes |= {at: cell for at, cell in enumerate(map(tidy, some), start) if cell.done}
    return changes


def _rule(field: Field, rules: Rules) -> tuple[Callable[[str], Tidied], Callable[[Sequence[str]], bool]]:
    """Return what tidies a cell of the column, and what tells quickly that all of them are tidy."""
    if field is Field.EMAIL:
        return partial(tidy_address, international=rules.international_addresses), are_tidy_addresses
    is_own_form = field is Field.CUSTOMER_ID and rules.customer_id_pattern is not None
    return (tidy_id, are_tidy_ids) if field in _IDS and not is_own_form else (tidy_name, are_tidy_names)
