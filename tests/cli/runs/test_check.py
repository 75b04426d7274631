"""`importer check`: reads and checks, and needs neither a key nor a target."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import GROUP, Importer, customer, person

SAMPLES = Path(__file__).parents[3] / "sample_data"


def test_a_valid_sheet_is_exit_0_without_key_and_target(
    importer: Importer, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row can be sent: exit 0, and the sheet says so of each."""
    monkeypatch.delenv("IMPORTER_API_KEY")
    said = importer("check", sheet(person(1), person(2)), "--json")
    assert (said.code, said.json["mode"], said.json["attempts"]) == (0, "check", 0)
    assert said.json["statuses"]["not_sent"] == 2
    assert "can be sent" in Path(said.json["reports"]["annotated"]).read_text("utf-8")


def test_an_invalid_row_is_exit_1_and_says_everything_that_is_wrong(
    importer: Importer, sheet: Callable[..., Path]
) -> None:
    """A row shows all its issues at once, so that it is mended once."""
    said = importer("check", sheet(person(1), (customer(2)[:8], "", "B", "nowhere")))
    assert said.code == 1
    assert "1 of 2 rows is valid. 1 needs fixing. Nothing was sent." in said.out
    report = next(sheet().parent.glob("changes-*")) / "annotated.csv"
    row = report.read_text("utf-8").splitlines()[2]
    assert "invalid_customer_id, blank_first_name, invalid_email" in row


def test_a_blank_target_cell_is_as_invalid_as_in_a_run(importer: Importer, sheet: Callable[..., Path]) -> None:
    """Where the sheet has the column, check holds each row to it, unless the option stands in."""
    source = sheet((*person(1), ""), header="Customer ID,First Name,Last Name,Email,Group ID")
    assert importer("check", source).code == 1
    assert importer("check", source, "--group-id", GROUP).code == 0


def test_the_sample_workbook_is_annotated_row_by_row(importer: Importer, tmp_path: Path) -> None:
    """The workbook's own cells stay what they are, and no cell is a formula."""
    said = importer("check", SAMPLES / "customer_changes.xlsx", "--json", "--output", tmp_path / "out")
    assert (said.code, said.json["statuses"]["invalid"], said.json["source"]["sheet"]) == (1, 7, "Changes")
    before = load_workbook(SAMPLES / "customer_changes.xlsx").worksheets[0]
    after = load_workbook(said.json["reports"]["annotated"]).worksheets[0]
    for old, new in zip(before.iter_rows(), after.iter_rows(), strict=True):
        assert [cell.value for cell in old] == [cell.value for cell in new[: len(old)]]
        assert not [cell for cell in new if cell.data_type == "f"]
    assert [cell.value for cell in after[1]][-6:] == [
        "status", "updated_at", "message", "error_code", "http_status", "attempts",
    ]  # fmt: skip
    assert (after.freeze_panes, after.auto_filter.ref) == (before.freeze_panes, before.auto_filter.ref)
