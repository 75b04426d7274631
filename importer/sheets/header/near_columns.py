"""Columns that may say where a row is to go, though their names do not say so surely."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from importer.model.source import Field
from importer.phrases import quoted
from importer.sheets.header.column_names import is_known, known_names, normal_name
from importer.sheets.header.mapping import map_option

_TARGETS: Final = (Field.GROUP_ID, Field.LINKED_ACCOUNT_ID)
_STEMS: Final = {
    Field.GROUP_ID: "groups?|grp|grupos?|groupes?|gruppen?|gruppo|gruppi|groep",
    Field.LINKED_ACCOUNT_ID: "accounts?|acct|acc|konto|cuenta|conta|compte|conto|rekening",
}
_BESIDE: Final = (
    "ids?|identifier|uuid|guid|no|nr|num|number|nummer|numero|code|codigo|key|ref|reference|customers?|clients?|kunden?"
    "|clientes?|klant|linked|target|destination|dest|new|current|own|my|the|of|for|to|in|de|del|da|do|du|der|des|la|le"
    "|ziel|destino|cible|doel|api|payments?|payout|users?|default|if|any|optional"
)
"""Words that leave open whether the column says where a row is to go; others, such as manager, say that it does not."""

_REMARK: Final = re.compile(r"[(\[{].*?[)\]}]")
_NEAR: Final = 85.0
"""How alike a name must be to a known one, out of 100, to be taken for a slip of it."""
_AT_ONCE: Final = 5_000
"""So many names are compared at a time: there may be very many columns."""


def notes_of_near_columns(header: Sequence[str], used: Collection[int], fields: Collection[Field]) -> Iterator[str]:
    """Yield a sentence for each column that may hold the group or the account, and is not read.

    Args:
        header: The cells of the header.
        used: The positions of the columns that are read.
        fields: What they hold; a column is told only where none is read for its field.
    """
    names = [name for position, name in enumerate(header) if position not in used and normal_name(name)]
    for field in _TARGETS:
        if field in fields:
            continue
        for name in _near(field, names):
            what = field.value.replace("_", " ")
            option = map_option(name, field)
            yield (
                f"{quoted([name])} is not read, though it may hold the {what}: if rows are to go where it says, "
                f'name the column "{known_names()[field][0]}"{option and f" (or: {option})"}.'
            )


def _near(field: Field, names: Sequence[str]) -> Iterator[str]:
    """Yield those of the names that may mean a field, in their order."""
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        normal = [normal_name(_REMARK.sub("", name)) or normal_name(name) for name in some]
        slips = _are_slips(field, normal)
        for name, bare, is_slip in zip(some, normal, slips, strict=True):
            may_mean = bare in _normal_names(field) or _form(field).fullmatch(bare) is not None
            if may_mean or (is_slip and not is_known(name)):
                yield name


def _are_slips(field: Field, names: Sequence[str]) -> Sequence[bool]:
    """Return of each normal name whether it is like one of those that a field is known by."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where a column is left over

    likeness = process.cdist(names, _normal_names(field), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return list(map(bool, likeness.max(axis=1, initial=0.0)))


@functools.cache
def _form(field: Field) -> re.Pattern[str]:
    return re.compile(f"(?:{_BESIDE})*(?:{_STEMS[field]})(?:{_BESIDE})*")


@functools.cache
def _normal_names(field: Field) -> Sequence[str]:
    return tuple(map(normal_name, known_names()[field]))
