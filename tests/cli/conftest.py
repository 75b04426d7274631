"""The command line as a function, and an embedded API with a request log to compare with."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from importer.cli.main import run_command
from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.customer_schema import customer_validator
from tests.cli.doctor_schema import doctor_validator
from tests.cli.last_schema import last_validator
from tests.reports.summary.schema import validator
from tests.scene import unasked

GROUP = "11111111-2222-4333-8444-555555555555"
ACCOUNT = "acct-1"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """The one object on stdout; a summary, what is known of a customer, and findings are what their schemas say."""
        found = json.loads(self.out)
        if isinstance(found, dict) and "schema_version" in found:
            held_to = (
                doctor_validator
                if "findings" in found
                else customer_validator
                if "customer_id" in found
                else validator
                if "run_id" in found
                else last_validator
            )
            held_to().validate(found)
        return found


class Importer(Protocol):
    """Runs a command."""

    def __call__(self, *arguments: object) -> Said:
        """Run it with a key in the environment and a state directory of the test's own."""
        ...


Stopped = Callable[[Path], dict[str, Any]]
"""Runs a sheet with a key that is refused, and returns the summary."""


@dataclass(frozen=True)
class Api:
    """An embedded API that accepts every customer."""

    base_url: str
    log: Path

    @property
    def options(self) -> Sequence[str]:
        """What `run` needs to send to it."""
        return ("--base-url", self.base_url, "--group-id", GROUP, "--linked-account-id", ACCOUNT)

    def requests(self) -> list[dict[str, Any]]:
        """Every request as it was applied, in order."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()] if self.log.exists() else []


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give each test an empty home, a key, and nothing else that says how to run."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IMPORTER_API_KEY", "good-key")
    monkeypatch.setenv("IMPORTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("IMPORTER_BACKOFF", "0.05")


@pytest.fixture
def importer(capfd: pytest.CaptureFixture[str]) -> Importer:
    """Return the command line as a function; what sends is told to do so unasked, wherever the tests run."""

    def run(*arguments: object) -> Said:
        capfd.readouterr()
        code = run_command(unasked([str(argument) for argument in arguments]))
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return run


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Yield an embedded API that accepts every customer."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log)) as sandbox:
        yield Api(sandbox.base_url, log)


@pytest.fixture
def stopped(importer: Importer, api: Api, monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """Return a function that runs a sheet with a key that is refused, and returns the summary of the stopped run."""

    def run(source: Path) -> dict[str, Any]:
        with monkeypatch.context() as meanwhile:
            meanwhile.setenv("IMPORTER_API_KEY", "refused")
            said = importer("run", source, *api.options, "--json")
        assert said.code == 4
        summary: dict[str, Any] = said.json
        return summary

    return run


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a CSV file of rows (id, first name, last name, address)."""

    def write(*rows: Sequence[str], header: str = "Customer ID,First Name,Last Name,Email") -> Path:
        path = tmp_path / "changes.csv"
        path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", "utf-8")
        return path

    return write


def annotated(summary: dict[str, Any], encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """Return the rows of the annotated sheet."""
    with Path(summary["reports"]["annotated"]).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def customer(number: int) -> str:
    """Return an invented customer id."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def person(number: int, email: str | None = None) -> tuple[str, str, str, str]:
    """Return a valid row for a customer of its own."""
    return (customer(number), f"Given{number}", f"Family{number}", email or f"person{number}@example.com")
