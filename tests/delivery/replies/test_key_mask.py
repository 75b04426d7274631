"""The key in words of others, in whatever writing."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.replies.key_mask import key_mask

KEY = 'sk/canary+4f1d"9a&<==%41'
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        KEY.upper(),
        quote(KEY),
        quote(KEY, safe=""),
        quote(KEY, safe="").lower(),
        quote_plus(KEY),
        json.dumps(KEY)[1:-1],
        html.escape(KEY),
    ],
)
def test_the_key_is_masked_in_any_writing(written: str) -> None:
    """Nothing of it is left, and what is around it stays."""
    assert key_mask(KEY)(f"the key ({written}) is odd") == "the key (•••) is odd"


@pytest.mark.parametrize("pair", ["{}", ":{}", "{}:", "u:{}", "user:{}", "{}:secret"])
def test_the_key_is_masked_in_a_basic_header(pair: str) -> None:
    """Wherever it begins in the pair of user and password, no more than the bits at its ends is left."""
    credentials = pair.format(KEY).encode()
    for encoded in (b64encode(credentials).decode(), urlsafe_b64encode(credentials).decode()):
        told = key_mask(KEY)(f"Basic {encoded}")
        assert "•••" in told
        assert len(told) <= len(f"Basic {encoded}") - len(KEY) * 4 // 3 + 5


@given(key=KEYS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_any_key_is_masked_in_any_text(key: str, before: str, after: str) -> None:
    """Whatever the key is made of and whatever is beside it, it is not in what comes out."""
    told = key_mask(key)(f"{before}{key}{after}")
    assert key.lower() not in told.lower()


def test_a_short_key_does_not_mask_every_word() -> None:
    """The base64 of a few letters is in many words: only the key itself is masked."""
    assert key_mask("k1")("the key k1 is awsx") == "the key ••• is awsx"


def test_without_a_key_nothing_is_masked() -> None:
    """No key is in no text."""
    assert key_mask("")("as it is") == "as it is"
