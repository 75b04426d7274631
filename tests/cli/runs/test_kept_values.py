"""`importer retry` and `report` of last night, when its file is gone or tonight's has its name."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import ACCOUNT, GROUP, Api, Importer, annotated, customer, person

Sheet = Callable[..., Path]
COLUMNS = ["customer_id", "first_name", "last_name", "email", "group_id", "linked_account_id"]


@dataclass
class Awakening:
    """An API at a place at which nobody answers until it is called.

    Attributes:
        base_url: That place.
        log: The file of its requests.
    """

    base_url: str
    log: Path
    _opened: ExitStack = field(default_factory=ExitStack)
    _is_awake: bool = False

    def __call__(self) -> Api:
        """Wake it up, if it is not awake."""
        if not self._is_awake:
            port = int(self.base_url.rsplit(":", 1)[1].split("/")[0])
            self._opened.enter_context(Sandbox(SandboxOptions(any_customer=True, request_log=self.log, port=port)))
            self._is_awake = True
        return Api(self.base_url, self.log)

    def close(self) -> None:
        """Let it sleep for good."""
        self._opened.close()


@pytest.fixture
def awakening(tmp_path: Path) -> Iterator[Awakening]:
    """Yield an API that is still asleep."""
    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        base_url = sandbox.base_url
    with closing(Awakening(base_url, tmp_path / "awake.jsonl")) as api:
        yield api


def _options(awakening: Awakening) -> list[str]:
    return ["--base-url", awakening.base_url, "--group-id", GROUP, "--linked-account-id", ACCOUNT]


def _last_night(importer: Importer, source: Path, awakening: Awakening, *more: str) -> dict[str, Any]:
    """Run a sheet while nobody answers: each of its rows fails."""
    said = importer("run", source, *_options(awakening), "--max-attempts", "1", "--json", *more)
    assert said.code == 1
    summary: dict[str, Any] = said.json
    assert summary["statuses"]["failed"] > 0
    return summary


def _kept(tmp_path: Path) -> list[str]:
    runs = tmp_path / "state" / "runs"
    return sorted(str(path.relative_to(runs)) for path in runs.rglob("*") if path.is_file())


@pytest.mark.slow
def test_last_night_is_retried_although_tonights_file_has_its_name(
    importer: Importer,
    sheet: Sheet,
    tmp_path: Path,
    awakening: Awakening,
) -> None:
    """What was to be sent is sent, and the rows keep the numbers that they had; then nothing is kept any more."""
    first = _last_night(importer, sheet(person(1), person(2, "no address"), person(3)), awakening)
    assert _kept(tmp_path) == [f"{first['run_id']}/kept.sqlite"]
    assert "failed      2  try again" in importer("show", first["run_id"]).out
    tonight = sheet(person(7))
    api = awakening()
    said = importer("retry", first["run_id"], "--json")
    assert f": going on with the rows that were kept of {tonight}\n" in said.err
    assert (said.code, said.json["statuses"]["updated"], said.json["balanced"]) == (0, 2, True)
    assert [request["first_name"] for request in api.requests()] == ["Given1", "Given3"]
    rows = annotated(said.json)
    assert list(rows[0])[:6] == COLUMNS
    assert list(rows[0])[-3:] == ["source_row", "source_run", "settled"]
    assert [(row["customer_id"], row["first_name"], row["status"], row["source_row"]) for row in rows] == [
        (customer(1), "Given1", "updated", "2"),
        (customer(3), "Given3", "updated", "4"),
    ]
    assert {row["source_run"] for row in rows} == {first["run_id"]}
    assert _kept(tmp_path) == []
    assert "failed      2  done since" in importer("show", first["run_id"]).out
    assert importer("retry", first["run_id"]).code == 0
    shown = importer("history", "--json").json[0]
    assert (shown["retry_of"], shown["fix_of"]) == (first["run_id"], [])


@pytest.mark.slow
def test_a_retry_of_a_retry_goes_on_from_what_that_kept(
    importer: Importer,
    sheet: Sheet,
    tmp_path: Path,
    awakening: Awakening,
) -> None:
    """However many there are between: its own reports can be written again without any source, byte for byte."""
    source = sheet(person(1), person(2))
    first = _last_night(importer, source, awakening)
    source.unlink()
    second = importer("retry", first["run_id"], "--json").json
    assert second["statuses"]["failed"] == 2
    assert len(_kept(tmp_path)) == 2
    api = awakening()
    third = importer("retry", second["run_id"], "--json")
    assert (third.code, third.json["statuses"]["updated"]) == (0, 2)
    assert {row["source_run"] for row in annotated(third.json)} == {second["run_id"]}
    assert [row["source_row"] for row in annotated(third.json)] == ["2", "3"]
    assert len(api.requests()) == 2
    assert _kept(tmp_path) == []
    for summary in (first, second, third.json):
        folder = Path(summary["reports"]["annotated"]).parent
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert importer("report", summary["run_id"]).code == 0
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.slow
@pytest.mark.parametrize("how", ["forgotten", "edited", "damaged", "lost"])
def test_what_is_not_kept_as_it_was_is_not_sent(
    how: str,
    importer: Importer,
    sheet: Sheet,
    tmp_path: Path,
    awakening: Awakening,
) -> None:
    """The reason is said, no run begins, and the file itself will do."""
    source = sheet(person(1), person(2))
    first = _last_night(importer, source, awakening)
    run_id = first["run_id"]
    moved = source.rename(tmp_path / "moved.csv")
    kept = tmp_path / "state" / "runs" / run_id / "kept.sqlite"
    if how == "forgotten":
        assert "retry" in importer("forget", run_id).out
    elif how == "damaged":
        kept.write_bytes(b"no database" * 99)
    elif how == "lost":
        kept.unlink()
    else:
        with closing(sqlite3.connect(kept)) as connection, connection:
            connection.execute("UPDATE updates SET last_name = 'Other' WHERE row = 3")
    api = awakening()
    said = importer("retry", run_id, "--json")
    expected = {"edited": (5, "journal_damaged"), "damaged": (5, "journal_damaged")}.get(how, (3, "source_missing"))
    assert (said.code, said.json["error"]["code"]) == expected
    assert "--source" in said.json["error"]["hint"]
    assert len(importer("history", "--json").json) == 1
    assert api.requests() == []
    sheet(person(9))
    assert importer("retry", run_id, "--source", source).code == 3
    assert importer("retry", run_id, "--source", moved).code == 0
    assert len(api.requests()) == 2


@pytest.mark.slow
def test_what_was_read_from_standard_input_can_be_retried(
    importer: Importer,
    sheet: Sheet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    awakening: Awakening,
) -> None:
    """Nobody knows where it came from, and nobody needs to."""
    monkeypatch.chdir(tmp_path)
    with TextIOWrapper(sheet(person(1)).open("rb")) as file, monkeypatch.context() as piped:
        piped.setattr("sys.stdin", file)
        first = _last_night(importer, Path("-"), awakening)
    awakening()
    said = importer("retry", first["run_id"], "--json")
    assert said.json["statuses"]["updated"] == 1, said


@pytest.mark.slow
def test_a_row_that_a_later_run_has_sent_is_superseded_without_its_values(
    importer: Importer,
    sheet: Sheet,
    tmp_path: Path,
    awakening: Awakening,
) -> None:
    """Tonight's run has confirmed another value: last night's is not kept any more, and never sent."""
    first = _last_night(importer, sheet(person(1), person(2)), awakening)
    api = awakening()
    assert importer("run", sheet(person(1, "newer@example.com")), *_options(awakening)).code == 0
    assert _kept(tmp_path) == [f"{first['run_id']}/kept.sqlite"]
    said = importer("retry", first["run_id"], "--json")
    assert [(row["status"], row["error_code"]) for row in annotated(said.json)] == [
        ("not_sent", "superseded"),
        ("updated", ""),
    ]
    assert [request["email"] for request in api.requests()] == ["newer@example.com", "person2@example.com"]
    assert _kept(tmp_path) == []


@pytest.mark.slow
def test_a_retry_of_a_workbook_without_it_is_a_workbook(
    importer: Importer,
    sheet: Sheet,
    tmp_path: Path,
    awakening: Awakening,
) -> None:
    """In the form of the reports that there were."""
    check = importer("check", sheet(person(1)), "--format", "xlsx", "--output", tmp_path / "workbook", "--json").json
    source = Path(check["reports"]["annotated"]).rename(tmp_path / "changes.xlsx")
    first = _last_night(importer, source, awakening)
    source.unlink()
    awakening()
    said = importer("retry", first["run_id"], "--json").json
    book = load_workbook(said["reports"]["annotated"]).worksheets[0]
    assert [cell.value for cell in book[1]][:6] == COLUMNS
    assert [cell.value for cell in book[2]][1] == "Given1"
    assert importer("report", said["run_id"]).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_reports_are_written_again_from_the_runs_own_sheet(
    form: str, importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """With tonight's file in the place of last night's; one that somebody has changed is none."""
    out = tmp_path / "out"
    source = sheet(person(1), person(2, "no address"), ("", "", "", ""), person(3))
    said = importer("run", source, *api.options, "--output", out, "--format", form, "--json").json
    sheet(person(9))
    before = (out / f"annotated.{form}").read_bytes()
    (out / "report.html").unlink()
    assert importer("report", said["run_id"]).code == 0
    assert (out / "report.html").exists()
    if form == "csv":
        assert (out / "annotated.csv").read_bytes() == before
    other = tmp_path / "other"
    again = importer("report", said["run_id"], "--output", other, "--json").json
    assert again["statuses"] == said["statuses"]
    assert again["balanced"]
    refused = importer("report", said["run_id"], "--source", source, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (3, "source_changed")
    moved = (other / f"annotated.{form}").rename(tmp_path / f"moved.{form}")
    assert importer("report", said["run_id"], "--source", moved, "--output", tmp_path / "third").code == 0
    for folder in (out, other, tmp_path / "third"):
        with (folder / f"annotated.{form}").open("ab") as file:
            file.write(b"\n")
    changed = importer("report", said["run_id"], "--json")
    assert (changed.code, changed.json["error"]["code"]) == (3, "source_changed")
    assert "annotated sheet" in changed.json["error"]["message"]


@pytest.mark.slow
def test_a_masked_sheet_stands_for_the_source_in_masked_reports_only(
    importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """Names that are masked cannot come back, and nobody is told that these are the names."""
    source = sheet(person(1), person(2, "no address"))
    run_id = importer("run", source, *api.options, "--redact", "--output", tmp_path / "out", "--json").json["run_id"]
    source.unlink()
    refused = importer("report", run_id, "--no-redact", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (3, "source_masked")
    assert importer("report", run_id).code == 0
    with (tmp_path / "out" / "annotated.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["First Name"] for row in csv.DictReader(file)] == ["G•••", "G•••"]
