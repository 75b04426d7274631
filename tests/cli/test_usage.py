"""Slips of a command line: what is said of them can be typed."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Importer, customer

TABLE = f"Customer ID,First Name,Last Name,Email\n{customer(1)},Ana,Reyes,ana@example.com\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with tables of several names in it."""
    (tmp_path / "my folder").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv", "my folder/a b.csv", "my folder/c.csv"):
        Path(name).write_text(TABLE)
    return tmp_path


@pytest.mark.parametrize("command", ["run", "check", "peek"])
@pytest.mark.parametrize("path", ["my folder/a b.csv", "my folder/c.csv"])
def test_a_path_with_a_blank_is_put_into_quotation_marks(
    importer: Importer, folder: Path, command: str, path: str
) -> None:
    """Where there is a file of that name; what is said works as it stands."""
    said = importer(command, *path.split(" "))
    assert (said.code, said.out) == (2, "")
    assert f"The path {path} has a blank in it" in said.err
    assert f'Put it into quotation marks: importer {command} "{path}"' in said.err
    typed = said.err.rpartition("marks: importer ")[2]
    assert importer(*shlex.split(typed), *(["--dry-run"] if command == "run" else [])).code in (0, 2)
    assert folder.is_dir()


def test_options_between_the_pieces_of_a_path_make_no_difference(importer: Importer, folder: Path) -> None:
    """Options are not part of it; as JSON it is the same."""
    error = importer("check", "my", "--json", "folder/a", "b.csv", "-q").json["error"]
    assert error["code"] == "usage"
    assert error["hint"] == 'Put it into quotation marks: importer check "my folder/a b.csv"'
    said = importer("report", "k3f9", "--source", "my", "folder/c.csv")
    assert said.err.rstrip().endswith('Put it into quotation marks: --source "my folder/c.csv"')
    assert folder.is_dir()


@pytest.mark.parametrize("command", ["run", "check", "peek"])
def test_several_files_are_given_one_after_the_other(importer: Importer, folder: Path, command: str) -> None:
    """A loop is said that can be typed; of many files by a pattern."""
    said = importer(command, "a.csv", "b.csv")
    assert (said.code, "2 files are given" in said.err) == (2, True)
    assert f'for file in a.csv b.csv; do importer {command} "$file"; done' in said.err
    names = [f"{number} of May.csv" for number in range(7)]
    for name in names:
        Path(name).write_text(TABLE)
    assert f'for file in *.csv; do importer {command} "$file"; done' in importer(command, *names).err
    assert "for file in '1 of May.csv' a.csv;" in importer(command, names[1], "a.csv").err
    shut = [f"my folder/{name}" for name in names]
    for name in shut:
        Path(name).write_text(TABLE)
    assert "for file in 'my folder'/*.csv;" in importer(command, *shut).err
    Path("x.txt").write_text(TABLE)
    assert "for file in *; do" in importer(command, *names, "x.txt").err
    assert folder.is_dir()


def test_pieces_of_no_file_may_be_either(importer: Importer, folder: Path) -> None:
    """Neither is there a file of that name, nor are they files."""
    said = importer("check", "no", "such.csv")
    assert said.code == 2
    assert "Got unexpected extra argument (such.csv)." in said.err
    assert 'needs quotation marks: importer check "no such.csv"' in said.err
    assert "`importer history --help` says what there is." in importer("history", "a.csv").err
    assert len(importer("check", *["x"] * 3000).err.splitlines()) == 2
    assert importer("check", "x" * 5000, "y" * 5000).code == 2
    assert importer("x" * 5000).code == 2
    assert folder.is_dir()


def test_nothing_at_all_is_the_help(importer: Importer) -> None:
    """As with --help, and no mistake."""
    said = importer()
    assert (said.code, said.err) == (0, "")
    assert said.out == importer("--help").out


@pytest.mark.parametrize(("typed", "meant"), [("rnu", "run"), ("chekc", "check"), ("histroy", "history")])
def test_a_misspelt_command_is_suggested(importer: Importer, typed: str, meant: str) -> None:
    """As options are."""
    said = importer(typed, "a.csv")
    assert (said.code, f"Did you mean '{meant}'?" in said.err) == (2, True)


def test_a_file_without_a_command_says_which_there_are(importer: Importer, folder: Path) -> None:
    """What it is to be done with is not guessed."""
    said = importer("my folder/c.csv")
    assert said.code == 2
    assert 'To check it: importer check "my folder/c.csv". To send it: importer run "my folder/c.csv"' in said.err
    assert folder.is_dir()


@pytest.mark.parametrize("command", ["run", "check", "peek"])
@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("~$a.xlsx", "lock_file", "Save and close a.xlsx"),
        ("https://docs.google.com/spreadsheets/d/x/edit", "web_address", "Download it first"),
        ("pipe", None, "| importer check -"),
        ("my folder", None, "a b.csv"),
        ("/dev/null", None, "standard input"),
        ("c.csv", "source_missing", "Look at the spelling"),
    ],
)
def test_what_is_no_file_is_told_alike(
    importer: Importer, folder: Path, command: str, path: str, code: str | None, said: str
) -> None:
    """By every command that reads one, before anything is left behind."""
    os.mkfifo("pipe")
    target = ("--group-id", "11111111-2222-4333-8444-555555555555", "--linked-account-id", "x")
    answer = importer(command, path, *(target if command == "run" else ()), "--json")
    error = answer.json["error"]
    assert answer.code == 3
    assert said in error["hint"]
    assert error["code"] in ([code] if code else ["not_a_file", "source_unreadable"])
    assert not list(folder.glob("*-2*"))


def test_the_source_of_a_report_is_told_alike(importer: Importer, folder: Path) -> None:
    """Where it is now may be said wrongly too."""
    run_id = importer("check", "a.csv", "--json").json["run_id"]
    for path, said in (("https://docs.google.com/x", "Download it first"), ("~$a.xlsx", "Save and close")):
        error = importer("report", run_id, "--source", path, "--json").json["error"]
        assert said in error["hint"]
    assert folder.is_dir()
