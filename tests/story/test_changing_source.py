"""A source that somebody writes while it is read, checked or asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.model.modes import Mode
from importer.sandbox import Sandbox, SandboxOptions
from importer.story.preview import at_hand
from tests.story.meddling import Meddler, job_of, make_source


@pytest.mark.parametrize(
    ("mode", "moment"),
    [
        *((mode, moment) for mode in Mode for moment in ("begun", "read", "checked")),
        (Mode.RUN, "asked"),
    ],
)
def test_a_source_that_changes_before_anything_is_sent_leaves_no_run(tmp_path: Path, mode: Mode, moment: str) -> None:
    """Nothing is sent, and nothing is kept: neither in the journal, nor beside it, nor a folder of reports."""
    source = make_source(tmp_path)
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log)) as sandbox:
        meddler = Meddler(source, moment)
        with pytest.raises(SourceError) as raised:
            job_of(source, mode, sandbox.base_url, meddler).run()
    assert raised.value.code == "source_changed"
    assert log.read_text("utf-8") == ""
    assert not (tmp_path / "reports").exists()
    assert not (tmp_path / "index.html").exists()
    assert list((tmp_path / "state" / "runs").iterdir()) == []
    assert meddler.told == (moment in {"checked", "asked"})


def test_a_source_that_changes_once_it_is_sent_is_no_matter(tmp_path: Path) -> None:
    """The run has its own copy, and ends as ever."""
    source = make_source(tmp_path)
    with Sandbox(SandboxOptions(any_customer=True)) as sandbox:
        finished = job_of(source, Mode.RUN, sandbox.base_url, Meddler(source, "settled")).run()
    assert finished.exit_code == 0
    assert finished.summary.source.rows == 2


def test_a_source_that_changes_while_it_is_looked_at_is_refused(tmp_path: Path) -> None:
    """Whatever else has gone wrong over it."""
    source = make_source(tmp_path)

    def look() -> None:
        with at_hand(source) as (path, _):
            path.write_text("other", "utf-8")
            raise ValueError("records do not go together")

    with pytest.raises(SourceError) as raised:
        look()
    assert raised.value.code == "source_changed"
