"""What scenes of the real command have in common: a folder of their own, a sheet in it, and processes that send it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.forking.process import Forked

IMPORTER: Final = (sys.executable, "-m", "importer")
GROUP: Final = "11111111-2222-4333-8444-555555555555"
HEADER: Final = ("Customer ID", "First Name", "Last Name", "Email")

Values = tuple[str, str, str]
Line = Mapping[str, Any]


def unasked(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments of a command that sends without a question, since nobody is there."""
    sends = bool({"run", "resume", "retry"} & set(arguments[:1])) and "--yes" not in arguments
    return (*arguments, *(["--yes"] if sends else []))


WIRE: Final = "IMPORTER_WIRE"


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment without what measures coverage: a killed process would leave half a file.

    Of the importer's own variables, it has the one that says which wire is on trial.
    """
    others = ("COV", "IMPORTER_")
    kept = {name: value for name, value in os.environ.items() if name == WIRE or not name.startswith(others)}
    return kept | variables


@dataclass(frozen=True)
class Api:
    """An embedded API in a process of its own, and the truth about what it applied."""

    base_url: str
    log: Path

    @property
    def log_bytes(self) -> int:
        """How long the log of requests is."""
        return self.log.stat().st_size if self.log.exists() else 0

    def applied(self, customers: set[str]) -> dict[str, list[Line]]:
        """Return what was applied for these customers, in order."""
        requests: dict[str, list[Line]] = {}
        for line in self.log.read_text("utf-8").splitlines() if self.log.exists() else []:
            request = json.loads(line)
            if request["customer_id"] in customers and request["updated_at"]:
                requests.setdefault(request["customer_id"], []).append(request)
        return requests


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Api]:
    """Start the embedded API, which accepts any customer."""
    log = folder / "requests.jsonl"
    command = ["importer", "sandbox", "--request-log", str(log), *options]
    process = Forked[bytes](command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    try:
        assert process.stdout is not None
        yield Api(process.stdout.readline().decode().strip(), log)
    finally:
        process.terminate()
        process.communicate()


@dataclass(kw_only=True)
class CommandScene:
    """A folder with a sheet, and the command that sends it.

    Attributes:
        folder: Its folder.
        variables: What its processes find in their environment beside the rest.
        forks: Whether its processes are forked; else they are started as a user starts them, and the list of
            processes shows them so.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    forks: bool = True

    @property
    def source(self) -> Path:
        """The sheet."""
        return self.folder / "changes.csv"

    @property
    def output(self) -> Path:
        """The folder of the reports."""
        return self.folder / "reports"

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.folder / "state"

    def sending_to(self, base_url: str) -> Sequence[str]:
        """Return the command that sends the sheet there."""
        target = ("--base-url", base_url, "--group-id", GROUP, "--linked-account-id", "acct-1")
        return ("run", str(self.source), *target, "--output", str(self.output))

    def write_sheet(self, rows: Iterable[tuple[str, *Values]]) -> None:
        """Write the sheet: a customer's id and its values in each row."""
        with self.source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(rows)

    def begin(
        self, *arguments: str, variables: Mapping[str, str], before: Sequence[str] = (), own_session: bool = False
    ) -> subprocess.Popen[bytes]:
        """Begin the command; what is to run `before` it can only be started."""
        surroundings, arguments = self.surroundings(variables, own_session=own_session), unasked(arguments)
        if self.forks and not before:
            return Forked(["importer", *arguments], **surroundings)
        return subprocess.Popen((*before, *IMPORTER, *arguments), **surroundings)

    def surroundings(self, variables: Mapping[str, str], *, own_session: bool = False) -> dict[str, Any]:
        """Return the environment and the streams of its processes, as `Popen` takes them."""
        return {
            "env": environment(**{"IMPORTER_STATE_DIR": str(self.state), **variables, **self.variables}),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "start_new_session": own_session,
        }
