"""What whoever schedules a run should know, and what its units are given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from importer.config.places import settings_file
from importer.errors import SettingsError
from importer.ops.schedule.nightly import Nightly
from importer.ops.schedule.planning import AskedNight, missing_folders, notes, unit_wishes
from importer.ops.schedule.scheduled import Beginner
from importer.settings import Settings
from tests.ops.schedule.nights import PLAIN

LINGER: Final = "The timers of a user rest"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing but the file say how runs go."""
    for name in ("IMPORTER_API_KEY", "IMPORTER_STATE_DIR", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


def _settings(folder: Path, text: str) -> Settings:
    path = folder / "importer.toml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    file = settings_file(path)
    assert file is not None
    return Settings.load({}, file.layers(None))


def _told(settings: Settings, beginner: Beginner, *, nightly: Nightly = PLAIN, run_as: str | None = None) -> list[str]:
    asked = AskedNight(beginner=beginner, nightly=nightly, settings=settings, run_as=run_as)
    return list(notes(asked, is_there=True, environment={}, user="nobody-here"))


def test_a_user_who_logs_out_is_told_of_lingering(tmp_path: Path) -> None:
    """Their timers would rest; those of the machine and cron do not."""
    settings = _settings(tmp_path, "")
    assert any(note.startswith(LINGER) for note in _told(settings, Beginner.USER))
    assert _told(settings, Beginner.CRON) == []


def test_keys_that_may_not_be_there_at_night_are_told(tmp_path: Path) -> None:
    """A keyring is locked then, and a unit of the machine keeps a command in bounds."""
    keyring = _settings(tmp_path, 'keyring = "importer/north"\n')
    assert any(note.startswith("A keyring") for note in _told(keyring, Beginner.CRON))
    assert not any(note.startswith("A keyring") for note in _told(keyring, Beginner.USER))
    command = _settings(tmp_path, 'key_command = ["pass", "show", "importer"]\n')
    assert any(note.startswith("key_command") for note in _told(command, Beginner.SYSTEM))
    wishes = unit_wishes(AskedNight(beginner=Beginner.USER, nightly=PLAIN, settings=command))
    assert wishes.runs_others


def test_what_a_user_that_is_made_up_cannot_reach_is_told(tmp_path: Path) -> None:
    """By its path; with a user of one's own it is that user's affair."""
    settings = _settings(tmp_path, "")
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "changes.csv").touch()
    night = replace(PLAIN, source=closed / "changes.csv", program=("/usr/bin/env",), config=None)
    (note,) = _told(settings, Beginner.SYSTEM, nightly=night)
    assert str(night.source) in note
    assert "/usr/bin/env" not in note
    assert "--run-as USER" in note
    assert _told(settings, Beginner.SYSTEM, nightly=night, run_as="root") == []


def test_a_unit_of_the_machine_has_folders_of_its_own(tmp_path: Path) -> None:
    """Unless the settings name others, which must be there: whose they are to be, nobody here knows."""
    own = unit_wishes(AskedNight(beginner=Beginner.SYSTEM, nightly=PLAIN, settings=_settings(tmp_path, "")))
    assert (own.state, own.own_output, list(own.written)) == (None, True, [])
    named = _settings(tmp_path, 'state = "a/state"\noutput = "reports"\n')
    wishes = unit_wishes(AskedNight(beginner=Beginner.SYSTEM, nightly=PLAIN, settings=named))
    assert (wishes.state, wishes.own_output) == (tmp_path / "a" / "state", False)
    assert list(wishes.written) == [tmp_path / "a", tmp_path / "reports"]
    with pytest.raises(SettingsError, match="There is no folder"):
        missing_folders(wishes)
