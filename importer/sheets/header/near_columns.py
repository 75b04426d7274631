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
        for name in names:
            if _may_mean(field, name):
                what = field.value.replace("_", " ")
                option = map_option(name, field)
                yield (
                    f"{quoted([name])} is not read, though it may hold the {what}: if rows are to go where it says, "
                    f'name the column "{known_names()[field][0]}"{option and f" (or: {option})"}.'
                )


@functools.lru_cache(maxsize=1024)
def _may_mean(field: Field, name: str) -> bool:
    normal = normal_name(_REMARK.sub("", name)) or normal_name(name)
    if re.fullmatch(f"(?:{_BESIDE})*(?:{_STEMS[field]})(?:{_BESIDE})*", normal) or _is_name_of(field, normal):
        return True
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where a column is left over

    known = [normal_name(known_name) for known_name in known_names()[field]]
    return not is_known(name) and process.extractOne(normal, known, scorer=fuzz.ratio, score_cutoff=_NEAR) is not None


def _is_name_of(field: Field, normal: str) -> bool:
    return any(normal == normal_name(known_name) for known_name in known_names()[field])
