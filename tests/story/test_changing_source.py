"""A source that somebody writes while it is read, checked or asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from importer.cli.perform import real_world
from importer.delivery.stop_switch import StopSwitch
from importer.errors import SourceError
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import PastRun
from importer.sandbox import Sandbox, SandboxOptions
from importer.settings import Settings
from importer.story.job import Job
from importer.story.order import Order, Plan
from importer.story.preview import at_hand
from tests.scene import GROUP

_ROW: Final = "{:08x}-0000-4000-8000-000000000000,Given,Family,person{}@example.com\n"


@dataclass
class Meddler:
    """An observer that changes the source at a moment of the run."""

    source: Path
    moment: str
    told: int = 0

    def _come_by(self, moment: str) -> None:
        if moment == self.moment:
            with self.source.open("a", encoding="utf-8") as file:
                file.write(_ROW.format(9, 9))

    def begun(self, run_id: str, *, resumed: bool = False) -> None:  # noqa: ARG002 - the signature of the port
        """Perhaps change it."""
        self._come_by("begun")

    def unfinished(self, past: PastRun) -> None:
        """Look on."""

    def read(self, rows: int) -> None:  # noqa: ARG002 - as above
        """Perhaps change it."""
        self._come_by("read")

    def checked(self, plan: Plan) -> None:  # noqa: ARG002 - as above
        """Perhaps change it."""
        self.told += 1
        self._come_by("checked")

    def go_ahead(self, plan: Plan) -> bool:  # noqa: ARG002 - as above
        """Perhaps change it, and agree."""
        self._come_by("asked")
        return True

    def settled(self, outcomes: Sequence[Outcome]) -> None:  # noqa: ARG002 - as above
        """Perhaps change it."""
        self._come_by("settled")

    def silent(self, why: str, seconds: float | None) -> None:
        """Look on."""

    def writing(self) -> None:
        """Look on."""

    def defect(self, error: Exception) -> None:
        """Fail."""
        raise error


def _folder(tmp_path: Path) -> Path:
    source = tmp_path / "changes.csv"
    source.write_text("Customer ID,First Name,Last Name,Email\n" + _ROW.format(1, 1) + _ROW.format(2, 2), "utf-8")
    return source


def _job(source: Path, mode: Mode, base_url: str, moment: str) -> tuple[Job, Meddler]:
    settings = Settings.load({
        "base_url": base_url, "group_id": GROUP, "linked_account_id": "acct-1", "api_key": "good-key",
        "state_dir": source.parent / "state",
    })  # fmt: skip
    order = Order(mode=mode, source=source, output=source.parent / "reports")
    meddler = Meddler(source, moment)
    return Job(order, settings, observer=meddler, switch=StopSwitch(), world=real_world()), meddler


@pytest.mark.parametrize(
    ("mode", "moment"),
    [
        *((mode, moment) for mode in Mode for moment in ("begun", "read", "checked")),
        (Mode.RUN, "asked"),
    ],
)
def test_a_source_that_changes_before_anything_is_sent_leaves_no_run(tmp_path: Path, mode: Mode, moment: str) -> None:
    """Nothing is sent, and nothing is kept: neither in the journal, nor beside it, nor a folder of reports."""
    source = _folder(tmp_path)
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log)) as sandbox:
        job, meddler = _job(source, mode, sandbox.base_url, moment)
        with pytest.raises(SourceError) as raised:
            job.run()
    assert raised.value.code == "source_changed"
    assert log.read_text("utf-8") == ""
    assert not (tmp_path / "reports").exists()
    assert not (tmp_path / "index.html").exists()
    assert list((tmp_path / "state" / "runs").iterdir()) == []
    assert meddler.told == (moment in {"checked", "asked"})


def test_a_source_that_changes_once_it_is_sent_is_no_matter(tmp_path: Path) -> None:
    """The run has its own copy, and ends as ever."""
    source = _folder(tmp_path)
    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        job, _ = _job(source, Mode.RUN, sandbox.base_url, "settled")
        finished = job.run()
    assert finished.exit_code == 0
    assert finished.summary.source.rows == 2


def test_a_source_that_changes_while_it_is_looked_at_is_refused(tmp_path: Path) -> None:
    """Whatever else has gone wrong over it."""
    source = _folder(tmp_path)

    def look() -> None:
        with at_hand(source) as (path, _):
            path.write_text("other", "utf-8")
            raise ValueError("records do not go together")

    with pytest.raises(SourceError) as raised:
        look()
    assert raised.value.code == "source_changed"
