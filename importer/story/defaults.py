"""Rows that do not say where they are to go, in a sheet in which others do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from importer.checks.checker import Checked
from importer.model.run import Target
from importer.model.source import FIELDS, Detected, Field
from importer.model.updates import Updates
from importer.phrases import named
from importer.sheets.table import Column

_TARGETS: Final = (Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)


@dataclass(slots=True)
class Defaults:
    """Counts the valid rows that go to the group or the account of the run, since their own cell is blank.

    Attributes:
        rows: The rows that count; None for all.
    """

    rows: Collection[int] | None = None
    _valid: int = 0
    _blank: Counter[Field] = field(default_factory=Counter)

    def add(self, checked: Checked) -> None:
        """Take in rows that were checked."""
        self._valid += self._count(Updates.of(checked.updates).rows)
        for target, rows in checked.defaulted.items():
            self._blank[target] += self._count(rows)

    def told(self, detected: Detected, columns: Mapping[Field, Column], target: Target) -> Detected:
        """Return what was found out about the source, with what is to be said of such rows."""
        partly = {each: rows for each in _TARGETS if 0 < (rows := self._blank[each]) < self._valid}
        notes = (*detected.notes, *self._sentences(partly, columns, target))
        return replace(detected, notes=notes, to_default={each.value: rows for each, rows in partly.items()})

    def _sentences(self, partly: Mapping[Field, int], columns: Mapping[Field, Column], target: Target) -> Iterator[str]:
        defaults = {Field.GROUP_ID: target.group_id, Field.LINKED_ACCOUNT_ID: target.linked_account_id}
        for each, rows in partly.items():
            have, they_go = ("has", "it goes") if rows == 1 else ("have", "they go")
            where = f"the {FIELDS[each]} of the whole run, {defaults[each]}"
            yield (
                f"{rows:,} of {self._valid:,} valid rows {have} nothing under {named(columns[each].header)}: {they_go} "
                f"to {where}. Where blank means the one above, fill it in."
            )

    def _count(self, rows: Sequence[int]) -> int:
        return len(rows) if self.rows is None else sum(row in self.rows for row in rows)
