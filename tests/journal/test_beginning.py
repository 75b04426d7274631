"""A run begins: its source is taken in, or nothing is left of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.errors import JournalError, SourceError
from importer.journal.journal import Journal
from importer.model.run import NewRun
from importer.model.source import Skip, SourceInfo
from importer.model.stop_reasons import StopReason
from tests.journal.rows import ACCOUNT, GROUP, seen, update

Begin = Callable[..., NewRun]


def test_what_is_known_of_a_run_is_in_the_journal(journal: Journal, new_run: Begin, source: Path) -> None:
    """The journal holds the run's target, source, settings, version and start."""
    run = journal.begin(new_run("r7"))
    known = (
        "SELECT run_id, mode, version, started_at, source_path, source_sha256, base_url, group_id, linked_account_id"
        " FROM runs"
    )
    assert seen(journal.path, known) == [
        (
            "r7",
            "run",
            "1.0",
            "2025-06-15T15:06:40.250000Z",
            str(source),
            run.sha256,
            "https://api.example.com",
            GROUP,
            ACCOUNT,
        )
    ]
    assert json.loads(seen(journal.path, "SELECT settings FROM runs")[0][0]) == {"concurrency": 4}


def test_the_source_is_copied_with_its_digest(journal: Journal, new_run: Begin, source: Path) -> None:
    """The run reads its own copy, which is the source byte for byte, whatever happens to the file afterwards."""
    content = os.urandom(3_000_000)
    source.write_bytes(content)
    run = journal.begin(new_run())
    source.write_text("something else")
    assert run.source.read_bytes() == content
    assert run.sha256 == hashlib.sha256(content).hexdigest()


def test_the_steps_of_a_run_are_noted(journal: Journal, new_run: Begin) -> None:
    """When the source was checked, when delivery was over and how the run ended are each noted as it happens."""
    steps = (
        "SELECT checked_at IS NULL, finished_at IS NULL, stop_reason, exit_code, source_rows, source_sheet FROM runs"
    )
    run = journal.begin(new_run())
    assert seen(journal.path, steps) == [(1, 1, None, None, None, None)]
    run.checked(SourceInfo("/x.csv", "Sheet 1", run.sha256, rows=3, skips={Skip.BLANK: 1}))
    assert seen(journal.path, steps) == [(0, 1, None, None, 3, "Sheet 1")]
    run.settle(StopReason.API_DOWN, "The API is down")
    assert seen(journal.path, steps) == [(0, 0, "api_down", None, 3, "Sheet 1")]
    run.ended(4, unfinished=True)
    assert seen(journal.path, steps) == [(0, 0, "api_down", 4, 3, "Sheet 1")]


def _missing(folder: Path) -> Path:
    return folder / "nothing.csv"


def _a_folder(folder: Path) -> Path:
    return folder


def _the_folder_above(folder: Path) -> Path:
    return folder / ".."


def _below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file" / "below.csv"


def _a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(_missing, "source_missing", id="missing"),
        pytest.param(_a_folder, "source_unreadable", id="a folder"),
        pytest.param(_the_folder_above, "source_unreadable", id="the folder above"),
        pytest.param(_below_a_file, "source_unreadable", id="below a file"),
        pytest.param(_a_pipe, "source_unreadable", id="a pipe"),
    ],
)
def test_a_source_that_cannot_be_read_leaves_nothing(
    make: Callable[[Path], Path], code: str, journal: Journal, new_run: Begin, tmp_path: Path
) -> None:
    """A source that is no readable file is a SourceError that names it, and no trace of a run remains."""
    path = make(tmp_path)
    with pytest.raises(SourceError) as caught:
        journal.begin(new_run(source=path))
    assert caught.value.code == code
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert seen(journal.path, "SELECT * FROM runs") == []
    assert list((journal.path.parent / "runs").iterdir()) == []


def test_a_source_that_may_not_be_read_is_the_sources_error(journal: Journal, new_run: Begin, source: Path) -> None:
    """A source without the right to read it is a SourceError, not the journal's."""
    source.chmod(0)
    if os.access(source, os.R_OK):
        pytest.skip("whoever runs this may read every file")
    with pytest.raises(SourceError, match="Permission denied"):
        journal.begin(new_run())


def test_a_second_run_of_the_same_id_takes_nothing_from_the_first(journal: Journal, new_run: Begin) -> None:
    """An id that is taken is a JournalError, and what the first run keeps stays."""
    first = journal.begin(new_run("twin"))
    with pytest.raises(JournalError, match="File exists"):
        journal.begin(new_run("twin"))
    assert first.source.exists()
    first.add([update(2)], [])
    assert first.to_send() == 1


def test_an_id_of_a_finished_run_is_not_taken_again(journal: Journal, new_run: Begin) -> None:
    """Where the journal refuses a run, its folder is removed and another run can begin."""
    journal.begin(new_run("twin")).ended(0, unfinished=False)
    with pytest.raises(JournalError, match="UNIQUE"):
        journal.begin(new_run("twin"))
    assert list((journal.path.parent / "runs").iterdir()) == []
    assert journal.begin(new_run("other")).to_send() == 0


def test_one_journal_has_one_run_at_a_time(journal: Journal, new_run: Begin) -> None:
    """A second run at once is refused without harm to the first; one after the other is fine."""
    first = journal.begin(new_run("first"))
    with pytest.raises(JournalError, match="sent_values"):
        journal.begin(new_run("second"))
    first.add([update(2)], [])
    first.ended(4, unfinished=True)
    second = journal.begin(new_run("third"))
    second.add([update(2), update(3)], [])
    assert second.to_send() == 2
    assert [pending.update.row for pending in second.pending(0, 10)] == [2, 3]


def test_names_that_are_no_utf8_are_taken(tmp_path: Path, new_run: Begin) -> None:
    """A source and a state directory whose names hold bytes that are no UTF-8 work like any other."""
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    source = odd / os.fsdecode(b"\xfcbung.csv")
    source.write_text("x")
    with Journal(odd / "state", wall=lambda: 0.0) as journal:
        run = journal.begin(new_run(source=source))
        run.add([update(2)], [])
        assert [pending.update.email for pending in run.pending(0, 1)] == ["ana.torres@example.com"]
        assert run.private.values.exists()
        assert "\\udcfcbung.csv" in run.connection.execute("SELECT source_path FROM runs").fetchone()[0]


def test_the_longest_names_are_taken(journal: Journal, new_run: Begin, tmp_path: Path) -> None:
    """A source whose name is as long as names can be, and all suffix, is copied like any other."""
    source = tmp_path / ("a." + "b" * 253)
    source.write_text("x")
    assert journal.begin(new_run(source=source)).source.read_text() == "x"
