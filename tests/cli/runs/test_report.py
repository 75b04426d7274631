"""`importer report`: the same files again, from the journal and the source; and reports that hide names."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from collections.abc import Callable
from html import unescape
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from importer.journal.journal import Journal
from importer.reports.page.run_page import write_page
from tests.cli.conftest import Api, Importer, customer, person

Sheet = Callable[..., Path]


def _summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.mark.slow
def test_the_reports_are_the_same_again(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """Byte for byte (a workbook says when it was made), from the journal and the source, after the folder was lost."""
    out = tmp_path / "out"
    options = (*api.options, "--format", "csv", "--output", out)
    assert importer("run", sheet(person(1), person(2, "no address")), *options).code == 1
    before = _files(out)
    shutil.rmtree(out)
    said = importer("report", _summary_id(before))
    assert (said.code, _files(out)) == (0, before)
    assert "1 of 2 rows is confirmed. 1 needs fixing." in said.out
    assert f"Reports in {out}:" in said.out
    assert "  annotated.csv  " in said.out


def _summary_id(files: dict[str, bytes]) -> str:
    return str(json.loads(files["summary.json"])["run_id"])


def _read(folder: Path) -> str:
    """Return the page of a run as a person reads it, with its commands in `<code>`."""
    page = re.sub(r"</?span[^>]*>", "", (folder / "report.html").read_text("utf-8"))
    return unescape(page).replace('<code tabindex="0">', "<code>")


@pytest.mark.slow
def test_the_page_of_a_check_tells_the_command_that_sends(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Typed as it stands there, it sends what was found valid, and nothing else."""
    rows = [(customer(at), "Ana", "Torres", f"ana@{domain}") for at, domain in enumerate(["example.com", "gmial.com"])]
    source = sheet(*rows).rename(tmp_path / "my changes.csv")
    said = importer("check", source, *api.options[2:], "--warnings-as-errors", "--output", tmp_path / "out")
    assert said.code == 1
    page = _read(tmp_path / "out")
    (command,) = re.findall(r"<code>importer (run .*?)</code>", page)
    assert "Send what is valid, 1 row." in page
    assert importer(*shlex.split(command), *api.options[:2], "--json").json["statuses"]["updated"] == 1
    assert len(api.requests()) == 1


@pytest.mark.slow
def test_a_rehearsal_of_some_rows_tells_no_command_that_sends_all(
    importer: Importer, sheet: Sheet, tmp_path: Path
) -> None:
    """What decides on the rows that are sent is in the command, and where a limit did, there is none."""
    source = sheet(person(1), person(2), person(3, "no address"))
    commands = []
    for number, options in enumerate([("--strict", "--canary", "1"), ("--limit", "1")]):
        out = tmp_path / str(number)
        importer("run", source, "--dry-run", "--sandbox", *options, "--output", out)
        page = _read(out)
        assert "Send what is valid" in page
        commands.append([one for one in re.findall(r"<code>importer (run .*?)</code>", page) if "--dry-run" not in one])
    assert "--strict --canary 1" in commands[0][0]
    assert commands[1] == []


@pytest.mark.slow
def test_reports_can_go_into_another_folder_and_form(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Those that are there stay; `--json` prints the summary."""
    out, other = tmp_path / "out", tmp_path / "other"
    assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 0
    before = _files(out)
    said = importer("report", _summary(out)["run_id"], "--output", other, "--format", "xlsx", "--json")
    assert said.code == 0
    assert said.json == _summary(other)
    assert (other / "annotated.xlsx").exists()
    assert _files(out) == before


@pytest.mark.slow
def test_a_report_in_another_form_replaces_the_first(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Two annotated sheets side by side, of which one is old, would help nobody."""
    out = tmp_path / "out"
    assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 0
    assert importer("report", _summary(out)["run_id"], "--format", "xlsx").code == 0
    assert not (out / "annotated.csv").exists()
    assert (out / "annotated.xlsx").exists()


@pytest.mark.slow
def test_another_source_is_refused_and_a_moved_one_is_named(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """By its digest: a report of other rows would not be true. The run's own sheet would stand for it."""
    out, moved = tmp_path / "out", tmp_path / "moved.csv"
    source = sheet(person(1))
    assert importer("run", source, *api.options, "--output", out).code == 0
    run_id, before = _summary(out)["run_id"], _files(out)
    source.rename(moved)
    (out / "annotated.csv").unlink()
    gone = importer("report", run_id)
    assert gone.code == 3
    sheet(person(2))
    changed = importer("report", run_id, "--json")
    assert (changed.code, changed.json["error"]["code"]) == (3, "source_changed")
    assert _files(out) == {name: content for name, content in before.items() if name != "annotated.csv"}
    assert importer("report", run_id, "--source", moved).code == 0
    assert _files(out) == before
    assert list((tmp_path / "state" / "runs").iterdir()) == []


@pytest.mark.slow
def test_a_run_that_was_cut_off_is_told_as_far_as_it_came(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows are `not_sent`, it has no exit code, and it can be gone on with: the journal stays as it is."""
    out = tmp_path / "out"
    source = sheet(person(1), person(2, "no address"), person(3))

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("importer.story.job.deliver", die)
        assert importer("run", source, *api.options, "--output", out).code == 130
    with Journal(tmp_path / "state", wall=lambda: 0.0) as journal:
        (past,) = journal.runs()
    assert past.left == 2
    said = importer("report", past.run_id, "--json")
    assert said.code == 0
    assert (said.json["exit_code"], said.json["finished_at"], said.json["stop_reason"]) == (None, None, None)
    assert {name: count for name, count in said.json["statuses"].items() if count} == {"invalid": 1, "not_sent": 2}
    rows = list(csv.DictReader(StringIO((out / "annotated.csv").read_text("utf-8"))))
    assert [row["error_code"] for row in rows] == ["cut_off", "invalid_email", "cut_off"]
    assert importer("resume", past.run_id).code == 1
    assert _summary(out)["statuses"]["updated"] == 2


@pytest.mark.slow
def test_a_run_that_read_standard_input_needs_its_source(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows where that came from; the file that it was will do."""
    source = sheet(person(1))
    with source.open("rb") as file:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(file))
        assert importer("run", "-", *api.options, "--output", tmp_path / "out").code == 0
    run_id = _summary(tmp_path / "out")["run_id"]
    (tmp_path / "out" / "annotated.csv").unlink()
    assert importer("report", run_id, "--json").json["error"]["code"] == "source_missing"
    assert importer("report", run_id, "--source", source).code == 0
    with source.open("rb") as file:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(file))
        assert importer("report", run_id, "--source", "-").code == 0


def test_where_a_moved_source_is_asked_for(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """Nobody has typed its path, so its spelling is not what is wrong."""
    source = sheet(person(1))
    assert importer("run", source, *api.options, "--output", tmp_path / "out").code == 0
    source.unlink()
    (tmp_path / "out" / "annotated.csv").unlink()
    said = importer("report", _summary(tmp_path / "out")["run_id"])
    assert said.code == 3
    assert "--source" in said.err
    assert "spelling" not in said.err


@pytest.mark.slow
def test_reports_that_could_not_be_written_can_be_written_later(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """What is told to go on with works, although some reports are there and the summary is not."""
    out = tmp_path / "out"
    obstacle = out / "report.html"

    source = sheet(person(1), person(2, "no address"))
    with pytest.MonkeyPatch.context() as patch:

        def obstructed(*arguments: Any, **more: Any) -> None:  # noqa: ANN401 - whatever it is
            obstacle.mkdir()
            write_page(*arguments, **more)

        patch.setattr("importer.reports.writing.write_page", obstructed)
        assert importer("run", source, *api.options, "--output", out).code == 5
    obstacle.rmdir()
    assert not (out / "summary.json").exists()
    (past,) = importer("history", "--json").json
    assert importer("report", past["run_id"]).code == 0
    assert _summary(out)["exit_code"] == 1
    assert importer("resume", past["run_id"]).code == 1


def test_a_forgotten_run_is_not_to_be_gone_on_with(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its report says what works: to try its rows again."""
    out = tmp_path / "out"

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("importer.story.job.deliver", die)
        assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 130
    (past,) = importer("history", "--json").json
    assert importer("forget", past["run_id"]).code == 0
    assert importer("report", past["run_id"]).code == 0
    page = _read(out)
    assert f"importer retry {past['run_id']}" in page
    assert "importer resume" not in page


@pytest.mark.slow
def test_what_somebody_has_mended_is_kept_and_said(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """And where names are masked, that nothing is masked in it."""
    out = tmp_path / "out"
    options = (*api.options, "--format", "csv", "--output", out)
    assert importer("run", sheet(person(1), person(2, "no address")), *options).code == 1
    text = (out / "to_fix.csv").read_text()
    (out / "to_fix.csv").write_text(text.replace("no address", "p2@example.com"))
    said = importer("report", _summary(out)["run_id"], "--redact")
    assert "to_fix.csv was changed since it was written: it is kept as to_fix-mended-1.csv." in said.out
    assert "to_fix-mended-1.csv is as somebody has left it: nothing in it is masked." in said.out
    assert "p2@example.com" in (out / "to_fix-mended-1.csv").read_text()


@pytest.mark.slow
def test_what_has_changed_since_the_last_run_is_told(importer: Importer, api: Api, sheet: Sheet) -> None:
    """In total, from digests: which of the values differ from what was last confirmed."""
    first = importer("run", sheet(person(1), person(2)), *api.options, "--json")
    assert first.json["changes"] is None
    second = importer("run", sheet(person(1), person(2, "new@example.com"), person(3)), *api.options, "--json")
    assert second.json["changes"] == {"compared": 2, "same": 1, "first_name": 0, "last_name": 0, "email": 1}


@pytest.mark.slow
def test_no_report_of_a_redacted_run_names_anybody(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """In no file of the folder is a name or an address; ids and outcomes are there as ever."""
    people = [("Friederike", "Zwackelmann", "f.zwackelmann@example.com"), ("Xaver", "Überhuber", "no address")]
    rows = [(person(number)[0], *values) for number, values in enumerate(people, start=1)]
    out = tmp_path / "out"
    said = importer("run", sheet(*rows), *api.options, "--redact", "--output", out)
    assert said.code == 1
    assert "the rows to fix; not to be mended, since names are hidden" in said.out
    summary = json.loads((out / "summary.json").read_text())
    assert summary["redacted"] is True
    for file in out.iterdir():
        text = file.read_bytes().decode("utf-8", "replace")
        assert not [word for values in people for word in values if word.casefold() in text.casefold()], file.name
    annotated = list(csv.reader(StringIO((out / "annotated.csv").read_text("utf-8"))))
    assert [row[:5] for row in annotated[1:]] == [
        [rows[0][0], "F•••", "Z•••", "f•••@e•••.com", "updated"],
        [rows[1][0], "X•••", "Ü•••", "n•••", "invalid"],
    ]


@pytest.mark.slow
def test_a_redacted_report_is_never_sent(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """Given back to `run`, no row of it is valid: a mask is no name."""
    assert importer("run", sheet(person(1)), *api.options, "--redact", "--output", tmp_path / "out").code == 0
    sent = len(api.requests())
    again = importer("run", tmp_path / "out" / "annotated.csv", *api.options, "--json")
    assert again.json["statuses"]["invalid"] == 1
    assert len(api.requests()) == sent
    assert "masked_first_name" in [cause["code"] for cause in again.json["causes"]]


@pytest.mark.slow
def test_a_redacted_run_stays_redacted_unless_somebody_says_otherwise(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Written again, it names nobody; `--no-redact` shows the names, that once."""
    out, shown = tmp_path / "out", tmp_path / "shown"
    assert importer("run", sheet(person(1)), *api.options, "--redact", "--output", out).code == 0
    before = _files(out)
    run_id = _summary(out)["run_id"]
    assert importer("report", run_id, "--no-redact", "--output", shown).code == 0
    assert "Given1" in (shown / "annotated.csv").read_text("utf-8")
    assert importer("report", run_id, "--output", out).code == 0
    assert _files(out) == before
    assert _summary(out)["redacted"] is True


@pytest.mark.slow
def test_what_is_asked_for_when_a_run_is_gone_on_with_is_asked_for_from_then_on(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Names that were masked for somebody do not come back when the reports are written again."""
    out = tmp_path / "out"
    rows = [person(row, "sandbox+500@example.com") for row in range(3)]
    options = (*api.options, "--max-attempts", "1", "--max-errors", "0", "--output", out)
    assert importer("run", sheet(*rows), *options).code == 4
    run_id = _summary(out)["run_id"]
    assert "Given1" in (out / "annotated.csv").read_text("utf-8")
    assert importer("resume", run_id, "--redact", "--columns", "latency_ms").code == 4
    before = _files(out)
    assert importer("report", run_id).code == 0
    assert _files(out) == before
    assert "Given1" not in (out / "annotated.csv").read_text("utf-8")
    assert "latency_ms" in (out / "annotated.csv").read_text("utf-8")


@pytest.mark.slow
def test_a_report_can_be_redacted_that_was_not(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> None:
    """For a ticket; without the option the next one shows names again, as the run did."""
    out, ticket = tmp_path / "out", tmp_path / "ticket"
    assert importer("run", sheet(person(1)), *api.options, "--output", out).code == 0
    run_id = _summary(out)["run_id"]
    for options, names in ((("--redact",), False), ((), True)):
        assert importer("report", run_id, *options, "--output", ticket).code == 0
        assert ("Given1" in (ticket / "annotated.csv").read_text("utf-8")) is names
