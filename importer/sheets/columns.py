"""Which column of a header holds which field: found by names, whatever their case, spacing, punctuation or accents."""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Final

from importer.errors import SourceError
from importer.ids import is_uuid
from importer.model import REQUIRED_FIELDS, Field
from importer.sheets.phrases import alternatives, column_letter, listed, quoted
from importer.sheets.table import Column

_WORDS: Final[Mapping[Field, str]] = {
    Field.CUSTOMER_ID: "the customer id",
    Field.FIRST_NAME: "the first name",
    Field.LAST_NAME: "the last name",
    Field.EMAIL: "the e-mail address",
    Field.GROUP_ID: "the group id",
    Field.LINKED_ACCOUNT_ID: "the linked account id",
}
_NEAR: Final = 70.0
"""How alike two names must be, out of 100, to be worth suggesting."""


@functools.cache
def known_names() -> Mapping[Field, Sequence[str]]:
    """Return the names by which each field is known, the usual one first."""
    text = resources.files("importer.sheets").joinpath("column_names.toml").read_text(encoding="utf-8")
    return {Field(field): tuple(names) for field, names in tomllib.loads(text).items()}


def normal_name(name: str) -> str:
    """Return a name without what makes no difference: `E-Mail  Address` and `email_address` are the same."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


def count_fields(header: Sequence[str]) -> int:
    """Return how many of the fields the header has at least one column for."""
    return len(_candidates(header))


def lacks_columns(header: Sequence[str]) -> bool:
    """Return whether the header has no column for a field that every source must have."""
    return not set(REQUIRED_FIELDS) <= _candidates(header).keys()


def find_columns(header: Sequence[str], where: str) -> Mapping[Field, Column]:
    """Return the column of each field that the header has.

    Args:
        header: The cells of the header, left to right.
        where: The table, for messages, as a sentence begins: `orders.csv`, `The sheet "May" of orders.xlsx`.

    Raises:
        SourceError: A required field has no column (`missing_column`), or a field has several (`ambiguous_column`).
    """
    candidates = _candidates(header)
    missing = [field for field in REQUIRED_FIELDS if field not in candidates]
    if missing:
        raise _missing(missing, header, where)
    for field, positions in candidates.items():
        if len(positions) > 1:
            raise _ambiguous(field, positions, header, where)
    return {field: Column(positions[0], header[positions[0]]) for field, positions in candidates.items()}


@functools.cache
def _fields_by_name() -> Mapping[str, Field]:
    return {normal_name(name): field for field, names in known_names().items() for name in names}


def _candidates(header: Sequence[str]) -> dict[Field, list[int]]:
    found: dict[Field, list[int]] = {}
    for position, name in enumerate(header):
        field = _fields_by_name().get(normal_name(name))
        if field is not None:
            found.setdefault(field, []).append(position)
    return {field: found[field] for field in Field if field in found}


def _missing(missing: Sequence[Field], header: Sequence[str], where: str) -> SourceError:
    names = [name for name in header if name.strip()]
    if any("@" in name or is_uuid(name.strip()) for name in names):  # somebody's data, which no log should show
        return SourceError(
            f"The first line of {where} that is not blank holds data, not the names of columns.",
            code="missing_column",
            hint="Put a line with the names of the columns above it: customer id, first name, last name, e-mail.",
        )
    # Where no name is anything like a known one, the line may be data without an address: it is not shown either.
    known = _candidates(header) or any(_nearest(field, names) for field in missing)
    shown = f"Its header has: {quoted(names)}." if known else "No name in its header is anything like a known one."
    return SourceError(
        f"{where} has no column for {listed([_WORDS[field] for field in missing])}. {shown}",
        code="missing_column",
        hint=" ".join(_advice(field, names) for field in missing),
    )


def _advice(field: Field, names: Sequence[str]) -> str:
    wanted = known_names()[field][0]
    near = _nearest(field, names)
    if near is None:
        return f'Name the column with {_WORDS[field]} "{wanted}".'
    return f'If {quoted([near])} is {_WORDS[field]}, name it "{wanted}".'


def _nearest(field: Field, names: Sequence[str]) -> str | None:
    """Return the name that looks most like one of the field's, unless it is a known name itself or nothing like it."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where a column is missing

    free = {name: normal_name(name) for name in names if normal_name(name) not in _fields_by_name()}
    best: tuple[float, str] | None = None
    for known in known_names()[field]:
        match = process.extractOne(normal_name(known), free, scorer=fuzz.ratio, score_cutoff=_NEAR)
        if match is not None and (best is None or match[1] > best[0]):
            best = (match[1], match[2])
    return None if best is None else best[1]


def _ambiguous(field: Field, positions: Sequence[int], header: Sequence[str], where: str) -> SourceError:
    columns = [f"{quoted([header[position]])} ({column_letter(position)})" for position in positions]
    return SourceError(
        f"{where} has {len(positions)} columns that could be {_WORDS[field]}: {listed(columns)}.",
        code="ambiguous_column",
        hint=f"Rename or remove all of them but one: {alternatives(columns)}.",
    )
