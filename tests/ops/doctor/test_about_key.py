"""What is said of the key: everything but the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.config.key_sources import KeySource
from importer.errors import SettingsError
from importer.ops.doctor.about_key import KeyFile, about_key
from importer.ops.doctor.finding import Grade

PATH = Path("/home/año/north.key")


@pytest.mark.parametrize(
    ("mode", "readers", "grade"),
    [
        (0o600, "you only", "fine"),
        (0o400, "you only", "fine"),
        (0o640, "its group", "warning"),
        (0o644, "everybody on this machine", "warning"),
    ],
)
def test_who_may_read_the_file_is_said(mode: int, readers: str, grade: str) -> None:
    """Whoever may is able to send in this name."""
    source = KeySource("api_key_file", "profile", "/etc/importer/importer.toml, line 3")
    found = about_key(lambda: source, KeyFile(PATH, mode, is_own=True), lambda: None)
    assert found.grade == grade
    assert found.found == f"usable, from {PATH} (importer.toml, line 3); {readers} may read it"
    assert found.to_do == ("" if grade == "fine" else f"`chmod 600 '{PATH}'`.")
    assert found.values["level"] == "profile"


def test_a_credential_of_systemd_is_kept_by_systemd() -> None:
    """Its permissions say nothing: it is in a file system of the service's own."""
    source = KeySource("api_key_file", "environment", "the systemd credential importer-api-key", PATH)
    found = about_key(lambda: source, KeyFile(PATH, 0o440, is_own=False, is_credential=True), lambda: None)
    assert (found.grade, found.found) == (
        Grade.FINE,
        "usable, from the systemd credential importer-api-key; this service only may read it",
    )


@pytest.mark.parametrize("setting", ["api_key", "key_command", "keyring"])
def test_a_key_that_is_in_no_file_is_told_by_its_place(setting: str) -> None:
    """There is no permission to be looked at."""
    found = about_key(lambda: KeySource(setting, "environment", "IMPORTER_X"), None, lambda: None)
    assert (found.grade, found.found.startswith("usable, from IMPORTER_X")) == (Grade.FINE, True)


def test_a_key_that_cannot_be_used_is_wrong() -> None:
    """With what the settings say of it, which never show it."""

    def take() -> object:
        raise SettingsError("The API key in X is empty.", code="key_missing", hint="Put the key there.")

    found = about_key(
        lambda: KeySource("api_key_file", "option", "--api-key-file"), KeyFile(PATH, 0o600, is_own=True), take
    )
    assert (found.grade, found.found, found.to_do) == (Grade.WRONG, "The API key in X is empty", "Put the key there.")
    assert found.values["file_mode"] == "0600"


def test_two_keys_are_wrong() -> None:
    """None of them is taken."""

    def source() -> KeySource | None:
        raise SettingsError("Two places say the API key.", code="key_ambiguous", hint="Leave one of them.")

    taken: list[bool] = []
    found = about_key(source, None, lambda: taken.append(True))
    assert (found.grade, found.to_do, taken) == (Grade.WRONG, "Leave one of them.", [])


def test_a_file_that_is_not_there_has_readers_that_nobody_knows(tmp_path: Path) -> None:
    """Whoever reads it will say why."""
    found = KeyFile.seen(tmp_path / "none", 0, is_credential=False)
    assert (found.readers, found.is_open) == ("nobody knows who", False)
