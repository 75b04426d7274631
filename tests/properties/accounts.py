"""Who of a table's customers is told of: the reckoning that has nothing to do with the reader's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from importer.checks.checker import Checker
from importer.checks.rules import Rules
from importer.errors import SourceError
from importer.sheets.cells import cell_text
from importer.sheets.open import open_table
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.table import RecordKind, Table

FIELDS: Final = ("customer_id", "first_name", "last_name", "email")

_NO_SIGNS: Final = str.maketrans("", "", '"\\\0\x1a')
"""What faults put into a text."""

Customer = tuple[str, str, str, str]


@dataclass
class Account:
    """What became of a source.

    Attributes:
        refused: The code of the error where the whole file was refused; "" where it was read.
        sent: The values of each row that can be sent, by its number.
        told: The text of each row that cannot, by its number.
        cut_off: The last record, where it may be cut off.
        records: How many records there are, by what they are.
    """

    refused: str = ""
    sent: dict[int, Customer] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)
    cut_off: int | None = None
    records: dict[str, int] = field(default_factory=dict)

    def missing(self, customers: Sequence[Customer]) -> Sequence[Customer]:
        """Return the customers of which nothing is told."""
        if self.refused:
            return []
        sent, told = {values[0] for values in self.sent.values()}, "\n".join(self.told.values())
        return [one for one in customers if one[0] not in sent and one[0] not in told and one[3] not in told]

    def mixed(self, customers: Sequence[Customer]) -> Iterator[Customer]:
        """Yield the rows to be sent that have values of several customers: all values of a table are different."""
        owner = {value: one[0] for one in customers for value in one}
        for values in self.sent.values():
            owners = {owner[value] for value in values if value in owner}
            if len(owners) > 1:
                yield values


def account(path: Path, reading: Reading = AS_IT_IS) -> Account:
    """Read and check a source as a run does."""
    found = Account()
    try:
        table = open_table(path, reading)
        _read(table, found)
    except SourceError as error:
        return Account(refused=error.code)
    found.cut_off = table.cut_off
    return found


def _read(table: Table, found: Account) -> None:
    headers = {name: column.header for name, column in table.columns.items()}
    checker = Checker(Rules(headers=headers, group_id="nowhere", linked_account_id="nowhere"))
    rows: list[int] = []
    for chunk in table.chunks(100):
        rows += chunk.frame.index.tolist()
        for update in checker.check(chunk.frame, chunk.issues).updates:
            found.sent[update.row] = (update.customer_id, update.first_name, update.last_name, update.email)
    found.records = {"row": len(rows), "header": 1, **{skip.value: count for skip, count in table.skips.items()}}
    of_rows = [record for record in table.records() if record.kind is RecordKind.ROW]
    assert [record.number for record in of_rows] == rows
    for record in of_rows:
        if record.number not in found.sent:
            text = " ".join(record.raw or map(cell_text, record.cells))
            found.told[record.number] = text.translate(_NO_SIGNS)


def written(values: Mapping[str, str], order: Sequence[str]) -> Sequence[str]:
    """Return the cells of a record, in the order of the columns."""
    return [values[name] for name in order]
