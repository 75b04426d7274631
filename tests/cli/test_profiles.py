"""Profiles of a settings file, from outside: a run takes its own, and whoever goes on with it takes it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.canaries.canaries import KEY, canaries_in
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, person
from tests.config.conftest import Write, home, write

__all__ = ["home", "write"]

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture
def key(home: Path) -> Path:
    """Return the key file of the profile."""
    path = home / "the key"
    path.write_text("good-key\n")
    path.chmod(0o600)
    return path


def _profile(base_url: str, key: Path, *more: str) -> str:
    lines = [
        "state = 'st ñ'",
        "concurrency = 1",
        "[profiles.north]",
        f"base_url = '{base_url}'",
        f"group_id = '{GROUP}'",
        f"linked_account_id = '{ACCOUNT}'",
        f"api_key_file = '{key}'",
        *more,
    ]
    return "\n".join([*lines, ""])


@pytest.fixture
def cut_off(importer: Importer, write: Write, api: Api, key: Path, sheet: Callable[..., Path]) -> str:
    """Return a run of the profile that was stopped, since its key was refused."""
    write(_profile(api.base_url, key))
    key.write_text("refused\n")
    said = importer("run", sheet(person(1), person(2)), "--profile", "north", "--json")
    assert said.code == 4, said.err
    key.write_text("good-key\n")
    return str(said.json["run_id"])


def test_a_profile_says_where_to_and_with_what_key(
    importer: Importer, write: Write, api: Api, key: Path, sheet: Callable[..., Path]
) -> None:
    """Nothing else need be given; the journal is where the rest of the file says."""
    path = write(_profile(api.base_url, key))
    said = importer("run", sheet(person(1)), "--profile", "north", "--json")
    assert said.code == 0, said.err
    [request] = api.requests()
    assert request["group_id"] == GROUP
    assert (path.parent / "st ñ" / "journal.sqlite").exists()
    assert importer("history", "--json").json[0]["run_id"] == said.json["run_id"]
    assert importer("run", sheet(person(2)), "--json").json["error"]["code"] == "key_missing"


def test_a_run_is_gone_on_with_under_its_profile(importer: Importer, api: Api, cut_off: str) -> None:
    """It need not be named again: its key is that of the profile, as that is by now."""
    said = importer("resume", cut_off, "--json")
    assert said.code == 0, said.err
    assert len({request["customer_id"] for request in api.requests() if request["updated_at"]}) == 2


def test_ceilings_are_those_of_the_profile_by_now(
    importer: Importer, write: Write, api: Api, key: Path, cut_off: str
) -> None:
    """What was settled when the run began stays so."""
    write(_profile(api.base_url, key, "timeout = 7", "max_name_length = 3"))
    assert importer("resume", cut_off).code == 0
    assert all(request["updated_at"] for request in api.requests()[-2:])


def test_a_key_goes_nowhere_but_where_its_profile_sends(
    importer: Importer, write: Write, api: Api, key: Path, cut_off: str
) -> None:
    """A profile that sends elsewhere by now has the key for there; whoever gives a key says where it goes."""
    write(_profile("https://elsewhere.example.com", key))
    asked = len(api.requests())
    for command in ("resume", "retry"):
        said = importer(command, cut_off, "--json")
        assert said.code != 0
        if command == "resume":
            assert said.json["error"]["code"] == "profile_of_another_place"
            assert "--api-key-file" in said.json["error"]["hint"]
    assert len(api.requests()) == asked
    assert importer("report", cut_off).code == 0
    assert importer("resume", cut_off, "--api-key-file", key).code == 0


def test_the_rest_of_the_file_is_held_to_that_too(
    importer: Importer, write: Write, api: Api, key: Path, sheet: Callable[..., Path]
) -> None:
    """A key that holds for all profiles is for where all send."""
    plain = _profile(api.base_url, key).replace("[profiles.north]\n", "")
    write(plain)
    key.write_text("refused\n")
    assert importer("run", sheet(person(1))).code == 4
    key.write_text("good-key\n")
    write(plain.replace(api.base_url, "https://elsewhere.example.com"))
    said = importer("resume", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "profile_of_another_place")
    assert said.json["error"]["message"].startswith("The settings file is for https://elsewhere.example.com")
    write(plain)
    assert importer("resume").code == 0


def test_a_profile_that_is_gone_is_told(importer: Importer, write: Write, api: Api, key: Path, cut_off: str) -> None:
    """Who sends needs another one; who writes reports needs none."""
    write(_profile(api.base_url, key).replace("profiles.north", "profiles.south"))
    said = importer("resume", cut_off, "--json")
    assert said.code == 2
    assert said.json["error"]["code"] == "profile_unknown"
    assert "go on with another one, --profile NAME" in said.json["error"]["hint"]
    assert importer("report", cut_off).code == 0
    assert importer("show", cut_off).code == 0
    assert importer("report", cut_off, "--profile", "north").code == 2
    assert importer("resume", cut_off, "--profile", "south").code == 0


def test_a_sandbox_needs_no_key_of_a_profile(
    importer: Importer, write: Write, tmp_path: Path, sheet: Callable[..., Path]
) -> None:
    """It is tried out under the profile that it will have."""
    write(_profile("https://elsewhere.example.com", tmp_path / "no key"))
    said = importer("run", sheet(person(1)), "--profile", "north", "--sandbox", "--json")
    assert said.code == 0, said.err


def test_a_whole_process_in_a_home_of_its_own(
    write: Write, api: Api, home: Path, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """With the file named before the command, from its own folder; a command says the key, which is shown nowhere."""
    script = home / "print key"
    script.write_text(f"#!/bin/sh\necho '{KEY}'\necho '{KEY}' >&2\n")
    script.chmod(0o700)
    content = _profile(api.base_url, script).replace(f"api_key_file = '{script}'", f"key_command = ['{script}']")
    path = write(content, path=home / "ajustes ñ.toml")
    surroundings = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    def call(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        found = subprocess.run(
            [sys.executable, "-m", "importer", *arguments],
            cwd=home, env=surroundings | variables,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert canaries_in(found.stdout + found.stderr) == set()
        return found

    source = str(sheet(person(1)))
    named = ("--config", path.name)
    done = call(*named, "run", source, "--profile", "north", "--yes", "--json", "-v")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["statuses"]["updated"] == 1
    assert (home / "st ñ" / "journal.sqlite").exists()
    by_variables = {"IMPORTER_CONFIG": str(path), "IMPORTER_PROFILE": "north"}
    assert call("check", source, **by_variables).returncode == 0
    assert json.loads(call("config", "show", "--json", **by_variables).stdout)["profile"] == "north"
    assert call("run", source, "--yes", **by_variables).returncode == 0
    refused = call(*named, "run", source, "--profile", "", "--yes")
    assert (refused.returncode, "--profile names no profile" in refused.stderr) == (2, True)
    refused = call("run", source, "--profile", "north", "--yes")
    assert refused.returncode == 2
    assert "since there is no settings file" in refused.stderr
    assert len(api.requests()) == 2
    assert not (tmp_path / "reports").exists()
