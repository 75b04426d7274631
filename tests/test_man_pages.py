"""The manual pages say what help says, and what shows them has nothing to complain of."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import click
import pytest

from importer import __version__
from importer.cli.main import group
from tests.man_pages import FOLDER, made, undated, write_pages

PAGES: Final = sorted(FOLDER.glob("*.1"))
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def _shown(*command: str | Path) -> str:
    """Return what a program prints of a page, without its looks; it has nothing to say beside that."""
    if shutil.which(str(command[0])) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{command[0]} is missing; CI must have it")
        pytest.skip(f"{command[0]} is not installed")
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    return re.sub(r".\x08|\x1b\[[0-9;]*m", "", found.stdout)


def test_the_pages_say_what_help_says() -> None:
    """`make help-texts` has been run since the last change of a command, an option or the version."""
    assert {page.name: undated(page.read_text("utf-8")) for page in PAGES} == {
        name: undated(text) for name, text in made("").items()
    }


def test_each_command_has_a_page() -> None:
    """And so does the program itself."""
    assert {"importer", *(f"importer-{name}" for name in group.commands)} <= {page.stem for page in PAGES}


def test_a_page_is_written_where_it_says_something_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is the same keeps its day, and the page of a command that is no more goes."""
    monkeypatch.setattr("tests.man_pages.FOLDER", tmp_path / "man")
    write_pages("2026-01-01")
    changed, same, gone = (tmp_path / "man" / f"importer{end}.1" for end in ("", "-run", "-gone"))
    for page in (changed, gone):
        page.write_text("something else", "utf-8")
    write_pages("2026-02-02")
    assert '"2026-02-02"' in changed.read_text("utf-8")
    assert '"2026-01-01"' in same.read_text("utf-8")
    assert not gone.exists()


@each_page
def test_programs_that_show_a_page_do_not_complain(page: Path) -> None:
    """Neither mandoc's checks nor groff with all its warnings."""
    assert _shown("mandoc", "-Tlint", page) == ""
    assert __version__ in _shown("groff", "-ww", "-man", "-Tutf8", page)


def test_a_page_shows_help_as_it_stands() -> None:
    """Every word, every option and every example, with its own signs: what is copied from a page works."""
    page = FOLDER / "importer-run.1"
    shown = " ".join(_shown("mandoc", "-Tutf8", "-Owidth=200", page).split())
    context = click.Context(group.commands["run"], info_name="run")
    for parameter in context.command.params:
        if isinstance(parameter, click.Option):
            names, told = parameter.get_help_record(context) or ("", "")
            assert f"{names} {' '.join(told.split())}" in shown
    for line in (context.command.epilog or "").splitlines():
        assert line.replace("\b", "").replace("Examples:", "").strip() in shown
    assert "\\n and \\N stand for" in shown
    assert "importer run changes.csv --yes --json >summary.json" in shown
