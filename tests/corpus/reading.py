"""What the product finds in a file, in the words of the corpus: read and checked as a run does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from importer.checks.checker import Checker
from importer.checks.file_warnings import FileEvidence
from importer.checks.row_warnings import assumed_encodings, broken_cell, cut_off, hidden_row
from importer.checks.rules import Rules
from importer.errors import SourceError
from importer.model.rows import Issue, RowWarning, Update
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.table import Table
from tests.corpus.truth import FIELDS, Row, Truth, Value

_CHUNK_ROWS: Final = 100
_NOWHERE: Final = "nowhere"
"""Stands for the group and the account, as in a check."""


class Findings:
    """What was found of the rows of one table."""

    def __init__(self) -> None:
        self.updates: dict[int, Update] = {}
        self.issues: defaultdict[int, list[Issue]] = defaultdict(list)
        self.warnings: defaultdict[int, list[RowWarning]] = defaultdict(list)
        self.numbers: list[int] = []

    def rows(self) -> list[Row]:
        """Return them in the words of the corpus."""
        return [self._row(number) for number in self.numbers]

    def _row(self, number: int) -> Row:
        update = self.updates.get(number)
        return Row(
            number,
            [getattr(update, name) for name in FIELDS] if update else (),
            [issue.code for issue in self.issues[number]],
            sorted({warning.code for warning in self.warnings[number]}),
        )


def observed(file: Path, made: str, options: Mapping[str, Value], scratch: Path) -> Truth:
    """Read and check a file, and return what was found; `made` is taken over as it is."""
    try:
        table = open_table(file, Reading.from_json(options), scratch=scratch)
        rows = _checked(table).rows()
    except SourceError as error:
        return Truth(made=made, options=options, refused=error.code)
    skipped = {skip.value: count for skip, count in table.skips.items()}
    return Truth(made=made, options=options, found=_found(table), skipped=skipped, rows=rows)


def _found(table: Table) -> Mapping[str, str | int]:
    detected = table.detected
    found = {
        "format": detected.format,
        "container": detected.container,
        "encoding": detected.encoding,
        "delimiter": detected.delimiter,
        "quote": detected.quote,
        "escape": detected.escape,
        "header_row": detected.header_row,
        "sheet": table.sheet,
    }
    return {name: value for name, value in found.items() if value is not None}


def _checked(table: Table) -> Findings:
    """Check all rows, and look at them beside each other, as far as that takes no journal."""
    headers = {field: column.header for field, column in table.columns.items()}
    rules = Rules(headers=headers, group_id=_NOWHERE, linked_account_id=_NOWHERE)
    checker, evidence = Checker(rules), FileEvidence(rules)
    findings = Findings()
    for chunk in table.chunks(_CHUNK_ROWS):
        checked = checker.check(chunk.frame, chunk.issues)
        evidence.add(checked.updates, checked.defaulted)
        findings.numbers += chunk.frame.index.tolist()
        findings.updates |= {update.row: update for update in checked.updates}
        for issue in checked.issues:
            findings.issues[issue.row].append(issue)
        hidden = [hidden_row(row) for row in chunk.hidden if row in findings.updates]
        assumed = assumed_encodings(checked.updates, headers, table.reads_otherwise)
        for warning in [*checked.warnings, *hidden, *assumed]:
            findings.warnings[warning.row].append(warning)
    cut = [cut_off(table.cut_off)] if table.cut_off in findings.updates else []
    broken = [broken_cell(row, header) for row, header in table.broken_cells() if row in findings.updates]
    for warning in [*evidence.warnings(), *cut, *broken]:
        findings.warnings[warning.row].append(warning)
    return findings
