"""What a person, or a program, is told where no run comes about: an exit code, what is wrong, what to do."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.lock import Holder, Patience, sending_lock
from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, person

TARGET = ("--group-id", GROUP, "--linked-account-id", ACCOUNT)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("arguments", "code", "error_code", "said"),
    [
        pytest.param((), 3, "source_missing", "There is no file", id="a file that is not there"),
        pytest.param(("picture.csv",), 3, "unknown_format", "picture", id="a file that is a picture"),
        pytest.param(("no-email.csv",), 3, "missing_column", "email", id="a CSV without an e-mail column"),
        pytest.param(("empty.csv",), 3, "empty_source", "empty", id="an empty file"),
        pytest.param((".",), 3, "source_unreadable", "not a file", id="a folder"),
        pytest.param(("good.csv", "--sheet", "X"), 3, "no_sheets", "--sheet", id="a sheet of a CSV file"),
        pytest.param(("good.csv", "--concurrency", "0"), 2, "bad_setting", "--concurrency", id="no request at a time"),
        pytest.param(("good.csv", "--concurrency", "257"), 2, "bad_setting", "--concurrency", id="over the ceiling"),
        pytest.param(("good.csv", "--rate", "fast"), 2, "bad_setting", "--rate", id="a rate that is no number"),
        pytest.param(("good.csv", "--timeout", "0"), 2, "bad_setting", "--timeout", id="no time"),
        pytest.param(("good.csv", "--base-url", "http://example.com"), 2, "bad_setting", "https", id="plain http"),
        pytest.param(("good.csv", "--group-id", "a/b"), 2, "bad_setting", "--group-id", id="a group with a slash"),
        pytest.param(("missing.csv", "--group-id", "1234"), 2, "bad_setting", "32 digits", id="a group of no UUID"),
        pytest.param(("good.csv", "--limit", "0"), 2, "usage", "--limit", id="a limit of nothing"),
        pytest.param(("good.csv", "--api-key", "x"), 2, "usage", "--api-key", id="a key as an option"),
        pytest.param(("good.csv", "--api-key-file", "none"), 2, "key_file_unreadable", "none", id="no key file"),
        pytest.param(("good.csv", "more.csv"), 2, "usage", "more.csv", id="two files"),
    ],
)
def test_a_refusal_has_its_exit_code_and_says_what_to_do(
    importer: Importer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    error_code: str,
    said: str,
) -> None:
    """In words on stderr, and as one JSON object on stdout; nothing is left behind."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    Path("picture.csv").write_bytes(PICTURE)
    Path("no-email.csv").write_text("Customer ID,First Name,Last Name,Phone\n1,A,B,2\n")
    Path("empty.csv").write_text("")
    Path("good.csv").write_text("Customer ID,First Name,Last Name,Email\n")
    before = sorted(work.rglob("*"))
    full = ("run", *(arguments or ("missing.csv",)))
    full = full if "--group-id" in full else (*full, *TARGET)
    in_words = importer(*full)
    assert (in_words.code, in_words.out) == (code, "")
    assert said.lower() in in_words.err.lower()
    assert in_words.err.startswith("Error: ")
    assert len(in_words.err.splitlines()) == 2
    as_json = importer(*full, "--json")
    assert as_json.code == code
    assert as_json.json["exit_code"] == code
    assert as_json.json["error"]["code"] == error_code
    assert as_json.json["error"]["message"]
    assert as_json.json["error"]["hint"]
    assert sorted(work.rglob("*")) == before


def test_a_run_without_a_key_says_both_ways_to_give_one(
    importer: Importer, api: Api, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key: exit 2, before the source is read or anything is sent."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    said = importer("run", sheet(person(1)), *api.options)
    assert said.code == 2
    assert "IMPORTER_API_KEY" in said.err
    assert "--api-key-file" in said.err
    assert api.requests() == []


def test_all_that_is_missing_is_said_at_once(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the file is looked for: the key, and where to send to, as far as the sheet may not say it."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    missing = tmp_path / "none.csv"
    said = importer("run", missing)
    assert (said.code, len(said.err.splitlines())) == (2, 2)
    assert "no API key. And nothing says which group and linked account to send to, unless each row does." in said.err
    for word in ("IMPORTER_API_KEY", "--api-key-file", "--group-id", "--linked-account-id", "IMPORTER_GROUP_ID"):
        assert word in said.err
    said = importer("run", missing, "--group-id", GROUP, "--json")
    assert "which linked account to send to" in said.json["error"]["message"]
    assert "group" not in said.json["error"]["hint"]
    assert importer("run", missing, *TARGET, "--json").json["error"]["message"] == "There is no API key."
    assert importer("run", missing, "--dry-run", "--json").json["error"]["code"] == "source_missing"
    assert importer("run", missing, "--sandbox", "--json").json["error"]["code"] == "source_missing"


@pytest.mark.parametrize("key", ["zq1 zq2", "zq1\nzq2", "zq1é", "zq1\tzq2"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(
    importer: Importer, api: Api, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Trap 3: an HTTP library would quote such a key in its exception."""
    monkeypatch.setenv("IMPORTER_API_KEY", key)
    said = importer("run", sheet(person(1)), *api.options, "-v")
    assert said.code == 2
    assert not any(part in said.out + said.err for part in key.split())


def test_a_key_file_may_end_in_a_newline(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 3 again: editors end files in a newline; and the option wins over the variable."""
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    key_file = tmp_path / "key"
    key_file.write_text("good-key\n")
    key_file.chmod(0o600)
    said = importer("run", sheet(person(1)), *api.options, "--api-key-file", key_file)
    assert (said.code, "Warning" in said.err) == (0, False)


def test_a_key_file_that_others_can_read_is_warned_of(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on, but says what is unwise."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    key_file = tmp_path / "key"
    key_file.write_text("good-key")
    key_file.chmod(0o644)
    said = importer("run", sheet(person(1)), *api.options, "--api-key-file", key_file)
    assert said.code == 0
    assert f"Warning: Others on this machine can read the API key file {key_file}" in said.err


def test_an_unknown_command_is_a_usage_error(importer: Importer) -> None:
    """Exit 2, naming the command."""
    said = importer("rum", "x.csv")
    assert said.code == 2
    assert "rum" in said.err


def test_a_journal_that_is_none_is_said(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """A damaged journal: exit 5, where it is, and what to do; nothing is sent, and no folder is left."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "journal.sqlite").write_bytes(b"this is no database, but long enough to look like a file of one" * 40)
    source = sheet(person(1))
    said = importer("run", source, *api.options)
    assert said.code == 5
    assert str(state / "journal.sqlite") in said.err
    assert "--state" in said.err
    assert api.requests() == []
    assert [path.name for path in source.parent.glob("changes-*")] == []


def test_a_defect_is_said_without_a_traceback_and_without_values(
    importer: Importer, api: Api, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails unexpectedly ends with exit 5; `-v` shows where, never what the exception says."""
    secret = "{} a cell holds".format("what")  # put together, since a traceback shows lines of code

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError(secret)

    monkeypatch.setattr("importer.story.ahead.Checker", fail)
    plain = importer("run", sheet(person(1)), *api.options)
    assert plain.code == 5
    assert "ZeroDivisionError" in plain.err
    assert secret not in plain.err
    assert "Traceback" not in plain.err
    verbose = importer("run", sheet(person(1)), *api.options, "-v")
    assert "test_refusals.py" in verbose.err
    assert secret not in verbose.err


def test_reports_that_cannot_be_written_do_not_hide_what_was_sent(
    importer: Importer, api: Api, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the report is written: exit 5, and the summary still says what is true."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("importer.reports.writing.open_writer", full)
    said = importer("run", sheet(person(1), person(2)), *api.options, "--json")
    summary = json.loads(said.out)
    assert said.code == summary["exit_code"] == 5
    assert summary["statuses"]["updated"] == 2
    assert summary["reports"] == {}
    assert "No space left on device" in said.err


def test_the_importer_can_be_run_as_a_module(tmp_path: Path) -> None:
    """`python -m importer` is the same command."""
    import subprocess  # noqa: PLC0415 - only here
    import sys  # noqa: PLC0415 - the same

    found = subprocess.run(
        [sys.executable, "-m", "importer", "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert found.stdout.startswith("importer ")


@pytest.mark.slow
def test_two_runs_at_once_do_not_send_to_one_place(
    importer: Importer, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """While one is at work, a second ends with 75, nothing done; a dry run and a check are free to go on."""
    source = sheet(person(1))
    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        target = ("--base-url", sandbox.base_url, "--group-id", GROUP, "--linked-account-id", "a")
        holder = Holder(os.getpid(), "2026-01-01T00:00:00.000000Z", "/data/first.csv", "first111")
        patience = Patience(wait_s=0.0, clock=time.monotonic, sleep=time.sleep, given_up=lambda: False)
        with sending_lock(tmp_path / "state", sandbox.base_url, holder, patience):
            said = importer("run", source, *target, "--json")
            assert (said.code, said.json["exit_code"], said.json["error"]["code"]) == (75, 75, "locked")
            assert "/data/first.csv" in said.json["error"]["message"]
            assert importer("run", source, *target, "--dry-run").code == 0
            assert importer("check", source).code == 0
            assert importer("run", source, "--sandbox").code == 0
        assert [run["mode"] for run in importer("history", "--json").json] == ["run", "check", "dry_run"]
