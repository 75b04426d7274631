"""What is said of versions: which is too old."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from importer.journal import database
from importer.ops.doctor.about_versions import NEEDED, RunningPart, about_versions, numbers

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]
PARTS = [RunningPart(name, ".".join(map(str, needed))) for name, needed in NEEDED.items()]


def test_what_is_needed_is_what_the_project_says() -> None:
    """Each oldest version stands in one more place: where it is installed from, or used."""
    listed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["fast"]]
    needed = {name.partition("[")[0]: oldest for name, _, oldest in (text.partition(">=") for text in listed)}
    for name in ("pandas", "requests", "urllib3", "pycurl"):
        assert numbers(needed[name]) == NEEDED[name]
    assert f">={'.'.join(map(str, NEEDED['Python']))}" == PROJECT["requires-python"]
    assert NEEDED["SQLite"] == database.OLDEST_SQLITE[:2]


def test_what_is_new_enough_is_fine() -> None:
    """Without the fast wire, too."""
    assert about_versions(PARTS, "curl", "", "").grade == "fine"
    parts = [RunningPart("pycurl", "") if part.name == "pycurl" else part for part in PARTS]
    found = about_versions(parts, "requests", "", "")
    assert (found.grade, found.values["pycurl"], found.values["wire"]) == ("fine", None, "requests")


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_too_old_is_told(name: str) -> None:
    """The journal refuses an old SQLite; what the others do, nobody knows."""
    older = [RunningPart(name, "0.9") if part.name == name else part for part in PARTS]
    found = about_versions(older, "requests", "", "")
    assert found.grade == ("wrong" if name == "SQLite" else "warning")
    assert name in found.to_do


def test_what_is_lacking_is_wrong() -> None:
    """Nothing works without it."""
    found = about_versions([*PARTS[:3], RunningPart("pandas", "")], "requests", "", "")
    assert (found.grade, found.found) == ("wrong", "pandas cannot be found")


def test_a_wire_that_is_asked_for_and_cannot_be_had_is_wrong() -> None:
    """A run would end before it begins."""
    found = about_versions(PARTS, "", "IMPORTER_WIRE asks for curl, and pycurl is not installed.", "Install it.")
    assert (found.grade, found.found) == ("wrong", "IMPORTER_WIRE asks for curl, and pycurl is not installed")
