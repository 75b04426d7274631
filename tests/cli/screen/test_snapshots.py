"""Whole screens, as a person sees them on terminals of 80 and 120 columns.

They are held to the files in `snapshots/`, which `make snapshots` writes anew: what has changed in them is to be read.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.cli.conftest import Api, customer
from tests.cli.screen.terminal import TerminalScreen

pytestmark = pytest.mark.slow

_NAMES: Final = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana", "Karl")
SNAPSHOTS: Final = Path(__file__).parent / "snapshots"
WRITTEN: Final = "SNAPSHOTS"
"""Where this is in the environment, snapshots are written, and not compared."""
_STEADY: Final = (
    (re.compile(r"/tmp/scene-\w{8}"), "/tmp/scene-00000000"),  # noqa: S108 - what a terminal has shown
    (re.compile(r"\d{8}T\d{6}Z"), "20261130T041003Z"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC"), lambda at: f"2026-11-30 04:10{':03' if at[1] else ''} UTC"),
    (re.compile(r"\d\d:\d\d:\d\d UTC;"), "04:18:23 UTC;"),
    (re.compile(r"127\.0\.0\.1:\d{5}"), "127.0.0.1:54321"),
    (re.compile(r" +[\d,]+ rows/s +[\d:-]+"), " 20 rows/s 0:00:00"),
    (re.compile(r"(requests?) and [\d.]+ s\."), r"\1 and 1.2 s."),
)
_NO_RUN: Final = re.compile(r"Run [a-z0-9]{8}(?=: reading)(?<!Run k3f9aaaa)")
"""A run of which nothing is left."""


@dataclass
class SnapshotScene:
    """A folder in which commands are called one after the other, the last of them on a terminal.

    Attributes:
        folder: Where they are called.
        api: What they send to.
        columns: How wide the terminal is.
        variables: Of their environment, beside the rest.
    """

    folder: Path
    api: Api
    columns: int
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> Sequence[str]:
        """The options of a run that is sent."""
        return self.api.options

    def write(self, *rows: Sequence[str], header: str = "Customer ID,First Name,Last Name,Email") -> None:
        """Write the sheet."""
        text = "\n".join([header, *(",".join(row) for row in rows), ""])
        (self.folder / "changes.csv").write_text(text, "utf-8")

    def see(
        self, *arguments: str, until: str = "", answer: str = "y", variables: Mapping[str, str] | None = None
    ) -> str:
        """Call a command, and return what is on its terminal at its end, or once `until` is there.

        Args:
            arguments: Of the command.
            until: A regular expression.
            answer: To a question.
            variables: Of the environment of this command.
        """
        environment = {**os.environ, "IMPORTER_STATE_DIR": str(self.folder / "state"), **self.variables}
        screen = TerminalScreen(
            arguments, columns=self.columns, folder=self.folder, variables={**environment, **(variables or {})}
        )
        try:
            shown = screen.read_until(lambda text: bool(re.search(until or r"\[y/N\]", " ".join(text.split()))))
            if "[y/N]" in shown and not until:
                screen.type(f"{answer}\n")
                shown = screen.read_until(lambda _: False)
        finally:
            screen.close()
        return self._steady(shown)

    def _steady(self, text: str) -> str:
        """Return what was shown with times, ids, ports and places that are the same each time, and as long."""
        for pattern, steady in _STEADY:
            text = pattern.sub(steady, text)
        journal = self.folder / "state" / "journal.sqlite"
        if journal.exists():
            with closing(sqlite3.connect(journal)) as connection:
                runs = connection.execute("SELECT run_id FROM runs ORDER BY number").fetchall()
            for number, (run_id,) in enumerate(runs):
                text = text.replace(run_id, f"k3f9{chr(ord('a') + number) * 4}")
        return _NO_RUN.sub("Run k3f9zzzz", text)


def _person(number: int, email: str = "") -> Sequence[str]:
    """Return a valid row, of a customer of its own."""
    first, last = _NAMES[number % len(_NAMES)], _NAMES[number // len(_NAMES) % len(_NAMES)]
    return (customer(number), first, last, email or f"{first}.{last}.{number}@example.com".lower())


def _with_faults() -> Iterator[Sequence[str]]:
    """Yield 118 rows of which many are not as they should be, in the ways that are usual."""
    for number in range(1, 119):
        given = list(_person(number))
        if number % 9 == 0:
            given[3] = given[3].replace("@", ".")
        if number % 11 == 0:
            given[3] = ""
        if number % 13 == 0:
            given[1] = ""
        if number % 17 == 0:
            given[0] = given[0][:-1]
        if 30 <= number < 42:
            given[0] = customer(1000 + number // 2)
        if number == 70:
            given[2] = "FAMILY"
        if number in (5, 6):
            given[3] = f"sandbox+40{(number - 5) * 4}@example.com"
        yield given[: 3 if number in (80, 81) else 4] + (["", ""] if number == 82 else [])


def _run_well(scene: SnapshotScene) -> str:
    scene.write(*(_person(number) for number in range(1, 4)))
    return scene.see("run", "changes.csv", *scene.target, "--yes")


def _run_with_attention(scene: SnapshotScene) -> str:
    scene.write(*_with_faults())
    return scene.see("run", "changes.csv", *scene.target, "--yes")


def _run_with_attention_in_full(scene: SnapshotScene) -> str:
    scene.write(*(row for row in _with_faults() if len(row) == 4 and row[1]))
    shown = scene.see("check", "changes.csv", "-v")
    return shown[shown.index(" are valid.") - 9 :]


def _check(scene: SnapshotScene) -> str:
    scene.write(*_with_faults())
    return scene.see("check", "changes.csv")


def _dry_run(scene: SnapshotScene) -> str:
    scene.write(*_with_faults())
    return scene.see("run", "changes.csv", *scene.target, "--dry-run")


def _question(scene: SnapshotScene) -> str:
    scene.write(*(_person(number) for number in range(1, 4)), ("x", "Ada", "Nobody", "ada@example.com"))
    return scene.see("run", "changes.csv", *scene.target, until=r"\[y/N\]")


def _declined(scene: SnapshotScene) -> str:
    scene.write(*(_person(number) for number in range(1, 4)))
    return scene.see("run", "changes.csv", *scene.target, answer="n")


def _resume(scene: SnapshotScene) -> str:
    scene.write(_person(1), _person(2, "sandbox+404@example.com"), *(_person(number) for number in range(3, 9)))
    scene.see("run", "changes.csv", *scene.target, "--yes", "--canary", "2")
    return scene.see("resume")


def _api_down(scene: SnapshotScene) -> str:
    scene.write(*(_person(number) for number in range(1, 13)))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        target = ("--base-url", url, *scene.target[2:], "--yes")
        patient = {"IMPORTER_MAX_OUTAGE": "505"}
        return scene.see("run", "changes.csv", *target, until=r"until .* stops it now\.", variables=patient)


def _key_refused(scene: SnapshotScene) -> str:
    scene.write(*(_person(number) for number in range(1, 4)))
    return scene.see("run", "changes.csv", *scene.target, "--yes", variables={"IMPORTER_API_KEY": "refused"})


def _wrong_header(scene: SnapshotScene) -> str:
    scene.write(*(_person(number) for number in range(1, 4)), header="Customer,Given,Family,Contact")
    return scene.see("check", "changes.csv")


def _history(scene: SnapshotScene) -> str:
    _key_refused(scene)
    scene.write(*(_person(number) for number in range(1, 4)))
    scene.see("run", "changes.csv", *scene.target, "--yes")
    scene.see("check", "changes.csv")
    return scene.see("history")


def _show(scene: SnapshotScene) -> str:
    _key_refused(scene)
    return scene.see("show")


SCENES: Final[Mapping[str, Callable[[SnapshotScene], str]]] = {
    "run-well": _run_well,
    "run-attention": _run_with_attention,
    "check-in-full": _run_with_attention_in_full,
    "check": _check,
    "dry-run": _dry_run,
    "question": _question,
    "declined": _declined,
    "resume": _resume,
    "api-down": _api_down,
    "key-refused": _key_refused,
    "wrong-header": _wrong_header,
    "history": _history,
    "show": _show,
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder whose path is as long each time, and as short as can be: it is shown."""
    with tempfile.TemporaryDirectory(prefix="scene-", dir="/tmp") as path:
        yield Path(path)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", SCENES)
def test_the_screen_is_as_it_was_seen(name: str, columns: int, api: Api, folder: Path) -> None:
    """Whoever changes what is shown reads the whole screen."""
    seen = SCENES[name](SnapshotScene(folder, api, columns))
    path = SNAPSHOTS / f"{name}-{columns}.txt"
    if os.environ.get(WRITTEN):
        path.write_text(seen, "utf-8")
    assert seen == path.read_text("utf-8")


def test_no_snapshot_is_left_over() -> None:
    """Each belongs to a situation."""
    assert {path.stem.rpartition("-")[0] for path in SNAPSHOTS.glob("*.txt")} == set(SCENES)


@pytest.mark.parametrize("columns", [40, 200])
@pytest.mark.parametrize("name", ["check", "wrong-header"])
def test_nothing_breaks_inside_a_word(name: str, columns: int, api: Api, folder: Path) -> None:
    """The terminal itself breaks a line that is full, wherever that is; what is laid out is never that long."""
    lines = SCENES[name](SnapshotScene(folder, api, columns)).splitlines()
    words = set(" ".join(SCENES[name](SnapshotScene(folder, api, 400)).split()).split())
    broken = [line for line in lines if len(line) == columns and line.split()[-1] not in words]
    assert [line for line in broken if not line.endswith("\\")] == []
