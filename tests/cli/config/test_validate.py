"""`importer config validate`: all that is wrong in a settings file, at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.canaries.canaries import KEY, canaries_in
from tests.cli.config.published import held
from tests.cli.conftest import GROUP, Importer
from tests.config.conftest import Write
from tests.config.test_settings_files import WRONG

MUCH = f"""timeout = 601
tiemout = 3
wait = "5"

[profiles.north]
group_id = "x"
columns = {{ Mail = "mail" }}
keyring = "a/b"
api_key_file = "k"

[profiles.south]
customer_id_pattern = "C[0-9]+"
group_id = "1234"
api_key = "{KEY}"

[profiles."a b"]
canary = -1
"""


def test_all_is_told_at_once(importer: Importer, write: Write) -> None:
    """In all profiles, in the order of lines, each with what to do; an id is held to the form of its profile."""
    path = write(MUCH)
    said = importer("config", "validate")
    assert said.code == 2
    told = [line.removeprefix(f"{path}:") for line in said.out.splitlines()]
    assert [line.split(": ")[:2] for line in told] == [
        ["1", "timeout"],
        ["2", "tiemout"],
        ["3", "wait"],
        ["6", "profiles.north.group_id"],
        ["7", "profiles.north.columns"],
        ["9", "profiles.north.api_key_file"],
        ["14", "profiles.south.api_key"],
        ["16", "profiles.a b"],
        ["17", "profiles.a b.canary"],
    ]
    assert told[0] == "1: timeout: It must be at most 600. Correct it, or remove it: without it, it is 30.0."
    assert told[1] == "2: tiemout: There is no setting 'tiemout'. Do you mean timeout?"
    assert canaries_in(said.out + said.err) == set()


def test_json_tells_the_same(importer: Importer, write: Write) -> None:
    """For programs, with stable words."""
    path = write(MUCH)
    said = importer("config", "validate", "--json")
    found = held(said, "validated.schema.json")
    assert (said.code, found["file"], found["profiles"]) == (2, str(path), ["north", "south", "a b"])
    assert [each["code"] for each in found["wrong"]][:3] == ["bad_setting", "unknown_setting", "bad_setting"]
    assert {"key_ambiguous", "key_in_settings_file"} <= {each["code"] for each in found["wrong"]}


@pytest.mark.parametrize(("content", "line", "said", "hint"), WRONG.values(), ids=WRONG)
def test_whatever_a_command_refuses_it_tells(
    content: str, line: int, said: str, hint: str, importer: Importer, write: Write
) -> None:
    """On the same line, with what to do."""
    path = write(content)
    found = held(importer("config", "validate", "--json"), "validated.schema.json")["wrong"]
    assert line in [each["line"] for each in found]
    assert any(hint in each["hint"] for each in found)
    assert f"{path}:{line}: " in importer("config", "validate").out
    assert said


def test_a_file_without_faults_is_said_to_be_well(importer: Importer, write: Write) -> None:
    """In one line, with its profiles."""
    path = write(f"timeout = 3\n[profiles.north]\ngroup_id = '{GROUP}'\n[profiles.south]\n")
    said = importer("config", "validate")
    assert (said.code, said.out) == (0, f"{path}: nothing is wrong. It has 2 profiles: north and south.\n")
    write("")
    assert importer("config", "validate").out == f"{path}: nothing is wrong. It has no profiles.\n"
    assert held(importer("config", "validate", "--json"), "validated.schema.json")["wrong"] == []


def test_what_the_environment_says_is_no_part_of_a_file(
    importer: Importer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is right or wrong for itself."""
    write("group_id = '1234'\n")
    monkeypatch.setenv("IMPORTER_TIMEOUT", "many")
    monkeypatch.setenv("IMPORTER_CUSTOMER_ID_PATTERN", "[0-9]+")
    said = importer("config", "validate")
    assert said.code == 2
    assert [line.split(": ")[1] for line in said.out.splitlines()] == ["group_id"]


def test_any_file_may_be_named(importer: Importer, write: Write, tmp_path: Path) -> None:
    """Before it is put where it holds; else it is that of `--config`, or the one that a command takes."""
    write("tiemout = 3\n")
    other = write("timeout = 3\n", path=tmp_path / "other.toml")
    assert importer("config", "validate").code == 2
    assert importer("config", "validate", other).code == 0
    assert importer("--config", other, "config", "validate").out.startswith(str(other))


def test_without_a_file_there_is_nothing_to_validate(importer: Importer, tmp_path: Path) -> None:
    """That is said, with where one may be."""
    said = importer("config", "validate")
    assert said.code == 2
    assert "There is no settings file." in said.err
    assert "importer init" in said.err
    assert "No such file" in importer("config", "validate", tmp_path / "gone.toml").err


def test_a_file_that_others_may_write_to_is_refused_here_too(importer: Importer, write: Write) -> None:
    """Whatever stands in it."""
    write("", mode=0o666)
    said = importer("config", "validate", "--json")
    assert said.code == 2
    assert '"settings_file_open_to_others"' in said.out
