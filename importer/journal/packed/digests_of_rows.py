"""The digests of a row's values, which are one after the other in one column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from importer.journal.private.digests import DIGEST_BYTES, Digester
from importer.model.source import VALUE_FIELDS, Field
from importer.model.updates import Updates

BYTES_OF_A_ROW: Final = len(VALUE_FIELDS) * DIGEST_BYTES
"""So many the digests of a row's values take."""


@dataclass(frozen=True, slots=True)
class RowDigests:
    """The digests of rows, one row after the other.

    Attributes:
        values: Of first name, last name and e-mail address, `BYTES_OF_A_ROW` a row.
        lower: Of the address in lower case, `DIGEST_BYTES` a row.
    """

    values: bytes
    lower: bytes

    @classmethod
    def of(cls, updates: Updates, digester: Digester) -> Self:
        """Return the digests of rows."""
        digest, digest_of_name = digester.digest, digester.digest_again
        emails = list(map(digest, updates.emails))
        names = zip(map(digest_of_name, updates.first_names), map(digest_of_name, updates.last_names), strict=True)
        values = [first + last + email for (first, last), email in zip(names, emails, strict=True)]
        lower = [email.lower() for email in updates.emails]
        are_lower = lower == list(updates.emails)
        return cls(b"".join(values), b"".join(emails if are_lower else map(digest, lower)))

    def part(self, start: int, stop: int) -> Self:
        """Return those of the rows from one place to another, counted from 0."""
        values = self.values[start * BYTES_OF_A_ROW : stop * BYTES_OF_A_ROW]
        return type(self)(values, self.lower[start * DIGEST_BYTES : stop * DIGEST_BYTES])

    def each(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield those of each row's values, and that of its address in lower case where it is another one."""
        for at in range(len(self.lower) // DIGEST_BYTES):
            row = self.part(at, at + 1)
            yield row.values, None if row.values.endswith(row.lower) else row.lower


def packed_digests(*digests: bytes | None) -> bytes | None:
    """Return the digests of a row as one column, of earlier versions' longer ones too; None of a row without values."""
    known = [digest[:DIGEST_BYTES] for digest in digests if digest is not None]
    return b"".join(known) if len(known) == len(digests) else None


def digest_of(field: Field, table: str = "rows") -> str:
    """Return SQL for the digest of a field."""
    return f"substr({table}.digests, {1 + VALUE_FIELDS.index(field) * DIGEST_BYTES}, {DIGEST_BYTES})"
