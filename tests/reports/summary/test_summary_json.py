"""`summary.json`: keys that others build on."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from importer.errors import ReportError
from importer.model.modes import Mode
from importer.model.rows import Cause
from importer.model.run import Changes, Summary, Target
from importer.model.source import Detected, Field, Skip, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.reports.summary.summary_json import SCHEMA_VERSION, as_json, check_balance, write_summary
from tests.reports.summary.schema import schema, validator

SUMMARY = Summary(
    run_id="r7",
    version="1.2.3",
    mode=Mode.RUN,
    exit_code=4,
    stop_reason=StopReason.API_DOWN,
    started_at="2025-06-15T15:06:40.000000Z",
    finished_at="2025-06-15T15:06:42.500000Z",
    seconds=2.5,
    source=SourceInfo("/in/changes.xlsx", "Peña", "ab" * 32, rows=5, skips={Skip.BLANK: 2}),
    target=Target("https://api.example.com", "group-1"),
    statuses={Status.UPDATED: 3, Status.NOT_SENT: 2},
    attempts=4,
    fix_of=["k3f9abcd"],
    reports={"annotated": "/out/annotated.xlsx", "summary": "/out/summary.json"},
)
TEXT = {
    "schema_version": 2,
    "run_id": "r7",
    "version": "1.2.3",
    "mode": "run",
    "exit_code": 4,
    "stop_reason": "api_down",
    "started_at": "2025-06-15T15:06:40.000000Z",
    "finished_at": "2025-06-15T15:06:42.500000Z",
    "seconds": 2.5,
    "started_by": "",
    "retry_of": None,
    "fix_of": ["k3f9abcd"],
    "redacted": False,
    "source": {
        "path": "/in/changes.xlsx",
        "sheet": "Peña",
        "sha256": "ab" * 32,
        "rows": 5,
        "skipped": 2,
        "skips": {"blank": 2},
    },
    "target": {"base_url": "https://api.example.com", "group_id": "group-1", "linked_account_id": None},
    "statuses": {
        "updated": 3,
        "duplicate": 0,
        "unchanged": 0,
        "settled": 0,
        "mismatch": 0,
        "invalid": 0,
        "rejected": 0,
        "unconfirmed": 0,
        "failed": 0,
        "not_sent": 2,
        "valid": 0,
    },
    "balanced": True,
    "would_be_sent": None,
    "skip_unchanged": None,
    "attempts": 4,
    "causes": [],
    "changes": None,
    "reports": {"annotated": "/out/annotated.xlsx", "summary": "/out/summary.json"},
}


def test_the_keys_are_those_that_were_promised() -> None:
    """The summary has exactly these keys and values, all statuses with zeros among them."""
    assert json.loads(as_json(SUMMARY)) == TEXT


def test_the_schema_is_sound_and_names_every_word() -> None:
    """It is a JSON Schema, and has exactly the modes, stop reasons, statuses and skips that there are."""
    Draft202012Validator.check_schema(schema())
    known = schema()["properties"]
    assert known["schema_version"]["const"] == SCHEMA_VERSION
    assert known["mode"]["enum"] == list(Mode)
    assert known["stop_reason"]["enum"] == [None, *StopReason]
    assert list(known["statuses"]["properties"]) == list(Status)
    assert known["source"]["properties"]["skips"]["propertyNames"]["enum"] == list(Skip)


def test_a_full_summary_is_what_the_schema_says() -> None:
    """With everything that may be in it; and the schema refuses what it does not know."""
    cause = Cause(
        warning=False, code="http_400", column="", message="", rows=2, first_rows=(2, 3), status=Status.REJECTED
    )
    full = replace(
        SUMMARY,
        causes=[cause, replace(cause, warning=True, status=None, to_do="Look at it.")],
        changes=Changes(compared=3, same=1, fields={Field.FIRST_NAME: 0, Field.LAST_NAME: 1, Field.EMAIL: 2}),
        source=replace(SUMMARY.source, detected=Detected(format="csv", encoding="utf-8", columns={"email": "Mail"})),
        retry_of="r6",
        fix_of=["r5"],
        left_out=["A chart."],
    )
    check = replace(full, mode=Mode.CHECK, statuses={Status.VALID: 5}, would_be_sent=4)
    for summary in (SUMMARY, full, check, replace(full, exit_code=None, finished_at=None, stop_reason=None)):
        validator().validate(json.loads(as_json(summary)))
    assert not validator().is_valid({**json.loads(as_json(full)), "more": 1})
    assert not validator().is_valid({**json.loads(as_json(full)), "attempts": -1})


def test_a_run_that_did_not_stop_has_no_reason() -> None:
    """Where a run came to its end, `stop_reason` is null."""
    assert json.loads(as_json(replace(SUMMARY, stop_reason=None)))["stop_reason"] is None


def test_balance_is_computed() -> None:
    """`balanced` says whether the statuses sum to the source's rows, whatever anybody would like."""
    assert json.loads(as_json(replace(SUMMARY, statuses={Status.UPDATED: 3})))["balanced"] is False


def test_statuses_that_do_not_sum_are_a_defect() -> None:
    """Too few and too many outcomes are a ReportError with both numbers; the right number passes."""
    check_balance(SUMMARY)
    for updated, total in ((2, 4), (4, 6)):
        with pytest.raises(ReportError, match=f"{total} rows have an outcome, but the source has 5") as caught:
            check_balance(replace(SUMMARY, statuses={Status.UPDATED: updated, Status.NOT_SENT: 2}))
        assert caught.value.code == "report_untrue"
        assert "journal" in caught.value.hint


def test_the_summary_is_written_as_a_file(tmp_path: Path) -> None:
    """`summary.json` is the same object, readable as text."""
    write_summary(SUMMARY, tmp_path / "summary.json")
    text = (tmp_path / "summary.json").read_text("utf-8")
    assert json.loads(text) == TEXT
    assert "Peña" in text
    assert text.endswith("}\n")


def test_a_path_that_is_no_utf8_is_written_and_comes_back(tmp_path: Path) -> None:
    """A source whose name is not UTF-8 does not keep its summary from being written."""
    path = os.fsdecode(b"/in/caf\xe9.csv")
    write_summary(replace(SUMMARY, source=replace(SUMMARY.source, path=path)), tmp_path / "summary.json")
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["source"]["path"] == path


def test_a_summary_that_cannot_be_written_is_a_report_error(tmp_path: Path) -> None:
    """Where the folder is gone, the ReportError names the file."""
    with pytest.raises(ReportError, match=r"gone/summary\.json"):
        write_summary(SUMMARY, tmp_path / "gone" / "summary.json")
