"""Which column of a header holds which field: chosen by the user, or found by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from importer.errors import SourceError
from importer.ids import is_uuid
from importer.model.source import REQUIRED_FIELDS, Field
from importer.phrases import alternatives, column_letter, listed, quoted
from importer.sheets.header.column_names import is_known, known_names, meanings, normal_name, whole_names
from importer.sheets.header.mapping import map_option
from importer.sheets.table import Column

_WORDS: Final[Mapping[Field, str]] = {
    Field.CUSTOMER_ID: "the customer id",
    Field.FIRST_NAME: "the first name",
    Field.LAST_NAME: "the last name",
    Field.EMAIL: "the e-mail address",
    Field.GROUP_ID: "the group id",
    Field.LINKED_ACCOUNT_ID: "the linked account id",
}
_NEAR: Final = 75.0
"""How alike two names must be, out of 100, to be worth suggesting."""
_VERY_NEAR: Final = 88.0
"""The same where no name of the header is known, so that it may be somebody's data, which no log should show."""
_LONG: Final = 7
"""So many letters of a known name say within a longer one what a column may hold; five of one like `e-mail`."""
_LONG_OF_ADDRESS: Final = 5
_HALVES: Final = (Field.FIRST_NAME, Field.LAST_NAME)
NOTHING_CHOSEN: Final[Mapping[str, Field]] = MappingProxyType({})


def count_fields(header: Sequence[str], chosen: Mapping[str, Field] = NOTHING_CHOSEN) -> int:
    """Return how many of the fields the header has at least one column for.

    Example: `count_fields(["Customer ID", "First name", "Balance"])` is `2`.
    """
    return len(_candidates(header, chosen))


def lacks_columns(header: Sequence[str], chosen: Mapping[str, Field] = NOTHING_CHOSEN) -> bool:
    """Return whether the header has no column for a field that every source must have."""
    return not set(REQUIRED_FIELDS) <= _candidates(header, chosen).keys()


def find_columns(
    header: Sequence[str], where: str, chosen: Mapping[str, Field] = NOTHING_CHOSEN, *, row: int = 1
) -> Mapping[Field, Column]:
    """Return the column of each field that the header has.

    Args:
        header: The cells of the header, left to right.
        where: The table, for messages, as a sentence begins: `orders.csv`, `The sheet "May" of orders.xlsx`.
        chosen: Headers, as they stand in the file or nearly so, with the fields that their columns hold. For such a
            field, columns with known names do not count.
        row: The header's number, for messages.

    Raises:
        SourceError: A required field has no column (`missing_column`), nor have first and last name but one of both
            (`whole_name_column`); a field has several (`ambiguous_column`); a chosen header is not there
            (`unknown_column`).
    """
    candidates = _candidates(header, chosen)
    unknown = [name for name in chosen if not _positions(name, header)]
    missing = [field for field in REQUIRED_FIELDS if field not in candidates]
    if (unknown or missing) and _holds_data(header):
        raise _data(where, row)
    if unknown:
        raise _unknown(unknown[0], chosen[unknown[0]], header, where, cutoff=_cutoff(candidates))
    if missing:
        raise _missing(missing, candidates, header, where)
    for field, positions in candidates.items():
        if len(positions) > 1:
            raise _ambiguous(field, positions, header, where)
    return {field: Column(positions[0], header[positions[0]]) for field, positions in candidates.items()}


def _candidates(header: Sequence[str], chosen: Mapping[str, Field]) -> dict[Field, list[int]]:
    mapped = {field: dict.fromkeys(_all_positions(field, header, chosen)) for field in dict.fromkeys(chosen.values())}
    mapped_positions = {position for positions in mapped.values() for position in positions}
    by_field: dict[Field, list[int]] = {field: list(positions) for field, positions in mapped.items() if positions}
    for position, field in meanings(header):
        if field not in mapped and position not in mapped_positions:
            by_field.setdefault(field, []).append(position)
    return {field: by_field[field] for field in Field if field in by_field}


def _all_positions(field: Field, header: Sequence[str], chosen: Mapping[str, Field]) -> Iterable[int]:
    return (position for name, meant in chosen.items() if meant is field for position in _positions(name, header))


def _positions(name: str, header: Sequence[str]) -> Sequence[int]:
    """Return where in a header a name stands: as it is written, or else but for what makes no difference."""
    exact = [position for position, own in enumerate(header) if own == name]
    normal = normal_name(name)
    if exact or not normal:
        return exact
    return [position for position, own in enumerate(header) if normal_name(own) == normal]


def _holds_data(header: Sequence[str]) -> bool:
    return any("@" in name or is_uuid(name.strip()) for name in header)


def _data(where: str, row: int) -> SourceError:
    """Return the error of a line that is somebody's data, which no log should show."""
    table = f"the {where.removeprefix('The ')}" if where.startswith("The ") else where
    return SourceError(
        f"Row {row} of {table}, where the names of the columns should be, holds data.",
        code="missing_column",
        hint="Put a line with the names of the columns above it (customer id, first name, last name, e-mail), or say "
        "with --header-row which row has them.",
    )


def _cutoff(candidates: Mapping[Field, Sequence[int]]) -> float:
    return _NEAR if candidates else _VERY_NEAR


def _unknown(name: str, field: Field, header: Sequence[str], where: str, *, cutoff: float) -> SourceError:
    near = _nearest([name], header, cutoff)
    suggestion = "Name it as it stands in the header."
    if near:
        option = map_option(near, field)
        suggestion = f"Did you mean {quoted([near])}{option and f' ({option})'}?"
    return SourceError(
        f"{where} has no column {quoted([name])}, which is mapped to a field.", code="unknown_column", hint=suggestion
    )


def _missing(
    missing: Sequence[Field], candidates: Mapping[Field, Sequence[int]], header: Sequence[str], where: str
) -> SourceError:
    whole = [position for position, name in enumerate(header) if normal_name(name) in whole_names()]
    if whole and candidates.keys().isdisjoint(_HALVES):
        return _whole_name(header[whole[0]], whole[0], [field for field in missing if field not in _HALVES], where)
    names = [name for name in header if name.strip()]
    near = {field: _near_field(field, names, _cutoff(candidates)) for field in missing}
    if candidates:
        near = _with_others(near, header, candidates)
    # Where no name is anything like a known one, the line may be data without an address: it is not shown either.
    is_header = candidates or any(near.values())
    contents = (
        f"Its header has: {quoted(names)}." if is_header else "No name in its header is anything like a known one."
    )
    return SourceError(
        f"{where} has no column for {listed([_WORDS[field] for field in missing])}. {contents}",
        code="missing_column",
        hint=" ".join(_advice(field, near[field]) for field in missing),
    )


def _whole_name(header: str, position: int, missing: Sequence[Field], where: str) -> SourceError:
    also = f" It also has no column for {listed([_WORDS[field] for field in missing])}." if missing else ""
    return SourceError(
        f"{where} has the whole name in one column, {quoted([header])} ({column_letter(position)}), and no column for "
        f"the first or the last name: where the one ends and the other begins, only a person can say.{also}",
        code="whole_name_column",
        hint='Put first and last names into two columns, "First Name" and "Last Name".',
    )


def _advice(field: Field, near: str | None) -> str:
    usual_name = known_names()[field][0]
    if near is None:
        return f'Name the column with {_WORDS[field]} "{usual_name}".'
    option = map_option(near, field)
    return f'If {quoted([near])} is {_WORDS[field]}, name it "{usual_name}"{option and f" (or: {option})"}.'


def _with_others(
    near: Mapping[Field, str | None], header: Sequence[str], candidates: Mapping[Field, Sequence[int]]
) -> dict[Field, str | None]:
    """Return also the columns that have a known name within theirs, and the one that is left where one is missing."""
    used = {position for positions in candidates.values() for position in positions}
    free = [name for position, name in enumerate(header) if position not in used and name.strip()]
    free = [name for name in free if not is_known(name) and name not in near.values()]
    found = {field: name or _with_known_name(field, free) for field, name in near.items()}
    nameless, left = (
        [field for field in found if not found[field]],
        [name for name in free if name not in found.values()],
    )
    if len(nameless) == len(left) == 1:
        found[nameless[0]] = left[0]
    return found


def _with_known_name(field: Field, names: Sequence[str]) -> str | None:
    """Return the shortest name that has one of the field's within it."""
    shortest = _LONG_OF_ADDRESS if field is Field.EMAIL else _LONG
    known = [normal for name in known_names()[field] if len(normal := normal_name(name)) >= shortest]
    within = [name for name in names if any(part in normal_name(name) for part in known)]
    return min(within, key=len, default=None)


def _near_field(field: Field, names: Sequence[str], cutoff: float) -> str | None:
    """Return the name that looks most like one of the field's, unless it is a known name itself or nothing like it."""
    return _nearest(known_names()[field], [name for name in names if not is_known(name)], cutoff)


def _nearest(wanted: Sequence[str], names: Sequence[str], cutoff: float) -> str | None:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where a column is missing

    normal = {name: normal for name in names if (normal := normal_name(name))}
    best: tuple[float, str] | None = None
    for wanted_name in filter(None, map(normal_name, wanted)):
        match = process.extractOne(wanted_name, normal, scorer=fuzz.ratio, score_cutoff=cutoff)
        if match is not None and (best is None or match[1] > best[0]):
            best = (match[1], match[2])
    return None if best is None else best[1]


def _ambiguous(field: Field, positions: Sequence[int], header: Sequence[str], where: str) -> SourceError:
    columns = [f"{quoted([header[position]])} ({column_letter(position)})" for position in positions]
    names = [header[position] for position in positions]
    differ = len(set(map(normal_name, names))) == len(names)
    options = [map_option(name, field) for name in names] if differ else []
    choice = f" Or say which one it is: {alternatives(options)}." if all(options) and options else ""
    return SourceError(
        f"{where} has {len(positions)} columns that could be {_WORDS[field]}: {listed(columns)}.",
        code="ambiguous_column",
        hint=f"Rename or remove all of them but one: {alternatives(columns)}.{choice}",
    )
