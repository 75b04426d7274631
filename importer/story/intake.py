"""The first half of a run: the whole source is checked and journalled before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from importer.checks.checker import Checked
from importer.checks.codes import WarningCode
from importer.checks.file_warnings import FileEvidence, shared_addresses
from importer.checks.repeats import judge
from importer.checks.row_warnings import broken_cell, cut_off
from importer.checks.rules import Rules
from importer.delivery.stop_switch import StopSwitch
from importer.errors import DefectError, RunAbandonedError, SettingsError, SourceError
from importer.journal.journal import Journal
from importer.journal.run_journal import RunJournal
from importer.model.modes import Mode
from importer.model.rows import Issue, RowWarning
from importer.model.run import NOWHERE, PastRun, Target
from importer.model.source import Field, Skip, SourceInfo
from importer.phrases import named_rows
from importer.reports import to_fix
from importer.reports.appended import appended_columns
from importer.settings import Settings
from importer.sheets.open import check_fits
from importer.sheets.table import Table
from importer.story.ahead import LookedAt, ReadingAhead
from importer.story.defaults import Defaults
from importer.story.kept_table import KeptTable
from importer.story.order import Observer, Order
from importer.story.profiles.sharing import only_group
from importer.story.settled_rows import SettledRows

_NOT_KNOWN: Final = (
    "Which rows are unchanged cannot be known here: that takes the group and the account that they would go to."
)


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes a source into the journal.

    Args:
        order: What is asked for.
        settings: What it runs with.
        observer: Is told how it goes.
        switch: How the outside world asks it to stop.
        large_bytes: From what size on a source is read by a second process.
    """

    order: Order
    settings: Settings
    observer: Observer
    switch: StopSwitch
    large_bytes: float

    def check(
        self, run: RunJournal, table: Table, target: Target, chosen: Sequence[tuple[int, bool]] | None
    ) -> SourceInfo:
        """Check the whole source and journal what became of each row, or of the chosen ones only.

        Args:
            run: Takes the rows.
            table: The source.
            target: Where rows go that do not say so themselves.
            chosen: The rows to take, in row order, each with whether it may have been applied; None for all.

        Raises:
            SettingsError: Something has to be sent, and neither an option nor a column says where to.
            RunAbandonedError: It was asked to end at once.
        """
        if isinstance(table, KeptTable):
            return self._take_over(run, table, chosen or ())
        rules = self._rules(table, target)
        rests_early = self.settings.rest_s is not None and self.order.mode is Mode.RUN and chosen is None
        if self.settings.rest_s is not None and rests_early:
            run.last_confirmed().rest_as_they_come(run.wall(), self.settings.rest_s)
        reading = ReadingAhead(
            table,
            rules,
            self.settings.chunk_rows,
            visible_only=self.settings.visible_only,
            digester=run.digester if rests_early else None,  # the journal has more to do then than the other process
        )
        evidence, marks = FileEvidence(rules), SettledRows(run.origins)
        defaults = Defaults(None if chosen is None else {row for row, _ in chosen})
        rows = last_valid = 0
        with reading.ahead(beside=run.source.stat().st_size >= self.large_bytes) as chunks:
            for chunk in chunks:
                self._expect_wanted()
                checked, settled = marks.apart(chunk.checked, chunk.origins, chunk.given)
                evidence.add(checked.updates, checked.defaulted)
                defaults.add(checked)
                warnings = [*checked.warnings, *_still_sent(chunk, checked)]
                digests = chunk.digests if checked is chunk.checked else None
                run.add(checked.updates, checked.issues, warnings, chunk.left_out, chunk.origins, digests)
                run.origins.settle(settled)
                run.origins.note_given(_refused(chunk, checked))
                rows += chunk.rows
                last_valid = checked.updates[-1].row if checked.updates else last_valid
                self.observer.read(chunk.rows)
        _expect_all(table, rows)
        if self.order.reports:
            # The sheet of rows to fix has more columns of its own: it must fit too.
            appended = max(len(appended_columns(table, self.order.more_columns)), len(to_fix.COLUMNS))
            check_fits(table, self.order.form or table.format, rows=rows, appended=appended)
        run.findings.warn([*evidence.warnings(), *_of_the_whole(run, table, rules, last_valid)])
        skips = dict(table.skips)
        if chosen is not None:
            run.selection.only(chosen)
            rows, skips[Skip.OTHER_ROW] = len(chosen), rows - len(chosen)
        knows_target = not _missing(table, target)
        self._select(run, table, knows_target=knows_target)
        detected = defaults.told(table.detected, table.columns, target)
        of_target = list(self._notes_of_target(knows_target=knows_target))
        detected = replace(detected, notes=(*detected.notes, *_notes_at_the_end(table, last_valid), *of_target))
        source = SourceInfo(str(self.order.source_path), table.sheet, run.sha256, rows, skips, detected)
        run.checked(source)
        return source

    def _expect_wanted(self) -> None:
        if self.switch.give_up:
            raise RunAbandonedError(
                "The run was ended before anything was sent.", code=str(self.switch.reason), hint="Run it again."
            )

    def _take_over(self, run: RunJournal, table: KeptTable, chosen: Sequence[tuple[int, bool]]) -> SourceInfo:
        """Journal the chosen rows of the run that is retried as they were, with the values that it kept."""
        retried = table.retried
        run.keeping.take_over(run.number, retried, chosen, run.digester)
        self.observer.read(len(chosen))
        self._select(run, table, knows_target=True)
        source = SourceInfo(retried.source.path, retried.source.sheet, run.sha256, len(chosen), detected=table.detected)
        run.checked(source)
        return source

    def _select(self, run: RunJournal, table: Table, *, knows_target: bool) -> None:
        """Decide on the rows that are to be sent, once all are journalled.

        Args:
            run: Has them.
            table: The source.
            knows_target: Whether it is known of all of them where they would go.
        """
        run.selection.resolve(_repeats(run, table.columns[Field.CUSTOMER_ID].header))
        if self.settings.warnings_as_errors:
            run.findings.refuse_warned()
        elif self.settings.refuse_cut_off:
            run.findings.refuse_warned(WarningCode.CUT_OFF)
        if self.settings.rest_s is not None and knows_target:
            self._let_rest(run, self.settings.rest_s)
        self._leave_out(run)

    def _notes_of_target(self, *, knows_target: bool) -> Iterator[str]:
        """Yield what a check says of how it knows what is unchanged: it has no target of its own."""
        if self.settings.skip_unchanged and not knows_target:
            yield _NOT_KNOWN
        elif self.settings.skip_unchanged and self.order.mode is Mode.CHECK:
            yield f"What is unchanged is told by what was confirmed at {self.settings.base_url}."

    def _let_rest(self, run: RunJournal, longest_s: float) -> None:
        """Let rows rest on what was last confirmed, where the run sends to, or one that sends would by itself."""
        place = self.settings.base_url if self.order.mode is Mode.CHECK else run.place
        ends, notes = self.order.mode is Mode.RUN, self.order.mode is not Mode.CHECK
        now = run.wall() if run.early.began_at is None else run.early.began_at
        run.last_confirmed(place).rest(now, longest_s, ends=ends, notes=notes)

    def _leave_out(self, run: RunJournal) -> None:
        """Decide on the valid rows that are not to be sent."""
        limit = self.order.limit
        if limit is not None:
            rows = "valid rows only" if self.settings.rest_s is None else "rows that are to be sent"
            sentence = f"Left out: --limit sends the first {limit} {rows}"
            run.selection.leave_out(code="over_limit", message=sentence, first=limit)
        if self.order.mode is not Mode.RUN:
            run.selection.end_valid()

    def _rules(self, table: Table, target: Target) -> Rules:
        """Return what rows are held to.

        Raises:
            SettingsError: Something has to be sent, and neither an option nor a column says where to.
        """
        missing, defaults = _missing(table, target), _defaults(target)
        if missing and self.order.mode is not Mode.CHECK:
            raise _no_target(missing)
        ids = {field.value: NOWHERE if field in missing else default for field, default in defaults.items()}
        return Rules(
            headers={field: column.header for field, column in table.columns.items()},
            group_id=ids["group_id"],
            linked_account_id=ids["linked_account_id"],
            only_group=only_group(self.order, self.settings, target),
            max_name_length=self.settings.max_name_length,
            customer_id_pattern=self.settings.customer_id_pattern,
            international_addresses=self.settings.international_addresses,
        )


def _defaults(target: Target) -> Mapping[Field, str | None]:
    return {Field.GROUP_ID: target.group_id, Field.LINKED_ACCOUNT_ID: target.linked_account_id}


def _missing(table: Table, target: Target) -> Sequence[Field]:
    """Return what nobody says of where rows would go, neither they nor the run."""
    return [field for field, default in _defaults(target).items() if not default and field not in table.columns]


def expect_source(retried: PastRun, run: RunJournal, source: Path) -> None:
    """Raise `SourceError` where rows of a run are to be sent again from another file than the one it read."""
    if run.sha256 != retried.source.sha256:
        raise SourceError(
            f"The file {source} is not the one that run {retried.run_id} has read.",
            code="source_changed",
            hint="Name that file with --source, or send the changed one with `importer run`.",
        )


def chosen_rows(journal: Journal, run_id: str) -> Sequence[tuple[int, bool]] | None:
    """Return the rows that a run takes up because they are to be retried; None for all of its source."""
    retried = journal.find(run_id).retry_of
    return None if retried is None else list(journal.rows_to_retry(journal.find(retried)))


def _expect_all(table: Table, rows: int) -> None:
    """Raise `DefectError` where not every record of a source, read to its end, is accounted for: nobody may be lost."""
    told = rows + sum(table.skips.values()) + 1  # and the header
    if told != table.last:
        raise DefectError(
            f"The importer itself failed: of {table.last:,} records of the source it accounts for {told:,}.",
            code="internal_error",
            hint="Nothing was sent. Report this, with a file that shows it.",
        )


def _notes_at_the_end(table: Table, last_valid: int) -> Iterator[str]:
    """Yield what a person should know of a table that was read to its end."""
    if last_valid == table.cut_off:
        yield f"Row {last_valid}, the last one, has no line end as all others have: the file may be cut off there."
    if lone := table.lone_addresses:
        rows = named_rows(lone, len(lone))
        yield f"An address stands above or below the table, in {rows}: that is no customer, and nothing is sent to it."


def _of_the_whole(run: RunJournal, table: Table, rules: Rules, last_valid: int) -> Iterator[RowWarning]:
    """Yield warnings that only all rows of a table together give, once they are journalled."""
    yield from shared_addresses(run.findings.shared_addresses(), rules.header(Field.EMAIL))
    if last_valid == table.cut_off:
        yield cut_off(last_valid)
    headers = dict(table.broken_cells())
    yield from (broken_cell(row, headers[row]) for row in sorted(run.findings.still_sent(headers)))


def _still_sent(chunk: LookedAt, checked: Checked) -> Sequence[RowWarning]:
    """Return the warnings of a chunk that hold while its rows are sent, without those of rows that are not."""
    if not chunk.warnings or checked is chunk.checked:
        return chunk.warnings
    sent = {update.row for update in checked.updates}
    return [warning for warning in chunk.warnings if warning.row in sent]


def _refused(chunk: LookedAt, checked: Checked) -> Iterator[tuple[int, str]]:
    """Yield the rows that cannot be sent, by their numbers, as they were read."""
    refused = {issue.row for issue in checked.issues}
    return ((row, text) for row, text in chunk.given.items() if row in refused)


def _repeats(run: RunJournal, column: str) -> Iterator[Issue | tuple[int, int]]:
    """Yield what follows from customers that are in several rows."""
    for rows in run.selection.repeated():
        repeats = judge(rows, column=column)
        yield from repeats.issues
        yield from ((duplicate.row, duplicate.of) for duplicate in repeats.duplicates)


def _no_target(missing: Sequence[Field]) -> SettingsError:
    options = " and ".join(f"--{field.replace('_', '-')}" for field in missing)
    columns = " and ".join(missing)
    names = " and ".join(field.removesuffix("_id").replace("_", " ") for field in missing)
    return SettingsError(
        f"Nothing says which {names} to send to.",
        code="target_missing",
        hint=f"Give {options} (or IMPORTER_{', IMPORTER_'.join(field.upper() for field in missing)}),"
        f" or add the column{'s' * (len(missing) > 1)} {columns} to the sheet.",
    )
