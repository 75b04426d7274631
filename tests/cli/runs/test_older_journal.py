"""A state directory that was put back from a backup: what was sent since is not undone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Api, Importer, Said, Stopped, customer, person
from tests.forking.process import Forked

_PATIENCE_S = 60


class Backups:
    """Backups of the state directory of a test.

    Args:
        folder: Where the state directory is.
    """

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.mark = folder / ".state.generation"
        self.newest = folder / "newest"
        self._copy = folder / "backup"

    def make(self) -> None:
        """Make a backup, in the place of an older one."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.state, self._copy)

    def put_back_journal(self) -> None:
        """Put the journal's own file back, and let all that runs keep grow old; what it was is beside the backup."""
        shutil.copytree(self.state, self.newest)
        shutil.copy(self._copy / "journal.sqlite", self.state)
        for folder in (self.state / "runs").iterdir():
            os.utime(folder, (time.time() - 7200, time.time() - 7200))

    def put_back_newest(self) -> None:
        """Put back the journal's own file that was there before."""
        shutil.copy(self.newest / "journal.sqlite", self.state)

    def put_back(self) -> None:
        """Put the backup in the place of the state directory."""
        shutil.rmtree(self.state)
        shutil.copytree(self._copy, self.state)


@pytest.fixture
def backups(tmp_path: Path) -> Backups:
    """Return the backups of this test."""
    return Backups(tmp_path)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Write a sheet of three customers, whose values are those of yesterday."""
    return _sheet(tmp_path / "old.csv", "old")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Write a sheet of the same customers, with newer values."""
    return _sheet(tmp_path / "new.csv", "new")


def _sheet(path: Path, mark: str, *, hopeless: int = 0) -> Path:
    rows = [
        f"{customer(number)},{mark},{mark},{'sandbox+500' if number == hopeless else f'p{number}'}@example.com\n"
        for number in (1, 2, 3)
    ]
    path.write_text("".join(["Customer ID,First Name,Last Name,Email\n", *rows]), "utf-8")
    return path


def _held(api: Api) -> dict[str, str]:
    """Return the first name that each customer has by now."""
    return {line["customer_id"]: line["first_name"] for line in api.requests() if line["updated_at"]}


def _is_refused(said: Said, api: Api, sent: int) -> None:
    assert (said.code, said.json["exit_code"], said.json["error"]["code"]) == (4, 4, "older_journal")
    assert "--older-journal" in said.json["error"]["hint"]
    assert len(api.requests()) == sent


def test_a_run_that_later_ones_have_overtaken_is_not_gone_on_with(
    importer: Importer, api: Api, stopped: Stopped, old: Path, new: Path, backups: Backups
) -> None:
    """The journal that was put back does not know the later run: its values would be overwritten."""
    run = stopped(old)["run_id"]
    backups.make()
    assert importer("run", new, *api.options).code == 0
    backups.put_back()
    sent = len(api.requests())
    _is_refused(importer("resume", "--json"), api, sent)
    _is_refused(importer("resume", run, "--json"), api, sent)
    assert set(_held(api).values()) == {"new"}
    assert importer("show", run, "--json").json["state"] == "unfinished"
    assert "is older than what was done with it" in importer("resume").err


@pytest.mark.parametrize("how", ["option", "variable"])
def test_whoever_says_so_goes_on_all_the_same(
    how: str,
    importer: Importer,
    api: Api,
    stopped: Stopped,
    old: Path,
    new: Path,
    backups: Backups,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said each time: the run is no newer for having been gone on with."""
    with monkeypatch.context() as meanwhile:
        stopped(old)
        backups.make()
        assert importer("run", new, *api.options).code == 0
        backups.put_back()
        meanwhile.setenv("IMPORTER_API_KEY", "refused")
        if how == "variable":
            meanwhile.setenv("IMPORTER_OLDER_JOURNAL", "true")
        said = importer("resume", "--json", *(["--older-journal"] if how == "option" else []))
        assert said.json["stop_reason"] == "key_refused"
    _is_refused(importer("resume", "--json"), api, len(api.requests()))
    assert importer("resume", "--older-journal").code == 0
    assert set(_held(api).values()) == {"old"}


def test_a_run_that_went_on_since_is_not_gone_on_with_from_before(
    importer: Importer, api: Api, stopped: Stopped, old: Path, backups: Backups
) -> None:
    """What it has reported since stays as it is."""
    summary = stopped(old)
    backups.make()
    assert importer("resume").code == 0
    reported = Path(summary["reports"]["summary"]).read_bytes()
    backups.put_back()
    for command in (["resume"], ["report", summary["run_id"]]):
        _is_refused(importer(*command, "--json"), api, len(api.requests()))
    assert Path(summary["reports"]["summary"]).read_bytes() == reported
    assert importer("report", summary["run_id"], "--older-journal").code == 0
    assert json.loads(Path(summary["reports"]["summary"]).read_text("utf-8"))["statuses"]["updated"] == 0
    assert importer("resume", "--older-journal").code == 0


def test_a_report_of_what_has_ended_is_as_true_as_ever(
    importer: Importer, api: Api, old: Path, new: Path, backups: Backups
) -> None:
    """Nothing of it can have come later."""
    run = importer("run", old, *api.options, "--json").json["run_id"]
    backups.make()
    assert importer("run", new, *api.options).code == 0
    backups.put_back()
    assert importer("report", run).code == 0


@pytest.mark.slow
def test_a_retry_of_a_run_before_a_backup_is_refused_too(
    importer: Importer, api: Api, tmp_path: Path, new: Path, backups: Backups
) -> None:
    """Rows that another try may help were overtaken as well."""
    source = _sheet(tmp_path / "doubt.csv", "old", hopeless=2)
    said = importer("run", source, *api.options, "--json")
    assert said.code == 1
    run = said.json["run_id"]
    backups.make()
    assert importer("run", new, *api.options).code == 0
    backups.put_back()
    _is_refused(importer("retry", run, "--json", "--yes"), api, len(api.requests()))
    assert importer("retry", run, "--yes", "--older-journal").code == 1
    _is_refused(importer("retry", run, "--json", "--yes"), api, len(api.requests()))


def test_a_new_run_is_not_refused_and_does_not_let_older_ones_pass(
    importer: Importer, api: Api, stopped: Stopped, old: Path, new: Path, backups: Backups, tmp_path: Path
) -> None:
    """It is the newest, whatever was lost, and can be gone on with; what was begun before the loss still cannot."""
    run = stopped(old)["run_id"]
    backups.make()
    assert importer("run", new, *api.options).code == 0
    backups.put_back()
    third = stopped(_sheet(tmp_path / "third.csv", "third"))["run_id"]
    _is_refused(importer("resume", run, "--json"), api, len(api.requests()))
    said = importer("resume", third)
    assert said.code == 0
    assert "Note: Before this run, the journal was put back from a backup" in said.err
    assert set(_held(api).values()) == {"third"}
    _is_refused(importer("resume", run, "--json"), api, len(api.requests()))
    assert "put back from a backup" not in importer("run", new, *api.options).err


def test_where_the_folder_of_the_state_was_put_back_too_the_list_of_runs_tells(
    importer: Importer, api: Api, stopped: Stopped, old: Path, new: Path, backups: Backups
) -> None:
    """It lies beside the run's own folder; where that is gone as well, nobody knows."""
    stopped(old)
    index = old.with_name("index.html")
    before = index.read_bytes()
    backups.make()
    assert importer("run", new, *api.options).code == 0
    backups.put_back()
    backups.mark.unlink()
    _is_refused(importer("resume", "--json"), api, len(api.requests()))
    assert importer("check", new, "--report").code == 0  # which writes the list anew, and leaves what it tells
    _is_refused(importer("resume", "--json"), api, len(api.requests()))
    index.write_bytes(before)
    assert importer("resume").code == 0


@pytest.mark.parametrize(
    "meanwhile",
    [
        ("check", "--report"), ("run", "--sandbox"),
        ("run", "--dry-run", "--group-id", "11111111-2222-4333-8444-555555555555", "--linked-account-id", "acct-1"),
    ],
    ids=["check", "sandbox", "dry-run"],
)  # fmt: skip
def test_what_sends_to_no_place_outside_is_no_obstacle(
    meanwhile: tuple[str, ...], importer: Importer, stopped: Stopped, old: Path, new: Path, backups: Backups
) -> None:
    """Nothing that it did can be undone."""
    stopped(old)
    backups.make()
    assert importer(*meanwhile, new).code == 0
    backups.put_back()
    assert importer("resume").code == 0


@pytest.mark.parametrize("tells", ["beside the state", "list of runs"])
def test_what_later_runs_keep_is_still_there_when_the_newest_journal_is_put_back(
    tells: str, importer: Importer, api: Api, stopped: Stopped, old: Path, new: Path, backups: Backups
) -> None:
    """An older journal does not know them, and erases nothing of theirs, not even after a new run has noticed that."""
    stopped(old)
    backups.make()
    run = stopped(new)["run_id"]
    if tells == "list of runs":
        backups.mark.unlink()
    backups.put_back_journal()
    for command in (["history"], ["check", new], ["run", old, *api.options], ["history"]):
        assert importer(*command).code == 0, command
    _is_refused(importer("resume", "--json"), api, len(api.requests()))
    backups.put_back_newest()
    assert importer("resume", run, "--older-journal").code == 0


def _nothing(_: Path, __: Path) -> None:
    """Leave all as it is."""


def _move_folder(folder: Path, elsewhere: Path) -> None:
    shutil.move(folder, elsewhere / folder.name)


def _delete_folder(folder: Path, _: Path) -> None:
    shutil.rmtree(folder)
    (folder.parent / "index.html").unlink()


def _copy_folder(folder: Path, elsewhere: Path) -> None:
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.copytree(folder, elsewhere / folder.name)
    shutil.copy(folder.parent / "index.html", elsewhere)


@pytest.mark.parametrize("what", [_nothing, _move_folder, _delete_folder, _copy_folder])
def test_a_run_is_gone_on_with_whatever_became_of_folders(
    what: Callable[[Path, Path], None], importer: Importer, api: Api, stopped: Stopped, old: Path, tmp_path: Path
) -> None:
    """Only what tells of more than the journal knows is an alarm."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert importer("run", old, *api.options).code == 0
    folder = Path(stopped(old)["reports"]["summary"]).parent
    what(folder, elsewhere)
    assert importer("resume").code == 0


def test_a_state_directory_goes_to_another_machine_with_its_folders(
    importer: Importer, stopped: Stopped, old: Path, backups: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There it knows all that was done with it."""
    stopped(old)
    machine = tmp_path / "machine"
    machine.mkdir()
    shutil.move(backups.state, machine / "state")
    backups.mark.unlink()
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(machine / "state"))
    assert importer("resume").code == 0


def test_another_journal_beside_it_is_no_alarm(
    importer: Importer, api: Api, stopped: Stopped, old: Path, new: Path, tmp_path: Path, backups: Backups
) -> None:
    """Runs of another state directory, in the same folder, and one that was in its own place, tell of themselves."""
    for _ in range(3):
        assert importer("run", new, *api.options).code == 0
    shutil.rmtree(backups.state)
    stopped(old)
    for _ in range(3):
        assert importer("run", new, *api.options, "--state", tmp_path / "another").code == 0
    assert importer("resume").code == 0


def test_a_place_that_nobody_may_write_to_is_no_obstacle(
    importer: Importer, api: Api, old: Path, backups: Backups
) -> None:
    """Then the lists of runs tell alone."""
    backups.mark.mkdir()
    assert importer("run", old, *api.options).code == 0


@pytest.mark.proof
def test_a_run_that_was_killed_is_gone_on_with(
    importer: Importer, api: Api, tmp_path: Path, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash is no loss; but a backup that was made while a run was at work is older than its end."""
    source = tmp_path / "many.csv"
    rows = "".join(f"{','.join(person(number))}\n" for number in range(1, 1500))
    source.write_text(f"Customer ID,First Name,Last Name,Email\n{rows}", "utf-8")
    command = ["importer", "run", str(source), *api.options, "--rate", "300", "--yes"]
    process: subprocess.Popen[str] = Forked(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + _PATIENCE_S
    while len(api.requests()) < 20:
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)
    assert backups.mark.read_text("utf-8").split()[1] == "1"
    backups.make()
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    monkeypatch.setenv("IMPORTER_RATE", "100000")
    said = importer("resume", "--json")
    assert (said.code, said.json["statuses"]["updated"]) == (0, 1499)
    backups.put_back()
    _is_refused(importer("resume", "--json"), api, len(api.requests()))


def test_what_is_told_is_in_the_list_and_beside_the_state(
    importer: Importer, api: Api, old: Path, backups: Backups
) -> None:
    """It grows before a run sends and at its end, and both places tell the same."""
    assert importer("run", old, *api.options).code == 0
    first = backups.mark.read_text("utf-8").split()
    assert f'<meta name="journal" content="{first[0]} {first[1]}">' in old.with_name("index.html").read_text("utf-8")
    assert importer("run", old, *api.options).code == 0
    second = backups.mark.read_text("utf-8").split()
    assert (first[0], int(second[1])) == (second[0], int(first[1]) + 2)
    document: dict[str, Any] = json.loads(importer("history", "--json").out)[0]
    assert document["state"] == "ended"
