"""Request bodies: whatever comes in, values or a reason come out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.values import FIELDS, Refusal, SentValues, parse_body

from .client import GOOD

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_values_or_refused(body: bytes) -> None:
    """No body makes the reading fail."""
    assert isinstance(parse_body(body), SentValues | Refusal)


@pytest.mark.slow
@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, json_values)))
def test_refusal_names_each_bad_field(changes: dict[str, object]) -> None:
    """A field is named exactly when it would be refused alone."""
    result = parse_body(json.dumps(changes).encode())
    named = set(result.fields) if isinstance(result, Refusal) else set()
    alone = {
        name
        for name, value in changes.items()
        if isinstance(parse_body(json.dumps(GOOD | {name: value}).encode()), Refusal)
    }
    assert named == alone


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1))
def test_letters_are_a_name(name: str) -> None:
    """Any text of characters that can be seen is a name, and is kept as it is."""
    values = parse_body(json.dumps(GOOD | {"first_name": name}).encode())
    assert isinstance(values, SentValues)
    assert values.first_name == name


@given(st.text(alphabet=" \t\r\n\u00a0\u2003\u200b\ufeff\u3000\x00\x1f\x7f\x85"))
def test_blanks_are_no_name(name: str) -> None:
    """Text without a character that can be seen is blank."""
    refusal = parse_body(json.dumps(GOOD | {"last_name": name}).encode())
    assert isinstance(refusal, Refusal)
    assert refusal.fields == {"last_name": "is blank"}
