"""The journal: runs begin here, and are found again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from importer.errors import SettingsError
from importer.journal import FILE_NAME
from importer.journal.database import aside, atomic, connect, explained, migrate, read, unheard
from importer.journal.generations import Generations
from importer.journal.lasting.one_customer import Customers
from importer.journal.lasting.pruning import Pruning
from importer.journal.lasting.run_lines import insert_run, listed_paths, text_of
from importer.journal.origins import mending
from importer.journal.packed.ids_and_times import unpacked_id
from importer.journal.packed.numbered_names import Names
from importer.journal.past import is_news, past_runs
from importer.journal.private.answers import Answers
from importer.journal.private.digests import Digester
from importer.journal.private.erasing import Highest, Leftovers, LetGo, keep_claims, nowhere
from importer.journal.private.keeping import Keeping, KeptRow
from importer.journal.private.private_folder import PrivateFolder
from importer.journal.private.source_copies import PastSource
from importer.journal.private.values_file import attach, attach_again, expect_values
from importer.journal.results import Results
from importer.journal.run_journal import RunJournal
from importer.journal.settling import DROP_ROWS, LEAVE_AS_IT_WAS, SNAPSHOT, TAKE_UP, TAKE_UP_RUN, TO_RETRY
from importer.model.modes import Mode
from importer.model.run import Mending, NewRun, PastRun, Target
from importer.model.source import STANDARD_INPUT
from importer.times import rfc3339

KEY_NAME: Final = "digests.key"
_SHORTEST_BEGINNING: Final = 3


class Journal:
    """The journal of one state directory; used as a context manager.

    Args:
        folder: The state directory; it is made (mode 0700) where there is none.
        wall: Returns the time, in seconds since the epoch.
        migrating: Is told where it is of an older version, and how many rows its runs had, before it is brought up to
            date.

    Raises:
        JournalError: From every method, where the journal cannot be used.
        LockedError: The same, where a process that is stopped holds it; methods that only read seldom meet one.
    """

    def __init__(
        self, folder: Path, *, wall: Callable[[], float], migrating: Callable[[Path, int], None] = unheard
    ) -> None:
        self.path = folder / FILE_NAME
        self._folder = folder
        self._wall = wall
        with explained(self.path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._digester = Digester.open(folder / KEY_NAME)
            self._connection = connect(self.path)
            self._names = Names(self._connection, self.path)
            try:
                migrate(self._connection, self.path, begins=migrating)
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connection.close()

    @property
    def generations(self) -> Generations:
        """How far it has come."""
        return Generations(self._connection, self.path, self._digester.fingerprint)

    @property
    def customers(self) -> Customers:
        """What it knows of customers, whatever run is about them."""
        return Customers(self._connection, self.path, self._digester.fingerprint)

    def begin(self, new: NewRun, known: int = 0) -> RunJournal:
        """Begin a run: take in its source and remember it. A journal has one run at work at a time.

        Args:
            new: The run.
            known: The highest generation that is told of elsewhere: what was lost was before the run. Only a run that
                sends notes that.

        Raises:
            SourceError: The source cannot be read.
            JournalError: The run cannot be taken in. Either way nothing of it is left.
        """
        private, place = self._private(new.run_id), _place(new.target, new.asked)
        self._names.note({place})
        with explained(self.path), ExitStack() as undo:
            private.make()
            undo.callback(private.remove)
            sha256 = new.retry_of.source.sha256 if new.retry_of and new.from_kept else private.take_in(new.source)[1]
            attach(self._connection, private.values, undo)
            with atomic(self._connection):
                number = insert_run(self._connection, new, sha256, self._digester.fingerprint, self._wall())
                is_outdated = known > self.generations.current()
                if new.mode is Mode.RUN:
                    self.generations.catch_up_with_run(known, before=number, now=rfc3339(self._wall()))
            undo.pop_all()
        run = self._opened(number, new.mode, new.run_id, private, sha256, place)
        return replace(run, is_outdated=is_outdated)

    def runs(self) -> Sequence[PastRun]:
        """Return all runs, the newest first."""
        with explained(self.path):
            return past_runs(self._connection, self._folder)

    def find(self, run_id: str) -> PastRun:
        """Return the run of this id, or the only one whose id begins so, with at least three characters.

        Raises:
            SettingsError: There is none, or more than one.
        """
        beginning = run_id.strip().lower()
        with explained(self.path):
            matching = past_runs(self._connection, self._folder, begins_with=beginning)
        exact = [past for past in matching if past.run_id == beginning]
        if exact:
            return exact[0]
        if len(beginning) < _SHORTEST_BEGINNING:
            raise _unknown(f"{run_id!r} is too short for the beginning of a run's id: give three characters of it")
        if len(matching) != 1:
            raise _unknown(
                f"{len(matching)} runs have an id that begins with {run_id}"
                if matching
                else f"There is no run {run_id}"
            )
        return matching[0]

    def unfinished(self) -> Sequence[PastRun]:
        """Return the runs that can be resumed, or are at work, the newest first; nobody may have agreed to one yet."""
        return [past for past in self.runs() if not past.ended and past.kept]

    def unfinished_of(self, source: Path, sha256: str, *, besides: str = "") -> Sequence[PastRun]:
        """Return those of the same source, the same content or the same path, of which nobody was told yet.

        Those are left out that are at work, that nobody has agreed to send, or all of whose open customers a later run
        has confirmed, and the one of the id `besides`: whoever has a million rows does not count them for nothing.
        """
        path = None if source == STANDARD_INPUT else text_of(source)
        with explained(self.path):
            others = past_runs(self._connection, self._folder, besides=besides)
            runs = [past for past in others if sha256 == past.source.sha256 or path == past.source.path]
            runs = [past for past in runs if not past.ended and past.kept]
            return [past for past in runs if past.agreed and not past.at_work and is_news(self._connection, past)]

    def note_told(self, past: PastRun) -> None:
        """Remember that a person was told that a run is unfinished."""
        with explained(self.path), atomic(self._connection):
            now = rfc3339(self._wall())
            self._connection.execute("UPDATE runs SET told_at = ? WHERE number = ?", (now, past.number))

    def note_folder(self, past: PastRun, folder: Path) -> None:
        """Remember one more folder in which reports or a claim of a run may be, before there is anything in it."""
        if folder in past.folders:
            return
        folders = listed_paths((*past.folders, folder))
        with explained(self.path), atomic(self._connection):
            self._connection.execute("UPDATE runs SET folders = ? WHERE number = ?", (folders, past.number))

    @contextmanager
    def rehearsed(self, past: PastRun, *, supersede: bool) -> Iterator[RunJournal]:
        """Yield a checked run as it would be if it were gone on with; after the block, it is as it was.

        Nobody else can write meanwhile, so the block must not wait for anything.

        Args:
            past: The run; no other process is at it.
            supersede: Whether rows end whose customer a later run has sent to.

        Raises:
            JournalError: What it takes to go on with it is not there any more, or is damaged.
        """
        private = self._private(past.run_id)
        with explained(self.path):
            private.expect_whole(past)
        place = _place(past.target, past.asked)
        run = self._opened(past.number, past.mode, past.run_id, private, past.source.sha256, place)
        with run.selection.as_if_taken_up(supersede=supersede):
            yield run

    def leave(self, past: PastRun) -> None:
        """Let a run that was taken up unchecked, and of which nothing was sent, be as it was."""
        values = {"run": past.number, "output": text_of(past.output), "folders": listed_paths(past.folders)}
        values["asked"] = json.dumps(dict(past.asked), sort_keys=True)
        with explained(self.path), atomic(self._connection):
            for statement in (*DROP_ROWS, LEAVE_AS_IT_WAS):
                self._connection.execute(statement, values)

    def resume(
        self, past: PastRun, output: Path | None = None, asked: Mapping[str, object] | None = None
    ) -> RunJournal:
        """Take up again what an unfinished run has left; where its source was not checked yet, that begins anew.

        Args:
            past: The run; no other process is at it.
            output: The folder of its reports from now on; None for the one it has.
            asked: What is asked for from now on; None for what was.

        Raises:
            JournalError: What it kept is not there any more, or is damaged. The run is as it was.
        """
        private = self._private(past.run_id)
        with explained(self.path):
            private.expect_whole(past)
        place = _place(past.target, past.asked)
        self._names.note({place})
        run = {
            "run": past.number,
            "now": rfc3339(self._wall()),
            "seconds": past.seconds,
            "output": text_of(output or past.output),
            "asked": json.dumps(dict(past.asked if asked is None else asked), sort_keys=True),
        }
        with explained(self.path), ExitStack() as undo:
            if not past.checked:
                private.drop_values()
            attach_again(self._connection, private.values, undo, run_id=past.run_id)
            with atomic(self._connection):
                for statement in TAKE_UP if past.checked else DROP_ROWS:
                    self._connection.execute(statement, run)
                expect_values(self._connection, past.number, private.values, run_id=past.run_id)
                self._connection.execute(TAKE_UP_RUN, run)
            undo.pop_all()
        return self._opened(past.number, past.mode, past.run_id, private, past.source.sha256, place)

    @contextmanager
    def results(self, past: PastRun) -> Iterator[Results]:
        """Yield what the rows of a run have ended as.

        Of a run that was cut off, it is what they would end as if nobody went on with it; the journal stays as it is.
        """
        with ExitStack() as undo:  # what is made for it goes with its connection, whatever still reads there
            connection = self._connection
            if past.left:
                with explained(self.path):
                    connection = undo.enter_context(closing(connect(self.path)))
                    with aside(connection):
                        for statement in SNAPSHOT:
                            connection.execute(statement, {"run": past.number} if ":run" in statement else {})
            answers = Answers(connection, self.path, past.number, self._private(past.run_id), self._digester)
            yield Results(connection, self.path, past.number, answers)

    def source_of(self, past: PastRun) -> PastSource:
        """Return where what a run has read may be."""
        query = "SELECT sha256, redacted FROM sheets WHERE run = :run"
        sheets = {
            sha256: bool(masked) for sha256, masked in read(self._connection, self.path, query, {"run": past.number})
        }
        return PastSource(past, self.path, sheets)

    def note_sheet(self, past: PastRun, sha256: str, *, masked: bool) -> None:
        """Remember an annotated sheet of a run by its SHA-256: it can stand for the source where that is gone."""
        with explained(self.path), atomic(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO sheets VALUES (?, ?, ?)", (past.number, sha256, masked))

    def customer_of(self, past: PastRun, row: int) -> str | None:
        """Return whom a row of a run is about; None where the journal does not know that."""
        query = "SELECT customer FROM rows WHERE run = :run AND row = :row"
        (customer,) = next(read(self._connection, self.path, query, {"run": past.number, "row": row}), (None,))
        return None if customer is None else unpacked_id(customer)

    def kept_rows(self, past: PastRun) -> Iterator[KeptRow]:
        """Yield the rows of a run that retries from kept values, with these, in row order; see `Order.from_kept`."""
        return self.keeping.rows(past.number, self._private(past.run_id).values)

    @property
    def keeping(self) -> Keeping:
        """What runs keep when they have ended."""
        return Keeping(self._connection, self.path)

    def forget(self, past: PastRun, let_go: LetGo = keep_claims) -> bool:
        """Erase what an unfinished run keeps: it cannot be resumed any more, and its rows end as far as they came.

        Where its source was not checked to the end, nothing was sent, and what is known of its rows goes too.

        Args:
            past: The run.
            let_go: Gives up the folders of its reports.

        Returns:
            Whether there was anything to forget.

        Raises:
            LockedError: A process is at work with it.
        """
        return self._leftovers().forget(past.run_id, let_go)

    def sweep(self, older_than_s: float, let_go: LetGo = keep_claims, highest: Highest = nowhere) -> None:
        """Erase what is kept without need: by runs that have ended, by unfinished ones that are too old, by none.

        What a process may be at work with stays, and what cannot be removed is left for the next time. A run is too old
        only where an earlier look, a day ago or more, has found so too: the clock may have jumped.

        Args:
            older_than_s: Unfinished runs are kept for so long, and what may be of runs that the journal has lost.
            let_go: As for `forget`.
            highest: Says whether the journal has lost some.
        """
        self._leftovers().sweep(older_than_s, let_go, highest)

    def _leftovers(self) -> Leftovers:
        return Leftovers(self._connection, self._folder, self.path, self._wall, self.generations)

    @property
    def pruning(self) -> Pruning:
        """Which rows are not to be kept any more."""
        return Pruning(self._connection, self.path, self._wall)

    def rows_to_retry(self, past: PastRun, *, superseded: bool = True) -> Iterator[tuple[int, bool]]:
        """Yield the rows of a run that another try may help, in row order, each with whether it may have been applied.

        What a retry of the same rows has confirmed is not among them, and what one has left in doubt is in doubt.
        The run has ended, or nobody can go on with it. There are none where its source was not checked to the end:
        half of its rows would be taken for all of them.

        Args:
            past: The run.
            superseded: Rows that ended so, too. A retry looks at them anew, and does not send them as things are.
        """
        if not past.checked:
            return
        with explained(self.path):
            for row, maybe in self._connection.execute(TO_RETRY, {"run": past.number, "superseded": superseded}):
                yield row, bool(maybe)

    def mending(self, past: PastRun) -> Mending:
        """Return what became, in later runs, of the rows of a run that were to be fixed."""
        return mending(self._connection, self.path, past)

    def _private(self, run_id: str) -> PrivateFolder:
        return PrivateFolder(self._folder / "runs" / run_id)

    def _opened(
        self, number: int, mode: Mode, run_id: str, private: PrivateFolder, sha256: str, place: str
    ) -> RunJournal:
        return RunJournal(
            connection=self._connection,
            path=self.path,
            number=number,
            mode=mode,
            run_id=run_id,
            source=private.source,
            sha256=sha256,
            private=private,
            digester=self._digester,
            wall=self._wall,
            names=self._names,
            place=place,
        )


def _place(target: Target, asked: Mapping[str, object]) -> str:
    """Return where it is remembered what a run's customers hold; "" for nowhere: each embedded API is another one."""
    return "" if asked.get("sandbox") else target.base_url


def _unknown(reason: str) -> SettingsError:
    return SettingsError(f"{reason}.", code="run_unknown", hint="`importer history` lists the runs.")
