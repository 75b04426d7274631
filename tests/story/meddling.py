"""An observer that changes something at a moment of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.cli.perform import real_world
from importer.delivery.stop_switch import StopSwitch
from importer.delivery.wire.wires import chosen
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import PastRun
from importer.settings import Settings
from importer.story.job import Job
from importer.story.order import Observer, Order, Plan
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
            self.meddle()

    def meddle(self) -> None:
        """Change it."""
        with self.source.open("a", encoding="utf-8") as file:
            file.write(_ROW.format(9, 9))

    def begun(self, run_id: str, *, resumed: bool = False) -> None:  # noqa: ARG002 - the signature of the port
        """Perhaps change it."""
        self._come_by("begun")

    def unfinished(self, past: PastRun) -> bool:
        """Look on."""
        return past.at_work

    def read(self, rows: int) -> None:  # noqa: ARG002 - as above
        """Perhaps change it."""
        self._come_by("read")

    def checked(self, plan: Plan) -> None:  # noqa: ARG002 - as above
        """Perhaps change it."""
        self.told += 1
        self._come_by("checked")

    @property
    def tells_later(self) -> bool:
        """Tell at once."""
        return False

    @property
    def asks(self) -> bool:
        """Ask, so that something may happen while the question stands."""
        return True

    def go_ahead(self, plan: Plan) -> bool:  # noqa: ARG002 - as above
        """Perhaps change it, and agree."""
        self._come_by("asked")
        return True

    def settled(self, outcomes: Sequence[Outcome]) -> None:  # noqa: ARG002 - as above
        """Perhaps change it."""
        self._come_by("settled")

    def silent(self, why: str, seconds: float | None) -> None:
        """Look on."""

    def asked_to_wait(self, why: str, seconds: float) -> None:
        """Look on."""

    def writing(self) -> None:
        """Look on."""

    def defect(self, error: Exception) -> None:
        """Fail."""
        raise error


def make_source(tmp_path: Path) -> Path:
    """Write a source of two customers."""
    source = tmp_path / "changes.csv"
    source.write_text("Customer ID,First Name,Last Name,Email\n" + _ROW.format(1, 1) + _ROW.format(2, 2), "utf-8")
    return source


def job_of(source: Path, mode: Mode, base_url: str, observer: Observer) -> Job:
    """Return the job of a run of a source, which tells this observer how it goes."""
    settings = Settings.load({
        "base_url": base_url, "group_id": GROUP, "linked_account_id": "acct-1", "api_key": "good-key",
        "state_dir": source.parent / "state",
    })  # fmt: skip
    order = Order(mode=mode, source=source, output=source.parent / "reports")
    return Job(order, settings, observer=observer, switch=StopSwitch(), world=real_world(chosen(settings.wire)))
