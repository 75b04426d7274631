"""`importer config show`: each value, and where it comes from; and never the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importer.settings import Settings
from tests.canaries.canaries import KEY, canaries_in
from tests.cli.config.published import held
from tests.cli.conftest import GROUP, Importer, Said
from tests.config.conftest import Write

FILE = f"timeout = 20\nwait = 5\nkeyring = 'a/b'\n[profiles.north]\ngroup_id = '{GROUP}'\nwait = 6\nstate = 'x y'\n"


def _shown(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    return held(said, "shown.schema.json")


def _settings(said: Said) -> dict[str, tuple[object, ...]]:
    return {
        each["name"]: (each["value"], each["from"], each["place"], each["line"]) for each in _shown(said)["settings"]
    }


def test_each_value_is_told_with_its_place(importer: Importer, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Option, variable, profile, the rest of the file, each with its name or its line."""
    path = write(FILE)
    monkeypatch.setenv("IMPORTER_CANARY", "3")
    found = _settings(importer("config", "show", "--profile", "north", "--base-url", "https://x.example.com", "--json"))
    assert found == {
        "base_url": ("https://x.example.com", "option", "--base-url", None),
        "canary": (3, "environment", "IMPORTER_CANARY", None),
        "group_id": (GROUP, "profile", str(path), 5),
        "wait": (6.0, "profile", str(path), 6),
        "state": (str(path.parent / "x y"), "profile", str(path), 7),
        "timeout": (20.0, "settings file", str(path), 1),
    }
    assert set(_settings(importer("config", "show", "--json"))) == {"canary", "timeout", "wait"}


def test_in_words_it_is_a_table(importer: Importer, write: Write) -> None:
    """With the file, the profile and the place of the key above it."""
    path = write(FILE)
    said = importer("config", "show", "--profile", "north")
    lines = said.out.splitlines()
    assert lines[:3] == [
        f"The settings file is {path}, with the profile north.",
        f"The API key: keyring, from {path}, line 3.",
        "",
    ]
    assert [line.split("  ")[0] for line in lines[3:]] == ["setting", "group_id", "state", "timeout", "wait"]
    [timeout] = [line for line in lines if line.startswith("timeout ")]
    assert timeout.split(maxsplit=2) == ["timeout", "20", "settings file, line 1"]
    assert "profile, line 6" in said.out


def test_all_lists_all(importer: Importer, write: Write) -> None:
    """Those that are as they are by themselves too; the key's own settings are told apart."""
    write("")
    said = importer("config", "show", "--all", "--json")
    names = {"state" if name == "state_dir" else name for name in Settings.model_fields}
    assert set(_settings(said)) == names - {"profile", "api_key", "api_key_file", "key_command", "keyring"}
    assert _settings(said)["timeout"] == (30.0, "default", None, None)
    assert "none" in importer("config", "show", "--all").out


def test_without_a_file_it_says_so(importer: Importer) -> None:
    """The environment is all there is then."""
    said = importer("config", "show")
    assert said.out.splitlines()[0] == "There is no settings file."
    assert "--all lists them" in said.out
    assert _shown(importer("config", "show", "--json"))["file"] is None


def _of_key(importer: Importer, *arguments: object) -> tuple[object, ...]:
    found = _shown(importer("config", "show", "--json", *arguments))["key"]
    return found["setting"], found["from"], found["place"]


def test_the_place_of_the_key_is_told_and_never_the_key(
    importer: Importer, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it looked up: no command is run for that, and its words may hold what nobody should read."""
    assert _of_key(importer) == (None, None, None)
    path = write(f"key_command = ['/usr/bin/touch', '{tmp_path}/touched', '{KEY}']\n")
    said = [importer("config", "show", *more) for more in ((), ("--all",), ("--json",), ("--all", "--json"))]
    assert _of_key(importer) == ("key_command", "settings file", f"{path}, line 1")
    assert not (tmp_path / "touched").exists()
    monkeypatch.setenv("IMPORTER_API_KEY", KEY)
    said += [importer("config", "show", *more) for more in ((), ("--all",), ("--json",), ("--all", "--json"))]
    assert _of_key(importer) == ("api_key", "environment", "IMPORTER_API_KEY")
    monkeypatch.setenv("IMPORTER_KEYRING", "a/b")
    said += [importer("config", "show", *more) for more in ((), ("--all",), ("--json",), ("--all", "--json"))]
    assert _of_key(importer) == (None, None, None)
    assert "Two places say the API key" in said[-4].out
    assert _of_key(importer, "--api-key-file", tmp_path / "k") == ("api_key_file", "option", "--api-key-file")
    assert {name for each in said for name in canaries_in(each.out + each.err)} == set()


def test_a_file_that_cannot_be_used_is_an_error(importer: Importer, write: Write) -> None:
    """As of any command; `validate` says all of it."""
    path = write("tiemout = 3\n")
    said = importer("config", "show")
    assert said.code == 2
    assert f"{path}, line 1: There is no setting 'tiemout'." in said.err
    assert importer("config", "show", "--profile", "x").code == 2
