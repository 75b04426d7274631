"""Rows of text in, updates and issues out."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final, TypeVar

from importer.checks import schema
from importer.checks.cleaning.clean_rows import Cleaned, clean
from importer.checks.error_texts import error_texts
from importer.checks.messages import message
from importer.checks.row_warnings import row_warnings
from importer.ids import normal_id
from importer.model.rows import Issue, RowWarning, Update
from importer.model.source import VALUE_FIELDS, Field
from importer.model.updates import Updates

if TYPE_CHECKING:
    import pandas as pd

    from importer.checks.rules import Rules

FindingT = TypeVar("FindingT", Issue, RowWarning)

_WHOLE_ROW: Final = ""
"""The column of an issue that is about no single cell."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the rows, both in the order of their numbers.

    Every row that was given has either exactly one update or at least one issue.

    Attributes:
        updates: What is to be sent.
        issues: Why the other rows cannot be.
        warnings: What is strange about either, though no issue.
        defaulted: The rows that are to be sent where the run says, since the cell of their own is blank.
    """

    updates: Sequence[Update]
    issues: Sequence[Issue]
    warnings: Sequence[RowWarning] = ()
    defaulted: Mapping[Field, Sequence[int]] = dataclasses.field(default_factory=dict)


class Checker:
    """Checks the rows of one source, a chunk at a time; it keeps nothing of them.

    Args:
        rules: What the rows are held to.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._schema, self._quick_schema = schema.build(rules), schema.build_quick(rules)
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
        readable = _without_unreadable(frame, issues)
        if len(readable) == 0:
            return Checked((), self._in_order(issues))
        given = readable if readable.index.is_monotonic_increasing else readable.sort_index()
        cleaned = clean(given, self._rules)
        with_targets = self._with_target(cleaned.frame)
        basic_issues = [*issues, *self._errors(cleaned, issues)]
        all_issues = [*basic_issues, *self._found(with_targets, basic_issues)]
        warnings = self._warnings(cleaned, all_issues)
        refused = {issue.row for issue in all_issues}
        good = with_targets[~with_targets.index.isin(refused)] if refused else with_targets
        updates = _updates(good, cleaned.notes, self._rules)
        defaulted = dict(self._defaulted(cleaned.frame, refused))
        return Checked(updates, self._in_order(all_issues), self._in_order(warnings), defaulted)

    def values(self, frame: pd.DataFrame) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield each row's number, and by the name of each field that the frame has the value that would be sent."""
        cleaned = clean(frame, self._rules).frame
        names = [field.value for field in Field if field in cleaned.columns]
        columns = [
            cells if Field(name) in VALUE_FIELDS else map(normal_id, cells)
            for name in names
            for cells in (cleaned[name].tolist(),)
        ]
        for row, *values in zip(cleaned.index.tolist(), *columns, strict=True):
            yield row, dict(zip(names, values, strict=True))

    def _with_target(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Fill in the run's group and account where a row does not say its own, and there is a column for it."""
        filled = frame.copy(deep=False)
        for field, default in _targets(self._rules):
            if field not in filled.columns and not default:
                filled[field.value] = ""
            elif field in filled.columns and default:
                filled[field.value] = filled[field.value].mask(filled[field.value] == "", default)
        return filled

    def _defaulted(self, cleaned: pd.DataFrame, refused: Collection[int]) -> Iterator[tuple[Field, Sequence[int]]]:
        for field, default in _targets(self._rules):
            if field in cleaned.columns and default:
                rows = cleaned.index[cleaned[field.value] == ""].tolist()
                yield field, [row for row in rows if row not in refused]

    def _errors(self, cleaned: Cleaned, issues: Sequence[Issue]) -> Iterator[Issue]:
        """Yield the cells that are errors of a spreadsheet program, where the reader has not found them to be more."""
        cells_with_issue = {(issue.row, issue.column) for issue in issues}
        rows = cleaned.frame.index.tolist()
        for field, cells in cleaned.cells.items():
            for issue in error_texts(cells, rows, self._rules.header(field)):
                if cells_with_issue.isdisjoint({(issue.row, issue.column), (issue.row, _WHOLE_ROW)}):
                    yield issue

    def _found(self, frame: pd.DataFrame, issues: Sequence[Issue]) -> Iterator[Issue]:
        if schema.surely_pass(self._quick_schema, frame):
            return
        cells_with_issue = {(issue.row, issue.column) for issue in issues}
        for failure in schema.failures(self._schema, frame):
            header = self._rules.header(failure.field)
            if cells_with_issue.isdisjoint({(failure.row, header), (failure.row, _WHOLE_ROW)}):
                text = message(failure.code, failure.cell, self._rules, header)
                yield Issue(failure.row, failure.code.value, header, text)

    def _warnings(self, cleaned: Cleaned, issues: Sequence[Issue]) -> Sequence[RowWarning]:
        """Return the warnings of cells that have no issue."""
        cells_with_issue = {(issue.row, issue.column) for issue in issues}
        return [
            warning
            for warning in row_warnings(cleaned, self._rules)
            if cells_with_issue.isdisjoint({(warning.row, warning.column), (warning.row, _WHOLE_ROW)})
        ]

    def _in_order(self, findings: Sequence[FindingT]) -> Sequence[FindingT]:
        last = len(self._positions)
        return tuple(sorted(findings, key=lambda finding: (finding.row, self._positions.get(finding.column, last))))


def _without_unreadable(frame: pd.DataFrame, issues: Sequence[Issue]) -> pd.DataFrame:
    """Return the rows of which the reader knows the cells: of the others, what is in them is not looked at."""
    unreadable = {issue.row for issue in issues if issue.column == _WHOLE_ROW}
    if not unreadable or not frame.index.is_unique:  # a number that two rows have is found out by the schema
        return frame
    return frame[~frame.index.isin(unreadable)]


def _targets(rules: Rules) -> Sequence[tuple[Field, str | None]]:
    return (Field.GROUP_ID, rules.group_id), (Field.LINKED_ACCOUNT_ID, rules.linked_account_id)


def _updates(frame: pd.DataFrame, notes: Mapping[int, str], rules: Rules) -> Sequence[Update]:
    """Return the updates of rows that were found good. What is the same for all of them is looked at once."""
    rows = frame.index.tolist()
    if not rows:
        return ()
    group_ids, linked_account_ids = (_ids(frame, field, default or "", len(rows)) for field, default in _targets(rules))
    as_sent = str.lower if rules.customer_id_pattern is None else normal_id
    customer_ids = list(map(as_sent, frame[Field.CUSTOMER_ID].tolist()))
    first_names, last_names, emails = (frame[field].tolist() for field in VALUE_FIELDS)
    row_notes = list(map(notes.get, rows, repeat(""))) if notes else [""] * len(rows)
    return Updates(rows, group_ids, linked_account_ids, customer_ids, first_names, last_names, emails, row_notes)


def _ids(frame: pd.DataFrame, field: Field, default: str, count: int) -> Sequence[str]:
    return list(map(normal_id, frame[field].tolist())) if field in frame.columns else [normal_id(default)] * count
