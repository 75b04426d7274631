"""A mismatch says which field and both values, where the reader may see them; the journal never has them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import Api, Importer, customer, person

Sheet = Callable[..., Path]
BOTH = "Sent as last name: “Family2”. The API holds: “"


def _held_on_page(page: Path) -> list[str]:
    (rows,) = re.findall(
        r'<script type="application/json" id="data-rows">(.*?)</script>', page.read_text("utf-8"), re.DOTALL
    )
    parts = json.loads(rows)["parts"]
    return [values[15] for part in parts for values in part["rows"] if len(values) > 15]


@pytest.fixture
def ran(importer: Importer, api: Api, sheet: Sheet, tmp_path: Path) -> str:
    """Run a sheet whose second row becomes a mismatch, and return the run's id."""
    source = sheet(person(1), person(2, "sandbox+mismatch@example.com"))
    said = importer("run", source, *api.options, "--format", "xlsx", "--output", tmp_path / "out", "--json")
    assert said.json["statuses"]["mismatch"] == 1
    return str(said.json["run_id"])


def _comments(tmp_path: Path, folder: str = "out") -> list[str]:
    cells = [
        cell
        for line in load_workbook(tmp_path / folder / "to_fix.xlsx").worksheets[0].iter_rows(min_row=2)
        for cell in line
    ]
    return [cell.comment.text for cell in cells if cell.comment]


@pytest.mark.slow
def test_both_values_of_a_mismatch_are_told(ran: str, importer: Importer, tmp_path: Path) -> None:
    """Beside the cell that must be looked at, on the page, and on the terminal: again too, until it is forgotten."""
    for _ in range(2):
        (comment,) = _comments(tmp_path)
        (held,) = _held_on_page(tmp_path / "out" / "report.html")
        assert comment.startswith("The API applied the change, but now holds another last name")
        assert BOTH in comment
        assert BOTH in held
        assert importer("report", ran).code == 0
    shown = importer("show", ran, 3)
    assert BOTH in shown.out
    (difference,) = importer("show", ran, 3, "--json").json["differences"]
    assert (difference["field"], difference["sent"]) == ("last_name", "Family2")
    assert difference["held"] not in ("", "Family2")
    journal = b"".join(path.read_bytes() for path in (tmp_path / "state").glob("journal*"))
    assert difference["held"].encode() not in journal
    assert importer("show", ran, 9).code == 2
    assert importer("forget", ran).code == 0
    assert "not kept any more" in importer("show", ran, 3).out
    assert importer("report", ran).code == 0
    assert BOTH not in "".join(_comments(tmp_path))


@pytest.mark.slow
def test_values_are_masked_with_the_names(ran: str, importer: Importer, tmp_path: Path) -> None:
    """For a ticket, nobody is named by what the API holds either."""
    assert importer("report", ran, "--redact", "--output", tmp_path / "masked").code == 0
    (held,) = _held_on_page(tmp_path / "masked" / "report.html")
    assert re.fullmatch(r"Sent as last name: “F•••”\. The API holds: “.•••”\.", held)
    assert "Family2" not in "".join(_comments(tmp_path, "masked"))


@pytest.mark.slow
def test_an_answer_that_was_edited_is_not_shown(ran: str, importer: Importer, tmp_path: Path) -> None:
    """What the API has said is true; what somebody has written there is not."""
    with closing(sqlite3.connect(tmp_path / "state" / "runs" / ran / "kept.sqlite")) as connection, connection:
        connection.execute("UPDATE answers SET last_name = 'Somebody'")
    assert importer("report", ran).code == 0
    assert "Somebody" not in importer("show", ran, 3).out
    assert _held_on_page(tmp_path / "out" / "report.html") == []


@pytest.mark.slow
def test_what_a_later_run_confirms_is_not_kept_any_more(
    ran: str, importer: Importer, api: Api, sheet: Sheet, tmp_path: Path
) -> None:
    """The row that was mended is confirmed, and nobody has to look at it."""
    assert (tmp_path / "state" / "runs" / ran / "kept.sqlite").exists()
    source = sheet((customer(2), "Given2", "Family2", "mended@example.com"))
    assert importer("run", source, *api.options, "--output", tmp_path / "next").code == 0
    assert list((tmp_path / "state" / "runs").iterdir()) == []
