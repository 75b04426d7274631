"""What is wrong with values of settings, in words that a person can act on, and that do not show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import ValidationError

_WORDS: Final[Mapping[str, str]] = {
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "string_type": "it must be text",
    "greater_than": "it must be more than {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than_equal": "it must be at most {le:g}",
    "literal_error": "it must be {expected}",
}
"""What is wrong with a value, by pydantic's name for it."""


def faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield each setting that cannot be used, and why: half a sentence."""
    for found in error.errors(include_url=False, include_input=False):
        told = _WORDS.get(found["type"])
        reason = told.format_map(found.get("ctx", {})) if told else found["msg"].removeprefix("Value error, ")
        yield str(found["loc"][0]), f"{reason[:1].lower()}{reason[1:]}"
