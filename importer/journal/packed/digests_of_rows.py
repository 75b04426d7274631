"""The digests of a row's values, which are one after the other in one column."""

from __future__ import annotations

from importer.journal.private.digests import DIGEST_BYTES
from importer.model.source import VALUE_FIELDS, Field


def packed_digests(*digests: bytes | None) -> bytes | None:
    """Return the digests of a row as one column, of earlier versions' longer ones too; None of a row without values."""
    known = [digest[:DIGEST_BYTES] for digest in digests if digest is not None]
    return b"".join(known) if len(known) == len(digests) else None


def digest_of(field: Field, table: str = "rows") -> str:
    """Return SQL for the digest of a field."""
    return f"substr({table}.digests, {1 + VALUE_FIELDS.index(field) * DIGEST_BYTES}, {DIGEST_BYTES})"
