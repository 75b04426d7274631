"""Rows of text in, updates and issues out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from importer.checks import schema
from importer.checks.cleaning import Cleaned, clean
from importer.checks.messages import message
from importer.ids import normal_id
from importer.model import Field, Issue, Update

if TYPE_CHECKING:
    import pandas as pd

    from importer.checks.rules import Rules

_WHOLE_ROW: Final = ""
"""The column of an issue that is about no single cell."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the rows, both in the order of their numbers.

    Every row that was given has either exactly one update or at least one issue.
    """

    updates: Sequence[Update]
    issues: Sequence[Issue]


class Checker:
    """Checks the rows of one source, a chunk at a time; it keeps nothing of them.

    Args:
        rules: What the rows are held to.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._schema = schema.build(rules)
        self._positions: Mapping[str, int] = {
            _WHOLE_ROW: -1,
            **{rules.header(field): position for position, field in enumerate(Field)},
        }

    def check(self, frame: pd.DataFrame, issues: Sequence[Issue] = ()) -> Checked:
        """Check rows, cleaned of white space around their cells.

        A cell has one issue, the most basic; a row has one for each cell that is wrong. Where the reader has found
        an issue of a cell or of a whole row, nothing is added about the same.

        Args:
            frame: Named by `Field`, at least the four that a source must have; text without missing values; the index
                holds the row numbers, unique, named "row".
            issues: What the reader has found in these rows. They are in the answer too, as they are.

        Raises:
            ImporterError: The frame is not as described above, or a check failed: a defect, not a row's fault.
        """
        if len(frame) == 0:
            return Checked((), self._in_order(issues))
        cleaned = clean(frame, self._rules)
        whole = self._with_target(cleaned.frame)
        found = self._in_order([*issues, *self._found(whole, issues)])
        good = whole[~whole.index.isin({issue.row for issue in found})]
        return Checked(tuple(_updates(good, cleaned)), found)

    def _with_target(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Fill in the run's group and account where a row does not say its own."""
        whole = frame.copy()
        for field, default in (
            (Field.GROUP_ID, self._rules.group_id),
            (Field.LINKED_ACCOUNT_ID, self._rules.linked_account_id),
        ):
            if field not in whole.columns:
                whole[field.value] = default or ""
            elif default:
                whole[field.value] = whole[field.value].mask(whole[field.value] == "", default)
        return whole

    def _found(self, frame: pd.DataFrame, issues: Sequence[Issue]) -> Iterator[Issue]:
        known = {(issue.row, issue.column) for issue in issues}
        for failure in schema.failures(self._schema, frame):
            header = self._rules.header(failure.field)
            if known.isdisjoint({(failure.row, header), (failure.row, _WHOLE_ROW)}):
                text = message(failure.code, failure.cell, self._rules, header)
                yield Issue(failure.row, failure.code.value, header, text)

    def _in_order(self, issues: Sequence[Issue]) -> Sequence[Issue]:
        last = len(self._positions)
        return tuple(sorted(issues, key=lambda issue: (issue.row, self._positions.get(issue.column, last))))


def _updates(frame: pd.DataFrame, cleaned: Cleaned) -> Iterator[Update]:
    cells = (frame[field].tolist() for field in _UPDATE_FIELDS)
    for row, group_id, linked_account_id, customer_id, first_name, last_name, email in zip(
        frame.index.tolist(), *cells, strict=True
    ):
        yield Update(
            row=row,
            group_id=normal_id(group_id),
            linked_account_id=normal_id(linked_account_id),
            customer_id=normal_id(customer_id),
            first_name=first_name,
            last_name=last_name,
            email=email,
            note=cleaned.notes.get(row, ""),
        )


_UPDATE_FIELDS: Final = (
    Field.GROUP_ID,
    Field.LINKED_ACCOUNT_ID,
    Field.CUSTOMER_ID,
    Field.FIRST_NAME,
    Field.LAST_NAME,
    Field.EMAIL,
)
