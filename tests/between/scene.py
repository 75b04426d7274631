"""A run of the real command against what stands in front of the API, and its report held to what the API applied."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

from tests.between.backend import Backend
from tests.between.nginx import WALLED
from tests.between.rows import Rows
from tests.scene import CommandScene, Values

NEVER_OF_AN_APPLIED_ROW: Final = frozenset({"failed", "rejected", "not_sent", "invalid"})
_LETTERS: Final = [first + second for first in ascii_uppercase for second in ascii_lowercase]
"""What names of rows differ in; digits would be warned of."""
_PATIENCE_S: Final = 60
_SHORT: Final[Mapping[str, str]] = {"IMPORTER_BACKOFF": "0.05", "IMPORTER_MAX_OUTAGE": "3"}


@dataclass(frozen=True, slots=True)
class Reported:
    """What the report says of a row."""

    status: str
    code: str
    attempts: int
    message: str


@dataclass(frozen=True)
class Report:
    """What a run has said.

    Attributes:
        exit_code: How it ended.
        summary: Its summary.
        rows: What became of each row, by the row's name.
    """

    exit_code: int
    summary: Mapping[str, Any]
    rows: Mapping[str, Reported]

    @property
    def statuses(self) -> dict[str, str]:
        """What each row ended as."""
        return {name: row.status for name, row in self.rows.items()}

    def others(self, expected: Mapping[str, str]) -> dict[str, Reported]:
        """Return the rows that ended as something else than they should have."""
        assert self.rows.keys() == expected.keys()
        return {name: row for name, row in self.rows.items() if row.status != expected[name]}


@dataclass(kw_only=True)
class BetweenScene(CommandScene):
    """One sheet, and an API that knows what is to become of each of its rows.

    Attributes:
        backend: The API.
        rows: What is sent.
        customers: By the names of the rows: whose they are.
        values: By the same names: what each customer is to get.
    """

    backend: Backend
    rows: Rows
    customers: dict[str, str] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for number, (name, manners) in enumerate(self.rows.items()):
            self.customers[name] = _new_customer(walled=name.startswith("walled"))
            self.values[name] = (f"Given {_LETTERS[number]}", "Family", f"person{number}@example.com")
            self.backend.manners[self.customers[name]] = manners
        self.write_sheet((self.customers[name], *self.values[name]) for name in self.rows)

    def send(self, base_url: str, *options: str, **variables: str) -> Report:
        """Run the command to its end, eight requests in flight at most, and hold its report to the truth."""
        own = {"IMPORTER_API_KEY": "good-key", "HOME": str(self.folder), **_SHORT, **variables}
        process = self.begin(
            *self.sending_to(base_url), "--concurrency", "8", "--yes", "--json", *options, variables=own
        )
        out, err = process.communicate(timeout=_PATIENCE_S)
        assert b"Traceback" not in err
        summary = json.loads(out)
        assert "error" not in summary, summary
        report = Report(process.returncode, summary, self._rows(Path(summary["reports"]["annotated"])))
        self._hold_to_the_truth(report)
        return report

    def _rows(self, annotated: Path) -> Mapping[str, Reported]:
        with annotated.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        assert [line["Customer ID"] for line in lines] == list(self.customers.values())
        return {
            name: Reported(line["status"], line["error_code"], int(line["attempts"]), line["message"])
            for name, line in zip(self.customers, lines, strict=True)
        }

    def _hold_to_the_truth(self, report: Report) -> None:
        """No row that was applied is called one that was not, and none is called confirmed that was not applied."""
        applied = self.backend.applied(set(self.customers.values()))
        changes = {name: applied.get(customer, []) for name, customer in self.customers.items()}
        untrue = {
            name: row
            for name, row in report.rows.items()
            if (changes[name] and row.status in NEVER_OF_AN_APPLIED_ROW)
            or (row.status == "updated" and self.values[name] not in _values(changes[name]))
        }
        assert untrue == {}, untrue


def _new_customer(*, walled: bool) -> str:
    customer = str(uuid.uuid4())
    return f"{WALLED}{customer[len(WALLED) :]}" if walled else customer


def _values(changes: Sequence[Mapping[str, str]]) -> list[Values]:
    return [(change["first_name"], change["last_name"], change["email"]) for change in changes]
