"""People's data is in the run's own folder, for its owner only, and nowhere else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importer.errors import JournalError
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.lock import NO_PATIENCE, Holder, run_lock
from importer.model.rows import Issue
from importer.model.run import NewRun
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from tests.journal.rows import begun, issue, outcome, seen, update

CANARIES = {"first_name": "Quetzalli", "last_name": "Brzęczyszczykiewicz", "email": "Kanarek.Zolty@example.com"}


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Run with a umask that would leave files open to others, or not."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _modes(folder: Path) -> dict[str, str]:
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in found}


@pytest.mark.usefixtures("umask")
def test_all_that_a_run_keeps_is_for_its_owner_only(run: RunJournal) -> None:
    """Whatever the umask, files are 0600 and folders 0700, those that SQLite puts beside its own too."""
    run.add([update(2)], [])
    assert _modes(run.path.parent) == {
        ".": "0o700",
        "digests.key": "0o600",
        "journal.sqlite": "0o600",
        "journal.sqlite-shm": "0o600",
        "journal.sqlite-wal": "0o600",
        "runs": "0o700",
        "runs/run-1": "0o700",
        "runs/run-1/source": "0o600",
        "runs/run-1/values.sqlite": "0o600",
        "runs/run-1/values.sqlite-shm": "0o600",
        "runs/run-1/values.sqlite-wal": "0o600",
    }


def test_a_journal_that_others_could_read_is_closed_to_them(
    open_journal: Callable[[], Journal], new_run: Callable[..., NewRun]
) -> None:
    """A journal whose file got a wider mode is 0600 again once it is opened."""
    with open_journal() as journal:
        path = journal.path
    path.chmod(0o644)
    with open_journal() as journal:
        journal.begin(new_run())
        assert {mode for name, mode in _modes(path.parent).items() if "journal" in name} == {"0o600"}


def _go_through(run: RunJournal) -> None:
    """Let a run meet everything that it writes: issues, repeats, attempts, outcomes, an early stop."""
    canary = {**CANARIES, "customer": "customer-2"}
    run.add([update(2, **canary), update(3, **canary), update(4, **CANARIES)], [issue(5)])
    run.selection.resolve([(3, 2)])
    run.record(begun(2), [], [])
    run.record(begun(4), [], [outcome(2)])
    run.settle(StopReason.INTERRUPTED, "The run stopped")


@pytest.mark.parametrize("unfinished", [True, False])
def test_no_value_is_in_the_journal(
    unfinished: bool,  # noqa: FBT001 - a parameter of the test
    open_journal: Callable[[], Journal],
    new_run: Callable[..., NewRun],
) -> None:
    """No name and no address is in the bytes of the journal, of its log or of the key, while it is open or after."""

    def check() -> None:
        for path in (file for file in journal.path.parent.iterdir() if file.is_file()):
            content = path.read_bytes()
            for canary in CANARIES.values():
                assert canary.encode() not in content
                assert canary.casefold().encode() not in content

    with open_journal() as journal:
        run = journal.begin(new_run())
        _go_through(run)
        check()
        run.ended(130, unfinished=unfinished)
    check()


def test_the_canaries_would_be_found(run: RunJournal) -> None:
    """The values are where the search would see them: in the run's own folder, as plain text."""
    _go_through(run)
    content = b"".join(path.read_bytes() for path in run.private.path.glob("values.sqlite*"))
    assert all(canary.encode() in content for canary in CANARIES.values())


def test_what_a_run_kept_is_erased_when_it_ends(run: RunJournal) -> None:
    """The private folder goes with the end of the run; what is true of its rows stays."""
    _go_through(run)
    run.ended(0, unfinished=False)
    assert list((run.path.parent / "runs").iterdir()) == []
    assert run.statuses()[Status.INVALID] == 1


def test_what_an_unfinished_run_needs_is_kept(run: RunJournal) -> None:
    """The copy of the source and the values stay where the run can be resumed."""
    _go_through(run)
    run.ended(130, unfinished=True)
    assert sorted(path.name for path in run.private.path.iterdir()) == ["source", "values.sqlite"]


def test_a_discarded_run_leaves_nothing(run: RunJournal) -> None:
    """A run whose source was no source is in no table, and its folder is gone."""
    _go_through(run)
    run.discard()
    assert seen(run.path, "SELECT 1 FROM runs UNION ALL SELECT 1 FROM rows") == []
    assert list((run.path.parent / "runs").iterdir()) == []


def test_a_discarded_run_does_not_take_others_with_it(journal: Journal, new_run: Callable[..., NewRun]) -> None:
    """Of two runs in the journal, only the discarded one is gone."""
    kept = journal.begin(new_run("kept"))
    kept.add([], [issue(2)])
    kept.ended(1, unfinished=False)
    other = journal.begin(new_run("other"))
    other.add([update(2)], [])
    other.discard()
    assert seen(journal.path, "SELECT run_id FROM runs") == [("kept",)]
    assert seen(journal.path, "SELECT row, status FROM rows") == [(2, "invalid")]


def test_people_are_forgotten_although_the_journal_cannot_be_written(run: RunJournal, journal: Journal) -> None:
    """Where a run cannot be taken out of the journal, what it kept is erased all the same, and the failure is said.

    A later command takes it out, as soon as nobody is at it any more.
    """
    run.add([update(2)], [issue(3)])
    run.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalError, match="readonly"):
        run.discard()
    assert [(path.name, path.stat().st_size) for path in run.private.path.iterdir()] == [("discarded", 0)]
    run.connection.execute("PRAGMA query_only = OFF")
    with run_lock(journal.path.parent, Holder(os.getpid(), "", "", run.run_id), NO_PATIENCE):
        journal.sweep(86_400.0)
        assert [past.run_id for past in journal.runs()] == [run.run_id]
    journal.sweep(86_400.0)
    assert seen(run.path, "SELECT 1 FROM runs UNION ALL SELECT 1 FROM rows") == []
    assert not run.private.path.exists()


def test_a_report_that_was_not_read_to_its_end_is_no_obstacle(run: RunJournal) -> None:
    """A run ends, and the journal closes without a word, while somebody still holds half-read outcomes."""
    run.add([], [Issue(row, "blank_email", "E-mail", "x") for row in range(2, 3000)])
    half_read = run.outcomes()
    assert next(half_read).row == 2
    run.ended(5, unfinished=False)
    assert not run.private.path.exists()
    run.connection.close()
    with pytest.raises(JournalError, match="closed"):
        list(half_read)
