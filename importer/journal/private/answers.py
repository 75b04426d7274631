"""What the API answered in place of the values that were sent: kept with these, and shown while it is what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.journal.database import explained, read
from importer.journal.packed.digests_of_rows import digest_of
from importer.journal.private.digests import Digester
from importer.journal.private.kept_values import KeptValues
from importer.journal.private.private_folder import PrivateFolder
from importer.model.rows import Difference
from importer.model.source import VALUE_FIELDS

_DIGESTS: Final = (
    f"SELECT answers.row, {', '.join(map(digest_of, VALUE_FIELDS))},"
    " answers.first_name_digest, answers.last_name_digest, answers.email_digest"
    " FROM main.answers CROSS JOIN rows USING (run, row) WHERE run = :run AND rows.status = 'mismatch'"
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the API answered of the rows of one run that are a mismatch."""

    connection: sqlite3.Connection
    path: Path
    number: int
    private: PrivateFolder
    digester: Digester

    def differences(self) -> Mapping[int, Sequence[Difference]]:
        """Return where what the API holds differs from what was sent, by row; of rows of which both are still known.

        What is damaged, or is not what the journal's digests say, is not known.

        Raises:
            JournalError: The journal cannot be read.
        """
        digests = {
            row: tuple(of_row) for row, *of_row in read(self.connection, self.path, _DIGESTS, {"run": self.number})
        }
        return dict(self._known(digests)) if digests else {}

    def _known(self, digests: Mapping[int, tuple[bytes | None, ...]]) -> Iterator[tuple[int, Sequence[Difference]]]:
        file = self.private.kept if self.private.kept.path.exists() else KeptValues(self.private.values)
        with explained(self.path), suppress(sqlite3.DatabaseError, OSError):
            answers = {row: values for row, values in file.answers() if row in digests}
            for row, sent in file.updates() if answers else ():
                held = answers.get(row)
                if held is None:
                    continue
                found = tuple(None if value is None else self.digester.digest(value) for value in (*sent, *held))
                if found == digests[row]:
                    triples = zip(VALUE_FIELDS, sent, held, strict=True)
                    yield (
                        row,
                        [Difference(field, one or "", other) for field, one, other in triples if other is not None],
                    )
