"""What the rows of one run are held to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from importer.errors import SettingsError
from importer.ids import is_safe_segment
from importer.model.source import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the rows of one run are held to; one that exists is usable.

    Attributes:
        headers: The source's own header text of each field that it has, for messages and `Issue.column`.
        group_id: The run's group, where a row does not say otherwise.
        only_group: The group that every row must be of, as ids are compared; None for any.
        linked_account_id: The run's account, where a row does not say otherwise.
        max_name_length: How many characters (Unicode code points) a first or a last name may have.
        customer_id_pattern: None: a customer id is a UUID. Else a regular expression that the whole trimmed id must
            match; it must be safe as a path segment beside that.
        international_addresses: Addresses may have letters that are not ASCII, before the @ and after it.

    Raises:
        SettingsError: The group or the account is not safe as a path segment, the pattern is no regular expression, or
            no name could be short enough.
    """

    headers: Mapping[Field, str]
    group_id: str | None = None
    linked_account_id: str | None = None
    max_name_length: int = 255
    customer_id_pattern: str | None = None
    international_addresses: bool = False
    only_group: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("group", self.group_id), ("linked account", self.linked_account_id)):
            if value is not None and not is_safe_segment(value):
                raise SettingsError(
                    f"The {name} id that is set for the run cannot stand in a web address.",
                    code=f"invalid_{name.replace(' ', '_')}_id",
                    hint="It may have 1 to 128 letters without accents, digits and the signs - _ . ~ only.",
                )
        if self.max_name_length < 1:
            raise SettingsError(
                f"The greatest length of a name is {self.max_name_length}.",
                code="invalid_max_name_length",
                hint="Set it to 1 or more.",
            )
        if self.customer_id_pattern is not None:
            _compile(self.customer_id_pattern)

    def header(self, field: Field) -> str:
        """Return the source's own header of the field; where the source has no such column, the field's name."""
        return self.headers.get(field, field.value)


def _compile(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise SettingsError(
            "The form that is set for customer ids is not a regular expression.",
            code="invalid_customer_id_pattern",
            hint="Correct the pattern, or leave it out: customer ids are UUIDs then.",
        ) from error
