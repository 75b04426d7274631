"""The reports of a run, written in one pass over its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import ReportError, SourceError
from importer.journal.results import Results
from importer.reports.advice import steps, verdict
from importer.reports.annotated import Annotated
from importer.reports.appended import MESSAGE_AT, Appended, appended_columns
from importer.reports.files import replacing
from importer.reports.folder import SUMMARY_NAME, RunFolder
from importer.reports.masking import Mask, masked, masked_causes
from importer.reports.review import Review
from importer.reports.rows import RowReport, joined
from importer.reports.summary import check_balance, write_summary
from importer.reports.summary_sheet import summary_sheet
from importer.reports.timing import timing_of
from importer.reports.to_fix import Fixing, has_rows_to_fix, writing_to_fix
from importer.runs import Summary
from importer.sheets.open import open_writer
from importer.sheets.table import Format, Table, TableWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the reports of a run are wanted.

    Attributes:
        form: Of the sheets.
        partial: The run took up some rows only: the others have empty columns.
        own_workbook: Write into a copy of the source's own workbook, where that can be done.
        redact: Mask names and addresses.
        more_columns: What the annotated sheet has beside the columns that are always there, of `MORE_COLUMNS`, in its
            order.
        fix_command: Sends the rows to fix of a run once they are mended: "" where there are none.
    """

    form: Format
    partial: bool = False
    own_workbook: bool = False
    redact: bool = False
    more_columns: Sequence[str] = ()
    fix_command: Callable[[Summary], str] = lambda _: ""


def write_reports(table: Table, results: Results, summary: Summary, folder: RunFolder, wish: Wish) -> Summary:
    """Write all reports of a run, each whole or not at all, and its summary last.

    Args:
        table: The source.
        results: What its rows have ended as.
        summary: The run, but for its reports and what was left out of them.
        folder: Where to; what was there of the same name is replaced.
        wish: How they are wanted.

    Returns:
        The summary, complete.

    Raises:
        ReportError: One of them cannot be written, or would not be true.
    """
    check_balance(summary)
    folder.expect_own()
    annotated, to_fix = (folder.path / f"{name}.{wish.form}" for name in ("annotated", "to_fix"))
    written = folder.path / SUMMARY_NAME
    paths = {"annotated": annotated, **({"to_fix": to_fix} if has_rows_to_fix(summary) else {}), "summary": written}
    mask = _mask(table, wish) if wish.redact else None
    complete = replace(
        summary,
        causes=masked_causes(summary.causes, mask) if mask else summary.causes,
        reports={name: str(path) for name, path in paths.items()},
        redacted=wish.redact,
    )
    fixing = Fixing(table=table, run_id=summary.run_id, form=wish.form, issues=results.findings.issues())
    with ExitStack() as files:
        writer = files.enter_context(annotated_writer(annotated, table, wish))
        rows_to_fix = files.enter_context(writing_to_fix(to_fix, fixing))
        if wish.form == "xlsx":
            writer.write_sheet(summary_sheet(review_of(complete, results, wish), writer.notes))
        _pass(table, results, [Annotated(writer, appended(table, wish)), rows_to_fix], wish, mask)
        complete = replace(complete, left_out=(*writer.notes, *rows_to_fix.notes))
    folder.expect_own()
    folder.keep_only({Path(path).name for path in complete.reports.values()})
    write_summary(complete, written)
    return complete


def review_of(summary: Summary, results: Results, wish: Wish) -> Review:
    """Return a run as reviewers are told of it."""
    duration = results.duration()
    timing = None if duration is None else timing_of(results.requests(), duration)
    return Review(
        summary=summary,
        verdict=verdict(summary.mode, summary.source.rows, summary.statuses),
        # What is masked cannot be sent.
        steps=steps(summary, fix_command="" if wish.redact else wish.fix_command(summary)),
        timing=timing,
    )


def _pass(table: Table, results: Results, reports: Sequence[RowReport], wish: Wish, mask: Mask | None) -> None:
    """Tell every report of every record, in one pass."""
    rows = joined(table, results.outcomes(), partial=wish.partial)
    for record, outcome in rows if mask is None else masked(rows, mask):
        for report in reports:
            report.take(record, outcome)


@contextmanager
def annotated_writer(path: Path, table: Table, wish: Wish) -> Iterator[TableWriter]:
    """Yield the writer of the annotated sheet, which gets its name if all goes well.

    Raises:
        ReportError: It cannot be written, or the source cannot be read any more.
    """
    own_workbook, names = wish.own_workbook and not wish.redact, appended(table, wish).names
    with (
        _readable(path),
        replacing(path) as draft,
        open_writer(
            draft, table, format=wish.form, names=names, message_at=MESSAGE_AT, own_workbook=own_workbook
        ) as writer,
    ):
        yield writer


def appended(table: Table, wish: Wish) -> Appended:
    """Return what makes the appended cells of the annotated sheet."""
    return Appended(table, wish.form, appended_columns(table, wish.more_columns))


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
