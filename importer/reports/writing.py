"""The reports of a run, written in one pass over its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from importer.called_as import as_called
from importer.disk import Access
from importer.errors import ReportError, SourceError
from importer.journal.results import Results
from importer.model.rows import Outcome
from importer.model.run import Summary
from importer.reports.annotated import Annotated, to_be_seen
from importer.reports.appended import MESSAGE_AT, Appended, appended_columns
from importer.reports.files import replacing
from importer.reports.folder import SUMMARY_NAME, RunFolder, keep_mended, mended
from importer.reports.name_mask import Mask, masked, masked_causes
from importer.reports.page.page_rows import PageRows
from importer.reports.page.run_page import REPORT_NAME, write_page
from importer.reports.row_reports import RowReport, joined, tell
from importer.reports.saying.calling import NOTHING_NAMED, Calling
from importer.reports.saying.commands import SAID_BY_NOBODY, Said, fix_command, no_place, run_command, send_command
from importer.reports.saying.next_steps import steps
from importer.reports.saying.review import NextStep, Review
from importer.reports.saying.verdict import verdict
from importer.reports.summary.summary_json import check_balance, write_summary
from importer.reports.summary.summary_sheet import summary_sheet
from importer.reports.summary.timing import timing_of
from importer.reports.to_fix import Fixing, has_rows_to_fix, writing_to_fix
from importer.settings import ENV_PREFIX
from importer.sheets.open import open_writer
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.table import Format, Table, TableWriter, ToBeSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the reports of a run are wanted.

    Attributes:
        form: Of the annotated sheet.
        fix_form: Of the sheet of rows to fix; None for the same.
        partial: The run took up some rows only: the others have empty columns.
        own_workbook: Write into a copy of the source's own workbook, where that can be done.
        more_columns: What the annotated sheet has beside the columns that are always there, of `MORE_COLUMNS`, in its
            order.
        redact: Mask names and addresses.
        reading: How the source was read, as far as somebody has said so.
        sandbox: The run was sent to the embedded API.
        sending: What else was asked for that a run would need to be asked for again, as options of `importer run`.
        has_key: There is a key to send with.
        limit: Only so many of the valid rows were to be sent; None for all.
        said: What commands have anyway.
        call: How they are called from anywhere.
        access: Who may read them.
    """

    form: Format
    fix_form: Format | None = None
    partial: bool = False
    own_workbook: bool = False
    more_columns: Sequence[str] = ()
    redact: bool = False
    reading: Reading = AS_IT_IS
    sandbox: bool = False
    sending: Sequence[str] = ()
    has_key: bool = True
    limit: int | None = None
    said: Said = SAID_BY_NOBODY
    call: Calling = NOTHING_NAMED
    access: Access = "owner"

    @property
    def to_fix_name(self) -> str:
        """What the file of rows to fix is called."""
        return f"to_fix.{self.fix_form or self.form}"


class Writing:
    """Writes all reports of a run.

    Args:
        table: The source.
        results: What its rows have ended as.
        folder: Where to; what is there of the same name is replaced.
        wish: How they are wanted.
    """

    def __init__(self, table: Table, results: Results, folder: RunFolder, wish: Wish) -> None:
        self._table, self._results, self._folder, self._wish = table, results, folder, wish
        self._mask: Final = _mask(table, wish) if wish.redact else None

    def write(self, summary: Summary) -> Summary:
        """Write them, each whole or not at all, and the summary last.

        Args:
            summary: The run, but for its reports and what was left out of them.

        Returns:
            The summary, complete. Where no reports are wanted, it names none, and nothing is written.

        Raises:
            ReportError: One of them cannot be written, or would not be true.
        """
        check_balance(summary)
        if not self._folder.wanted:
            return self._complete(summary)
        self._folder.expect_own()
        self._folder.open_to(self._wish.access)
        on_mended = self._keep_mended()
        review = self._review(self._complete(summary))
        rows = PageRows(self._table.columns, expected=sum(summary.statuses.values()))
        left_out, asides = self._write_sheets(review, rows)
        told = replace(review.summary, left_out=(*left_out, *on_mended), asides=asides)
        review = replace(review, summary=told)
        write_page(review, rows, self._folder.path / REPORT_NAME, self._wish.access)
        self._folder.expect_own()
        self._folder.keep_only({Path(path).name for path in review.summary.reports.values()})
        write_summary(review.summary, self._folder.path / SUMMARY_NAME, self._wish.access)
        return review.summary

    def _keep_mended(self) -> Sequence[str]:
        """Keep what people have changed in the sheets that are about to be replaced, and return what to say of it."""
        path, sentences = self._folder.path, []
        for name in (f"annotated.{self._wish.form}", self._wish.to_fix_name):
            copy = keep_mended(path / name)
            if copy is not None:
                sentences.append(f"{name} was changed since it was written: it is kept as {copy.name}.")
        if self._wish.redact:
            sentences += [f"{name} is as somebody has left it: nothing in it is masked." for name in mended(path)]
        return sentences

    def _complete(self, summary: Summary) -> Summary:
        """Return the summary with where its reports will be, and masked where that is wanted."""
        form = self._wish.form
        names = {"page": REPORT_NAME, "annotated": f"annotated.{form}"}
        if has_rows_to_fix(summary):
            names["to_fix"] = self._wish.to_fix_name
        names["summary"] = SUMMARY_NAME
        return replace(
            summary,
            causes=masked_causes(summary.causes, self._mask) if self._mask else summary.causes,
            reports={kind: str(self._folder.path / name) for kind, name in names.items() if self._folder.wanted},
            redacted=self._wish.redact,
        )

    def _review(self, summary: Summary) -> Review:
        """Return the run as reviewers are told of it."""
        wish, duration = self._wish, self._results.duration()
        next_steps = steps_of(summary, wish, wish.call)
        return Review(
            summary=summary,
            verdict=verdict(summary.mode, summary.source.rows, summary.statuses),
            steps=[replace(step, command=as_called(step.command)) for step in next_steps],
            timing=None if duration is None else timing_of(self._results.requests, duration),
        )

    def _write_sheets(self, review: Review, rows: PageRows) -> tuple[Sequence[str], Sequence[str]]:
        """Write the reports that are sheets, gather the rows of the page, and return what did not come along.

        That is what a person should know of it, and what else there is to be said.
        """
        wish, path = self._wish, self._folder.path
        fixing = Fixing(
            table=self._table,
            run_id=review.summary.run_id,
            form=wish.fix_form or wish.form,
            issues=self._results.findings.issues(),
            access=wish.access,
        )
        with ExitStack() as files:
            to_fix = files.enter_context(writing_to_fix(path / wish.to_fix_name, fixing))
            annotated, writer = files.enter_context(
                writing_annotated(
                    path / f"annotated.{wish.form}",
                    self._table,
                    wish,
                    lambda: to_be_seen(one for one in self._results.blocks() if isinstance(one, Outcome)),
                )
            )
            if wish.form == "xlsx":
                writer.write_sheet(summary_sheet(review, (*writer.notes, *writer.asides), hidden=writer.hidden))
            self._pass([annotated, to_fix, rows])
            return (*writer.notes, *to_fix.notes), (*writer.asides, *to_fix.asides)

    def _pass(self, reports: Sequence[RowReport]) -> None:
        """Tell every report of every record, in one pass."""
        if self._mask is None and not self._wish.partial:
            tell(reports, self._table, self._results.blocks())
            return
        pairs = joined(self._table, self._results.outcomes(), partial=self._wish.partial)
        for record, outcome in pairs if self._mask is None else masked(pairs, self._mask):
            for report in reports:
                report.take(record, outcome)


def steps_of(summary: Summary, wish: Wish, call: Calling = NOTHING_NAMED) -> Sequence[NextStep]:
    """Return what a person can do next about a run whose reports were written; commands are those of `importer`.

    Args:
        summary: The run.
        wish: How its reports were wanted.
        call: How they are called.
    """
    limit = () if wish.limit is None else ("--limit", str(wish.limit))
    key = () if wish.has_key or wish.sandbox else (f"the API key (in {ENV_PREFIX}API_KEY)",)
    return steps(
        summary,
        fix_command=fix_command(summary, wish.reading, sandbox=wish.sandbox, said=wish.said),
        send_command=send_command(
            summary, wish.reading, sandbox=wish.sandbox, more_options=None if limit else wish.sending, said=wish.said
        ),
        run_command=run_command(
            summary, wish.reading, sandbox=wish.sandbox, more_options=(*wish.sending, *limit), said=wish.said
        ),
        send_needs=(*key, *(() if wish.sandbox else no_place(summary))),
        call=call,
    )


@contextmanager
def writing_annotated(
    path: Path, table: Table, wish: Wish, to_be_seen: ToBeSeen = tuple
) -> Iterator[tuple[Annotated, TableWriter]]:
    """Yield the annotated sheet, with the writer of its file, which gets its name if all goes well.

    Args:
        path: Where to.
        table: The source.
        wish: How it is wanted.
        to_be_seen: Returns the rows that must not be hidden in it.

    Raises:
        ReportError: It cannot be written, or the source cannot be read any more.
    """
    appended = Appended(table, wish.form, appended_columns(table, wish.more_columns))
    with (
        _readable(path),
        replacing(path, wish.access) as draft,
        open_writer(
            draft,
            table,
            format=wish.form,
            names=appended.names,
            message_at=MESSAGE_AT,
            own_workbook=to_be_seen if wish.own_workbook and not wish.redact else None,
        ) as writer,
    ):
        yield Annotated(writer, appended), writer


def _mask(table: Table, wish: Wish) -> Mask:
    return Mask(table.columns, table.detected.encoding if wish.form == table.format == "csv" else None)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say of a source that cannot be read any more that the report is what is lacking: updates were sent."""
    try:
        yield
    except SourceError as error:
        raise ReportError(
            f"The report {path} cannot be written, since the run's own copy of the source cannot be read any more:"
            f" {error.message}",
            code="report_unwritable",
            hint="Every outcome is in the journal. Look at the disk that the state directory is on.",
        ) from error
