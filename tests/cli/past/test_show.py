"""`importer show`: one past run, and what can be done about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Importer, Stopped, person

Sheet = Callable[..., Path]


def test_show_says_what_can_be_done(importer: Importer, sheet: Sheet, stopped: Stopped) -> None:
    """The beginning of an id will do; without one the newest run is shown, with what helps where a key is refused."""
    run = stopped(sheet(person(1)))["run_id"]
    for said in (importer("show"), importer("show", run[:4])):
        assert said.code == 0
        assert f"run it again. To give this one up: importer forget {run}" in said.out
        assert "refused the key" in said.out
    assert json.loads(importer("show", "--json").out)["statuses"]["not_sent"] == 1
