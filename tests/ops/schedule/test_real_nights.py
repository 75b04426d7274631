"""Real nights: Debian's cron and a real systemd begin what `importer schedule` has written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.canaries.canaries import canaries_in, canaries_under
from tests.ops.schedule.nights import program
from tests.ops.schedule.rooms import can_make_rooms, expect_rooms, furnished, played

pytestmark = pytest.mark.proof

_BY_CRON: Final = Path(__file__).parent / "by_cron.sh"
_BY_SYSTEMD: Final = Path(__file__).parent / "by_systemd.sh"
_PATIENCE_S: Final = 200.0


@dataclass(frozen=True)
class Night:
    """A home in which something is to be sent, and the API that it goes to."""

    home: Path
    log: Path

    def requests(self) -> list[dict[str, Any]]:
        """What the API was asked for."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()] if self.log.exists() else []

    def environment(self) -> dict[str, str]:
        """What a login shell would have."""
        return {"HOME": str(self.home), "PATH": f"{self.home}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin"}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """Yield a night in a home with an odd name."""
    home, log = tmp_path / "Ana Ñandú", tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log)) as sandbox:
        furnished(home, sandbox.base_url)
        yield Night(home, log)


def _expect_sent(night: Night, history: str) -> None:
    """Make sure that the journal says what was sent, and that the key went to the API only."""
    (run,) = json.loads(history)
    assert (run["state"], run["exit_code"], run["statuses"]["updated"]) == ("ended", 0, 10)
    assert run["source"]["path"] == str(night.home / "exports 100%" / "o'clock.csv")
    assert len(night.requests()) == 10
    assert all(request["status"] == 200 for request in night.requests())
    found = canaries_under(night.home / ".config", night.home / "state", night.home / "exports 100%")
    assert {name: names for name, names in found.items() if "key" in names} == {}


def test_cron_sends_what_was_scheduled(night: Night, tmp_path: Path) -> None:
    """Debian's own, with a crontab of its own: within a minute, the journal says that it ran and what it sent."""
    program("cron")
    program("crontab")
    in_room = can_make_rooms()
    if not in_room and (os.geteuid() != 0 or os.environ.get("CI") != "true"):  # a machine of CI is thrown away
        expect_rooms()
    said = played(
        _BY_CRON,
        *(str(tmp_path), "room" if in_room else "here"),
        environment=night.environment(),
        patience_s=_PATIENCE_S,
        in_room=in_room,
    )
    before, crontab, history, removed, processes = said.split("\n====\n")
    assert canaries_in(crontab + processes) == set()
    assert crontab.splitlines()[:-1] == [*before.splitlines(), "# importer schedule: north"]
    assert "exports 100%/o'clock.csv --profile north" in processes
    assert removed == before
    _expect_sent(night, history)


def test_systemd_sends_what_was_scheduled(night: Night, tmp_path: Path) -> None:
    """The manager of a user, which takes the key from its file, starts the service under all that limits it."""
    program("systemctl")
    expect_rooms()
    said = played(_BY_SYSTEMD, str(tmp_path), environment=night.environment(), patience_s=_PATIENCE_S)
    timers, shown, history, left = said.split("\n====\n")
    assert "06:15" in timers
    assert canaries_in(shown) == set()
    assert f"{night.home}/exports 100%/o'clock.csv --profile north" in shown
    _expect_sent(night, history)
    assert "importer-" not in left
