"""What ids and rules must be, before any row is read."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from importer.checks.rules import Rules
from importer.errors import SettingsError
from importer.ids import is_safe_segment, is_uuid, normal_id

UUID = "7B0C2F6E-52A8-4F0E-9D57-0F1F6A3C9E11"


@pytest.mark.parametrize("text", ["a", "A-z_0.~", "...", ".a", "x" * 128, UUID, "~", "-"])
def test_unreserved_characters_are_safe(text: str) -> None:
    """An id of the unreserved characters stands for itself in a path."""
    assert is_safe_segment(text)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a/b", "a b", "a%2Fb", "a?b", "a#b", "é", "a\n", "\u0661", "x" * 129, "a;b", "a\\b", "a:b"]
)
def test_what_changes_a_path_is_not_safe(text: str) -> None:
    """Nothing that a client or a server would escape, drop or read as something else."""
    assert not is_safe_segment(text)


@given(st.text(max_size=8) | st.text("ab./%~_-", max_size=5))
def test_a_safe_segment_is_the_same_in_an_address(text: str) -> None:
    """What is safe comes out of an address as it went in, in its own place."""
    if is_safe_segment(text):
        path = parse_url(f"https://api.example.com/groups/{text}/customers").path
        assert path == f"/groups/{text}/customers"


@pytest.mark.parametrize(
    "text",
    [
        UUID.replace("-", ""),
        f"{{{UUID}}}",
        f"urn:uuid:{UUID}",
        UUID[:-1],
        f"{UUID}\n",
        f" {UUID}",
        UUID.replace("7", "\u0667"),
        UUID.replace("7", "G"),
        "",
    ],
)
def test_only_the_canonical_form_is_a_uuid(text: str) -> None:
    """No braces, no URN, no missing hyphens, no digits of other scripts, nothing around it."""
    assert not is_uuid(text)
    assert normal_id(text) == text


def test_a_uuid_is_compared_and_sent_in_lower_case() -> None:
    """A UUID has no case; any other id has."""
    assert is_uuid(UUID)
    assert normal_id(UUID) == UUID.lower()
    assert normal_id("Group-A") == "Group-A"


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        pytest.param({"group_id": "a/b"}, "invalid_group_id", id="group"),
        pytest.param({"group_id": ""}, "invalid_group_id", id="empty group"),
        pytest.param({"linked_account_id": ".."}, "invalid_linked_account_id", id="account"),
        pytest.param({"max_name_length": 0}, "invalid_max_name_length", id="length"),
        pytest.param({"customer_id_pattern": "("}, "invalid_customer_id_pattern", id="pattern"),
    ],
)
def test_rules_that_exist_are_usable(setting: dict[str, Any], code: str) -> None:
    """A setting that could never work is refused when the rules are made, with what to do."""
    with pytest.raises(SettingsError) as refused:
        Rules(headers={}, **setting)

    assert refused.value.code == code
    assert refused.value.hint


def test_the_room_s_door_is_light() -> None:
    """Neither the package nor what the settings use of it loads pandas, pandera or email-validator."""
    program = (
        "import sys, importer.checks, importer.ids, importer.checks.repeats, importer.checks.rules\n"
        "assert not {'pandas', 'pandera', 'email_validator'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
