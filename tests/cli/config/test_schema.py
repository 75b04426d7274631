"""`importer config schema`: for editors, and in agreement with what is refused."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from importer.config.settings_file import SettingsFile
from importer.ops.settings_check import misfits
from importer.ops.settings_schema import settings_schema
from importer.settings import Settings
from tests.cli.conftest import Importer
from tests.config.conftest import Write
from tests.config.test_settings_files import TAKEN, WRONG

BEYOND: Final = {
    *("plain http", "a key in a URL", "no UUID", "a number for an id", "an unknown encoding", "no expression"),
    *("a value of several lines", "a path with a NUL", "the home of nobody"),
}
"""What a schema cannot say."""
NO_DOCUMENT: Final = {"not a number", "infinite"}
"""What JSON cannot write."""


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """Return the schema."""
    return settings_schema()


def _document(content: str) -> dict[str, Any] | None:
    try:
        return json.loads(json.dumps(tomllib.loads(content), default=lambda _: None))  # type: ignore[no-any-return]
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def test_it_is_a_schema(importer: Importer, schema: dict[str, Any]) -> None:
    """Of draft 2020-12, printed as JSON alone."""
    said = importer("config", "schema")
    assert (said.code, json.loads(said.out)) == (0, schema)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")


def test_it_has_each_setting_once_with_its_meaning(schema: dict[str, Any]) -> None:
    """But for those that cannot stand in a file; a new one is in it by itself."""
    names = {"state" if name == "state_dir" else name for name in Settings.model_fields}
    assert set(schema["$defs"]) == names - {"api_key", "profile", "older_journal"}
    assert set(schema["properties"]) == {*schema["$defs"], "profiles"}
    for name, each in schema["$defs"].items():
        assert each["description"].endswith("."), name
        assert "None" not in each["description"], name
    assert schema["$defs"]["timeout"] == {
        "description": "Seconds for a whole attempt.",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 600,
        "default": 30.0,
    }


@pytest.mark.parametrize(
    "content",
    [
        *(content for content, _, _ in TAKEN.values()),
        "profiles.north.state = '~/x'\n[profiles.\"nörd-1.x_\"]\nwait = 1\n",
        "base_url = ' HTTPS://x.example.com '\nmax_errors = '2.5 %'\nconcurrency = 'AUTO'\nkeyring = 'a/b c/d'\n",
        "wire = 'curl'\nrate = 0.5\nkey_command = ['pass', 'a/b']\n",
        "",
    ],
)
def test_what_is_taken_is_right_by_the_schema(
    content: str, schema: dict[str, Any], importer: Importer, write: Write
) -> None:
    """An editor marks nothing that works."""
    write(content)
    assert importer("config", "validate").code == 0
    Draft202012Validator(schema).validate(_document(content))


@pytest.mark.parametrize("name", [name for name, (content, *_) in WRONG.items() if _document(content) is not None])
def test_what_is_refused_is_wrong_by_the_schema(name: str, schema: dict[str, Any]) -> None:
    """As far as a schema can say it."""
    document = _document(WRONG[name][0])
    is_right = Draft202012Validator(schema).is_valid(document)
    assert is_right == (name in BEYOND) or name in NO_DOCUMENT


TEXTS: Final = (
    *(
        "",
        " ",
        "auto",
        " AUTO ",
        "curl",
        "group",
        "5%",
        "101%",
        "7",
        "a/b",
        "-a/b",
        "a/",
        "/bin/x",
        "https://x",
        "ftp://x",
    ),
    *(
        "ab c",
        "utf-8",
        "klingon",
        "11111111-2222-4333-8444-555555555555",
        "..",
        "[",
        "x" * 129,
        "~/x",
        "none",
        "C-[0-9]+",
    ),
)
VALUES: Final = st.recursive(
    st.booleans() | st.integers(-2, 10**6) | st.floats(-2, 10**6) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["Mail", " ", "a"]), inner, max_size=2),
    max_leaves=3,
) | st.fixed_dictionaries({"Mail": st.sampled_from(["email", "mail", "group_id"])})
TABLES: Final = st.dictionaries(
    st.sampled_from([*settings_schema()["$defs"], "tiemout", "state_dir"]), VALUES, max_size=4
)


def _written(value: object) -> str:
    """Return a value as TOML."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(name)} = {_written(each)}' for name, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value)


@given(TABLES, st.dictionaries(st.sampled_from(["north", "a b", "ñ.1", ""]), TABLES, max_size=2))
def test_what_is_well_is_right_whatever_is_drawn(values: dict[str, Any], profiles: dict[str, Any]) -> None:
    """And of what is right, only values are not well, by what no schema can say; names and kinds are."""
    document = {**values, "profiles": profiles}
    text = "".join(f"{name} = {_written(value)}\n" for name, value in document.items())
    assert tomllib.loads(text) == document
    wrong = misfits(SettingsFile.parse(Path("/etc/importer/importer.toml"), text))
    if Draft202012Validator(settings_schema()).is_valid(document):
        assert {each.code for each in wrong} <= {"bad_setting"}
        assert not any("in quotation marks" in each.reason or "without quotation" in each.reason for each in wrong)
    else:
        assert wrong


def test_two_ways_to_the_key_in_one_place_are_wrong_by_the_schema(schema: dict[str, Any]) -> None:
    """In a profile as in the rest."""
    two = {"keyring": "a/b", "api_key_file": "k"}
    for document in (two, {"profiles": {"north": two}}):
        assert not Draft202012Validator(schema).is_valid(document)
    assert Draft202012Validator(schema).is_valid({"keyring": "a/b", "profiles": {"north": {"api_key_file": "k"}}})
