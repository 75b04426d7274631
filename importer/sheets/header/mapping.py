"""Which column holds which field, as a person says it: `HEADER=FIELD`."""

from __future__ import annotations

from typing import Final

from importer.model.source import Field
from importer.phrases import listed, quoted

_NEAR: Final = 75.0
"""How alike two names must be, out of 100, to be worth suggesting."""


def parse_mapping(text: str) -> tuple[str, Field]:
    """Return the header and the field that `HEADER=FIELD` names; a header may hold further `=` signs.

    Example: `parse_mapping("Mail=email")` is `("Mail", Field.EMAIL)`.

    Raises:
        ValueError: It is not of that form, or there is no such field; the text says what would be right.
    """
    header, sign, name = text.rpartition("=")
    if not sign or not header.strip():
        raise ValueError('it must be a header and a field, such as "Mail=email"')
    field = name.strip().lower().replace("-", "_").replace(" ", "_")
    if field in tuple(Field):
        return header, Field(field)
    from rapidfuzz import process  # noqa: PLC0415 - only where a name is wrong

    near = process.extractOne(field, [each_field.value for each_field in Field], score_cutoff=_NEAR)
    suggestion = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"there is no field {quoted([name.strip()])}; there are {listed(list(Field))}{suggestion}")
