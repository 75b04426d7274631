"""Reports of a run from what the journal knows: at the end of a run, and again whenever somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import NothingToDoError, ReportError, SettingsError, SourceError
from importer.journal.journal import Journal
from importer.journal.results import Results
from importer.model.exit_codes import exit_code, exit_code_of_error
from importer.model.modes import Mode
from importer.model.run import PastRun, Summary
from importer.reports import to_fix
from importer.reports.folder import RunFolder, reopen
from importer.reports.saying.commands import Said
from importer.reports.saying.next_steps import advised, to_correct
from importer.reports.writing import Wish, Writing, steps_of
from importer.settings import Settings
from importer.sheets.limits import Limits
from importer.sheets.open import fits_workbook, open_table
from importer.sheets.table import Table
from importer.story.kept_table import kept_table, table_of_sheet
from importer.story.order import Finished, Order
from importer.story.own_sheet import expect_rows, note_sheet, reading_of_sheet
from importer.story.profiles.said_by_file import calling, said_by_file


@dataclass(frozen=True, slots=True)
class Reporting:
    """Reports on one run.

    Attributes:
        order: What was asked for.
        settings: What it ran with.
    """

    order: Order
    settings: Settings

    def summary(self, past: PastRun, results: Results, *, exit_code: int | None, seconds: float) -> Summary:
        """Return what is true of a run as a whole, but for its reports.

        Args:
            past: The run.
            results: What its rows have ended as.
            exit_code: Its own; None where it was cut off.
            seconds: How long it took, over all its processes.
        """
        statuses = results.statuses() if past.left else past.statuses
        return Summary(
            run_id=past.run_id,
            version=past.version,
            mode=past.mode,
            exit_code=exit_code,
            stop_reason=past.stop_reason,
            started_at=past.started_at,
            finished_at=past.finished_at,
            seconds=round(seconds, 3),
            source=past.source,
            target=past.target,
            statuses=statuses,
            attempts=results.attempts(),
            causes=advised(results.causes(), corrected=to_correct(past.mode, statuses, past.stop_reason)),
            started_by=past.started_by,
            retry_of=past.retry_of,
            fix_of=past.fix_of,
            changes=results.changes(),
            would_be_sent=past.would_be_sent,
            unanswered=results.unanswered(),
            resting=past.resting,
        )

    def again(self, journal: Journal, past: PastRun, given: Path | None = None) -> Finished:
        """Write the reports of a run anew, from the journal and the source alone; no process is at it.

        What is written of a run that was cut off is what would be true if nobody went on with it.

        Args:
            journal: Knows the run.
            past: The run.
            given: Where its source is now, if somebody has said so.

        Raises:
            SettingsError: The folder cannot be used.
            NothingToDoError: Its source was not checked to the end.
            SourceError: Neither the source nor an annotated sheet that can stand for it is there.
        """
        if not past.checked:
            raise NothingToDoError(
                f"Run {past.run_id} was cut off before its source was checked to the end: there is nothing to report.",
                code="not_checked",
                hint="Nothing of it was sent: begin anew, with `importer run`.",
            )
        path = (self.order.output or past.output).absolute()
        with self._source(journal, past, given) as table, journal.results(past) as results:
            is_known = path in past.folders
            journal.note_folder(past, path)
            with reopen(path, past.run_id, known=is_known) as folder:
                # Only what has come to its end has an exit code: it follows from the statuses again.
                code = exit_code(results.statuses(), past.stop_reason, past.mode) if past.finished_at else None
                summary = self.summary(past, results, exit_code=code, seconds=past.seconds)
                resumable = past.mode is Mode.RUN and not past.ended and past.kept
                finished = self.write(table, results, replace(summary, resumable=resumable), folder)
                note_sheet(journal, past, finished)
                return finished

    @contextmanager
    def _source(self, journal: Journal, past: PastRun, given: Path | None) -> Iterator[Table]:
        if self.order.from_kept and past.kept and given is None:
            yield kept_table(journal, past.run_id)
            return
        with journal.source_of(past).copied(given) as copy:
            if copy.is_masked and not self.order.redact:
                raise SourceError(
                    f"The source of run {past.run_id} is gone, and its annotated sheet has masked names and addresses.",
                    code="source_masked",
                    hint="Ask for reports in which they are masked, with --redact, or name the source with --source.",
                )
            reading = self.order.reading
            table = open_table(
                copy.path,
                reading_of_sheet(past, reading, copy.path) if copy.is_sheet else reading,
                name=self.order.source_name,
                limits=Limits.of(self.settings),
                scratch=copy.scratch,
            )
            if copy.is_sheet:
                table = table_of_sheet(journal, past, table) if self.order.from_kept else table
                expect_rows(table, journal, past)
            yield table

    def _sending(self) -> Sequence[str]:
        """Return what was asked for that a run has to be asked for again, but for how to read, where to and a limit."""
        settings, order, said = self.settings, self.order, said_by_file(self.settings)
        is_elsewhere = order.mode is Mode.CHECK and settings.base_url != said.base_url
        return [
            *(["--base-url", settings.base_url] if is_elsewhere else []),  # what is checked has no target to name it
            *(["--strict"] if settings.strict and not said.strict else []),
            *(["--warnings-as-errors"] if settings.warnings_as_errors and not said.warnings_as_errors else []),
            *(["--refuse-cut-off"] if settings.refuse_cut_off and not said.refuse_cut_off else []),
            *(["--canary", str(settings.canary)] if settings.canary != said.canary else []),
            *_skipping(settings, said),
            *(["--format", order.form] if order.form else []),
            *(["--columns", ",".join(order.more_columns)] if order.more_columns else []),
        ]

    def write(self, table: Table, results: Results, summary: Summary, folder: RunFolder) -> Finished:
        """Write the reports; where that fails, what is known stays in the journal."""
        wish = self._wish(table, summary)
        try:
            written = Writing(table, results, folder, wish).write(summary)
        except ReportError as error:
            return Finished(replace(summary, exit_code=exit_code_of_error(error)), error)
        return Finished(written, steps=steps_of(written, wish))

    def _wish(self, table: Table, summary: Summary) -> Wish:
        # A workbook has comments and colours, which are what the sheet of rows to fix is for.
        fits = fits_workbook(table.width() + len(to_fix.COLUMNS), summary.source.rows + 1)
        return Wish(
            form=self.order.form or table.format,
            fix_form=self.order.form or ("xlsx" if fits else "csv"),
            partial=summary.retry_of is not None,
            own_workbook=summary.source.rows <= self.settings.own_workbook_rows,
            more_columns=self.order.more_columns,
            redact=self.order.redact,
            reading=self.order.reading,
            sandbox=self.order.sandbox,
            sending=self._sending(),
            has_key=_has_key(self.settings),
            limit=self.order.limit,
            said=Said.of(said_by_file(self.settings)),
            call=calling(self.settings, self.settings.profile),
            access=self.settings.report_access,
        )


def _has_key(settings: Settings) -> bool:
    """Return whether something says the key; two places that do are told of when it is needed."""
    try:
        return settings.key_source() is not None
    except SettingsError:
        return True


def _skipping(settings: Settings, said: Settings) -> Iterator[str]:
    """Yield what asks for rows to be skipped that are unchanged, or not to be, where that is not said anyway."""
    if settings.skip_unchanged != said.skip_unchanged:
        yield "--skip-unchanged" if settings.skip_unchanged else "--no-skip-unchanged"
    if settings.skip_unchanged and settings.skip_unchanged_days != said.skip_unchanged_days:
        yield from ("--skip-unchanged-days", f"{settings.skip_unchanged_days:g}")
