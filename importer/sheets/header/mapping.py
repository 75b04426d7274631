"""Which column holds which field, as a person says it: `HEADER=FIELD`."""

from __future__ import annotations

import re
import shlex
from typing import Final

from importer.model.source import Field
from importer.phrases import listed, quoted

_NEAR: Final = 75.0
"""How alike two names must be, out of 100, to be worth suggesting."""
_LIVE_IN_QUOTES: Final = re.compile(r'["$`\\!]')
"""What a shell does not take as it stands between double quotation marks."""


def parse_mapping(text: str) -> tuple[str, Field]:
    """Return the header and the field that `HEADER=FIELD` names; a header may hold further `=` signs.

    Example: `parse_mapping("Mail=email")` is `("Mail", Field.EMAIL)`.

    Raises:
        ValueError: It is not of that form, or there is no such field; the text says what would be right.
    """
    header, sign, name = text.rpartition("=")
    if not sign or not header.strip():
        raise ValueError('it must be a header and a field, such as "Mail=email"')
    field, other = _field_name(name), _field_name(header)
    if field in tuple(Field):
        return header, Field(field)
    if other in tuple(Field) and name.strip():
        option = map_option(name, Field(other))
        raise ValueError(f"the name of the column comes first, and the field last{option and f': {option}'}")
    from rapidfuzz import process  # noqa: PLC0415 - only where a name is wrong

    near = process.extractOne(field, [each_field.value for each_field in Field], score_cutoff=_NEAR)
    suggestion = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(f"there is no field {quoted([name.strip()])}{suggestion}; there are {listed(list(Field))}")


def _field_name(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def map_option(header: str, field: Field) -> str:
    """Return the option that says which field a column holds, ready to be pasted into a shell.

    Characters that no terminal shows are left out: they make no difference where there is anything else in the name.

    Returns:
        "": Such a name cannot be typed.

    Example: `map_option("Payments Customer ID", Field.CUSTOMER_ID)` is `'--map "Payments Customer ID=customer_id"'`.
    """
    from importer.sheets.header.column_names import normal_name  # noqa: PLC0415 - reads the table of all names

    name = " ".join("".join(letter if letter.isprintable() else " " for letter in header).split())
    if not name or (name != header and not normal_name(name)):
        return ""
    mapping = f"{name}={field.value}"
    return f"--map {shlex.quote(mapping)}" if _LIVE_IN_QUOTES.search(mapping) else f'--map "{mapping}"'
