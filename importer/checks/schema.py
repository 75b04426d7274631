"""The pandera schema of the rows: each check is one code.

Text is validated and nothing is coerced: where a cell cannot be coerced, pandera lets a column's other checks report
without saying where. Rows are named by a unique index: with a repeated one, pandera's own dropping of invalid rows
drops good ones, so it is not used either.
"""

from __future__ import annotations

import dataclasses
import numbers
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from importer.checks.addresses import are_plain, is_accepted
from importer.checks.cleaning.characters import (
    has_control,
    has_damaged,
    has_invisible,
    is_masked,
    surely_undamaged,
    surely_unmasked,
    surely_visible,
    surely_without_control,
)
from importer.checks.codes import Code
from importer.checks.no_names import is_no_name, surely_no_placeholder
from importer.errors import ImporterError
from importer.ids import (
    are_safe_segments,
    are_surely_ids,
    are_uuids,
    is_number,
    is_safe_segment,
    is_uuid,
    normal_id,
    says_nothing,
)
from importer.model.source import REQUIRED_FIELDS, Field

if TYPE_CHECKING:
    from importer.checks.rules import Rules

_CODES: Final[Mapping[str, Code]] = {code.value: code for code in Code}
_FIELDS: Final[Mapping[str, Field]] = {field.value: field for field in Field}
_KINDS: Final[Mapping[Code, Sequence[tuple[Callable[[str], bool], Code]]]] = MappingProxyType(
    {
        Code.INVALID_CUSTOMER_ID: (
            (says_nothing, Code.NOTHING_AS_CUSTOMER_ID),
            (is_number, Code.NUMBER_AS_CUSTOMER_ID),
        ),
        Code.MASKED_FIRST_NAME: ((is_no_name, Code.NOTHING_AS_FIRST_NAME),),
        Code.MASKED_LAST_NAME: ((is_no_name, Code.NOTHING_AS_LAST_NAME),),
        Code.INVALID_GROUP_ID: ((says_nothing, Code.NOTHING_AS_GROUP_ID), (is_number, Code.NUMBER_AS_GROUP_ID)),
        Code.INVALID_LINKED_ACCOUNT_ID: (
            (says_nothing, Code.NOTHING_AS_LINKED_ACCOUNT_ID),
            (is_number, Code.NUMBER_AS_LINKED_ACCOUNT_ID),
        ),
    }
)
"""Codes that share a check with another one, and what tells them: pandera takes more time for a check than a look."""

_NAMES: Final = frozenset({Field.FIRST_NAME.value, Field.LAST_NAME.value})
_BESIDE: Final = 64
"""So many cells are looked at as one, where all of a column cannot be."""
_ORDER: Final = {code: position for position, code in enumerate(Code)}


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """A cell that cannot be sent, with the most basic of the codes that fit it; the cell is not shown by `repr`."""

    row: int
    field: Field
    code: Code
    cell: str = dataclasses.field(repr=False)


class _CellRule(NamedTuple):
    """What every cell of a column has to be.

    Attributes:
        test: Whether a cell passes.
        code: What it means that one does not.
        all_pass: Whether surely all of a column's cells pass, found out faster than one by one. It is given the cells,
            and all of them as one text.
    """

    test: Callable[[str], bool]
    code: Code
    all_pass: Callable[[Sequence[str], str], bool]


def build(rules: Rules) -> pa.DataFrameSchema:
    """Return the schema of a frame that has a column of text for every `Field`, and the row numbers as its index."""
    return _schema({field: list(map(_each, of_field)) for field, of_field in _rules(rules).items()})


def build_quick(rules: Rules) -> pa.DataFrameSchema:
    """Return the same schema with one check a column: what it lets through, the other one does, and it is much faster.

    What it refuses, the other one may let through.
    """
    return _schema({field: [_all(of_field)] for field, of_field in _rules(rules).items()})


def surely_pass(quick_schema: pa.DataFrameSchema, frame: pd.DataFrame) -> bool:
    """Return whether nothing in the frame is refused by the quick schema; the other one says what, and whether."""
    try:
        quick_schema.validate(frame, inplace=True)  # it changes nothing, and so needs no copy
    except (SchemaError, SchemaErrors):
        return False
    return True


def _rules(rules: Rules) -> Mapping[Field, Sequence[_CellRule]]:
    longest = rules.max_name_length
    accepted = partial(is_accepted, international=rules.international_addresses)
    return {
        Field.CUSTOMER_ID: (_present(Code.BLANK_CUSTOMER_ID), _customer_id(rules.customer_id_pattern)),
        Field.FIRST_NAME: (
            _present(Code.BLANK_FIRST_NAME),
            _no_longer_than(longest, Code.FIRST_NAME_TOO_LONG),
            _none(has_damaged, surely_undamaged, Code.DAMAGED_CHARACTER_IN_FIRST_NAME),
            _none(has_control, surely_without_control, Code.CONTROL_CHARACTER_IN_FIRST_NAME),
            _none(has_invisible, surely_visible, Code.INVISIBLE_CHARACTER_IN_FIRST_NAME),
            _none(_is_masked_or_no_name, _surely_a_name, Code.MASKED_FIRST_NAME),
        ),
        Field.LAST_NAME: (
            _present(Code.BLANK_LAST_NAME),
            _no_longer_than(longest, Code.LAST_NAME_TOO_LONG),
            _none(has_damaged, surely_undamaged, Code.DAMAGED_CHARACTER_IN_LAST_NAME),
            _none(has_control, surely_without_control, Code.CONTROL_CHARACTER_IN_LAST_NAME),
            _none(has_invisible, surely_visible, Code.INVISIBLE_CHARACTER_IN_LAST_NAME),
            _none(_is_masked_or_no_name, _surely_a_name, Code.MASKED_LAST_NAME),
        ),
        Field.EMAIL: (
            _present(Code.BLANK_EMAIL),
            _none(is_masked, surely_unmasked, Code.MASKED_EMAIL),
            _CellRule(accepted, Code.INVALID_EMAIL, lambda cells, _: are_plain(cells)),
        ),
        Field.GROUP_ID: (
            _present(Code.BLANK_GROUP_ID),
            _CellRule(_is_id, Code.INVALID_GROUP_ID, _are_ids),
            *([] if rules.only_group is None else [_only_group(rules.only_group)]),
        ),
        Field.LINKED_ACCOUNT_ID: (
            _present(Code.BLANK_LINKED_ACCOUNT_ID),
            _CellRule(_is_id, Code.INVALID_LINKED_ACCOUNT_ID, _are_ids),
        ),
    }


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Sequence[Failure]:
    """Return every cell that the schema refuses, one failure a cell.

    Raises:
        ImporterError: The frame is not one that the schema is for, or a check itself failed: a defect, not a row's
            fault. Its text holds nothing of a cell, and neither does an exception that it comes from.
    """
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return ()
    by_cell: dict[tuple[int, Field], Failure] = {}
    columns = (cases[name].tolist() for name in ("column", "check", "failure_case", "index"))
    for column, check, cell, row in zip(*columns, strict=True):
        failure = _failure(column, check, cell, row)
        earlier = by_cell.setdefault((failure.row, failure.field), failure)
        if _ORDER[failure.code] < _ORDER[earlier.code]:
            by_cell[failure.row, failure.field] = failure
    return tuple(by_cell.values())


def _failure(column: object, check: object, cell: object, row: object) -> Failure:
    """Read one of pandera's failure cases. One that does not name its row, or that no code is for, is a defect."""
    code = _CODES.get(str(check))
    if code is not None and isinstance(row, (int, numbers.Integral)) and isinstance(cell, str):
        return Failure(int(row), _FIELDS[str(column)], _named(code, cell), cell)
    raise ImporterError(
        f"The rows could not be checked: for {column!s}, {check!s} failed in a way that is no issue of a cell.",
        code="internal_error",
        hint="This is a defect of the importer. Nothing was sent; please report it.",
    )


def _named(code: Code, cell: str) -> Code:
    """Return the code that says most of a cell that a check has refused."""
    return next((kind for test, kind in _KINDS.get(code, ()) if test(cell)), code)


def _schema(checks: Mapping[Field, Sequence[pa.Check]]) -> pa.DataFrameSchema:
    columns = {
        field.value: pa.Column(str, list(of_field), nullable=False, coerce=False, required=field in REQUIRED_FIELDS)
        for field, of_field in checks.items()
    }
    return pa.DataFrameSchema(columns, index=pa.Index(int, unique=True, name="row"), strict=True)


def _present(code: Code) -> _CellRule:
    return _CellRule(bool, code, lambda cells, _: "" not in cells)


def _no_longer_than(limit: int, code: Code) -> _CellRule:
    return _CellRule(lambda cell: len(cell) <= limit, code, lambda cells, _: max(map(len, cells), default=0) <= limit)


def _none(test: Callable[[str], bool], surely_not: Callable[[str], bool], code: Code) -> _CellRule:
    """Make a rule that no cell has characters of some kind; `surely_not` may be asked of all the cells as one text."""
    return _CellRule(lambda cell: not test(cell), code, lambda _, text: surely_not(text))


def _customer_id(pattern: str | None) -> _CellRule:
    """Make the rule of an id's form; where one is set, it says itself whether the id may be a number with decimals."""
    if pattern is None:
        return _CellRule(
            lambda text: is_uuid(text) and not says_nothing(text),
            Code.INVALID_CUSTOMER_ID,
            lambda cells, _: are_uuids(cells) and are_surely_ids(cells),
        )
    form = re.compile(pattern)

    def is_of_form(text: str) -> bool:
        return is_safe_segment(text) and form.fullmatch(text) is not None and not says_nothing(text)

    return _CellRule(is_of_form, Code.INVALID_CUSTOMER_ID, lambda cells, _: all(map(is_of_form, cells)))


def _only_group(group: str) -> _CellRule:
    """Make the rule that a row is of one group."""
    return _CellRule(
        lambda cell: normal_id(cell) == group,
        Code.OTHER_GROUP_ID,
        lambda cells, _: all(normal_id(cell) == group for cell in set(cells)),
    )


def _is_id(cell: str) -> bool:
    return is_safe_segment(cell) and not says_nothing(cell) and not is_number(cell)


def _are_ids(cells: Sequence[str], _: str) -> bool:
    return are_safe_segments(cells) and are_surely_ids(cells)


def _is_masked_or_no_name(cell: str) -> bool:
    return is_masked(cell) or is_no_name(cell)


def _surely_a_name(text: str) -> bool:
    return surely_unmasked(text) and surely_no_placeholder(text)


def _each(rule: _CellRule) -> pa.Check:
    """Make the check that says of every cell whether it passes: one by one only beside one that may not."""

    def passes(column: pd.Series[str]) -> bool | pd.Series[bool]:
        cells = column.tolist()
        if rule.all_pass(cells, "".join(cells)):
            return True
        verdicts: list[bool] = []
        for start in range(0, len(cells), _BESIDE):
            some = cells[start : start + _BESIDE]
            if rule.all_pass(some, "".join(some)):
                verdicts += [True] * len(some)
            else:
                by_cell = {cell: rule.test(cell) for cell in set(some)}
                verdicts += map(by_cell.__getitem__, some)
        return pd.Series(verdicts, index=column.index, dtype=bool)

    return pa.Check(passes, error=rule.code.value, ignore_na=False)


def _all(rules: Sequence[_CellRule]) -> pa.Check:
    """Make the check that says whether surely all cells of a column pass by all of its rules."""

    def all_pass(column: pd.Series[str]) -> bool:
        cells = column.tolist()
        if column.name in _NAMES:  # many people have the same name
            cells = list(set(cells))
        text = "".join(cells)
        return all(rule.all_pass(cells, text) for rule in rules)

    return pa.Check(all_pass, error="quick", ignore_na=False)
