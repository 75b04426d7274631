"""The request log: one true line for every request."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from importer.errors import SettingsError
from importer.sandbox import Sandbox, SandboxOptions

from .client import ACCOUNT, GOOD, GROUP, Put, send
from .conftest import Logged


def test_applied_request_is_logged_whole(logged: Logged) -> None:
    """The line of an update holds ids, values, status and the time that the reply names."""
    put = Put(GOOD | {"first_name": "Žofie"})
    document = send(logged.base_url, put).document
    (line,) = logged.lines(put.customer_id)
    assert line.pop("time").endswith("Z")
    assert line == {
        "group_id": GROUP,
        "linked_account_id": ACCOUNT,
        "customer_id": put.customer_id,
        "status": 200,
        "applied": True,
        "fault": None,
        "first_name": "Žofie",
        "last_name": "Lovelace",
        "email": "ada@example.com",
        "stored": None,
        "updated_at": document["updated_at"],
    }


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        pytest.param(GOOD, "refused", 401, id="key"),
        pytest.param(GOOD | {"email": "nobody"}, "k", 400, id="value"),
        pytest.param(b"a" * 70_000, "k", 413, id="size"),
    ],
)
def test_refused_request_is_logged_as_not_applied(logged: Logged, body: object, key: str, status: int) -> None:
    """The line of a refusal holds its status and no values."""
    put = Put(body, key=key)
    send(logged.base_url, put)
    (line,) = logged.lines(put.customer_id)
    assert (line["status"], line["applied"], line["updated_at"]) == (status, False, None)
    assert (line["first_name"], line["last_name"], line["email"]) == (None, None, None)


def test_key_is_never_logged(logged: Logged) -> None:
    """Nothing of the caller's key reaches the log."""
    send(logged.base_url, Put(key="do-not-write-this-down"))
    assert b"do-not-write-this-down" not in logged.path.read_bytes()


@pytest.mark.slow
def test_log_is_private_and_appended_to(tmp_path: Path) -> None:
    """Only the owner can read a new log, and a second sandbox goes on where the first ended."""
    path = tmp_path / "requests.jsonl"
    for _ in range(2):
        with Sandbox(SandboxOptions(any_customer=True, request_log=path)) as sandbox:
            send(sandbox.base_url, Put())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes().splitlines()) == 2


def test_log_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    """A log in a folder that is not there is a wrong setting, and no sandbox starts."""
    options = SandboxOptions(request_log=tmp_path / "nowhere" / "requests.jsonl")
    with pytest.raises(SettingsError, match="No such file or directory") as caught, Sandbox(options):
        pytest.fail("it started")
    assert caught.value.code == "sandbox_request_log"
