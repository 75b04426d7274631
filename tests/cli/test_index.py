"""`index.html`: beside the run folders, and wherever `importer history --html` is asked to write it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.cli.conftest import Api, Importer, person

Sheet = Callable[..., Path]


def _links(page: Path) -> list[Path]:
    """Return the files that a page leads to."""
    found = re.findall(r'href="(\./[^"]+)"', page.read_text("utf-8"))
    return [(page.parent / unquote(unescape(link))).resolve() for link in found]


@pytest.mark.slow
def test_the_folder_of_run_folders_lists_them(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """The newest first, each with its verdict and a link to its report; a check too."""
    source = sheet(person(1), person(2, "no address"))
    importer("check", source, "--output", tmp_path / "runs" / "first")
    importer("run", source, *api.options, "--output", tmp_path / "runs" / "a #? second")
    importer("run", source, *api.options, "--output", tmp_path / "elsewhere" / "third")
    page = tmp_path / "runs" / "index.html"
    assert list(dict.fromkeys(_links(page))) == [
        tmp_path / "runs" / "a #? second" / "report.html",
        tmp_path / "runs" / "first" / "report.html",
    ]
    assert all(link.exists() for link in _links(page))
    text = page.read_text("utf-8")
    assert "1 of 2 rows is confirmed. 1 needs fixing." in text
    assert "1 of 2 rows is valid. 1 needs fixing. Nothing was sent." in text
    assert (tmp_path / "elsewhere" / "index.html").exists()


@pytest.mark.slow
def test_a_run_names_those_that_took_up_its_rows(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """Whoever looks at an old run sees that somebody has been at it, and where that is."""
    source = sheet(person(1, "no address"), person(2, "sandbox+503@example.com"))
    folder = tmp_path / "runs"
    options = (*api.options, "--max-attempts", "1", "--json")
    first = importer("run", source, *options, "--format", "csv", "--output", folder / "1").json["run_id"]
    to_fix = folder / "1" / "to_fix.csv"
    to_fix.write_text(to_fix.read_text("utf-8").replace("no address", "ana@example.com"), "utf-8")
    fixed = importer("run", to_fix, *options, "--output", folder / "2").json["run_id"]
    again = importer("retry", first, "--max-attempts", "1", "--json", "--output", folder / "3").json["run_id"]
    (entry,) = re.findall(rf'<tr id="run-{first}">.*?</tr>', (folder / "index.html").read_text("utf-8"), re.DOTALL)
    assert f'has rows fixed in <a href="#run-{fixed}">' in entry
    assert f'has rows sent again by <a href="#run-{again}">' in entry


def test_what_a_killed_process_left_of_the_index_goes(importer: Importer, sheet: Sheet, tmp_path: Path) -> None:
    """But not while another process may be writing it."""
    old, new = tmp_path / ".index.html.1.tmp", tmp_path / ".index.html.2.tmp"
    for draft in (old, new):
        draft.write_text("half a page")
    os.utime(old, (1, 1))
    assert importer("check", sheet(person(1)), "--output", tmp_path / "out").code == 0
    assert (old.exists(), new.exists()) == (False, True)


def test_a_page_of_somebody_else_is_left_alone(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """Whoever has an index.html of their own there keeps it, and the run is none the worse."""
    (tmp_path / "runs").mkdir()
    own = tmp_path / "runs" / "index.html"
    own.write_text("<h1>Ours</h1>")
    assert importer("run", sheet(person(1)), *api.options, "--output", tmp_path / "runs" / "one").code == 0
    assert own.read_text() == "<h1>Ours</h1>"
    refused = importer("history", "--html", own)
    assert refused.code == 5
    assert "not an index of the importer's" in refused.err
    assert own.read_text() == "<h1>Ours</h1>"


@pytest.mark.slow
def test_what_is_unfinished_stands_there_while_it_is_sent(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed cannot write it any more; afterwards it says how to go on."""
    out = tmp_path / "runs" / "one"

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("importer.story.job.deliver", die)
        assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 130
    text = (tmp_path / "runs" / "index.html").read_text("utf-8")
    assert "at work when this page was written" in text
    assert "importer resume " in text
    assert importer("history", "--html", tmp_path / "all.html").code == 0
    assert "unfinished" in (tmp_path / "all.html").read_text("utf-8")
    assert importer("resume").code == 0
    assert "importer resume " not in (tmp_path / "runs" / "index.html").read_text("utf-8")


def test_a_source_that_was_not_checked_to_the_end_is_no_empty_sheet(
    importer: Importer, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor can a check be gone on with."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("importer.story.intake.shared_addresses", die)
        dying.setattr("importer.journal.run_journal.RunJournal.discard", lambda _: None)
        assert importer("check", sheet(person(1))).code == 130
    assert importer("history", "--html", tmp_path / "all.html").code == 0
    text = (tmp_path / "all.html").read_text("utf-8")
    assert "It was cut off before its source was checked to the end. Nothing was sent." in text
    assert "has no rows" not in text
    assert "importer resume" not in text


def test_a_report_of_a_run_is_no_index(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """It is never taken for one, and replaced."""
    out = tmp_path / "runs" / "one"
    assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 0
    before = (out / "report.html").read_bytes()
    assert importer("history", "--html", out / "report.html").code == 5
    assert (out / "report.html").read_bytes() == before


@pytest.mark.slow
def test_copies_of_reports_are_listed_where_they_are(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """`importer report --output` makes a folder of the run's own, beside which it is listed, whatever its path."""
    out = tmp_path / "runs" / "one"
    assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 0
    run_id = importer("history", "--json").json[0]["run_id"]
    assert importer("report", run_id, "--output", tmp_path / "runs" / ".." / "copies" / "two").code == 0
    assert set(_links(tmp_path / "copies" / "index.html")) == {tmp_path / "copies" / "two" / "report.html"}
    assert set(_links(tmp_path / "runs" / "index.html")) == {out / "report.html"}


@pytest.mark.slow
def test_all_runs_are_listed_wherever_their_folders_are(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """`importer history --html FILE` leads to every report that is still there."""
    first, second = tmp_path / "a" / "one", tmp_path / "b" / "two"
    importer("run", sheet(person(1)), *api.options, "--output", first)
    importer("run", sheet(person(1)), *api.options, "--output", second)
    (first / "report.html").unlink()
    page = tmp_path / "pages" / "all.html"
    page.parent.mkdir()
    said = importer("history", "--html", page)
    assert (said.code, said.out.strip()) == (0, str(page))
    assert set(_links(page)) == {second / "report.html"}


def test_a_list_that_cannot_be_written_is_a_note(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reports are there, and the exit code is theirs."""

    def full(*_: object, **__: object) -> None:
        from importer.errors import ReportError  # noqa: PLC0415 - only here

        raise ReportError("The report cannot be written: the disk is full.", code="report_unwritable", hint="")

    monkeypatch.setattr("importer.story.run_index.write_index", full)
    said = importer("run", sheet(person(1)), *api.options, "--output", tmp_path / "runs" / "one")
    assert said.code == 0
    assert "Note: The list of runs was not written. The report cannot be written: the disk is full." in said.err
